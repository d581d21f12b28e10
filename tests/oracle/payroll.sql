-- rules.md section 2.3 and section 6, Payroll against bank, Workload basis, Payroll ledger.

CREATE OR REPLACE TEMP TABLE bank_month AS
SELECT m.*, s.lines, s.net, p.lines AS paid_lines, m.window_end < getvariable('today') AS closed, c.since <= m.pay_day AND c.until >= m.window_end AS ledger_covers,
       EXISTS (FROM entry e WHERE e.project = m.project AND e.debit > 0 AND e.date BETWEEN m.pay_day AND m.window_end
               AND (e.nature = '工资代发' OR regexp_matches(e.said, '代发|工资'))) AS wage_debit,
       EXISTS (FROM upload u WHERE u.project = m.project AND u.month = m.month AND u.duty AND NOT u.has_sheet AND u.due < getvariable('today')) AS not_uploaded,
       EXISTS (FROM upload u WHERE u.project = m.project AND u.month = m.month AND u.due < getvariable('today')) AS upload_over
FROM month_now m LEFT JOIN sheet s USING (project, month) LEFT JOIN month_paid p USING (project, month) LEFT JOIN covered c USING (project);

-- payroll.bank_mismatch: per project, month and identity; judged when the window is closed.
CREATE OR REPLACE TEMP TABLE difference AS
SELECT project, month, person, coalesce(n.name, p.name) AS name, coalesce(n.net, 0) AS net, coalesce(p.paid, 0) AS paid, n.project IS NOT NULL AS listed, coalesce(p.unread, false) AS unread,
       coalesce(p.failed, false) AS failed, coalesce(n.signed, false) AS signed, abs(coalesce(n.net, 0) - coalesce(p.paid, 0)) > law('payroll.tolerance', first_day(month)) AS differs
FROM person_pay n FULL JOIN person_paid p USING (project, month, person);
INSERT INTO finding
WITH totals AS (
    SELECT project, month, count(*) FILTER (differs AND NOT unread) AS workers, sum(abs(net - paid)) FILTER (differs AND NOT unread) AS amount, bool_or(unread) AS unread,
           abs(sum(net) - sum(paid)) AS gap FROM difference GROUP BY ALL),
judged AS (
    SELECT b.*, t.workers, t.amount, t.unread, t.gap,
           CASE WHEN NOT closed AND (b.status = 'active' OR heads + coalesce(lines, 0) + coalesce(paid_lines, 0) > 0) THEN 'unknown' WHEN lines IS NULL AND paid_lines IS NULL AND heads = 0 THEN NULL
                WHEN lines IS NULL THEN 'unknown'
                WHEN paid_lines IS NULL THEN CASE WHEN ledger_covers AND NOT wage_debit THEN 'breach' ELSE 'unknown' END
                WHEN t.workers > 0 OR NOT t.unread AND t.gap > law('payroll.tolerance', first) * lines THEN 'breach'
                WHEN t.unread THEN 'unknown' ELSE 'clear' END AS outcome
    FROM bank_month b LEFT JOIN totals t USING (project, month) WHERE b.status IN ('active', 'completed'))
SELECT 'payroll.bank_mismatch', project, month, NULL, outcome, 'notice', window_end + 1, window_end, amount, workers,
       CASE WHEN lines IS NULL AND closed AND not_uploaded THEN 'platform.payroll_not_uploaded' END, NULL, NULL
FROM judged WHERE outcome IN ('breach', 'unknown');

-- A month without any sheet counts once, under platform.payroll_not_uploaded.
INSERT INTO finding
SELECT r.rule, project, month, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, CASE WHEN not_uploaded THEN 'platform.payroll_not_uploaded' END, NULL, NULL
FROM bank_month, (VALUES ('payroll.no_quantity_basis'), ('payroll.unsigned'), ('payroll.below_minimum'), ('payroll.ghost_worker'), ('payroll.ledger_incomplete')) r(rule)
WHERE status = 'active' AND heads > 0 AND lines IS NULL AND upload_over;

