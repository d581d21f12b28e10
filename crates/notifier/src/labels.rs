//! Chinese headings and values for what findings carry: lists of persons and other details.

use model::{Date, Fen, Month};
use serde_json::{Map, Value};

/// A finished value of a table cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    Money(Fen),
    Number(f64),
}

impl Cell {
    /// As a letter prints it.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Money(fen) => fen.yuan(),
            Self::Number(number) => format!("{number}"),
        }
    }

    pub(crate) fn is_numeric(&self) -> bool {
        matches!(self, Self::Money(_) | Self::Number(_))
    }
}

/// A list of objects from a finding's facts as a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Detail {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// Keys that only say where a line stands in a file: for the evidence, not for the letter.
const EVIDENCE_ONLY: &[&str] = &["row", "rows", "file", "sheet", "worksheet", "source", "line", "person", "person_key", "key"];

impl Detail {
    /// All keys, in the order in which they first appear, name and identity first.
    pub(crate) fn of(list: &[Value]) -> Self {
        let mut keys: Vec<&str> = Vec::new();
        for object in list.iter().filter_map(Value::as_object) {
            for key in object.keys() {
                if !keys.contains(&key.as_str()) {
                    keys.push(key);
                }
            }
        }
        // Maps arrive sorted by key: put into the order in which an inspector reads.
        keys.sort_by_key(|key| KNOWN.iter().position(|(known, _)| known == key).unwrap_or(KNOWN.len()));
        let rows = list
            .iter()
            .map(|value| match value {
                Value::Object(object) => keys.iter().map(|key| object.get(*key).map_or(Cell::Empty, |v| cell(key, v))).collect(),
                other => {
                    let mut row = vec![cell("", other)];
                    row.resize(keys.len().max(1), Cell::Empty);
                    row
                }
            })
            .collect();
        let columns = if keys.is_empty() { vec!["内容".to_owned()] } else { keys.iter().map(|key| label(key)).collect() };
        Self { columns, rows }
    }

    /// Without what only evidence needs and without columns nobody has a word for.
    pub(crate) fn for_letter(list: &[Value]) -> Self {
        let kept: Vec<Value> = list
            .iter()
            .map(|value| match value {
                Value::Object(object) => {
                    let known = |key: &str| !EVIDENCE_ONLY.contains(&key) && KNOWN.iter().any(|(known, _)| *known == key);
                    Value::Object(object.iter().filter(|(key, _)| known(key)).map(|(k, v)| (k.clone(), v.clone())).collect::<Map<_, _>>())
                }
                other => other.clone(),
            })
            .collect();
        Self::of(&kept)
    }
}

