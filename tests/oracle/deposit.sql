-- rules.md section 2.1 and section 6, Deposit.

-- The clock: permit; contract where no permit is needed; first attendance where the permit is missing or later (severity notice only).
CREATE OR REPLACE TEMP TABLE deposit_clock AS
WITH clock AS (
    SELECT *, CASE WHEN permit <= getvariable('today') THEN permit WHEN permit_cell = '无需办理' THEN signed END AS main, permit_cell IS NULL AS permit_unknown,
           CASE WHEN permit_cell = '' OR permit > first_seen THEN first_seen END AS soft
    FROM now)
SELECT *, add_wd(main, law('deposit.days', main)) AS main_due, add_wd(soft, law('deposit.days', soft)) AS soft_due,
       coalesce(main IS NOT NULL AND law('deposit.days', main) IS NULL, false) AS law_gap,
       contract_sum < law('deposit.exemption_sum', signed) AS small
FROM clock;

CREATE OR REPLACE TEMP TABLE arrears_lead AS
SELECT firm, received FROM lead_case WHERE received <= getvariable('today') AND NOT says_one_of(answer, law_words('payroll.lead_refuted_words', received));

-- Exemptions that do not hold.
CREATE OR REPLACE TEMP TABLE exemption AS
SELECT c.project, c.contract_sum >= law('deposit.exemption_sum', c.signed) AND NOT contains(coalesce(d.reason, ''), '年') AS too_large,
       EXISTS (FROM arrears_lead l WHERE l.firm = c.contractor AND l.received < c.signed AND l.received >= c.signed - to_months(law('deposit.exemption_lookback', c.signed)::INTEGER)) AS arrears,
       regexp_matches(coalesce(d.reason, ''), '三年|3年') AND (NOT EXISTS (FROM roster r WHERE r.project = c.project) OR NOT EXISTS (FROM any_account a WHERE a.project = c.project)) AS no_record,
       v.lead_case AS register
FROM deposit_clock c JOIN deposit d ON d.project = c.project AND d.exempt, delivered v;

CREATE OR REPLACE TEMP TABLE guarantee AS
SELECT d.*, 'guarantee:' || d.number AS subject FROM deposit d
WHERE NOT d.cash AND NOT d.exempt AND d.amount > 0 AND coalesce(d.returned > getvariable('today'), true) AND coalesce(coalesce(d.stored, d.valid_from) <= getvariable('today'), true)
QUALIFY row_number() OVER (PARTITION BY d.project ORDER BY d.valid_to DESC NULLS FIRST) = 1;
CREATE OR REPLACE TEMP TABLE cash AS
SELECT project, sum(amount) AS amount, bool_or(stored_unknown) AS unknown FROM deposit
WHERE cash AND NOT exempt AND coalesce(returned > getvariable('today'), true) AND (stored <= getvariable('today') OR stored_unknown) GROUP BY project;

CREATE OR REPLACE TEMP TABLE deposit_state AS
SELECT c.*, k.project IS NOT NULL AND k.amount > 0 AS has_cash, g.valid_to >= getvariable('today') AS has_guarantee, g.project IS NOT NULL AND g.valid_to IS NULL AS guarantee_unclear,
       g.valid_to < getvariable('today') AS expired, g.valid_to, g.subject,
       x.project IS NOT NULL AS claims, coalesce(x.too_large OR x.arrears OR x.no_record, false) AS unsupported, coalesce(x.register, true) AS register,
       EXISTS (FROM deposit d WHERE d.project = c.project) AS has_row, least(c.main_due, c.soft_due) AS first_due
FROM deposit_clock c LEFT JOIN cash k USING (project) LEFT JOIN guarantee g USING (project) LEFT JOIN exemption x USING (project);

-- What should be stored: contract sum x ratio after factor, floor and cap.
CREATE OR REPLACE TEMP TABLE deposit_needed AS
WITH base AS (
    SELECT n.project, n.clock, n.contractor,
           CASE WHEN n.stated_sum < n.contract_sum AND n.contract_end + 1 > plus_months(n.contract_start, law('deposit.annual_from', n.clock)) THEN n.stated_sum ELSE n.contract_sum END AS base,
           CASE WHEN round(n.ratio * 1000000) BETWEEN law('deposit.ratio_min', n.clock) AND law('deposit.ratio_max', n.clock) THEN round(n.ratio * 1000000)
                ELSE nullif(law('deposit.ratio', n.clock), 0) END AS ratio,
           CASE WHEN EXISTS (FROM arrears_lead l WHERE l.firm = n.contractor AND l.received < n.clock
                             AND l.received >= n.clock - to_months(law('deposit.factor_lookback', n.clock)::INTEGER)) THEN law('deposit.factor_arrears', n.clock)
                WHEN contains(coalesce(n.reason, ''), '减') THEN law('deposit.factor_good', n.clock) ELSE 1000000 END AS factor,
           CASE WHEN n.signed > n.stored THEN add_wd(n.signed, law('deposit.supplement_days', n.clock)) END AS supplement_due
    FROM (SELECT n.*, d.*, coalesce(n.signed, d.stored, d.valid_from, getvariable('today')) AS clock FROM now n JOIN deposit d USING (project)) n
    QUALIFY row_number() OVER (PARTITION BY n.project ORDER BY coalesce(n.stored, n.valid_from) DESC) = 1)
