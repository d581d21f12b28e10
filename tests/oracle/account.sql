-- rules.md section 2.2 and section 6, Account, Funding.

-- account.not_opened: contract >= 4,000,000 and period >= 3 mo and today > sign + 30 cd and no account flagged.
INSERT INTO finding
WITH judged AS (
    SELECT n.project, n.status, d.*, EXISTS (FROM open_account a WHERE a.project = n.project) AS opened, EXISTS (FROM any_account a WHERE a.project = n.project) AS once,
           n.signed_unknown, n.signed <= getvariable('today') AS signed_by_now
    FROM now n JOIN duty d USING (project)
    WHERE n.status = 'active' OR (n.status = 'planned' AND n.signed <= getvariable('today')))
SELECT 'account.not_opened', project, NULL, CASE WHEN split THEN 'group' END,
       CASE WHEN opened OR NOT duty OR (signed IS NULL AND NOT signed_unknown) THEN 'clear' WHEN NOT (SELECT account FROM delivered) OR law_gap OR signed_unknown OR duty IS NULL OR once THEN 'unknown'
            WHEN due < getvariable('today') THEN 'breach' ELSE 'clear' END,
       'order', due + 1, due, NULL, NULL, CASE WHEN once THEN 'account.closed_early' END, NULL,
       CASE WHEN duty AND NOT opened AND due >= getvariable('today') AND getvariable('today') >= before_wd(due, law('account.notice_lead', due)) THEN 'upcoming' END
FROM judged;

CREATE OR REPLACE TEMP TABLE no_account AS
SELECT n.project, n.status, coalesce(f.outcome, 'clear') AS outcome, EXISTS (FROM any_account a WHERE a.project = n.project) AS has_account
FROM now n LEFT JOIN finding f ON f.rule = 'account.not_opened' AND f.project = n.project;

-- The cause is a breach: what depends on an account is unknown.
INSERT INTO finding
SELECT r.rule, project, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, 'account.not_opened', NULL, NULL
FROM no_account, (VALUES ('account.not_filed'), ('account.name_mismatch'), ('account.balance_insufficient'), ('account.closed_early'),
                         ('account.misuse')) r(rule)
WHERE outcome = 'breach' AND status = 'active';
INSERT INTO finding
SELECT r.rule, n.project, m.month, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, 'account.not_opened', NULL, NULL
FROM no_account n JOIN month_now m USING (project), (VALUES ('account.funding_late'), ('account.funding_short')) r(rule)
WHERE n.outcome = 'breach' AND m.status = 'active';

-- No account although due, but the project no longer active: no statement to look at.
INSERT INTO finding
SELECT r.rule, n.project, m.month, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM no_account n JOIN duty d USING (project) JOIN month_now m USING (project), (VALUES ('account.funding_late'), ('account.funding_short')) r(rule)
WHERE n.outcome <> 'breach' AND n.status NOT IN ('active', 'planned') AND d.duty AND d.due < getvariable('today') AND NOT n.has_account AND m.status = 'active';

-- An account and no statement of it: nothing is known of any month, whether its funding day has come or not (section 6, "received for other projects").
INSERT INTO finding
SELECT r.rule, n.project, m.month, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM no_account n JOIN month_now m USING (project), (VALUES ('account.funding_late'), ('account.funding_short')) r(rule)
WHERE n.has_account AND n.outcome <> 'breach' AND NOT EXISTS (FROM entry e WHERE e.project = n.project);

-- account.agreement_missing: per account no tripartite agreement after 10 wd; per project a missing contract term or a cycle above one month.
INSERT INTO finding
SELECT 'account.agreement_missing', a.project, NULL, a.subject,
       CASE WHEN a.agreed <= getvariable('today') OR (coalesce(a.agreement_cell, '') = '' AND says_yes(a.agreement)) THEN 'clear'
            WHEN a.agreement_cell IS NULL AND a.agreement IS NULL THEN 'unknown'
            WHEN add_wd(a.opened, law('account.agreement_grace', a.opened)) < getvariable('today') THEN 'breach' ELSE 'clear' END,
       'notice', add_wd(a.opened, law('account.agreement_grace', a.opened)) + 1, add_wd(a.opened, law('account.agreement_grace', a.opened)), NULL, NULL, NULL, NULL, NULL
