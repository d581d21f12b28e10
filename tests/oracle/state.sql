-- What has happened by today: dates after the as-of day have not (rules.md section 6).

CREATE OR REPLACE TEMP TABLE now AS
SELECT p.*, d.status, (SELECT min(date) FROM first_attended f WHERE f.project = p.project AND f.date <= getvariable('today')) AS first_seen
FROM project p JOIN project_day d ON d.project = p.project AND d.day = getvariable('today');

-- Attended days per person and month.
CREATE OR REPLACE TEMP TABLE present AS
SELECT a.project, a.person, month_of(a.date) AS month, any_value(a.name) AS name, any_value(a.trade) AS trade, sum(a.days) AS days, bool_or(d.status = 'active') AS active
FROM attended a LEFT JOIN project_day d ON d.project = a.project AND d.day = a.date
WHERE a.date <= getvariable('today') GROUP BY ALL;

-- The status of a month: active where anyone attended on an active day, or nobody attended and a day was active.
CREATE OR REPLACE TEMP TABLE month_now AS
WITH days AS (
    SELECT project, month_of(day) AS month, bool_or(status = 'active') AS active, bool_or(status = 'completed') AS completed, bool_or(status = 'suspended') AS suspended,
           max(day) AS last_day
    FROM project_day WHERE day <= getvariable('today') GROUP BY ALL),
seen AS (SELECT project, month, bool_or(active) AS active, count(*) AS heads FROM present GROUP BY ALL)
SELECT d.project, d.month, coalesce(s.heads, 0) AS heads,
       CASE WHEN coalesce(s.active, d.active) THEN 'active' WHEN d.completed THEN 'completed' WHEN d.suspended THEN 'suspended' ELSE 'planned' END AS status,
       w.pay_day, w.agreed AS pay_day_agreed, w.window_end, w.funding_nominal, w.funding_due, first_day(d.month) AS first
FROM days d LEFT JOIN seen s USING (project, month) JOIN pay_month w USING (project, month) JOIN project p USING (project)
WHERE d.month >= month_of(p.start);

CREATE OR REPLACE TEMP TABLE sheet_line AS
SELECT * FROM line_of_payroll
WHERE CASE WHEN uploaded IS NOT NULL THEN uploaded <= getvariable('today') ELSE coalesce(prepared <= getvariable('today'), true) END;
CREATE OR REPLACE TEMP TABLE sheet AS
SELECT project, month, count(*) AS lines, max(uploaded) AS uploaded, bool_or(uploaded IS NULL AND uploaded_cell = '') AS kept_back, bool_and(uploaded_cell IS NULL) AS upload_unknown,
       sum(net) AS net
FROM sheet_line GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE person_pay AS
SELECT project, month, person, any_value(name) AS name, sum(net) AS net, sum(gross) AS gross, bool_and(coalesce(says_yes(signed), false)) AS signed FROM sheet_line GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE paid_line AS
SELECT * REPLACE (CASE WHEN answer = 'ok' AND reversed_on <= getvariable('today') THEN 'failed' ELSE answer END AS answer)
FROM line_of_payout WHERE date <= getvariable('today');
CREATE OR REPLACE TEMP TABLE person_paid AS
SELECT project, month, person, any_value(payee) AS name, coalesce(sum(amount) FILTER (answer = 'ok'), 0) AS paid, bool_or(answer = 'ok') AS ok, bool_or(answer = 'failed') AS failed,
       bool_or(answer = 'unread') AS unread, bool_or(answer = 'pending') AS pending
FROM paid_line GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE month_paid AS SELECT project, month, count(*) AS lines FROM paid_line GROUP BY ALL;

-- What the ledger of a project covers.
CREATE OR REPLACE TEMP TABLE entry AS SELECT * FROM ledger WHERE date <= getvariable('today');
CREATE OR REPLACE TEMP TABLE covered AS
SELECT e.project, min(e.date) AS since, least(greatest(max(e.date), max(a.balance_on)), getvariable('today')) AS until, max(e.date) AS newest
FROM entry e LEFT JOIN account a ON a.number = e.account AND a.project = e.project GROUP BY e.project;

CREATE OR REPLACE TEMP TABLE open_account AS
SELECT * FROM account WHERE flagged AND coalesce(opened <= getvariable('today'), true) AND coalesce(closed > getvariable('today'), NOT coalesce(word LIKE '%销户%', false) OR closed IS NOT NULL);
CREATE OR REPLACE TEMP TABLE any_account AS
SELECT * FROM account WHERE flagged AND coalesce(opened <= getvariable('today'), true);

-- The account duty: contract sum and period, both from the contract; duty is NULL where the period is not known.
CREATE OR REPLACE TEMP TABLE duty AS
WITH groups AS (
    SELECT a.project, sum(b.contract_sum) AS together, count(*) AS parts
    FROM now a JOIN now b ON b.contractor = a.contractor AND b.owner = a.owner AND b.site = a.site AND b.signed <= getvariable('today')
         AND b.signed <= plus_months(a.signed, law('account.split_window', a.signed)) AND a.signed <= plus_months(b.signed, law('account.split_window', a.signed))
         AND a.contract_sum < law('account.contract_floor', a.signed) AND b.contract_sum < law('account.contract_floor', b.signed)
    GROUP BY a.project)
SELECT n.project, n.signed, add_cd(n.signed, law('account.open_days', n.signed)) AS due,
       n.signed IS NOT NULL AND law('account.contract_floor', n.signed) IS NULL AS law_gap,
       n.contract_sum < law('account.contract_floor', n.signed) AND coalesce(g.parts, 0) > 1 AND g.together >= law('account.contract_floor', n.signed) AS split,
       (n.contract_sum >= law('account.contract_floor', n.clock) OR (coalesce(g.parts, 0) > 1 AND g.together >= law('account.contract_floor', n.signed)))
       AND CASE WHEN coalesce(n.contract_start, n.start) IS NOT NULL AND n.contract_end IS NOT NULL
                THEN n.contract_end + 1 >= plus_months(coalesce(n.contract_start, n.start), law('account.period_floor', n.clock))
                ELSE n.duration >= law('account.period_floor_days', n.clock) END
       AND (n.signed IS NOT NULL OR n.signed_unknown) AS duty
FROM (SELECT *, coalesce(signed, start, getvariable('today')) AS clock FROM now) n LEFT JOIN groups g USING (project);
