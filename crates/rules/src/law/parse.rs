//! Parameter files as text: all mistakes at once, each with file, line, key and what is allowed.

use std::collections::BTreeMap;
use std::ops::Range;

use model::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Dated, Declared, LawMistake, Parameter, Unit, Value};

const TOP_KEYS: &[&str] = &["parameter"];
const PARAMETER_KEYS: &[&str] = &["name", "title", "unit", "checked_on", "policy", "confirmed", "values"];
const VALUE_KEYS: &[&str] = &["from", "value", "source"];

pub(super) fn load(files: &[(String, String)], declared: &[Declared]) -> Result<BTreeMap<String, Parameter>, Vec<LawMistake>> {
    let mut mistakes = Vec::new();
    let mut parameters: BTreeMap<String, Parameter> = BTreeMap::new();
    let mut named = Vec::new();
    for (file, text) in files {
        let mut reader = Reader { file, text, declared, mistakes: &mut mistakes };
        for (parameter, at) in reader.file(&mut named) {
            if let Some(first) = parameters.get(&parameter.name) {
                let what = format!("参数 `{}` 已在 {} 中写过", parameter.name, first.file);
                reader.mistake(at, &parameter.name, what, "同一参数只写一次，不同时期的数值写进 `values`".to_owned());
                continue;
            }
            parameters.insert(parameter.name.clone(), parameter);
        }
    }
    for need in declared {
        if !named.iter().any(|name| *name == need.name) {
            mistakes.push(LawMistake {
                file: format!("{}.toml", need.name.split('.').next().unwrap_or_default()),
                line: 0,
                key: need.name.to_string(),
                what: "缺少这个参数，规则无法计算".to_owned(),
                mend: format!("请补上 [[parameter]]，name = \"{}\"，unit = \"{}\"", need.name, need.unit.code()),
            });
        }
    }
    mistakes.sort();
    if mistakes.is_empty() { Ok(parameters) } else { Err(mistakes) }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    declared: &'a [Declared],
    mistakes: &'a mut Vec<LawMistake>,
}

type Table<'i> = DeTable<'i>;