-- An active month without attendance and without a sheet: nothing was delivered for it.
INSERT INTO finding
SELECT r.rule, b.project, b.month, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM bank_month b, (VALUES ('payroll.bank_mismatch'), ('payroll.no_quantity_basis'), ('payroll.unsigned'), ('payroll.below_minimum'), ('payroll.ghost_worker'), ('payroll.ledger_incomplete'),
                           ('payroll.late'), ('payroll.attendance_gap'), ('payroll.not_via_account'), ('platform.payroll_not_uploaded')) r(rule)
WHERE b.status = 'active' AND b.heads = 0 AND b.lines IS NULL AND b.paid_lines IS NULL AND b.closed
  AND (r.rule NOT IN ('payroll.not_via_account', 'platform.payroll_not_uploaded') OR EXISTS (FROM duty d WHERE d.project = b.project AND d.duty));

-- payroll.no_quantity_basis: pieces without quantity or price or unlike gross by more than 1 %; time without days, hours or rate, or more days than attended.
INSERT INTO finding
WITH judged AS (
    SELECT l.*, coalesce(p.days, 0) AS seen, m.heads,
           l.unit LIKE '%月%' OR says_one_of(coalesce(l.trade, ''), law_words('payroll.basis_exempt_roles', m.first)) AS exempt,
           CASE WHEN l.unit IN ('计件', '计量') THEN true WHEN l.unit <> '' THEN false ELSE coalesce(l.pieces, l.piece_rate) IS NOT NULL END AS piece,
           law('payroll.basis_tolerance', m.first) AS tolerance
    FROM sheet_line l JOIN month_now m USING (project, month) LEFT JOIN present p USING (project, month, person) WHERE m.status = 'active'),
faults AS (
    SELECT *, CASE WHEN exempt THEN false
                   WHEN piece THEN coalesce(pieces, 0) = 0 OR coalesce(piece_rate, 0) = 0
                   ELSE (coalesce(days, 0) = 0 AND coalesce(hours, 0) = 0) OR (coalesce(day_rate, '') = '' AND coalesce(hour_rate, '') = '') END AS nothing,
           NOT exempt AND piece AND abs(round(pieces * piece_rate * 100) - gross) * 1000000 > tolerance * gross AS unlike,
           NOT exempt AND NOT piece AND heads > 0 AND days > seen AS too_many
    FROM judged),
monthly AS (
    SELECT project, month, count(DISTINCT person) FILTER (nothing OR unlike OR too_many) AS workers,
           sum(abs(round(pieces * piece_rate * 100) - gross)) FILTER (unlike AND NOT nothing) AS amount, bool_or(progress = '否') AS no_progress
    FROM faults GROUP BY ALL)
SELECT 'payroll.no_quantity_basis', project, month, NULL, 'breach', 'notice', NULL, NULL, amount, workers, NULL, NULL, NULL FROM monthly WHERE workers > 0 OR no_progress;

-- payroll.unsigned: signed lines below 100 %.
INSERT INTO finding
WITH lines AS (
    SELECT l.*, CASE WHEN signed IS NULL THEN NULL
                     ELSE says_no(signed) AND NOT (law('payroll.accept_e_signature', m.first) = 1 AND says_one_of(remark, law_words('payroll.e_signature_words', m.first))
                                                   AND NOT regexp_matches(remark, '(未|无|没有|非)(电子|远程|线上)')) END AS unsigned
    FROM sheet_line l JOIN month_now m USING (project, month) WHERE m.status = 'active')
SELECT 'payroll.unsigned', project, month, NULL, CASE WHEN bool_or(unsigned) THEN 'breach' ELSE 'unknown' END, 'notice', NULL, NULL, sum(net) FILTER (unsigned), count(DISTINCT person) FILTER (unsigned), NULL, NULL, NULL
FROM lines GROUP BY project, month HAVING bool_or(unsigned) OR bool_or(unsigned IS NULL);