SELECT project, supplement_due, ratio IS NULL AS no_ratio,
       least(round(base * greatest(ratio * factor / 1000000, law('deposit.ratio_floor', clock)) / 1000000), coalesce(nullif(law('deposit.cap', clock), 0), 9e18)) AS needed
FROM base;
-- deposit.unpaid: today > due and no cash and no valid guarantee and not exempt.
INSERT INTO finding
WITH judged AS (
    SELECT *, coalesce(main_due < getvariable('today'), false) AS main_over, coalesce(soft_due < getvariable('today'), false) AS soft_over,
           -- A guarantee that ran out was a deposit until its last day: the breach starts the day after, so that day is due.
           CASE WHEN main_over OR NOT soft_over THEN greatest(main_due, CASE WHEN main_over AND expired THEN valid_to END)
                ELSE greatest(soft_due, CASE WHEN expired THEN valid_to END) END AS due,
           has_cash OR coalesce(has_guarantee, false) OR (claims AND NOT unsupported) AS stored_now
    FROM deposit_state LEFT JOIN (SELECT project, needed, no_ratio FROM deposit_needed) n USING (project) WHERE status IN ('active', 'suspended'))
SELECT 'deposit.unpaid', project, NULL, NULL,
       CASE WHEN stored_now THEN 'clear' WHEN guarantee_unclear OR law_gap OR NOT (SELECT deposit FROM delivered) THEN 'unknown' WHEN permit_unknown AND main IS NULL THEN 'unknown'
            WHEN NOT has_row AND small THEN 'unknown' WHEN main_over OR soft_over THEN 'breach' ELSE 'clear' END AS outcome,
       CASE WHEN main_over THEN 'order' ELSE 'notice' END, due + 1, due, CASE WHEN NOT no_ratio THEN needed END::BIGINT, NULL, NULL, NULL,
       CASE WHEN NOT stored_now AND NOT main_over AND main_due IS NOT NULL AND getvariable('today') >= before_wd(main_due, law('deposit.notice_lead', main_due)) THEN 'upcoming' END
FROM judged;

CREATE OR REPLACE TEMP TABLE deposit_ruled AS
SELECT s.*, f.outcome AS unpaid FROM deposit_state s LEFT JOIN finding f ON f.rule = 'deposit.unpaid' AND f.project = s.project;

-- No row of this project: unknown (section 6, "received for other projects"), held by deposit.unpaid where that is a breach, and before the deposit is due as well.
INSERT INTO finding
SELECT r.rule, project, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, CASE WHEN unpaid = 'breach' THEN 'deposit.unpaid' END, NULL, NULL
FROM deposit_ruled, (VALUES ('deposit.underpaid', false), ('deposit.guarantee_expiring', true), ('deposit.guarantee_expired', true), ('deposit.guarantee_invalid', false),
                            ('deposit.not_replenished', true), ('deposit.exemption_unsupported', false)) r(rule, suspended_too)
WHERE NOT has_row AND (status = 'active' OR (r.suspended_too AND status = 'suspended'));

-- deposit.guarantee_expiring: works unfinished and valid_to - today <= 1 mo; completed and in the 30-day notice: still needed.
INSERT INTO finding
SELECT 'deposit.guarantee_expiring', n.project, NULL, g.subject, CASE WHEN g.valid_to IS NULL THEN 'unknown' ELSE 'breach' END, 'notice', g.valid_to - to_months(law('deposit.expiry_lead', g.valid_to)::INTEGER), g.valid_to, g.amount, NULL, NULL, NULL, NULL
FROM now n JOIN guarantee g USING (project)
WHERE (n.status IN ('active', 'suspended') OR (n.status = 'completed' AND getvariable('today') <= n.finished + law('deposit.return_notice', n.finished)::INTEGER))
  AND coalesce(g.valid_to >= getvariable('today') AND plus_months(getvariable('today'), law('deposit.expiry_lead', getvariable('today'))) >= g.valid_to, true)
  AND NOT EXISTS (FROM cash k WHERE k.project = n.project);

-- deposit.guarantee_expired: valid_to < today and no replacement.
INSERT INTO finding
SELECT 'deposit.guarantee_expired', project, NULL, subject, CASE WHEN valid_to IS NULL THEN 'unknown' ELSE 'breach' END, 'order', valid_to + 1, valid_to,
       -- The money in question is the sum of the guarantee.
       (SELECT g.amount FROM guarantee g WHERE g.project = d.project), NULL, NULL, CASE WHEN unpaid = 'breach' THEN 'deposit.unpaid' END, NULL