FROM open_account a JOIN now n USING (project) WHERE n.status = 'active';
INSERT INTO finding
WITH terms AS (
    SELECT *, EXISTS (FROM no_account a WHERE a.project = n.project AND a.outcome = 'breach') AS held, measuring = '' AS no_measuring, coalesce(funding_cycle, '') = '' AND coalesce(funding_day_cell, '') = '' AS no_cycle, coalesce(ratio_cell, '') = '' AND coalesce(labour_cell, '') = '' AS no_share,
           funding_cycle IS NULL AND funding_day_cell IS NULL AS cycle_unknown, ratio_cell IS NULL AND labour_cell IS NULL AS share_unknown,
           coalesce(number(regexp_extract(funding_cycle, '\d+')) > law('account.funding_cycle', signed), false) OR regexp_matches(coalesce(funding_cycle, ''), '季|年|两个?月') AS too_long
    FROM now n WHERE n.status = 'active')
SELECT 'account.agreement_missing', project, NULL, NULL,
       CASE WHEN coalesce(no_measuring, false) OR (no_cycle AND NOT cycle_unknown) OR (no_share AND NOT share_unknown) OR too_long THEN 'breach'
            WHEN held OR measuring IS NULL OR cycle_unknown OR share_unknown THEN 'unknown' ELSE 'clear' END AS outcome,
       'notice', NULL, NULL, NULL, NULL, CASE WHEN held AND outcome = 'unknown' THEN 'account.not_opened' END, NULL, NULL
FROM terms;

-- account.not_filed: today > opened + 30 cd and no filing date.
INSERT INTO finding
SELECT 'account.not_filed', a.project, NULL, a.subject, CASE WHEN a.filed_cell IS NULL THEN 'unknown' ELSE 'breach' END, 'notice', add_cd(a.opened, law('account.file_days', a.opened)) + 1,
       add_cd(a.opened, law('account.file_days', a.opened)), NULL, NULL, NULL, NULL, NULL
FROM open_account a JOIN now n USING (project)
WHERE n.status = 'active' AND coalesce(a.filed > getvariable('today'), true) AND add_cd(a.opened, law('account.file_days', a.opened)) < getvariable('today');

-- account.name_mismatch: name is not contractor + project + suffix, nor an allowed alias; normalised.
INSERT INTO finding
SELECT 'account.name_mismatch', a.project, NULL, a.subject, CASE WHEN coalesce(a.name, '') = '' THEN 'unknown' ELSE 'breach' END, 'notice', NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM open_account a JOIN now n USING (project)
WHERE n.status = 'active'
  AND NOT list_contains(list_transform(law_words('account.name_suffix', coalesce(a.opened, getvariable('today'))), lambda word: plain(n.contractor || n.name || word)), plain(coalesce(a.name, '')))
  AND NOT list_contains(list_transform(coalesce(law_words('account.name_aliases', getvariable('today')), []), lambda word: plain(word)), plain(coalesce(a.name, '')));

-- Labour cost paid in, by month of posting: marked, or (no such column) by the owner with a configured word; the contractor's own money apart.
CREATE OR REPLACE TEMP TABLE credited AS
SELECT e.project, month_of(e.date) AS month, max(e.date) FILTER (labour) AS last_labour, min(e.date) FILTER (labour) AS first_labour, coalesce(sum(e.credit) FILTER (labour), 0) AS labour,
       coalesce(sum(e.credit) FILTER (NOT labour AND plain(e.party) = plain(e.contractor)), 0) AS own_money
FROM (SELECT e.*, p.contractor, CASE WHEN e.nature IS NOT NULL THEN e.nature = '人工费拨付'
                                 ELSE plain(e.party) = plain(p.owner) AND says_one_of(e.said, law_words('account.labour_cost_words', e.date)) END AS labour
      FROM entry e JOIN project p USING (project) WHERE e.credit > 0) e
GROUP BY ALL;

-- Per month: what fell due, what came, the surplus over the month's own wages (none while these are not known); surpluses fill the oldest open months first.
CREATE OR REPLACE TEMP TABLE funding AS
WITH due AS (
    SELECT w.project, month_of(w.pay_day) AS month, sum(s.net) AS wages, max(w.pay_day) AS pay_day, bool_or(m.heads > 0 OR s.lines > 0) AS worked, bool_or(m.heads > 0 AND s.lines IS NULL) AS not_known
    FROM month_now m JOIN pay_month w USING (project, month) LEFT JOIN sheet s USING (project, month) GROUP BY ALL),