/// Headings by key, in reading order.
const KNOWN: &[(&str, &str)] = &[
    ("name", "姓名"),
    ("masked_id", "证件号码"),
    ("id_masked", "证件号码"),
    ("id", "证件号码"),
    ("id_number", "证件号码"),
    ("identity", "证件号码"),
    ("employer", "用工单位"),
    ("team", "班组"),
    ("trade", "工种"),
    ("role", "人员类别"),
    ("month", "月份"),
    ("months", "月份"),
    ("period", "所属期间"),
    ("date", "日期"),
    ("time", "时间"),
    ("kind", "情形"),
    ("problem", "情形"),
    ("case", "情形"),
    ("attended_days", "出勤天数"),
    ("item", "事项"),
    ("newest", "最新日期"),
    ("days", "天数"),
    ("roster", "在册人数"),
    ("attended", "考勤人数"),
    ("rejected", "无法读取行数"),
    ("sheets", "张数"),
    ("days_attended", "出勤天数"),
    ("payroll_days", "工资表天数"),
    ("hours", "工时"),
    ("first_attendance", "首次出勤"),
    ("first_attended_on", "首次出勤"),
    ("first_day", "首次出勤"),
    ("last_day", "最后出勤"),
    ("entry_on", "进场日期"),
    ("exit_on", "退场日期"),
    ("registered_on", "登记日期"),
    ("signed_on", "合同签订日期"),
    ("contract_signed_on", "合同签订日期"),
    ("start_on", "合同开始日期"),
    ("quantity", "工程量"),
    ("pieces", "工程量"),
    ("rate_fen", "单价（元）"),
    ("day_rate_fen", "日工资（元）"),
    ("expected_fen", "应为（元）"),
    ("computed_fen", "数量×单价（元）"),
    ("gross_fen", "应发（元）"),
    ("gross", "应发（元）"),
    ("deduction_fen", "扣款（元）"),
    ("net_fen", "工资表实发（元）"),
    ("net", "工资表实发（元）"),
    ("payroll_fen", "工资表实发（元）"),
    ("paid_fen", "银行代发（元）"),
    ("paid", "银行代发（元）"),
    ("bank_fen", "银行代发（元）"),
    ("failed_fen", "代发失败（元）"),
    ("unpaid_fen", "未付（元）"),
    ("unpaid", "未付（元）"),
    ("difference_fen", "差额（元）"),
    ("difference", "差额（元）"),
    ("diff_fen", "差额（元）"),
    ("amount_fen", "金额（元）"),
    ("amount", "金额（元）"),
    ("sum_fen", "金额（元）"),
    ("balance_fen", "余额（元）"),
    ("paid_on", "发放日期"),
    ("due", "应发日期"),
    ("result", "代发结果"),
    ("payee", "收款人"),
    ("counterparty", "对方户名"),
    ("purpose", "用途"),
    ("text", "摘要"),
    ("serial", "流水号"),
    ("account", "账户尾号"),
    ("card", "银行卡号"),
    ("masked_card", "银行卡号"),
    ("fields", "缺少的内容"),
    ("missing", "缺少的内容"),
    ("missing_fields", "缺少的内容"),
    ("reason", "原因"),
    ("why", "原因"),
    ("fail_reason", "失败原因"),
    ("remark", "备注"),
    ("file", "来源文件"),
    ("source", "来源"),
    ("sheet", "工作表"),
    ("worksheet", "工作表"),
    ("row", "行号"),
    ("rows", "行号"),
    ("line", "行号"),
];

/// Money keys without the suffix `_fen`.
const MONEY: &[&str] = &["gross", "net", "paid", "unpaid", "difference", "amount"];

/// Words findings use for the kind of a deviation.
const WORDS: &[(&str, &str)] = &[
    ("no_payout", "银行未代发"),
    ("not_on_payroll", "工资表没有"),
    ("paid_less", "银行少发"),
    ("paid_more", "银行多发"),
    ("failed", "代发失败"),
    ("returned", "代发退回"),
    ("pending", "银行处理中"),
    ("no_quantity", "没有数量"),
    ("no_price", "没有单价"),
    ("unlike_gross", "与应发不符"),
    ("more_than_attended", "多于考勤"),
    ("not_signed", "未签字"),
    ("no_contract", "没有合同"),
    ("roster_says_no", "未签合同"),
    ("signed_late", "晚于进场签订"),
    ("agreed_day", "合同约定的拨付日"),
    ("start", "开工"),
    ("attendance_old", "考勤没有更新"),
    ("payroll_old", "工资表没有更新"),
    ("ledger_old", "流水没有更新"),
    ("rejected_rows", "数据无法读取"),
    ("heads_differ", "在册与考勤人数不符"),
    ("payroll_unbalanced", "工资表合计与明细不符"),
    ("ledger_unbalanced", "流水余额不连续"),
];

