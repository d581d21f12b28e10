-- The typed data of a county, the same for every day. Money in fen. NULL: not known; the functions below read a cell as file-formats.md section 14 says.

CREATE OR REPLACE MACRO money(cell) AS
    try_cast(round(try_cast(regexp_replace(cell, '[,，￥¥元 ]', '', 'g') AS DECIMAL(18, 4)) * 100) AS BIGINT);
CREATE OR REPLACE MACRO number(cell) AS try_cast(replace(cell, ',', '') AS DOUBLE);
CREATE OR REPLACE MACRO on_date(cell) AS try_cast(left(cell, 10) AS DATE);
CREATE OR REPLACE MACRO share(cell) AS
    CASE WHEN cell LIKE '%\%' ESCAPE '\' THEN number(replace(cell, '%', '')) / 100 ELSE number(cell) END;
CREATE OR REPLACE MACRO says_yes(cell) AS cell IN ('是', '有', '1', 'Y', '√', 'true', '已签');
CREATE OR REPLACE MACRO says_no(cell) AS cell IN ('', '否', '无', '0', 'N', '×', 'false', '未签');
-- Names compared without spaces, brackets and width.
CREATE OR REPLACE MACRO plain(name) AS regexp_replace(nfc_normalize(translate(name, '（）【】［］　', '()[][] ')), '[\s()\[\]·•.]', '', 'g');
CREATE OR REPLACE MACRO month_of(date) AS strftime(date, '%Y-%m');
CREATE OR REPLACE MACRO first_day(month) AS CAST(month || '-01' AS DATE);

-- The law value in force on a date.
CREATE OR REPLACE MACRO law(parameter_name, date) AS
    (SELECT max_by(value, since) FROM parameter WHERE name = parameter_name AND since <= date);
CREATE OR REPLACE MACRO law_words(parameter_name, date) AS
    (SELECT list(word) FROM words WHERE name = parameter_name
     AND since = (SELECT max(since) FROM words WHERE name = parameter_name AND since <= date));
CREATE OR REPLACE MACRO says_one_of(cell, listed) AS len(list_filter(listed, lambda word: contains(cell, word))) > 0;

