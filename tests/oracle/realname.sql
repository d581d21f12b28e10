-- rules.md section 2.4 and section 6, Contract, Roster fields.

CREATE OR REPLACE TEMP TABLE on_site AS
SELECT * FROM roster WHERE coalesce(entry <= getvariable('today'), true) AND coalesce(leaving > getvariable('today'), NOT coalesce(presence = '退场' AND leaving IS NULL, false));

-- realname.no_contract: first attendance before the contract (or work agreement) was signed, or none.
INSERT INTO finding
WITH signed AS (
    SELECT project, person, min(signed) FILTER (signed <= getvariable('today') AND (kind NOT LIKE '%协议%' OR law('realname.accept_work_agreement', signed) = 1)) AS signed, true AS has_row,
           bool_and(signed_cell IS NULL) AS unknown
    FROM contract GROUP BY ALL),
judged AS (
    SELECT f.project, f.person, f.date, s.signed,
           CASE WHEN s.signed <= f.date + law('realname.contract_grace', f.date)::INTEGER THEN false
                WHEN s.unknown THEN NULL
                WHEN s.has_row THEN true
                WHEN says_no(r.has_contract) THEN true
                WHEN EXISTS (FROM contract c WHERE c.project = f.project) THEN true
                ELSE NULL END AS fault
    FROM first_attended f JOIN now n USING (project) LEFT JOIN signed s USING (project, person)
    LEFT JOIN (SELECT project, person, any_value(has_contract) AS has_contract FROM roster GROUP BY ALL) r USING (project, person)
    WHERE n.status = 'active' AND f.date <= getvariable('today'))
SELECT 'realname.no_contract', project, NULL, NULL, CASE WHEN bool_or(fault) THEN 'breach' ELSE 'unknown' END, 'notice', min(date) FILTER (fault), NULL, NULL, count(*) FILTER (fault), NULL, NULL, NULL
FROM judged GROUP BY project HAVING bool_or(fault) OR bool_or(fault IS NULL);

-- realname.not_registered: attended, on a sheet or paid, and not on the roster; grace 1 wd from the first punch.
INSERT INTO finding
WITH people AS (
    SELECT project, person, date, trade FROM (SELECT f.project, f.person, f.date, (SELECT any_value(trade) FROM present p WHERE p.project = f.project AND p.person = f.person) AS trade
                                              FROM first_attended f WHERE f.date <= getvariable('today'))
    UNION ALL SELECT project, person, least(min(last_day(first_day(month))), getvariable('today')), any_value(trade) FROM sheet_line l
              WHERE NOT EXISTS (FROM first_attended f WHERE f.project = l.project AND f.person = l.person AND f.date <= getvariable('today')) GROUP BY ALL
    UNION ALL SELECT project, person, min(date), NULL FROM paid_line l WHERE answer = 'ok'
              AND NOT EXISTS (FROM first_attended f WHERE f.project = l.project AND f.person = l.person AND f.date <= getvariable('today'))
              AND NOT EXISTS (FROM sheet_line s WHERE s.project = l.project AND s.person = l.person) GROUP BY ALL),
judged AS (
    SELECT p.*, add_wd(p.date, law('realname.registration_grace', p.date)) AS due FROM people p JOIN now n USING (project)
    WHERE n.status = 'active' AND NOT EXISTS (FROM roster r WHERE r.project = p.project AND r.person = p.person AND coalesce(r.registered <= getvariable('today'), true))
      AND NOT coalesce(list_contains(law_words('realname.visitor_words', p.date), p.trade), false))
SELECT 'realname.not_registered', project, NULL, NULL, CASE WHEN EXISTS (FROM roster r WHERE r.project = j.project) THEN 'breach' ELSE 'unknown' END, 'order', min(due) + 1, min(due), NULL,
       count(DISTINCT person), NULL, NULL, NULL
FROM judged j WHERE due < getvariable('today') GROUP BY project;

-- realname.record_incomplete: mandatory roster fields missing for more than 0 % of active workers.
INSERT INTO finding
WITH wanted AS (
    SELECT n.project, CASE WHEN says_one_of(coalesce(n.industry, ''), law_words('realname.other_industries', getvariable('today'))) THEN law_words('realname.roster_fields_other', getvariable('today'))
                           ELSE law_words('realname.roster_fields', getvariable('today')) END AS fields
    FROM now n WHERE n.status = 'active'),