/// Single figures of findings.
const FACTS: &[(&str, &str)] = &[
    ("active_workers", "在册在岗人数"),
    ("advice", "建议"),
    ("agreed_in_contract", "合同是否约定"),
    ("as_of", "数据截至"),
    ("attended_workers", "有考勤人数"),
    ("clock", "起算依据"),
    ("clock_from", "起算日"),
    ("completed_value", "完成产值"),
    ("connected_on", "接入日期"),
    ("contract_amount", "合同额"),
    ("contract_end", "合同结束日期"),
    ("contract_start", "合同开始日期"),
    ("contractor_paid", "总包自有资金存入"),
    ("covered_by_surplus", "以前月份多拨抵作"),
    ("credited", "已拨付"),
    ("days_late", "逾期天数"),
    ("deposit_due", "应存储日期"),
    ("duration_days", "工期天数"),
    ("exempt", "免存情形"),
    ("exemption_fails", "免存条件不成立之处"),
    ("fault", "情形"),
    ("first_credit", "首次拨付"),
    ("funding_day", "约定拨付日"),
    ("items", "各项问题"),
    ("labour_ratio_ppm", "人工费用比例（百万分之）"),
    ("lapsed_on", "失效日期"),
    ("last_credit", "最近一次拨付"),
    ("ledger_shows_no_wage_debit", "流水中没有工资支出"),
    ("ledger_until", "流水截至"),
    ("measure", "尺度"),
    ("node_due", "结算约定日期"),
    ("not_due", "尚未到期"),
    ("opened_on", "开户日期"),
    ("pay_day", "工资支付日"),
    ("payroll_lines", "工资表行数"),
    ("payroll_net_fen", "工资表实发合计"),
    ("payroll_workers", "工资表人数"),
    ("paid_fen", "银行代发合计"),
    ("photo_on", "照片日期"),
    ("progress_credited", "按进度已拨付"),
    ("progress_due", "按进度应拨付"),
    ("settled_on", "结算日期"),
    ("share_ppm", "支付比例（百万分之）"),
    ("sheets_without_progress", "没有附工程进度的工资表"),
    ("stored_on", "存储日期"),
    ("suspended", "停工"),
    ("unclear_workers", "无法比对的人数"),
    ("wages_due", "应付工资"),
];

/// Facts that are money without saying so in their name.
const MONEY_FACTS: &[&str] = &[
    "completed_value",
    "contract_amount",
    "contractor_paid",
    "covered_by_surplus",
    "credited",
    "progress_credited",
    "progress_due",
    "wages_due",
];

/// Last part of a parameter's name, Chinese name, unit.
const PARAMETERS: &[(&str, &str, &str)] = &[
    ("contract_floor", "应开设专户的合同额下限", "元"),
    ("period_floor", "应开设专户的合同工期下限", "个月"),
    ("contract_months", "应开设专户的合同工期下限", "个月"),
    ("period_floor_days", "工期以天数写明时的下限", "日"),
    ("contract_days", "工期以天数写明时的下限", "日"),
    ("open_days", "开户期限", "日"),
    ("notice_lead", "到期提醒提前量", "个工作日"),
    ("funding_cycle", "人工费用拨付周期", "个月"),
    ("ledger_stale", "流水多少天没有更新算过旧", "日"),
    ("labour_cost_words", "人工费用的字样", ""),
    ("funding_tolerance", "拨付不足的允许差额", "元"),
    ("days", "期限", "个工作日"),
    ("exemption_sum", "免存标准", "元"),
    ("exemption_lookback", "免存回溯期", "个月"),
    ("pay_in_same_month", "工资支付日在当月", ""),
    ("window", "支付日之后等待银行发放的期限", "个工作日"),
    ("tolerance", "实发与代发的允许误差", "元"),
    ("retry", "代发失败后补发的期限", "个工作日"),
    ("basis_tolerance", "数量乘单价与应发工资的允许误差", "%"),
    ("basis_exempt_roles", "不要求计量的岗位", ""),
    ("ledger_fields", "工资支付台账应有的项目", ""),
    ("ledger_missing_limit", "台账缺项行数的允许比例", "%"),
    ("ledger_retention", "工资支付台账保存期限", "个月"),
    ("upload_days", "支付日之后上传工资表的期限", "个工作日"),
    ("upload_needs_account_duty", "只要求应开设专户的项目上传工资表", ""),
    ("connect_days", "接入平台期限", "个工作日"),
    ("attendance_age", "考勤数据最多可以旧多少天", "日"),
    ("payroll_age", "工资表数据最多可以旧多少天", "日"),
    ("ledger_age", "专户流水最多可以旧多少天", "日"),
    ("rejected_limit", "无法读取的行数的允许比例", "%"),
    ("rejected_days", "计算无法读取行数的天数", "日"),
    ("heads_limit", "在册人数与考勤人数相差的允许比例", "%"),
    ("accept_work_agreement", "用工书面协议可以代替劳动合同", ""),
    ("contract_grace", "进场后补签合同的宽限", "日"),
    ("roster_fields", "花名册必填项目", ""),
    ("roster_fields_other", "花名册必填项目（其他行业）", ""),
    ("other_industries", "另有实名制办法的行业", ""),
    ("roster_missing_limit", "花名册缺项人数的允许比例", "%"),
    ("board_days", "告示牌设立期限", "日"),
    ("board_photo_months", "告示牌照片有效期", "个月"),
    ("settlement_days", "过程结算期限", "日"),
    ("settlement_paid_share", "过程结算最低支付比例", "%"),
    ("correct_in", "改正期限", "个工作日"),
];

