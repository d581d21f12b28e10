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
    ("days", "出勤天数"),
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
    ("not_paid", "工资表有、银行未代发"),
    ("unpaid", "工资表有、银行未代发"),
    ("in_payroll_not_paid", "工资表有、银行未代发"),
    ("not_on_payroll", "银行已代发、工资表没有"),
    ("not_in_payroll", "银行已代发、工资表没有"),
    ("paid_not_in_payroll", "银行已代发、工资表没有"),
    ("amount_differs", "金额不一致"),
    ("differs", "金额不一致"),
    ("failed", "代发失败未补发"),
    ("failed_not_repeated", "代发失败未补发"),
    ("pending", "银行处理中"),
    ("no_contract", "没有合同"),
    ("none", "没有"),
    ("signed_late", "合同晚于进场签订"),
    ("late", "晚于期限"),
    ("missing", "缺少"),
    ("success", "成功"),
    ("worker", "建筑工人"),
    ("manager", "管理人员"),
];

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
            Some((_, last)) if last.next() == month => *last = month,
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
        let list = [json!({ "net_fen": 100, "name": "甲", "kind": "not_paid", "zzz": true }), json!({ "name": "乙", "masked_id": "9*1" })];
        let detail = Detail::of(&list);
        assert_eq!(detail.columns, ["姓名", "证件号码", "情形", "工资表实发（元）", "zzz"]);
        assert_eq!(detail.rows[0][3], Cell::Money(Fen(100)));
        assert_eq!(detail.rows[0][4].text(), "是");
        assert_eq!(detail.rows[1][2], Cell::Empty);
        assert_eq!(Detail::for_letter(&list).columns, ["姓名", "证件号码", "情形", "工资表实发（元）"]);
    }

    #[test]
    fn ordinals_and_months_are_written_as_in_papers() {
        assert_eq!([1, 10, 11, 20, 35].map(ordinal), ["（一）", "（十）", "（十一）", "（二十）", "（三十五）"]);
        let list: Vec<Month> = ["2024-03", "2024-05", "2024-04", "2024-08", "2025-01"].iter().map(|m| m.parse().unwrap()).collect();
        assert_eq!(months(&list), "2024年3月至5月、8月、2025年1月");
    }
}
