-- rules.md section 2.5 and section 6, Upload, Not connected, Data quality.

-- platform.not_connected: no record 10 wd after the account was opened; without an account, after signing + 30 cd + 10 wd.
INSERT INTO finding
WITH clock AS (
    SELECT n.project, n.connected, n.connected_cell, d.duty, d.law_gap,
           add_wd(coalesce((SELECT min(a.opened) FROM any_account a WHERE a.project = n.project), d.due), law('platform.connect_days', getvariable('today'))) AS due
    FROM now n JOIN duty d USING (project) WHERE n.status = 'active')
SELECT 'platform.not_connected', project, NULL, NULL, CASE WHEN connected_cell IS NULL OR duty IS NULL OR law_gap THEN 'unknown' ELSE 'breach' END, 'notice', due + 1, due, NULL, NULL, NULL, NULL, NULL
FROM clock WHERE coalesce(duty, true) AND coalesce(connected > getvariable('today'), true) AND due < getvariable('today');

-- platform.payroll_not_uploaded: attendance in M and no payroll M on the platform by pay-day + 5 wd (no pay-day: last wd of M+1).
CREATE OR REPLACE TEMP TABLE upload AS
SELECT m.project, m.month, m.heads, m.status, CASE WHEN m.pay_day_agreed THEN add_wd(m.pay_day, law('platform.upload_days', m.pay_day)) ELSE m.pay_day END AS due, s.project IS NOT NULL AS has_sheet,
       coalesce(s.kept_back AND s.uploaded IS NULL, false) AS kept_back, d.duty
FROM month_now m JOIN duty d USING (project) LEFT JOIN sheet s USING (project, month);
INSERT INTO finding
SELECT 'platform.payroll_not_uploaded', project, month, NULL, CASE WHEN duty IS NULL OR NOT (SELECT payroll FROM delivered) THEN 'unknown' ELSE 'breach' END, 'notice', due + 1, due, NULL, heads,
       NULL, NULL, NULL
FROM upload WHERE status = 'active' AND coalesce(duty, true) AND heads > 0 AND due < getvariable('today') AND (NOT has_sheet OR kept_back);

-- platform.data_quality: old data, heads that differ, statements and sheets that do not balance.
INSERT INTO finding
WITH newest AS (
    SELECT n.project, n.start, (SELECT max(date) FROM attended a WHERE a.project = n.project AND a.date <= getvariable('today')) AS attendance,
           (SELECT max(uploaded) FROM sheet_line s WHERE s.project = n.project) AS payroll, NOT EXISTS (FROM sheet s WHERE s.project = n.project) AS no_sheet, c.until AS ledger,
           EXISTS (FROM finding f WHERE f.rule = 'platform.payroll_not_uploaded' AND f.project = n.project AND f.outcome = 'breach') AS not_uploaded
    FROM now n LEFT JOIN covered c USING (project) WHERE n.status = 'active'),
heads AS (
    SELECT n.project, month_of(plus_months(date_trunc('month', getvariable('today'))::DATE, -1)) AS month,
           (SELECT count(DISTINCT r.person) FROM roster r WHERE r.project = n.project AND coalesce(r.entry <= last_day(plus_months(getvariable('today'), -1)), true)
            AND coalesce(r.leaving > last_day(plus_months(getvariable('today'), -1)), true)) AS rostered
    FROM now n WHERE n.status = 'active'),
seen AS (SELECT h.*, (SELECT count(*) FROM present p WHERE p.project = h.project AND p.month = h.month) AS seen FROM heads h),
steps AS (
    SELECT project, account, date, balance - lag(balance) OVER running - credit + debit AS gap FROM entry WINDOW running AS (PARTITION BY project, account ORDER BY line)),
faults AS (
    SELECT n.*, attendance + law('platform.attendance_age', getvariable('today'))::INTEGER AS attendance_due, payroll + law('platform.payroll_age', getvariable('today'))::INTEGER AS payroll_due,
           ledger + law('platform.ledger_age', getvariable('today'))::INTEGER AS ledger_due,
           s.seen > 0 AND abs(s.rostered - s.seen) * 1000000 > law('platform.heads_limit', getvariable('today')) * s.rostered AS heads,
           EXISTS (FROM steps t WHERE t.project = n.project AND t.gap <> 0) OR EXISTS (FROM unbalanced_sheet u WHERE u.project = n.project AND coalesce(u.uploaded, u.prepared) <= getvariable('today')) AS unbalanced
    FROM newest n JOIN seen s USING (project))
SELECT 'platform.data_quality', project, NULL, NULL,
       CASE WHEN attendance_due < getvariable('today') OR ledger_due < getvariable('today') OR heads OR unbalanced OR (payroll_due < getvariable('today') AND NOT not_uploaded) THEN 'breach' ELSE 'unknown' END,
       'notice', NULL, NULL, NULL, NULL, CASE WHEN not_uploaded THEN 'platform.payroll_not_uploaded' END, NULL,
       concat_ws(' ', CASE WHEN attendance_due < getvariable('today') THEN 'attendance' END, CASE WHEN ledger_due < getvariable('today') THEN 'ledger' END,
                 CASE WHEN payroll_due < getvariable('today') THEN 'payroll' END, CASE WHEN heads THEN 'heads' END, CASE WHEN unbalanced THEN 'balance' END)
FROM faults
WHERE attendance_due < getvariable('today') OR ledger_due < getvariable('today') OR payroll_due < getvariable('today') OR heads OR unbalanced OR no_sheet OR attendance IS NULL;