-- Who should get wages for a month: present, not an outsider, not a manager off the sheet, not entered in the last days of the month.
CREATE OR REPLACE TEMP TABLE owed AS
SELECT p.project, p.month, p.person, p.days, s.person IS NOT NULL AS listed, s.net, coalesce(q.ok, false) AS ok, coalesce(q.unread, false) AS unread, coalesce(q.pending, false) AS pending,
       coalesce(q.failed, false) AS failed,
       r.entry > b.last_of_month - law('payroll.late_entry_days', b.first)::INTEGER AS late_entry
FROM present p JOIN (SELECT *, last_day(first) AS last_of_month FROM bank_month) b USING (project, month)
LEFT JOIN (SELECT project, person, max(entry) AS entry, any_value(role) AS role, any_value(trade) AS trade FROM roster GROUP BY ALL) r USING (project, person)
LEFT JOIN person_pay s USING (project, month, person) LEFT JOIN person_paid q USING (project, month, person)
WHERE NOT says_one_of(coalesce(r.trade, p.trade, ''), law_words('payroll.outsider_words', b.first))
  AND NOT (coalesce(r.role, '') LIKE '%管理%' AND law('payroll.managers_excluded', b.first) = 1 AND s.person IS NULL);

-- payroll.late: attended in M and no successful payout; notice from +1 wd, order from +5 wd; paid late is clear.
INSERT INTO finding
WITH unpaid AS (
    SELECT project, month, count(*) FILTER (NOT ok AND NOT unread AND NOT pending) AS workers, sum(net) FILTER (NOT ok AND NOT unread AND NOT pending) AS amount,
           count(*) FILTER (NOT ok AND pending AND NOT unread) AS pending, bool_or(unread AND NOT ok) AS unread, sum(net) FILTER (NOT ok AND NOT unread) AS amount_all
    FROM owed WHERE NOT coalesce(late_entry AND NOT listed, false) AND coalesce(net, 1) > 0 GROUP BY ALL),
judged AS (
    SELECT b.*, u.workers, u.amount, u.pending, u.amount_all, add_wd(b.pay_day, law('payroll.late_notice', b.pay_day)) AS notice_on, add_wd(b.pay_day, law('payroll.late_order', b.pay_day)) AS order_on,
           CASE WHEN b.pay_day >= getvariable('today') OR u.project IS NULL THEN 'clear'
                WHEN NOT (SELECT payout FROM delivered) THEN 'unknown'
                WHEN paid_lines IS NULL THEN CASE WHEN ledger_covers AND NOT wage_debit AND closed THEN 'breach' ELSE 'unknown' END
                WHEN workers > 0 OR (pending > 0 AND closed) THEN CASE WHEN add_wd(b.pay_day, law('payroll.late_notice', b.pay_day)) <= getvariable('today') THEN 'breach' ELSE 'clear' END
                WHEN pending > 0 OR unread THEN 'unknown' ELSE 'clear' END AS outcome
    FROM bank_month b LEFT JOIN unpaid u USING (project, month) WHERE b.status IN ('active', 'completed') AND b.heads > 0)
SELECT 'payroll.late', project, month, NULL, outcome, CASE WHEN order_on <= getvariable('today') THEN 'order' ELSE 'notice' END, pay_day + 1, pay_day,
       CASE WHEN closed THEN amount_all ELSE amount END, workers + CASE WHEN closed THEN pending ELSE 0 END,
       CASE WHEN outcome = 'unknown' AND lines IS NULL AND paid_lines IS NULL AND not_uploaded AND closed THEN 'platform.payroll_not_uploaded' END, NULL, NULL
FROM judged WHERE outcome <> 'clear';

-- payroll.attendance_gap: present one day or more, on no sheet and not paid; up to 10 % of those present notice, above order.
INSERT INTO finding
WITH gap AS (
    SELECT project, month, count(*) FILTER (days >= law('payroll.gap_min_days', first_day(month))) AS heads,
           count(*) FILTER (days >= law('payroll.gap_min_days', first_day(month)) AND NOT listed AND NOT ok AND NOT coalesce(late_entry, false)) AS workers
    FROM owed GROUP BY ALL)