cells AS (
    SELECT r.project, r.person, r.name, list_transform(list_filter([('企业名称', r.employer), ('班组名称', r.team), ('工人姓名', r.name), ('证件号码', r.person), ('工种', r.trade), ('工资卡号', r.card),
        ('进场时间', r.entry_cell), ('手机号码', r.phone), ('安全培训日期', r.trained_cell)], lambda pair: list_contains(w.fields, pair[1])), lambda pair: pair[2]) AS cells
    FROM on_site r JOIN wanted w USING (project))
SELECT 'realname.record_incomplete', project, NULL, NULL, CASE WHEN bool_or(list_contains(cells, '')) THEN 'breach' ELSE 'unknown' END, 'notice', NULL, NULL, NULL,
       count(*) FILTER (list_contains(cells, '')), NULL, NULL, NULL
FROM cells GROUP BY project
HAVING count(*) FILTER (list_contains(cells, '')) * 1000000 > law('realname.roster_missing_limit', getvariable('today')) * count(*) OR bool_or(len(list_filter(cells, lambda cell: cell IS NULL)) > 0);

-- realname.id_anomaly: checksum, one identity with two names, two sites at one time, under age on a day worked.
INSERT INTO finding
WITH numbered AS (
    SELECT DISTINCT r.project, r.person, r.name, n.status FROM roster r JOIN now n USING (project)
    WHERE n.status = 'active' AND coalesce(r.person, '') <> '' AND coalesce(r.id_kind, '') IN ('', '居民身份证') AND coalesce(r.entry <= getvariable('today'), true)),
checked AS (
    SELECT *, regexp_matches(person, '^\d{17}[\dX]$') AND try_strptime(substr(person, 7, 8), '%Y%m%d') IS NOT NULL
              AND substr('10X98765432', (list_sum(list_transform(range(1, 18), lambda i: try_cast(substr(person, i, 1) AS INTEGER) * ([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])[i])) % 11 + 1)::INTEGER, 1)
                  = right(person, 1) AS valid
    FROM numbered),
names AS (SELECT person FROM (SELECT person, plain(name) AS name FROM roster WHERE person <> '' UNION SELECT person, plain(name) FROM sheet_line WHERE person NOT LIKE 'name:%')
          GROUP BY person HAVING count(DISTINCT name) > 1),
-- Where only days are known, two whole days cannot be one; half a day here and half a day there can.
elsewhere AS (
    SELECT DISTINCT a.project, a.person FROM attended a JOIN attended b ON a.person = b.person AND a.date = b.date AND a.project <> b.project
    WHERE a.date <= getvariable('today') AND a.person <> ''
      AND coalesce(epoch(least(a.last_out, b.last_out) - greatest(a.first_in, b.first_in)) >= 30 * 60, a.days >= 1 AND b.days >= 1)),
young AS (
    SELECT DISTINCT a.project, a.person FROM attended a WHERE a.date <= getvariable('today') AND regexp_matches(a.person, '^\d{17}[\dX]$')
      AND plus_months(try_strptime(substr(a.person, 7, 8), '%Y%m%d')::DATE, 12 * law('realname.age_min', a.date)) > a.date),
faults AS (
    SELECT project, person, false AS child FROM checked WHERE NOT valid
    UNION SELECT c.project, c.person, false FROM checked c JOIN names USING (person)
    UNION SELECT e.project, e.person, false FROM elsewhere e JOIN now n USING (project) WHERE n.status = 'active'
    UNION SELECT y.project, y.person, true FROM young y JOIN now n USING (project) WHERE n.status = 'active')
SELECT 'realname.id_anomaly', project, NULL, NULL, 'breach', CASE WHEN bool_or(child) THEN 'escalate' ELSE 'notice' END, NULL, NULL, NULL, count(DISTINCT person), NULL, NULL, NULL
FROM faults GROUP BY project;