FROM deposit_ruled d WHERE status IN ('active', 'suspended') AND NOT has_cash AND (expired OR guarantee_unclear);

-- deposit.not_replenished: drawn and not restored after 10 wd.
INSERT INTO finding
SELECT 'deposit.not_replenished', n.project, NULL, NULL, 'breach', 'order', add_wd(d.used_on, law('deposit.refill_days', d.used_on)) + 1, add_wd(d.used_on, law('deposit.refill_days', d.used_on)),
       d.used, NULL, NULL, NULL, NULL
FROM now n JOIN deposit d USING (project)
WHERE n.status IN ('active', 'suspended') AND NOT d.exempt AND d.used_on <= getvariable('today') AND coalesce(d.refilled > getvariable('today'), true)
  AND add_wd(d.used_on, law('deposit.refill_days', d.used_on)) < getvariable('today');

-- deposit.exemption_unsupported: claimed where it cannot be.
INSERT INTO finding
SELECT 'deposit.exemption_unsupported', project, NULL, NULL, CASE WHEN unsupported THEN 'breach' ELSE 'unknown' END, 'notice', NULL, NULL, NULL, NULL, NULL,
       CASE WHEN unpaid = 'breach' AND unsupported THEN 'deposit.unpaid' END, NULL
FROM deposit_ruled WHERE status = 'active' AND claims AND (unsupported OR NOT register);

-- deposit.underpaid: stored + guaranteed below what is needed; short by <= 100 yuan ignored.
INSERT INTO finding
WITH held AS (
    SELECT s.project, s.unpaid, s.main_due, n.no_ratio, n.needed, n.supplement_due, coalesce(k.amount, 0) + CASE WHEN coalesce(s.has_guarantee, false) THEN g.amount ELSE 0 END AS held,
           EXISTS (FROM deposit d WHERE d.project = s.project AND NOT d.exempt AND d.used_on <= getvariable('today') AND coalesce(d.refilled > getvariable('today'), true)) AS drawn
    FROM deposit_ruled s JOIN deposit_needed n USING (project) LEFT JOIN cash k USING (project) LEFT JOIN guarantee g USING (project)
    WHERE s.status = 'active' AND NOT (s.claims AND NOT s.unsupported))
SELECT 'deposit.underpaid', project, NULL, NULL,
       CASE WHEN unpaid = 'breach' OR drawn OR no_ratio THEN 'unknown' WHEN coalesce(supplement_due >= getvariable('today'), false) OR coalesce(main_due >= getvariable('today'), false) THEN 'clear'
            WHEN needed - held > law('deposit.tolerance', getvariable('today')) THEN 'breach' ELSE 'clear' END,
       'notice', NULL, NULL, needed - held, NULL, CASE WHEN unpaid = 'breach' THEN 'deposit.unpaid' WHEN drawn THEN 'deposit.not_replenished' END, NULL, NULL
FROM held;

-- deposit.guarantee_invalid: term, contract end, amount, beneficiary, irrevocable, on demand.
INSERT INTO finding
WITH faults AS (
    SELECT g.project, g.subject, g.amount, n.needed,
           g.valid_to + 1 < plus_months(g.valid_from, law('deposit.guarantee_term', g.valid_from)) AS short_term,
           g.valid_to < s.contract_end AS ends_early,
           n.needed - g.amount - coalesce(k.amount, 0) > law('deposit.tolerance', getvariable('today')) AS too_small,
           CASE WHEN coalesce(g.beneficiary, '') <> '' THEN NOT says_one_of(g.beneficiary, law_words('deposit.beneficiaries', getvariable('today'))) END AS not_bureau,
           says_no(g.irrevocable) AS revocable, says_no(g.on_demand) AS conditional
    FROM deposit_ruled s JOIN guarantee g USING (project) LEFT JOIN deposit_needed n USING (project) LEFT JOIN cash k USING (project)
    WHERE s.status = 'active' AND coalesce(s.has_guarantee, true))
SELECT 'deposit.guarantee_invalid', project, NULL, subject,
       CASE WHEN short_term OR ends_early OR too_small OR not_bureau OR revocable OR conditional THEN 'breach'
            WHEN short_term IS NULL OR ends_early IS NULL OR too_small IS NULL OR not_bureau IS NULL OR revocable IS NULL OR conditional IS NULL THEN 'unknown' ELSE 'clear' END,
       'notice', NULL, NULL, amount, NULL, NULL,
       CASE WHEN too_small AND NOT coalesce(short_term OR ends_early OR not_bureau OR revocable OR conditional, false) THEN 'deposit.underpaid' END, NULL
FROM faults;