SELECT 'payroll.attendance_gap', b.project, b.month, NULL, CASE WHEN NOT b.closed OR b.lines IS NULL THEN 'unknown' ELSE 'breach' END,
       CASE WHEN g.workers * 1000000 > law('payroll.gap_order_share', b.first) * g.heads THEN 'order' ELSE 'notice' END, b.window_end + 1, b.window_end, NULL, g.workers,
       CASE WHEN b.closed AND b.lines IS NULL AND b.not_uploaded THEN 'platform.payroll_not_uploaded' END, NULL, NULL
FROM bank_month b JOIN gap g USING (project, month)
WHERE b.status = 'active' AND (NOT b.closed OR (b.lines IS NULL AND b.paid_lines IS NULL) OR g.workers > law('payroll.gap_limit', b.first));

-- payroll.not_via_account: wages paid from another account or in cash although the account duty exists.
INSERT INTO finding
WITH outside AS (
    SELECT project, month, person, sum(amount) AS amount FROM paid_line p
    WHERE answer = 'ok' AND NOT EXISTS (FROM account a WHERE a.flagged AND a.project = p.project AND a.number = p.from_account) GROUP BY ALL
    UNION ALL
    SELECT l.project, l.month, l.person, sum(l.net) FROM sheet_line l LEFT JOIN roster r ON r.project = l.project AND r.person = l.person
    WHERE EXISTS (SELECT 1 FROM (SELECT unnest(law_words('payroll.outside_words', first_day(l.month))) AS word) WHERE starts_with(l.means, word))
      AND NOT (r.leaving IS NOT NULL AND l.net <= law('payroll.cash_limit', first_day(l.month))) GROUP BY ALL),
monthly AS (SELECT project, month, count(DISTINCT person) AS workers, sum(amount) AS amount FROM outside GROUP BY ALL)
SELECT 'payroll.not_via_account', b.project, b.month, NULL,
       CASE WHEN n.outcome = 'breach' THEN 'unknown' WHEN o.workers > 0 THEN 'breach' ELSE 'unknown' END, 'order', NULL, NULL, o.amount, o.workers,
       CASE WHEN n.outcome = 'breach' THEN 'account.not_opened' END, NULL, NULL
FROM bank_month b JOIN duty d USING (project) LEFT JOIN no_account n USING (project) LEFT JOIN monthly o USING (project, month)
WHERE b.status = 'active' AND d.duty AND ((n.outcome = 'breach' AND b.heads > 0) OR o.workers > 0 OR (b.heads > 0 AND b.paid_lines IS NULL));

-- payroll.below_minimum: gross without overtime and allowances / attended days x 21.75 below the monthly minimum; hourly below the hourly one.
INSERT INTO finding
WITH lines AS (
    SELECT l.*, coalesce(p.days, l.days) AS seen, law('payroll.minimum_monthly', m.first) AS monthly, law('payroll.minimum_hourly', m.first) AS hourly,
           law('payroll.minimum_month_days', m.first) / 100.0 AS month_days, m.heads,
           CASE WHEN list_contains(law_words('payroll.minimum_excluded', m.first), '加班工资') THEN l.overtime ELSE 0 END AS extra,
           CASE WHEN list_contains(law_words('payroll.minimum_excluded', m.first), '奖金补贴') THEN l.bonus ELSE 0 END AS allowance
    FROM sheet_line l JOIN month_now m USING (project, month) LEFT JOIN present p USING (project, month, person) WHERE m.status = 'active'),
judged AS (
    SELECT *, CASE WHEN hours > 0 AND hour_rate <> '' THEN hourly * hours ELSE monthly * seen / month_days END AS least,
           monthly IS NULL OR (seen IS NULL AND NOT coalesce(hours > 0 AND hour_rate <> '', false)) AS unknowable
    FROM lines)
SELECT 'payroll.below_minimum', project, month, NULL,
       CASE WHEN bool_or(gross - extra < least) THEN 'breach' ELSE 'unknown' END, 'notice', NULL, NULL,
       sum(ceil(least - (gross - extra))) FILTER (gross - extra < least)::BIGINT, count(DISTINCT person) FILTER (gross - extra < least), NULL, NULL, NULL