/// Name and value of a parameter as people read them; what is not known stays as it is.
#[expect(clippy::cast_precision_loss, reason = "parameters are small numbers and sums far below 2^53")]
pub(crate) fn parameter(name: &str, value: &Value) -> (String, Cell) {
    let last = name.rsplit('.').next().unwrap_or(name);
    let Some((_, title, unit)) = PARAMETERS.iter().find(|(known, _, _)| *known == last) else {
        return (name.to_owned(), cell(name, value));
    };
    let shown = match (value.as_i64(), *unit) {
        (Some(fen), "元") => Cell::Text(format!("{}元", Fen(fen).yuan())),
        (Some(ppm), "%") => Cell::Text(format!("{}%", ppm as f64 / 10_000.0)),
        (Some(number), unit) => Cell::Text(format!("{number}{unit}")),
        (None, _) => cell(last, value),
    };
    (format!("{title}（{name}）"), shown)
}

/// Name and value of a single figure of a finding.
pub(crate) fn fact(key: &str, value: &Value) -> (String, Cell) {
    let name = FACTS.iter().find(|(known, _)| *known == key).map_or_else(|| label(key), |(_, name)| (*name).to_owned());
    let shown = match value.as_i64() {
        Some(fen) if MONEY_FACTS.contains(&key) => Cell::Money(Fen(fen)),
        _ => cell(key, value),
    };
    (name, shown)
}

/// What a finding is about, where it is not the project: account, guarantee, settlement node.
pub(crate) fn subject(text: &str) -> String {
    match text.split_once(':') {
        Some(("account", tail)) => format!("尾号{tail}的账户"),
        Some(("guarantee", number)) => format!("{number}号保函"),
        Some(("node", name)) => format!("结算节点{name}"),
        Some((_, name)) => name.to_owned(),
        None => text.to_owned(),
    }
}

/// Heading of a key; an unknown one stays as it is.
pub(crate) fn label(key: &str) -> String {
    if key.is_empty() {
        return "内容".to_owned();
    }
    KNOWN.iter().find(|(known, _)| *known == key).map_or_else(|| key.to_owned(), |(_, label)| (*label).to_owned())
}