-- The calendar: n counts working days up to and including the day; rolled forward and moved earlier.
CREATE OR REPLACE TABLE calendar AS
SELECT day, works, sum(works::INTEGER) OVER (ORDER BY day) AS n,
       min(CASE WHEN works THEN day END) OVER (ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS rolled,
       max(CASE WHEN works THEN day END) OVER (ORDER BY day) AS earlier
FROM plain_day;
CREATE OR REPLACE TABLE workday AS SELECT n, day FROM calendar WHERE works;
CREATE OR REPLACE MACRO rolled(date) AS (SELECT c.rolled FROM calendar c WHERE c.day = date);
CREATE OR REPLACE MACRO moved_earlier(date) AS (SELECT c.earlier FROM calendar c WHERE c.day = date);
-- First working day after the event = 1.
CREATE OR REPLACE MACRO add_wd(date, days) AS
    (SELECT w.day FROM workday w WHERE w.n = (SELECT c.n FROM calendar c WHERE c.day = date) + days);
-- The working day so many before a date (the date itself when 0).
CREATE OR REPLACE MACRO before_wd(date, days) AS
    (SELECT w.day FROM workday w WHERE w.n = (SELECT c.n FROM calendar c WHERE c.day = date) - days);
CREATE OR REPLACE MACRO add_cd(date, days) AS rolled(CAST(date + days::INTEGER AS DATE));
CREATE OR REPLACE MACRO plus_months(date, months) AS CAST(date + to_months(months::INTEGER) AS DATE);
CREATE OR REPLACE MACRO add_mo(date, months) AS rolled(plus_months(date, months));

CREATE OR REPLACE TABLE project AS
SELECT 项目编码 AS project, 项目名称 AS name, 行业 AS industry, 项目地址 AS site, 建设单位 AS owner, 施工总承包单位 AS contractor, money(施工合同额) AS contract_sum,
       on_date(合同签订日期) AS signed, 合同签订日期 IS NULL AS signed_unknown, on_date(合同开始日期) AS contract_start, on_date(合同结束日期) AS contract_end, number(工期) AS duration,
       on_date(开工日期) AS start, on_date(竣工日期) AS finished, 项目状态 AS word, on_date(停工日期) AS suspended_from, on_date(复工日期) AS resumed,
       施工许可日期 AS permit_cell, on_date(施工许可日期) AS permit, try_cast(工资支付日 AS INTEGER) AS pay_day, try_cast(人工费用拨付日 AS INTEGER) AS funding_day,
       平台接入日期 AS connected_cell, on_date(平台接入日期) AS connected, 投资性质 AS owner_kind, 计量周期约定 AS measuring, 过程结算约定 AS settlement_terms, 人工费拨付周期 AS funding_cycle,
       人工费用拨付日 AS funding_day_cell, 人工费用比例 AS ratio_cell, share(人工费用比例) AS labour_ratio, 合同人工费用数额 AS labour_cell, 劳资专管员 AS officer,
       劳资专管员证件号码 AS officer_id, on_date(在岗开始日期) AS officer_from, on_date(在岗结束日期) AS officer_to, 工程款支付担保 AS guarantee,
       支付担保到期日 AS guarantee_to_cell, on_date(支付担保到期日) AS guarantee_to
FROM raw_project QUALIFY row_number() OVER (PARTITION BY 项目编码 ORDER BY place DESC) = 1;

CREATE OR REPLACE TABLE deposit AS
SELECT 项目编码 AS project, 形式 AS form, 保函编号 AS number, 出具机构 AS issuer, 受益人 AS beneficiary, money(施工合同额) AS stated_sum, share(存储比例) AS ratio, money(实缴金额) AS amount,
       减免情形 AS reason, 缴存日期 IS NULL AS stored_unknown, on_date(缴存日期) AS stored, on_date(生效日期) AS valid_from, 失效日期 IS NULL AS valid_to_unknown,
       on_date(失效日期) AS valid_to, money(动用金额) AS used, on_date(动用日期) AS used_on, on_date(补足日期) AS refilled, on_date(退还日期) AS returned, 不可撤销 AS irrevocable,
       见索即付 AS on_demand, 形式 = '免存' OR (money(实缴金额) = 0 AND 减免情形 LIKE '免存%') AS exempt, 形式 = '现金' AS cash
FROM raw_deposit;

CREATE OR REPLACE TABLE account AS
SELECT 项目编码 AS project, regexp_replace(专户账号, '[\s-]', '', 'g') AS number, 'account:' || right(regexp_replace(专户账号, '[\s-]', '', 'g'), 4) AS subject, 专户户名 AS name,
       on_date(开户日期) AS opened, 三方协议 AS agreement, 三方协议签订日期 AS agreement_cell, on_date(三方协议签订日期) AS agreed, 账户状态 AS word, 销户日期 IS NULL AS closed_unknown,
       on_date(销户日期) AS closed, on_date(余额日期) AS balance_on, 备案日期 AS filed_cell, on_date(备案日期) AS filed, 注销公示开始日期 AS notice_cell,
       on_date(注销公示开始日期) AS notice_from, coalesce(账户类型, '') IN ('', '专户') AS flagged
FROM raw_account QUALIFY row_number() OVER (PARTITION BY 项目编码, 专户账号 ORDER BY place DESC) = 1;

CREATE OR REPLACE TABLE ledger AS
WITH entries AS (
    SELECT DISTINCT ON (l.本方账号, coalesce(nullif(l.交易流水号, ''), l.交易日期 || l.交易时间 || l.收入金额 || l.支出金额 || l.余额)) l.*,
           coalesce(nullif(l.项目编码, ''), a.project) AS project
    FROM (SELECT *, row_number() OVER () AS line FROM raw_ledger) l LEFT JOIN account a ON a.number = regexp_replace(l.本方账号, '[\s-]', '', 'g'))
SELECT line, project, regexp_replace(本方账号, '[\s-]', '', 'g') AS account, on_date(交易日期) AS date, coalesce(交易时间, '') AS time, coalesce(money(收入金额), 0) AS credit,
       coalesce(money(支出金额), 0) AS debit, money(余额) AS balance, coalesce(对方户名, '') AS party, coalesce(摘要, '') || ' ' || coalesce(用途, '') || ' ' || coalesce(附言, '') AS said,
       coalesce(代发批次号, '') AS batch, 款项性质 AS nature, coalesce(交易流水号, '') AS serial
FROM entries;

CREATE OR REPLACE TABLE roster AS
SELECT 项目编码 AS project, 企业名称 AS employer, 班组名称 AS team, 工人姓名 AS name, 证件类型 AS id_kind, upper(证件号码) AS person, 手机号码 AS phone, 工种 AS trade, 工人类型 AS role,
       是否班组长 AS leader, 工资卡号 AS card, 进场时间 AS entry_cell, on_date(进场时间) AS entry, on_date(退场时间) AS leaving, 在场状态 AS presence, 是否签订劳动合同 AS has_contract,
       安全培训日期 AS trained_cell, 实名登记日期 AS registered_cell,
       -- Column there and cell empty: not registered. No such column: on the day of entry, or (not known) always.
       CASE WHEN 实名登记日期 IS NULL THEN coalesce(on_date(进场时间), DATE '1900-01-01') ELSE coalesce(on_date(实名登记日期), DATE '2999-01-01') END AS registered
FROM raw_roster;

CREATE OR REPLACE TABLE contract AS
SELECT 项目编码 AS project, upper(证件号码) AS person, 合同类型 AS kind, 签订日期 AS signed_cell, on_date(签订日期) AS signed FROM raw_contract;

-- One row per person and day; a punch counts as a day, the matrix states halves.
CREATE OR REPLACE TABLE attended AS
WITH marks AS (
    UNPIVOT (SELECT 项目编码, 身份证号, 姓名, 工种, title_month, COLUMNS('^[0-9]+$') FROM raw_matrix) ON COLUMNS('^[0-9]+$') INTO NAME number VALUE mark),
single AS (
    SELECT 项目编码 AS project, upper(证件号码) AS person, any_value(姓名) AS name, NULL AS trade, on_date(考勤时间) AS date, 1.0::DOUBLE AS days,
           min(try_cast(考勤时间 AS TIMESTAMP)) AS first_in, max(try_cast(考勤时间 AS TIMESTAMP)) AS last_out
    FROM raw_punch GROUP BY ALL
    UNION ALL
    SELECT 项目编码, upper(身份证号), 姓名, 工种, try_cast(title_month || '-' || lpad(number, 2, '0') AS DATE),
           CASE WHEN mark IN ('0.5', '半', '◐') THEN 0.5 WHEN mark IN ('1', '√', '✓', '✔', 'V', '出', '●') THEN 1 ELSE 0 END, NULL, NULL
    FROM marks)
SELECT project, person, any_value(name) AS name, any_value(trade) AS trade, date, max(days) AS days, min(first_in) AS first_in, max(last_out) AS last_out
FROM single WHERE days > 0 AND date IS NOT NULL AND project IS NOT NULL GROUP BY project, person, date;

-- Months for which attendance of a project came, whether anybody attended or not.
CREATE OR REPLACE TABLE attendance_sheet AS
SELECT DISTINCT 项目编码 AS project, title_month AS month FROM raw_matrix UNION SELECT DISTINCT project, month_of(date) FROM attended;

-- A later sheet of the same project, month, employer and team replaces the earlier one.
CREATE OR REPLACE TABLE payroll AS
WITH lines AS (
    SELECT *, row_number() OVER () AS line FROM raw_payroll
    WHERE coalesce(姓名, '') NOT IN ('', '合计', '总计', '小计') AND NOT regexp_matches(coalesce(项目编码, ''), '合计|总计|小计')
    QUALIFY place = max(place) OVER (PARTITION BY 项目编码, 工资所属月份, 施工单位, 班组名称))
SELECT line, 项目编码 AS project, left(工资所属月份, 7) AS month, 施工单位 AS employer, 班组名称 AS team, 姓名 AS name, upper(nullif(身份证号, '')) AS person, coalesce(手机号码, 联系电话) AS phone, 工种 AS trade,
       coalesce(计量方式, '') AS unit, 出勤天数 AS days_cell, number(出勤天数) AS days, 出勤工时 AS hours_cell, number(出勤工时) AS hours, 日工资 AS day_rate, 小时工资 AS hour_rate,
       计件数量 AS pieces_cell, number(计件数量) AS pieces, 计件单价 AS piece_rate_cell, number(计件单价) AS piece_rate, coalesce(money(加班工资), 0) AS overtime,
       coalesce(money(奖金补贴), 0) AS bonus, 应发工资 AS gross_cell, money(应发工资) AS gross, 借支 AS advance_cell, 扣款 AS deduction_cell, 实发工资 AS net_cell,
       coalesce(money(实发工资), 0) AS net, 工资卡号 AS card, 工人签字 AS signed, 发放日期 AS paid_cell, on_date(编制日期) AS prepared, 上传日期 AS uploaded_cell, on_date(上传日期) AS uploaded,
       工程进度附件 AS progress, 支付方式 AS means, 工资清单 AS slip, coalesce(备注, '') AS remark, 身份证号 AS person_cell
FROM lines;

-- Sheets whose total row differs from their lines.
CREATE OR REPLACE TABLE unbalanced_sheet AS
WITH sums AS (
    SELECT place, max(项目编码) FILTER (NOT total) AS project, max(on_date(上传日期)) AS uploaded, max(on_date(编制日期)) AS prepared,
           sum(money(应发工资)) FILTER (NOT total) AS gross, sum(money(实发工资)) FILTER (NOT total) AS net, max(money(应发工资)) FILTER (total) AS gross_total,
           max(money(实发工资)) FILTER (total) AS net_total
    FROM (SELECT *, regexp_matches(coalesce(项目编码, '') || coalesce(姓名, ''), '合计|总计') AS total FROM raw_payroll) GROUP BY place)
SELECT * FROM sums WHERE gross <> gross_total OR net <> net_total;

CREATE OR REPLACE TABLE payout AS
WITH lines AS (SELECT *, row_number() OVER () AS line, regexp_extract(备注, '(\d{4})年(\d{1,2})月', ['year', 'month']) AS noted FROM raw_payout),
batches AS (SELECT batch, any_value(regexp_extract(said, '(\d{4})年(\d{1,2})月', ['year', 'month'])) AS noted FROM ledger WHERE batch <> '' GROUP BY batch)
SELECT l.line, coalesce(nullif(l.项目编码, ''), a.project) AS project, regexp_replace(l.付款账号, '[\s-]', '', 'g') AS from_account, 收款人姓名 AS payee, 收款账号 AS card,
       upper(nullif(证件号码, '')) AS person_given, money(金额) AS amount, on_date(交易日期) AS date, coalesce(备注, '') AS remark,
       CASE WHEN 处理结果 IN ('成功', '交易成功', '已发放', '已入账', '处理成功', '支付成功', '0000') THEN 'ok'
            WHEN 处理结果 IN ('失败', '交易失败', '代发失败', '发放失败', '退回', '退票', '已退汇') THEN 'failed'
            WHEN 处理结果 IN ('', '处理中', '待处理', '未发放', '重新发放中', '银行处理中') THEN 'pending' ELSE 'unread' END AS answer,
       coalesce(left(nullif(工资所属月份, ''), 7),
                CASE WHEN b.noted.year <> '' THEN b.noted.year || '-' || lpad(b.noted.month, 2, '0') END,
                CASE WHEN l.noted.year <> '' THEN l.noted.year || '-' || lpad(l.noted.month, 2, '0') END) AS month_given
FROM lines l LEFT JOIN account a ON a.number = regexp_replace(l.付款账号, '[\s-]', '', 'g') LEFT JOIN batches b ON b.batch = nullif(l.代发批次号, '');

CREATE OR REPLACE TABLE board AS
SELECT 项目编码 AS project, on_date(设立日期) AS placed, on_date(检查日期) AS checked, "公示建设单位、总包、项目部、分包、监管部门、劳资专管员" AS parties,
       "公示最低工资标准、工资支付日期" AS wages, "公示投诉举报电话、调解仲裁、法律援助、公共法律服务热线" AS complaints, 公示最低工资标准数额 AS minimum, 公示保证金情况 AS deposit
FROM raw_board;

CREATE OR REPLACE TABLE settlement AS
SELECT 项目编码 AS project, 结算节点 AS node, on_date(约定日期) AS agreed, money(完成产值) AS completed, 结算日期 AS settled_cell, on_date(结算日期) AS settled, money(已付工程款) AS paid
FROM raw_settlement;

CREATE OR REPLACE TABLE lead_case AS
SELECT 线索编号 AS number, on_date(接收日期) AS received, 项目编码 AS project, 单位 AS firm, try_cast(涉及人数 AS INTEGER) AS workers, money(涉及金额) AS amount, 办理状态 AS state,
       on_date(办结日期) AS done, coalesce(处理结果, '') || ' ' || coalesce(办理状态, '') AS answer
FROM raw_lead;

-- Which datasets reached the bureau at all.
CREATE OR REPLACE TABLE delivered AS
SELECT (SELECT count(*) FROM deposit) > 0 AS deposit, (SELECT count(*) FROM account) > 0 AS account, (SELECT count(*) FROM ledger) > 0 AS ledger,
       (SELECT count(*) FROM roster) > 0 AS roster, (SELECT count(*) FROM contract) > 0 AS contract, (SELECT count(*) FROM attended) > 0 AS attendance,
       (SELECT count(*) FROM payroll) > 0 AS payroll, (SELECT count(*) FROM payout) > 0 AS payout, (SELECT count(*) FROM board) > 0 AS board,
       (SELECT count(*) FROM settlement) > 0 AS settlement, (SELECT count(*) FROM lead_case) > 0 AS lead_case, (SELECT max(date) FROM attended) AS attendance_until;

-- Pay-day of a month (rules.md section 6, Pay-day), the end of the bank's window, and the funding day of that month.
CREATE OR REPLACE TABLE month AS
SELECT month_of(day) AS month, day AS first, last_day(day) AS last FROM calendar WHERE day(day) = 1;
CREATE OR REPLACE TABLE pay_month AS
WITH named AS (
    SELECT p.project, m.month, m.first, p.pay_day,
           CASE WHEN law('payroll.pay_in_same_month', m.first) = 1 THEN m.first ELSE plus_months(m.first, 1) END AS base,
           plus_months(m.first, 1) AS following, p.funding_day
    FROM project p, month m),
dated AS (
    SELECT *, CASE WHEN pay_day IS NULL THEN last_day(following) ELSE least(CAST(base + (pay_day - 1) AS DATE), last_day(base)) END AS nominal FROM named)
SELECT project, month, pay_day IS NOT NULL AS agreed, moved_earlier(nominal) AS pay_day,
       add_wd(moved_earlier(nominal), law('payroll.window', nominal)) AS window_end,
       least(CAST(first + (funding_day - 1) AS DATE), last_day(first)) AS funding_nominal, rolled(least(CAST(first + (funding_day - 1) AS DATE), last_day(first))) AS funding_due
FROM dated;

-- Whose money a payout line is, and for which month: identity, card on that sheet, card on the roster, unique name.
CREATE OR REPLACE TABLE one_name AS
SELECT project, plain(name) AS name, min(person) AS person FROM roster WHERE person <> '' GROUP BY ALL HAVING count(DISTINCT person) = 1;
CREATE OR REPLACE TABLE line_of_payroll AS
SELECT l.* REPLACE (coalesce(l.person, t.person, o.person, 'name:' || plain(l.name)) AS person)
FROM payroll l
LEFT JOIN (SELECT project, team, plain(name) AS name, min(person) AS person FROM roster GROUP BY ALL HAVING count(DISTINCT person) = 1) t
    ON l.person IS NULL AND t.project = l.project AND t.team = l.team AND t.name = plain(l.name)
LEFT JOIN one_name o ON l.person IS NULL AND o.project = l.project AND o.name = plain(l.name);
CREATE OR REPLACE TABLE line_of_payout AS
WITH monthly AS (
    SELECT p.* EXCLUDE (month_given), coalesce(month_given, (SELECT min(w.month) FROM pay_month w WHERE w.project = p.project AND p.date BETWEEN w.pay_day AND w.window_end)) AS month
    FROM payout p),
sheet_card AS (SELECT project, month, card, list(DISTINCT person) AS persons FROM line_of_payroll WHERE card <> '' GROUP BY ALL),
roster_card AS (SELECT project, card, list(DISTINCT person) AS persons FROM roster WHERE card <> '' GROUP BY ALL),
named AS (SELECT project, month, plain(name) AS name, min(person) AS person FROM line_of_payroll GROUP BY ALL HAVING count(DISTINCT person) = 1),
-- A card used by several: the worker whose name fits.
fitting AS (
    SELECT m.line, min(r.person) AS person FROM monthly m JOIN line_of_payroll r ON r.project = m.project AND r.month = m.month AND r.card = m.card AND plain(r.name) = plain(m.payee)
    WHERE m.person_given IS NULL GROUP BY m.line)
SELECT m.*, coalesce(m.person_given, f.person, CASE WHEN len(s.persons) = 1 THEN s.persons[1] END, CASE WHEN len(c.persons) = 1 THEN c.persons[1] END, n.person, o.person,
       'name:' || plain(m.payee)) AS person,
       (SELECT min(b.date) FROM ledger b WHERE b.account = m.from_account AND b.credit = m.amount AND b.date >= m.date AND contains(b.said, '退')
        AND (plain(b.party) = plain(m.payee) OR contains(b.said, m.payee))) AS reversed_on
FROM monthly m
LEFT JOIN fitting f ON f.line = m.line
LEFT JOIN sheet_card s ON m.person_given IS NULL AND s.project = m.project AND s.month = m.month AND s.card = m.card
LEFT JOIN roster_card c ON m.person_given IS NULL AND c.project = m.project AND c.card = m.card
LEFT JOIN named n ON m.person_given IS NULL AND n.project = m.project AND n.month = m.month AND n.name = plain(m.payee)
LEFT JOIN one_name o ON m.person_given IS NULL AND o.project = m.project AND o.name = plain(m.payee);

-- The status of a project on each day.
CREATE OR REPLACE TABLE project_day AS
SELECT p.project, c.day,
       CASE WHEN regexp_matches(p.word, '结清|关闭|注销|销项') THEN 'closed'
            WHEN p.finished <= c.day OR (regexp_matches(p.word, '完工|竣工|004') AND p.finished IS NULL) THEN 'completed'
            WHEN c.day < p.start OR regexp_matches(p.word, '筹备|立项|001|002') THEN 'planned'
            WHEN (p.suspended_from <= c.day AND (p.resumed IS NULL OR c.day < p.resumed))
              OR (regexp_matches(p.word, '停工|005') AND p.suspended_from IS NULL) THEN 'suspended'
            ELSE 'active' END AS status
FROM project p, calendar c;
CREATE OR REPLACE TABLE first_attended AS SELECT project, person, min(date) AS date FROM attended GROUP BY ALL;