FROM judged GROUP BY project, month HAVING bool_or(gross - extra < least) OR bool_or(gross - extra - allowance < least) OR bool_or(unknowable);

-- payroll.ghost_worker: no roster entry, outside entry and exit (leavers: two months), no day in M; more than 50,000 a month or 300,000 a year.
INSERT INTO finding
WITH stay AS (SELECT project, person, min(coalesce(entry, DATE '1900-01-01')) AS entry, max(coalesce(leaving, DATE '2999-01-01')) AS leaving FROM roster GROUP BY ALL),
months AS (
    SELECT p.*, m.first, m.heads, sum(p.net) OVER (PARTITION BY p.project, p.person, left(p.month, 4) ORDER BY p.month) AS year_net FROM person_pay p JOIN month_now m USING (project, month)
    WHERE m.status = 'active'),
judged AS (
    SELECT m.*, s.person IS NULL AS unknown_person,
           s.entry > last_day(m.first) OR month_of(plus_months(s.leaving, law('payroll.leaver_window', m.first))) < m.month AS outside,
           m.heads > 0 AND p.person IS NULL AND NOT (s.leaving < m.first) AS absent,
           m.net > law('payroll.high_month', m.first) OR m.year_net > law('payroll.high_year', m.first) AS high,
           EXISTS (FROM sheet_line l WHERE l.project = m.project AND l.month = m.month AND l.person = m.person AND says_one_of(l.remark, law_words('payroll.outage_words', m.first))) AS outage
    FROM months m LEFT JOIN stay s USING (project, person) LEFT JOIN present p USING (project, month, person))
SELECT 'payroll.ghost_worker', project, month, NULL,
       CASE WHEN bool_or(unknown_person OR outside OR high OR (absent AND NOT outage)) AND (SELECT roster FROM delivered) THEN 'breach' ELSE 'unknown' END, 'notice', NULL, NULL,
       sum(net) FILTER (unknown_person OR outside OR high OR (absent AND NOT outage)), count(*) FILTER (unknown_person OR outside OR high OR (absent AND NOT outage)), NULL, NULL, NULL
FROM judged WHERE unknown_person OR outside OR high OR absent GROUP BY project, month;

-- payroll.payee_mismatch: payee is not the worker; one account for two workers; a team leader's account; another's card on another project.
-- A card is shared month by month: with whoever is paid on it in the month, or stands with it on the month's sheet or on the roster. Its own registered holder
-- is not at fault for those who came after the month's wages were paid or left before the month.
INSERT INTO finding
WITH paid_card AS (
    SELECT project, month, card, person, any_value(payee) AS payee FROM paid_line WHERE answer = 'ok' AND card <> '' GROUP BY ALL),
span AS (
    SELECT project, month, first_day(month) AS since, max(greatest(last_day(first_day(month)), date)) AS until FROM paid_line WHERE answer = 'ok' GROUP BY project, month),
holder AS (
    SELECT project, card, person, any_value(name) AS name, min(coalesce(entry, DATE '1900-01-01')) AS entry, max(coalesce(leaving, DATE '2999-01-01')) AS leaving
    FROM roster WHERE card <> '' AND coalesce(entry <= getvariable('today'), true) GROUP BY ALL),
other AS (
    SELECT p.project, p.month, p.card, p.person, q.person AS other FROM paid_card p JOIN paid_card q USING (project, month, card) WHERE q.person <> p.person
    UNION SELECT p.project, p.month, p.card, p.person, l.person FROM paid_card p JOIN sheet_line l USING (project, month, card) WHERE l.person <> p.person
    UNION SELECT p.project, p.month, p.card, p.person, h.person
    FROM paid_card p JOIN span s USING (project, month) JOIN holder h USING (project, card) WHERE h.person <> p.person
      AND (NOT EXISTS (FROM holder o WHERE o.project = p.project AND o.card = p.card AND o.person = p.person) OR (h.entry <= s.until AND h.leaving >= s.since))
    UNION SELECT p.project, p.month, p.card, p.person, r.person FROM paid_card p JOIN roster r USING (card) WHERE r.project <> p.project AND r.person <> p.person),