/// A JSON value as a cell; keys tell money from numbers.
pub(crate) fn cell(key: &str, value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(yes) => Cell::Text(if *yes { "是" } else { "否" }.to_owned()),
        Value::Number(number) => match number.as_i64() {
            Some(fen) if key.ends_with("_fen") || MONEY.contains(&key) => Cell::Money(Fen(fen)),
            _ => number.as_f64().map_or_else(|| Cell::Text(number.to_string()), Cell::Number),
        },
        Value::String(text) => Cell::Text(word(text)),
        Value::Array(values) => Cell::Text(values.iter().map(|v| cell(key, v).text()).collect::<Vec<_>>().join("、")),
        Value::Object(fields) => {
            let parts: Vec<String> = fields.iter().map(|(k, v)| format!("{}：{}", label(k), cell(k, v).text())).collect();
            Cell::Text(parts.join("；"))
        }
    }
}

fn word(text: &str) -> String {
    WORDS.iter().find(|(english, _)| *english == text).map_or_else(|| text.to_owned(), |(_, chinese)| (*chinese).to_owned())
}

/// `2024年3月5日`.
pub(crate) fn chinese_date(date: Date) -> String {
    date.format("%Y年%-m月%-d日").to_string()
}

/// `（一）` … `（九十九）`; beyond that in figures.
pub(crate) fn ordinal(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match n {
        1..=9 => format!("（{}）", DIGITS[n]),
        10..=99 => format!("（{}十{}）", if n < 20 { "" } else { DIGITS[n / 10] }, DIGITS[n % 10]),
        _ => format!("（{n}）"),
    }
}

/// Months one after another as `2024年3月至5月、8月`.
pub(crate) fn months(list: &[Month]) -> String {
    let mut sorted = list.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut runs: Vec<(Month, Month)> = Vec::new();
    for month in sorted {
        match runs.last_mut() {
            Some((_, end)) if end.next() == month => *end = month,
            _ => runs.push((month, month)),
        }
    }
    let mut texts = Vec::new();
    let mut year = None;
    for (first, last) in runs {
        let mut name = |month: Month| {
            let text = if year == Some(month.year()) { format!("{}月", month.month()) } else { month.chinese() };
            year = Some(month.year());
            text
        };
        let start = name(first);
        texts.push(if first == last { start } else { format!("{start}至{}", name(last)) });
    }
    texts.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn persons_read_in_order_with_money_as_money() {
        let list = [json!({ "net_fen": 100, "name": "甲", "kind": "no_payout", "zzz": true }), json!({ "name": "乙", "masked_id": "9*1" })];
        let detail = Detail::of(&list);
        assert_eq!(detail.columns, ["姓名", "证件号码", "情形", "工资表实发（元）", "zzz"]);
        assert_eq!(detail.rows[0][3], Cell::Money(Fen(100)));
        assert_eq!(detail.rows[0][4].text(), "是");
        assert_eq!(detail.rows[1][2], Cell::Empty);
        assert_eq!(Detail::for_letter(&list).columns, ["姓名", "证件号码", "情形", "工资表实发（元）"]);
    }

    #[test]
    fn parameters_have_names_and_units() {
        let floor = parameter("contract_floor", &json!(400_000_000));
        assert_eq!(floor, ("应开设专户的合同额下限（contract_floor）".to_owned(), Cell::Text("4,000,000.00元".to_owned())));
        assert_eq!(parameter("payroll.basis_tolerance", &json!(10_000)).1.text(), "1%");
        assert_eq!(parameter("new_one", &json!(3)), ("new_one".to_owned(), Cell::Number(3.0)));
    }

    #[test]
    fn ordinals_and_months_are_written_as_in_papers() {
        assert_eq!([1, 10, 11, 20, 35].map(ordinal), ["（一）", "（十）", "（十一）", "（二十）", "（三十五）"]);
        let list: Vec<Month> = ["2024-03", "2024-05", "2024-04", "2024-08", "2025-01"].iter().map(|m| m.parse().unwrap()).collect();
        assert_eq!(months(&list), "2024年3月至5月、8月、2025年1月");
    }
}