monthly AS (
    SELECT m.project, m.month, m.status, m.first, m.funding_nominal, m.funding_due, coalesce(d.wages, 0) AS wages, coalesce(d.worked, false) AS worked, coalesce(d.not_known, false) AS not_known, d.pay_day, coalesce(c.labour, 0) AS labour, coalesce(c.own_money, 0) AS own_money,
           c.last_labour, greatest(coalesce(d.wages, 0) - coalesce(c.labour, 0), 0) AS short, CASE WHEN coalesce(d.not_known, false) THEN 0 ELSE greatest(coalesce(c.labour, 0) - coalesce(d.wages, 0), 0) END AS surplus
    FROM month_now m LEFT JOIN due d USING (project, month) LEFT JOIN credited c USING (project, month)),
early AS (
    SELECT c.project, sum(greatest(c.labour - coalesce((SELECT sum(s.net) FROM sheet s JOIN pay_month w USING (project, month) WHERE s.project = c.project AND month_of(w.pay_day) = c.month), 0), 0)) AS surplus
    FROM credited c WHERE NOT EXISTS (FROM monthly m WHERE m.project = c.project AND m.month = c.month) GROUP BY c.project)
SELECT m.*, least(short, greatest(sum(m.surplus) OVER (PARTITION BY m.project) + coalesce(e.surplus, 0)
                  - coalesce(sum(m.short) OVER (PARTITION BY m.project ORDER BY m.month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0)) AS filled
FROM monthly m LEFT JOIN early e USING (project);

-- account.funding_late: no credit by the funding day; where none is agreed, more than one month since the last credit (first: since works start).
INSERT INTO finding
WITH clock AS (
    SELECT f.*, n.start, n.funding_day,
           CASE WHEN n.funding_day IS NOT NULL THEN f.funding_due
                ELSE add_mo(coalesce((SELECT max(c.last_labour) FROM credited c WHERE c.project = f.project AND c.month < f.month), n.start), law('account.funding_cycle', f.first)) END AS due
    FROM funding f JOIN now n USING (project) WHERE (f.status = 'active' OR (f.status = 'suspended' AND f.worked)) AND EXISTS (FROM any_account a WHERE a.project = f.project)),
judged AS (
    SELECT c.*, v.until, v.newest, short - filled AS open,
           CASE WHEN funding_day IS NOT NULL THEN funding_nominal >= start AND due < getvariable('today')
                ELSE due < getvariable('today') AND month_of(due) <= month END AS over
    FROM clock c LEFT JOIN covered v USING (project)),
ruled AS (
    SELECT *, CASE WHEN NOT over OR labour > 0 OR (short > 0 AND open = 0) THEN 'clear'
                   WHEN NOT worked THEN 'clear'
                   WHEN (status = 'suspended' AND not_known) OR newest IS NULL OR (newest < getvariable('today') - law('account.ledger_stale', getvariable('today'))::INTEGER AND until < due) THEN 'unknown'
                   ELSE 'breach' END AS outcome
    FROM judged)
SELECT 'account.funding_late', project, month, NULL, outcome,
       CASE WHEN own_money > 0 THEN 'notice' WHEN add_mo(due, law('account.funding_cycle', due)) < getvariable('today') THEN 'order' ELSE 'notice' END,
       due + 1, due, nullif(open, 0), NULL, NULL, NULL, NULL
FROM ruled WHERE outcome <> 'clear';

-- account.funding_short: a month's credits below the wages whose pay-day lies in it; a month without any credit is funding_late's.
INSERT INTO finding
WITH judged AS (
    SELECT f.*, v.until, v.newest, short - filled AS open, l.outcome AS late
    FROM funding f LEFT JOIN covered v USING (project) LEFT JOIN finding l ON l.rule = 'account.funding_late' AND l.project = f.project AND l.period = f.month
    WHERE (f.status = 'active' OR (f.status = 'suspended' AND f.worked)) AND EXISTS (FROM any_account a WHERE a.project = f.project))
SELECT 'account.funding_short', project, month, NULL,
       CASE WHEN late IS NOT NULL OR not_known OR newest IS NULL OR (newest < getvariable('today') - law('account.ledger_stale', getvariable('today'))::INTEGER AND until < pay_day) THEN 'unknown' ELSE 'breach' END,
       'notice', pay_day + 1, pay_day, open, NULL,
       -- Held where the cause is a breach; what the other rule does not know, this one does not know either.
       CASE WHEN late = 'breach' THEN 'account.funding_late' END, NULL, NULL
FROM judged WHERE pay_day < getvariable('today') AND (late IS NOT NULL OR not_known OR open > law('account.funding_tolerance', pay_day));
-- The second test: certified progress of the nodes so far x labour ratio against credits up to the end of the month after the node's date.
INSERT INTO finding
WITH nodes AS (
    SELECT s.project, s.agreed, last_day(plus_months(date_trunc('month', s.agreed)::DATE, 1)) AS due, n.labour_ratio,
           sum(s.completed) OVER (PARTITION BY s.project ORDER BY s.agreed) AS progress
    FROM settlement s JOIN now n USING (project) WHERE s.agreed <= getvariable('today') AND s.completed IS NOT NULL),
judged AS (
    SELECT n.*, (SELECT coalesce(sum(c.labour), 0) FROM credited c WHERE c.project = n.project AND c.month <= month_of(n.due)) AS paid FROM nodes n)
SELECT 'account.funding_short', j.project, month_of(j.due), NULL, 'breach', 'notice', j.due + 1, j.due, round(j.progress * j.labour_ratio) - j.paid, NULL, NULL, NULL, 'progress'
FROM judged j JOIN month_now m ON m.project = j.project AND m.month = month_of(j.due) AND m.status = 'active'
WHERE j.due < getvariable('today') AND round(j.progress * j.labour_ratio) > j.paid AND EXISTS (FROM covered c WHERE c.project = j.project AND c.until >= j.due);

-- account.balance_insufficient: for a pay-day to come, the balance on pay-day - 5 wd against the payroll submitted, else the average of the last three months.
INSERT INTO finding
WITH coming AS (
    SELECT n.project, w.month, w.pay_day, before_wd(w.pay_day, law('account.balance_lead', w.pay_day)) AS checked
    FROM now n JOIN pay_month w USING (project)
    WHERE n.status = 'active' AND w.pay_day >= getvariable('today') AND before_wd(w.pay_day, law('account.balance_lead', w.pay_day)) <= getvariable('today')
      AND EXISTS (FROM open_account a WHERE a.project = n.project)),
needed AS (
    SELECT c.*, coalesce((SELECT s.net FROM sheet s WHERE s.project = c.project AND s.month = c.month),
                         (SELECT floor(avg(s.net)) FROM sheet s WHERE s.project = c.project AND s.month < c.month
                          AND s.month >= month_of(plus_months(first_day(c.month), -law('account.forecast_months', c.pay_day))))) AS needed,
           (SELECT max_by(e.balance, (e.date, e.time, e.serial)) FROM entry e WHERE e.project = c.project AND e.date <= c.checked) AS balance,
           EXISTS (FROM present p WHERE p.project = c.project AND p.month = c.month) AS worked,
           EXISTS (FROM month_paid m WHERE m.project = c.project AND m.month = c.month) AS paid
    FROM coming c)
SELECT 'account.balance_insufficient', project, NULL, (SELECT min(a.subject) FROM open_account a WHERE a.project = n.project), CASE WHEN balance IS NULL THEN 'unknown' ELSE 'breach' END, 'notice', checked, pay_day, needed - balance, NULL, NULL, NULL, NULL
FROM needed n WHERE worked AND NOT paid AND needed > coalesce(balance, -1);

INSERT INTO finding
SELECT 'account.balance_insufficient', n.project, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, 'account.closed_early', NULL, NULL
FROM now n JOIN no_account a USING (project) WHERE n.status = 'active' AND a.has_account AND NOT EXISTS (FROM open_account o WHERE o.project = n.project);

-- account.misuse: a debit to anyone but a worker of the project; cash; what a fee exceeds the cap by; what a team leader gets beyond his own wage.
INSERT INTO finding
WITH debits AS (
    SELECT e.*, law('account.fee_cap', e.date) AS cap,
           coalesce(e.nature, '') = '工资代发' OR (coalesce(e.nature, '') = '' AND contains(e.said, '代发')) OR e.batch <> '' AS payroll_batch,
           coalesce(e.nature, '') = '手续费' OR says_one_of(e.said, law_words('payroll.bank_fee_words', e.date)) AS fee,
           coalesce(e.nature, '') IN ('结息', '专户间划转', '代发退回') AS harmless,
           (SELECT max(r.person) FROM roster r WHERE r.project = e.project AND plain(r.name) = plain(e.party)) AS worker,
           EXISTS (FROM raw_team t WHERE t.项目编码 = e.project AND plain(t.班组长) = plain(e.party)) AS leader
    FROM entry e JOIN now n USING (project)
    WHERE e.debit > 0 AND n.status <> 'closed'
      AND NOT EXISTS (FROM account a WHERE a.number = e.account AND a.closed <= e.date)
      AND NOT EXISTS (FROM entry r WHERE r.account = e.account AND r.date = e.date AND r.credit = e.debit AND plain(r.party) = plain(e.party))),
misused AS (
    SELECT *, CASE WHEN payroll_batch OR harmless THEN 0 WHEN fee THEN greatest(debit - cap, 0)
                   WHEN worker IS NOT NULL AND leader
                   THEN greatest(debit - coalesce((SELECT max(p.net) FROM person_pay p JOIN pay_month w USING (project, month)
                                                   WHERE p.project = d.project AND p.person = d.worker AND month_of(w.pay_day) = month_of(d.date)), 0), 0)
                   WHEN worker IS NOT NULL THEN 0 ELSE debit END AS wrong
    FROM debits d)
SELECT 'account.misuse', project, NULL, 'account:' || right(account, 4), 'breach', 'order', min(date), NULL, sum(wrong), NULL, NULL, NULL, NULL FROM misused WHERE wrong > 0 GROUP BY project, account;

-- No statement of an account, however new it is, or one that ended more than 35 cd ago (closed: before the closing): what left it is not known.
INSERT INTO finding
SELECT 'account.misuse', a.project, NULL, a.subject, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM any_account a JOIN now n USING (project) LEFT JOIN covered c USING (project)
WHERE n.status <> 'closed' AND NOT EXISTS (FROM finding f WHERE f.rule = 'account.misuse' AND f.project = a.project AND f.subject = a.subject)
  AND (NOT EXISTS (FROM entry e WHERE e.account = a.number)
       OR (greatest(c.until, c.newest) < getvariable('today') - law('account.ledger_stale', getvariable('today'))::INTEGER AND coalesce(c.until < a.closed, true)));

-- account.closed_early: closed while active; without 30 cd notice (lawful from day 31); with open arrears.
INSERT INTO finding
WITH shut AS (
    SELECT a.*, n.status, d.status AS status_then, a.notice_from + law('account.close_notice_days', a.closed)::INTEGER + 1 AS lawful,
           EXISTS (FROM lead_case l WHERE l.project = a.project AND l.received <= a.closed AND coalesce(l.done > a.closed, true)
                   AND NOT says_one_of(l.answer, law_words('payroll.lead_refuted_words', l.received))) AS arrears
    FROM account a JOIN now n USING (project) LEFT JOIN project_day d ON d.project = a.project AND d.day = a.closed
    WHERE a.flagged AND a.closed <= getvariable('today') AND n.status IN ('active', 'completed'))
SELECT 'account.closed_early', project, NULL, subject,
       CASE WHEN status_then = 'active' OR arrears OR lawful > closed OR (notice_from IS NULL AND notice_cell = '') THEN 'breach' WHEN notice_cell IS NULL THEN 'unknown' ELSE 'clear' END,
       'escalate', closed, NULL, NULL, NULL, NULL, NULL, NULL
FROM shut;

-- Where the account was closed early, that is the problem: funding that fell due afterwards is held by it.
UPDATE finding SET outcome = 'unknown', severity = NULL, since = NULL, due = NULL, amount_fen = NULL, held_by = 'account.closed_early'
WHERE rule = 'account.funding_late' AND outcome = 'breach'
  AND EXISTS (FROM finding c WHERE c.rule = 'account.closed_early' AND c.outcome = 'breach' AND c.project = finding.project AND c.since < finding.due);