shared_card AS (SELECT DISTINCT project, month, card, person, true AS shared FROM other),
named AS (
    SELECT p.*, coalesce((SELECT any_value(s.name) FROM sheet_line s WHERE s.project = p.project AND s.month = p.month AND s.person = p.person),
                         (SELECT any_value(r.name) FROM roster r WHERE r.project = p.project AND r.person = p.person)) AS worker,
           m.first, m.status, says_one_of(p.remark, law_words('payroll.mandate_words', m.first)) AS mandated
    FROM paid_line p JOIN month_now m USING (project, month) WHERE p.answer = 'ok'),
judged AS (
    SELECT *, worker IS NOT NULL AND plain(payee) <> plain(worker)
              AND NOT (starts_with(plain(worker), plain(payee)) AND length(plain(payee)) >= law('payroll.payee_shortest', first)) AS other_name,
           coalesce(s.shared, false) AS shared
    FROM named LEFT JOIN shared_card s USING (project, month, person, card) WHERE status = 'active')
SELECT 'payroll.payee_mismatch', project, month, NULL, CASE WHEN bool_or((other_name OR shared) AND NOT mandated) THEN 'breach' ELSE 'unknown' END, 'notice', NULL, NULL,
       sum(amount) FILTER ((other_name OR shared) AND NOT mandated), count(DISTINCT person) FILTER ((other_name OR shared) AND NOT mandated), NULL, NULL, NULL
FROM judged WHERE other_name OR shared GROUP BY project, month;
INSERT INTO finding
SELECT 'payroll.payee_mismatch', project, month, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM bank_month
WHERE status = 'active' AND heads > 0 AND paid_lines IS NULL AND closed;

-- payroll.ledger_incomplete: a field of article 15 missing on a line; a successful payout stands for pay date and signature.
INSERT INTO finding
WITH lines AS (
    SELECT l.*, m.first, m.status, w.window_end < getvariable('today') AS closed, coalesce(q.ok, false) AS ok, coalesce(q.unread, false) AS unread, law_words('payroll.ledger_fields', m.first) AS fields,
           EXISTS (FROM roster r WHERE r.project = l.project AND r.person = l.person AND coalesce(r.phone, '') <> '') AS roster_phone,
           EXISTS (FROM roster r WHERE r.project = l.project AND r.phone IS NOT NULL) AS phones_known
    FROM sheet_line l JOIN month_now m USING (project, month) JOIN pay_month w USING (project, month) LEFT JOIN person_paid q USING (project, month, person)
    WHERE m.status IN ('active', 'completed') AND m.first >= plus_months(date_trunc('month', getvariable('today'))::DATE, -law('payroll.ledger_retention', m.first))),
judged AS (
    SELECT *, (list_contains(fields, '用工单位') AND employer = '') OR (list_contains(fields, '姓名') AND name = '') OR (list_contains(fields, '身份证号') AND person_cell = '')
              OR (list_contains(fields, '联系方式') AND NOT roster_phone AND coalesce(phone, '') = '' AND (phones_known OR phone IS NOT NULL))
              OR (list_contains(fields, '工作时间') AND coalesce(days_cell, '') = '' AND coalesce(hours_cell, '') = '' AND coalesce(pieces_cell, '') = '')
              OR (list_contains(fields, '应发工资') AND gross_cell = '') OR (list_contains(fields, '实发工资') AND net_cell = '')
              OR (list_contains(fields, '扣款') AND gross <> net AND coalesce(advance_cell, '') = '' AND coalesce(deduction_cell, '') = '')
              OR (list_contains(fields, '支付日期') AND paid_cell = '' AND NOT ok AND NOT unread AND closed) OR (list_contains(fields, '签字') AND says_no(signed) AND NOT ok AND NOT unread AND closed)
              OR coalesce(says_one_of(means, law_words('payroll.in_kind_words', first)), false) OR coalesce(list_contains(law_words('payroll.no_wage_slip_words', first), slip), false) AS missing
    FROM lines)