impl Reader<'_> {
    fn mistake(&mut self, at: Range<usize>, key: &str, what: String, mend: String) {
        let line = self.text.as_bytes().iter().take(at.start).filter(|b| **b == b'\n').count() + 1;
        self.mistakes.push(LawMistake { file: self.file.to_owned(), line, key: key.to_owned(), what, mend });
    }

    /// `named` collects every name written, also of a parameter that is otherwise wrong: it is not reported missing too.
    fn file(&mut self, named: &mut Vec<String>) -> Vec<(Parameter, Range<usize>)> {
        let text = self.text;
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().unwrap_or(0..0);
            self.mistake(at, "", format!("写法不合 TOML 规则（{}）", error.message()), "请对照旁边的参数改正标点、引号和括号".to_owned());
        }
        let root = root.into_inner();
        self.refuse_unknown(&root, TOP_KEYS);
        let Some(list) = root.get("parameter") else { return Vec::new() };
        let Some(list) = list.get_ref().as_array() else {
            self.mistake(list.span(), "parameter", "应为参数列表".to_owned(), "每个参数以 [[parameter]] 开头".to_owned());
            return Vec::new();
        };
        let mut read = Vec::new();
        for item in list {
            let Some(table) = item.get_ref().as_table() else {
                self.mistake(item.span(), "parameter", "应为一个参数".to_owned(), "每个参数以 [[parameter]] 开头".to_owned());
                continue;
            };
            if let Some(name) = table.get("name").and_then(|n| n.get_ref().as_str()) {
                named.push(name.to_owned());
            }
            if let Some(parameter) = self.parameter(table, item.span()) {
                read.push((parameter, item.span()));
            }
        }
        read
    }

    fn refuse_unknown(&mut self, table: &Table, allowed: &[&str]) {
        for key in table.keys() {
            if !allowed.contains(&key.get_ref().as_ref()) {
                let what = "没有这个键".to_owned();
                self.mistake(key.span(), key.get_ref(), what, format!("可用的键：{}", allowed.join("、")));
            }
        }
    }

    fn parameter(&mut self, table: &Table, at: Range<usize>) -> Option<Parameter> {
        self.refuse_unknown(table, PARAMETER_KEYS);
        let name = self.text(table, "name", &at);
        let title = self.text(table, "title", &at);
        let unit = self.unit(table, name.as_deref(), &at);
        let checked_on = self.date(table, "checked_on", &at);
        let policy = self.flag(table, "policy", false);
        let confirmed = self.flag(table, "confirmed", true);
        let values = unit.and_then(|unit| self.values(table, unit, policy, &at));
        Some(Parameter {
            name: name?,
            title: title?,
            unit: unit?,
            checked_on: checked_on?,
            policy,
            confirmed,
            values: values?,
            file: self.file.to_owned(),
        })
    }

    fn unit(&mut self, table: &Table, name: Option<&str>, at: &Range<usize>) -> Option<Unit> {
        let known = name.and_then(|name| self.declared.iter().find(|d| d.name == name));
        if let (Some(name), None) = (name, known) {
            let span = table.get("name").map_or(at.clone(), Spanned::span);
            let close: Vec<&str> = self.declared.iter().map(|d| &*d.name).filter(|d| d.split('.').next() == name.split('.').next()).collect();
            self.mistake(span, name, format!("没有名为 `{name}` 的参数"), format!("可用的参数：{}", close.join("、")));
        }
        let written = self.text(table, "unit", at)?;
        let span = table.get("unit").map_or(at.clone(), Spanned::span);
        let Some(unit) = Unit::from_code(&written) else {
            let allowed: Vec<&str> = Unit::ALL.iter().map(|u| u.code()).collect();
            self.mistake(span, "unit", format!("没有单位 `{written}`"), format!("可用的单位：{}", allowed.join("、")));
            return None;
        };
        if let Some(known) = known.filter(|known| known.unit != unit) {
            let what = format!("`{}` 的单位应为 `{}`，写成了 `{written}`", known.name, known.unit.code());
            self.mistake(span, "unit", what, format!("请写 unit = \"{}\"", known.unit.code()));
            return None;
        }
        known.map(|_| unit)
    }

    fn values(&mut self, table: &Table, unit: Unit, policy: bool, at: &Range<usize>) -> Option<Vec<Dated>> {
        let Some(list) = table.get("values") else {
            self.mistake(
                at.clone(),
                "values",
                "缺少数值".to_owned(),
                "请写 values = [{ from = 日期, value = 数值, source = \"出处\" }]".to_owned(),
            );
            return None;
        };
        let Some(items) = list.get_ref().as_array().filter(|items| !items.is_empty()) else {
            self.mistake(
                list.span(),
                "values",
                "应为至少一项的列表".to_owned(),
                "请写 [{ from = 日期, value = 数值, source = \"出处\" }]".to_owned(),
            );
            return None;
        };
        let mut values: Vec<Dated> = Vec::new();
        let before = self.mistakes.len();
        for (at, item) in items.iter().enumerate() {
            let Some(dated) = self.dated(item, unit, policy) else { continue };
            let late = values.last().is_some_and(|last| dated.from <= last.from);
            if late || (at > 0 && dated.from.is_none()) {
                let what = "生效日期没有从早到晚排列，或有重复".to_owned();
                self.mistake(
                    item.span(),
                    "from",
                    what,
                    "请按生效日期从早到晚排列，每个日期只写一次；不写日期的数值只能排在第一".to_owned(),
                );
            }
            values.push(dated);
        }
        (self.mistakes.len() == before).then_some(values)
    }

    fn dated(&mut self, item: &Spanned<DeValue>, unit: Unit, policy: bool) -> Option<Dated> {
        let Some(table) = item.get_ref().as_table() else {
            self.mistake(
                item.span(),
                "values",
                "应为 { from, value, source }".to_owned(),
                "请写 { from = 日期, value = 数值, source = \"出处\" }".to_owned(),
            );
            return None;
        };
        self.refuse_unknown(table, VALUE_KEYS);
        let at = item.span();
        let from = match table.get("from") {
            None if policy => Some(None),
            _ => self.date(table, "from", &at).map(Some),
        };
        let source = self.text(table, "source", &at);
        let value = self.value(table, unit, &at);
        Some(Dated { from: from?, value: value?, source: source? })
    }

    fn value(&mut self, table: &Table, unit: Unit, at: &Range<usize>) -> Option<Value> {
        let Some(raw) = table.get("value") else {
            self.mistake(at.clone(), "value", "缺少数值".to_owned(), format!("单位是{}", unit.chinese()));
            return None;
        };
        let value = match (unit, raw.get_ref()) {
            (Unit::Bool, DeValue::Boolean(flag)) => Some(Value::Flag(*flag)),
            (Unit::Words, DeValue::Array(words)) => {
                words.iter().map(|w| w.get_ref().as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().map(Value::Words)
            }
            (Unit::Bool | Unit::Words, _) => None,
            (_, DeValue::Integer(number)) => {
                i64::from_str_radix(number.as_str(), number.radix()).ok().filter(|n| *n >= 0).map(Value::Number)
            }
            _ => None,
        };
        if value.is_none() {
            let what = format!("数值与单位 `{}` 不符", unit.code());
            self.mistake(
                raw.span(),
                "value",
                what,
                format!(
                    "应写{}",
                    if matches!(unit, Unit::Bool | Unit::Words) {
                        unit.chinese().to_owned()
                    } else {
                        format!("不小于零的整数，单位是{}", unit.chinese())
                    }
                ),
            );
        }
        value
    }

    fn text(&mut self, table: &Table, key: &str, at: &Range<usize>) -> Option<String> {
        let Some(raw) = table.get(key) else {
            self.mistake(at.clone(), key, format!("缺少 `{key}`"), format!("请补上 {key} = \"…\""));
            return None;
        };
        let text = raw.get_ref().as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned);
        if text.is_none() {
            self.mistake(raw.span(), key, "应为不空的文字".to_owned(), format!("请写 {key} = \"…\""));
        }
        text
    }

    fn date(&mut self, table: &Table, key: &str, at: &Range<usize>) -> Option<Date> {
        let Some(raw) = table.get(key) else {
            self.mistake(at.clone(), key, format!("缺少 `{key}`"), format!("请补上 {key} = 2025-01-15 这样的日期"));
            return None;
        };
        let date = raw.get_ref().as_datetime().filter(|d| d.time.is_none()).and_then(|d| d.date);
        let date = date.and_then(|d| Date::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day)));
        if date.is_none() {
            self.mistake(raw.span(), key, "应为日期".to_owned(), format!("请写 {key} = 2025-01-15（不加引号）"));
        }
        date
    }

    fn flag(&mut self, table: &Table, key: &str, default: bool) -> bool {
        let Some(raw) = table.get(key) else { return default };
        raw.get_ref().as_bool().unwrap_or_else(|| {
            self.mistake(raw.span(), key, "应为 true 或 false".to_owned(), format!("请写 {key} = true 或 {key} = false"));
            default
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Declared, Unit, load};
    use crate::law::declared;

    const DECLARED: &[Declared] = &[
        declared("payroll.window", Unit::Wd),
        declared("payroll.tolerance", Unit::Fen),
        declared("payroll.fields", Unit::Words),
        declared("payroll.flag", Unit::Bool),
    ];

    const GOOD: &str = r#"
[[parameter]]
name = "payroll.window"
title = "等待的工作日"
unit = "wd"
checked_on = 2025-01-15
values = [{ from = 2020-05-01, value = 5, source = "甲" }, { from = 2024-01-01, value = 10, source = "乙" }]
[[parameter]]
name = "payroll.tolerance"
title = "误差"
unit = "fen"
checked_on = 2025-01-15
policy = true
values = [{ value = 1, source = "本机关口径" }]
[[parameter]]
name = "payroll.fields"
title = "项目"
unit = "words"
checked_on = 2025-01-15
policy = true
values = [{ value = ["姓名"], source = "本机关口径" }]
[[parameter]]
name = "payroll.flag"
title = "是否"
unit = "bool"
checked_on = 2025-01-15
confirmed = false
values = [{ from = 2020-05-01, value = true, source = "丙" }]
"#;

    fn mistakes(text: &str) -> Vec<(usize, String, String)> {
        let mistakes = load(&[("payroll.toml".to_owned(), text.to_owned())], DECLARED).unwrap_err();
        mistakes.into_iter().map(|m| (m.line, m.key, m.what)).collect()
    }

    #[test]
    fn the_value_in_force_on_the_day_is_taken() {
        let parameters = load(&[("payroll.toml".to_owned(), GOOD.to_owned())], DECLARED).unwrap();
        let window = &parameters["payroll.window"];
        let on = |day: &str| window.on(day.parse().unwrap()).map(|d| d.source.as_str());
        assert_eq!([on("2020-04-30"), on("2020-05-01"), on("2023-12-31"), on("2024-01-01")], [None, Some("甲"), Some("甲"), Some("乙")]);
        assert!(!parameters["payroll.flag"].confirmed && parameters["payroll.tolerance"].policy);
    }

    #[test]
    fn every_mistake_is_told_at_once_with_its_line() {
        let text = GOOD
            .replace("unit = \"wd\"", "unit = \"days\"")
            .replace("policy = true\nvalues = [{ value = 1,", "polcy = true\nvalues = [{ value = \"1\",")
            .replace("value = [\"姓名\"]", "value = [1]")
            .replace("value = true", "value = 1");
        let told = mistakes(&text);
        let lines: Vec<usize> = told.iter().map(|(line, ..)| *line).collect();
        assert_eq!(lines, [5, 13, 14, 14, 21, 28], "{told:?}");
    }

    #[test]
    fn unknown_names_missing_ones_and_repeats_are_refused() {
        let told = mistakes(&GOOD.replace("payroll.window", "payroll.windows"));
        assert_eq!(told.iter().map(|t| t.1.as_str()).collect::<Vec<_>>(), ["payroll.window", "payroll.windows"]);
        let told = mistakes(&format!("{GOOD}{GOOD}"));
        assert_eq!(told.len(), 4, "{told:?}");
    }

    #[test]
    fn dates_out_of_order_twice_or_missing_are_refused() {
        for wrong in ["2020-05-01", "2019-01-01"] {
            let told = mistakes(&GOOD.replace("from = 2024-01-01", &format!("from = {wrong}")));
            assert_eq!(told.len(), 1, "{told:?}");
        }
        let told = mistakes(&GOOD.replace("{ from = 2024-01-01, value = 10", "{ value = 10"));
        assert_eq!(told[0].1, "from");
        let told = mistakes(&GOOD.replace("checked_on = 2025-01-15\nconfirmed", "checked_on = \"2025-01-15\"\nconfirmed"));
        assert_eq!(told[0].1, "checked_on");
    }

    #[test]
    fn broken_syntax_does_not_hide_other_mistakes() {
        let told = mistakes(&GOOD.replacen("unit = \"fen\"", "unit = \"fen", 1).replace("value = true", "value = 1"));
        assert!(told.len() >= 2 && told.iter().any(|(_, key, _)| key == "value"), "{told:?}");
    }
}