-- realname.no_wage_officer: none named, more than three active projects, or absent more than 10 wd while others attend.
INSERT INTO finding
WITH counted AS (
    SELECT n.*, count(*) FILTER (contract_sum >= law('realname.officer_small_works', getvariable('today'))) OVER (PARTITION BY officer_id) AS projects,
           (SELECT max(date) FROM attended a WHERE a.project = n.project AND a.person = upper(n.officer_id) AND a.date <= getvariable('today')) AS officer_seen,
           (SELECT max(date) FROM attended a WHERE a.project = n.project AND a.date <= getvariable('today')) AS anyone_seen
    FROM now n WHERE n.status = 'active')
SELECT 'realname.no_wage_officer', project, NULL, NULL, CASE WHEN officer IS NULL THEN 'unknown' ELSE 'breach' END, 'notice', NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM counted
WHERE coalesce(officer, '') = '' OR officer_to < getvariable('today') OR officer_from > getvariable('today')
   OR (officer_id <> '' AND projects > law('realname.officer_projects', getvariable('today')))
   OR add_wd(officer_seen, law('realname.officer_absent', officer_seen)) < anyone_seen;

-- realname.attendance_missing: active, roster > 0 and no attendance for 3 wd running while the source delivered others'; or attending below half over 10 wd.
-- Today is not over: both end yesterday. Others' attendance is there where a sheet of the month of the due day came; files are imported after every day asked about.
INSERT INTO finding
WITH last AS (
    SELECT project, coalesce(last_seen, start - 1) AS seen, CASE WHEN last_seen IS NOT NULL THEN least(last_seen, getvariable('today') - 1) END AS window_to, greatest(start, first_seen) AS window_floor, rostered
    FROM (SELECT n.*, (SELECT max(date) FROM attended a WHERE a.project = n.project AND a.date <= getvariable('today')) AS last_seen,
                 (SELECT count(DISTINCT person) FROM on_site r WHERE r.project = n.project) AS rostered
          FROM now n WHERE n.status = 'active')),
-- Working days on which the project was active, Spring Festival left out.
counting AS (
    SELECT l.project, w.day FROM last l, workday w JOIN project_day d ON d.day = w.day AND d.status = 'active'
    WHERE d.project = l.project AND NOT EXISTS (FROM festival f WHERE w.day BETWEEN f.day - law('realname.festival_before', f.day)::INTEGER AND f.day + law('realname.festival_after', f.day)::INTEGER)),
windows AS (
    SELECT l.*, (SELECT list(c.day ORDER BY c.day)[law('realname.attendance_days', getvariable('today'))] FROM counting c WHERE c.project = l.project AND c.day > l.seen AND c.day <= getvariable('today') + 30) AS due,
           (SELECT list(c.day ORDER BY c.day DESC)[law('realname.attendance_window', l.window_to)] FROM counting c WHERE c.project = l.project AND c.day <= l.window_to AND c.day >= l.window_floor) AS window_from
    FROM last l),
-- Below half of those on the roster through the whole window; a site too young for a window is not compared.
counted AS (
    SELECT w.*, (SELECT count(DISTINCT a.person) FROM attended a WHERE a.project = w.project AND a.date BETWEEN w.window_from AND w.window_to) AS heads,
           (SELECT count(DISTINCT r.person) FROM roster r WHERE r.project = w.project AND coalesce(r.entry <= w.window_from, true)
            AND coalesce(r.leaving > w.window_to, NOT coalesce(r.presence = '退场' AND r.leaving IS NULL, false))) AS window_roster
    FROM windows w),
judged AS (
    SELECT *, due < getvariable('today') AS silent, window_from IS NOT NULL AND heads * 1000000 < law('realname.attendance_share', window_to) * window_roster AS few,
           EXISTS (FROM attendance_sheet s WHERE s.project <> c.project AND s.month >= month_of(c.due)) AS fed
    FROM counted c WHERE rostered > 0)
SELECT 'realname.attendance_missing', project, NULL, NULL, CASE WHEN (silent AND fed) OR few THEN 'breach' ELSE 'unknown' END, 'notice',
       CASE WHEN silent AND fed THEN due ELSE window_to END + 1, CASE WHEN silent AND fed THEN due ELSE window_to END, NULL,
       CASE WHEN silent AND fed THEN rostered ELSE window_roster - heads END, NULL, NULL, NULL
FROM judged WHERE silent OR few;
