-- rules.md section 2.6 and section 6, Board, Process settlement.

-- site.board_missing: active > 10 wd and no board; or photo older than 6 mo.
CREATE OR REPLACE TEMP TABLE board_state AS
SELECT n.project, coalesce(n.start, n.first_seen) AS clock, add_wd(coalesce(n.start, n.first_seen), law('site.board_days', coalesce(n.start, n.first_seen))) AS due,
       max(least(coalesce(b.checked, b.placed), getvariable('today'))) FILTER (coalesce(b.placed, b.checked) <= getvariable('today')) AS photo
FROM now n LEFT JOIN board b USING (project) WHERE n.status = 'active' GROUP BY ALL;
INSERT INTO finding
WITH judged AS (SELECT *, CASE WHEN photo IS NULL THEN due ELSE add_mo(photo, law('site.board_photo_months', photo)) END AS over FROM board_state)
SELECT 'site.board_missing', project, NULL, NULL, CASE WHEN (SELECT board FROM delivered) THEN 'breach' ELSE 'unknown' END, 'notice', over + 1, over, NULL, NULL, NULL, NULL, NULL
FROM judged WHERE over < getvariable('today');

-- site.board_incomplete: an item of article 34 missing; minimum wage unlike the value in force; deposit status missing (both need their columns).
INSERT INTO finding
SELECT 'site.board_incomplete', s.project, NULL, NULL, CASE WHEN f.project IS NOT NULL THEN 'unknown' WHEN b.bad THEN 'breach' ELSE 'unknown' END, 'notice', NULL, NULL, NULL, NULL,
       CASE WHEN f.project IS NOT NULL THEN 'site.board_missing' END, NULL, NULL
FROM board_state s
LEFT JOIN (SELECT project, bool_or(says_no(parties) OR says_no(wages) OR says_no(complaints) OR coalesce(says_no(deposit), false)
                                   OR coalesce(money(minimum) <> law('payroll.minimum_monthly', getvariable('today')), false)) AS bad,
                  bool_or(parties IS NULL OR wages IS NULL OR complaints IS NULL) AS unknown
           FROM (FROM board QUALIFY row_number() OVER (PARTITION BY project ORDER BY coalesce(checked, placed) DESC) = 1) GROUP BY project) b USING (project)
LEFT JOIN finding f ON f.rule = 'site.board_missing' AND f.project = s.project AND f.outcome = 'breach' AND s.photo IS NULL
WHERE f.project IS NOT NULL OR b.bad OR b.unknown;

-- site.settlement_overdue: node + 30 cd without settlement; or paid below 80 % of completed value (contracts from 2022-08-01); private owner: advice.
INSERT INTO finding
WITH nodes AS (
    SELECT s.*, n.owner_kind, n.signed, add_cd(s.agreed, law('site.settlement_days', s.agreed)) AS due, law('site.settlement_paid_share', n.signed) AS paid_share
    FROM settlement s JOIN now n USING (project) WHERE n.status = 'active' AND coalesce(n.owner_kind, '') <> '社会投资'),
judged AS (
    SELECT *, coalesce(settled > getvariable('today'), true) AS open, round(completed * paid_share / 1000000) - paid AS short,
           NOT coalesce(settled > getvariable('today'), true) AND (signed IS NULL OR (paid_share IS NOT NULL AND (completed IS NULL OR paid IS NULL))) AS unclear
    FROM nodes)
SELECT 'site.settlement_overdue', project, NULL, 'node:' || node, CASE WHEN coalesce(owner_kind, '') = '' OR (open AND settled_cell IS NULL) OR unclear THEN 'unknown' ELSE 'breach' END, 'notice', due + 1, due,
       CASE WHEN short > 0 THEN short END, NULL, NULL, NULL, NULL
FROM judged WHERE due < getvariable('today') AND (open OR short > 0 OR unclear) AND owner_kind <> '';
INSERT INTO finding
SELECT 'site.settlement_overdue', project, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM now n
WHERE status = 'active' AND coalesce(owner_kind, '') <> '社会投资' AND (coalesce(owner_kind, '') = '' OR NOT EXISTS (FROM settlement s WHERE s.project = n.project));

-- site.payment_guarantee_missing: none 20 wd after signing, or expired while active.
INSERT INTO finding
WITH judged AS (
    SELECT *, add_wd(signed, law('site.payment_guarantee_days', signed)) AS over, CASE WHEN guarantee IS NOT NULL THEN says_no(guarantee) END AS none FROM now n
    WHERE status = 'active' AND NOT coalesce(list_contains(law_words('site.payment_guarantee_exempt_kinds', getvariable('today')), owner_kind), false))
SELECT 'site.payment_guarantee_missing', project, NULL, NULL, CASE WHEN none OR guarantee_to < getvariable('today') THEN 'breach' ELSE 'unknown' END, 'notice',
       CASE WHEN none THEN over ELSE guarantee_to END + 1, CASE WHEN none THEN over ELSE guarantee_to END, NULL, NULL, NULL, NULL, NULL
FROM judged WHERE (none AND over < getvariable('today')) OR (NOT none AND guarantee_to < getvariable('today')) OR (none IS NULL AND over < getvariable('today'));
