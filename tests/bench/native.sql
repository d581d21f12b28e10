-- Some rules as SQL over native tables of DuckDB: an independent answer to what `anxin check` finds on the files of bulk.py.
-- Tables: account (project), roster, contract (project, person), payroll (project, month, person, net), payout (project, month,
-- person, amount, ok), attendance (project, month, person, mask). One row per line of a sheet; amounts in fen.
-- Each answer: project, month, workers, amount_fen of a breach.

-- rule: payroll.bank_mismatch
WITH owed AS (SELECT project, month, person, sum(net) AS net FROM payroll GROUP BY ALL),
     paid AS (SELECT project, month, person, sum(amount) AS paid FROM payout WHERE ok GROUP BY ALL)
SELECT project, month, count(*) AS workers, sum(abs(coalesce(net, 0) - coalesce(paid, 0)))::BIGINT AS amount_fen
FROM owed FULL JOIN paid USING (project, month, person)
WHERE abs(coalesce(net, 0) - coalesce(paid, 0)) > 1
GROUP BY ALL;

-- rule: payroll.late
WITH owed AS (SELECT project, month, person, sum(net) AS net FROM payroll GROUP BY ALL),
     answered AS (SELECT project, month, person, sum(amount) FILTER (ok) AS paid, bool_or(NOT ok) AS refused FROM payout GROUP BY ALL)
SELECT project, month, count(*) AS workers, NULL::BIGINT AS amount_fen
FROM attendance LEFT JOIN owed USING (project, month, person) LEFT JOIN answered USING (project, month, person)
WHERE coalesce(paid, 0) = 0 OR (refused AND paid < coalesce(net, 0) - 1)
GROUP BY ALL;

-- rule: payroll.attendance_gap
SELECT project, month, count(DISTINCT person) AS workers, NULL::BIGINT AS amount_fen
FROM attendance ANTI JOIN payroll USING (project, month, person)
GROUP BY ALL;

-- rule: realname.not_registered
SELECT project, NULL AS month, count(DISTINCT person) AS workers, NULL::BIGINT AS amount_fen
FROM (SELECT project, person FROM attendance UNION ALL SELECT project, person FROM payroll UNION ALL SELECT project, person FROM payout WHERE ok)
ANTI JOIN roster USING (project, person)
GROUP BY ALL;

-- rule: realname.no_contract
SELECT project, NULL AS month, count(DISTINCT person) AS workers, NULL::BIGINT AS amount_fen
FROM attendance ANTI JOIN contract USING (project, person)
GROUP BY ALL;

-- rule: account.not_opened
SELECT code AS project, NULL AS month, NULL::BIGINT AS workers, NULL::BIGINT AS amount_fen
FROM project ANTI JOIN account ON account.project = project.code
WHERE amount_fen >= 400000000;
