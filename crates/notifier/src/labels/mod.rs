//! Chinese headings and values for what findings carry: lists of persons and other details.

mod words;

use model::{Date, Fen, Month};
use serde_json::{Map, Value};

use words::{EVIDENCE_ONLY, FACTS, KNOWN, MONEY, MONEY_FACTS, PARAMETERS, WORDS};

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