SELECT 'payroll.ledger_incomplete', project, month, NULL, 'breach', 'notice', NULL, NULL, NULL, count(DISTINCT person) FILTER (missing), NULL, NULL, NULL
FROM judged GROUP BY project, month
HAVING count(*) FILTER (missing) * 1000000 > any_value(law('payroll.ledger_missing_limit', first)) * count(*);

-- payroll.arrears: a signed line and a failure of the bank never repeated, window closed, or an officer's word; other mismatches are leads.
INSERT INTO finding
WITH short AS (
    SELECT d.*, b.window_end, d.signed AND d.failed AND d.paid < d.net AS verified FROM difference d JOIN bank_month b USING (project, month) WHERE b.closed AND d.listed AND d.net - d.paid > law('payroll.tolerance', b.first)
      AND (b.paid_lines IS NOT NULL OR (b.ledger_covers AND NOT b.wage_debit))),
persons AS (SELECT project, person, sum(net - paid) AS amount, count(DISTINCT month) AS months, min(window_end) AS due FROM short WHERE verified GROUP BY ALL),
-- Leads and the bank may speak of the same people: the largest counts, never the sum. The day of a lead is no due date; the breach is known since that day.
leads AS (
    SELECT project, max(workers) AS workers, max(amount) AS amount, min(received) AS since FROM lead_case
    WHERE received <= getvariable('today') AND lead_case.amount > 0 AND says_one_of(answer, law_words('payroll.lead_verified_words', received)) AND NOT says_one_of(answer, law_words('payroll.lead_refuted_words', received))
      AND NOT (coalesce(done <= getvariable('today'), false) AND says_one_of(answer, law_words('payroll.lead_paid_words', received))) GROUP BY ALL),
totals AS (
    SELECT n.project, greatest(sum(p.amount), any_value(l.amount)) AS amount, nullif(greatest(count(p.person), any_value(l.workers)), 0) AS workers, min(p.due) AS due, any_value(l.since) AS lead_since,
           bool_or(p.months >= law('payroll.crime_one_months', getvariable('today')) AND p.amount >= law('payroll.crime_one_sum', getvariable('today'))) AS crime_one,
           count(p.person) AS bank_workers, sum(p.amount) AS bank_amount, any_value(l.workers) AS lead_workers, any_value(l.amount) AS lead_amount
    FROM now n LEFT JOIN persons p USING (project) LEFT JOIN leads l USING (project) GROUP BY ALL HAVING count(p.person) > 0 OR any_value(l.project) IS NOT NULL)
SELECT 'payroll.arrears', n.project, NULL, NULL, CASE WHEN t.project IS NOT NULL THEN 'breach' ELSE 'unknown' END,
       CASE WHEN t.crime_one OR (t.bank_workers >= law('payroll.crime_many_workers', getvariable('today')) AND t.bank_amount >= law('payroll.crime_many_sum', getvariable('today')))
              OR (t.lead_workers >= law('payroll.crime_many_workers', getvariable('today')) AND t.lead_amount >= law('payroll.crime_many_sum', getvariable('today'))) THEN 'escalate' ELSE 'order' END,
       coalesce(t.due + 1, t.lead_since), t.due, t.amount, t.workers, NULL, NULL, NULL
FROM now n LEFT JOIN totals t USING (project)
WHERE t.project IS NOT NULL OR EXISTS (FROM short s WHERE s.project = n.project AND NOT s.verified)
   OR EXISTS (FROM bank_month b WHERE b.project = n.project AND b.closed AND b.heads > 0 AND (b.paid_lines IS NULL OR b.lines IS NULL) AND b.status IN ('active', 'completed'))
   OR EXISTS (FROM lead_case l WHERE l.project = n.project AND l.received <= getvariable('today') AND coalesce(l.done > getvariable('today'), true)
              AND NOT says_one_of(l.answer, law_words('payroll.lead_refuted_words', l.received)));
