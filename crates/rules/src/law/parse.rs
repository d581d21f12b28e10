//! Parameter files as text: all mistakes at once, each with file, line, key and what is allowed.

use std::collections::BTreeMap;
use std::ops::Range;

use model::sheet::OwnerKind;
use model::{Date, Fen};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Dated, Declared, Law, LawMistake, Parameter, Scope, Unit, Value};

const TOP_KEYS: &[&str] = &["parameter"];
const PARAMETER_KEYS: &[&str] = &["name", "title", "unit", "checked_on", "policy", "confirmed", "values"];
const VALUE_KEYS: &[&str] = &["from", "value", "source", "region", "owner_kind", "unusual"];

/// `shipped`: figures to compare with, so that yuan written for fen are noticed.
pub(super) fn load(
    files: &[(String, String)],
    declared: &[Declared],
    shipped: Option<&Law>,
) -> Result<BTreeMap<String, Parameter>, Vec<LawMistake>> {
    let mut mistakes = Vec::new();
    let mut parameters: BTreeMap<String, Parameter> = BTreeMap::new();
    let mut named = Vec::new();
    for (file, text) in files {
        let mut reader = Reader { file, text, declared, shipped, mistakes: &mut mistakes };
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
                column: 0,
                key: need.name.to_string(),
                what: "缺少这个参数，规则无法计算".to_owned(),
                mend: format!("请补上 [[parameter]]，name = \"{}\"，unit = \"{}\"", need.name, need.unit.code()),
            });
        }
    }
    mistakes.sort();
    if mistakes.is_empty() { Ok(parameters) } else { Err(mistakes) }
}

/// What a value of a parameter may leave out or add.
#[derive(Clone, Copy)]
struct Allowed {
    /// A policy choice needs no date.
    undated: bool,
    /// It may hold for a region or an owner kind only.
    scoped: bool,
    /// The sum that ships, in fen.
    shipped: Option<i64>,
}

/// A sum so many times larger or smaller than the one that ships was probably written in 元 or 万元.
const UNUSUAL: i64 = 30;
/// Sums below 100 yuan vary freely.
const SMALL_SUM: i64 = 10_000;

/// The largest figure of a unit that can be meant.
pub(super) fn most(unit: Unit) -> i64 {
    match unit {
        // 1000 亿元.
        Unit::Fen => 10_000_000_000_000,
        Unit::Wd => 1_000,
        Unit::Cd => 3_660,
        Unit::Mo => 600,
        // 1000 %.
        Unit::Ppm => 10_000_000,
        Unit::Count => 1_000_000,
        Unit::Bool | Unit::Words => i64::MAX,
    }
}

/// The name that was probably meant, else all there are.
pub fn mend_name<'n>(written: &str, known: impl Iterator<Item = &'n str>, all: &str) -> String {
    let known: Vec<&str> = known.collect();
    let close = known.iter().map(|name| (strsim::normalized_damerau_levenshtein(written, name), name));
    match close.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((likeness, name)) if likeness >= 0.6 => format!("是不是想写 `{name}`？"),
        _ => format!("{all}：{}", known.join("、")),
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    declared: &'a [Declared],
    shipped: Option<&'a Law>,
    mistakes: &'a mut Vec<LawMistake>,
}

type Table<'i> = DeTable<'i>;

impl Reader<'_> {
    fn mistake(&mut self, at: Range<usize>, key: &str, what: String, mend: String) {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.mistakes.push(LawMistake { file: self.file.to_owned(), line, column, key: key.to_owned(), what, mend });
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
                let mend = mend_name(key.get_ref(), allowed.iter().copied(), "可用的键");
                self.mistake(key.span(), key.get_ref(), what, mend);
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
        let whole_county = name.as_deref().is_some_and(|name| name.ends_with(".correct_in"));
        let shipped = name.as_deref().and_then(|name| self.shipped?.find(name)).filter(|p| p.unit == Unit::Fen);
        let shipped = shipped.and_then(|p| p.values.last()).and_then(|dated| match dated.value {
            Value::Number(number) if number >= SMALL_SUM => Some(number),
            _ => None,
        });
        let allowed = Allowed { undated: policy, scoped: !whole_county, shipped };
        let values = unit.and_then(|unit| self.values(table, unit, allowed, &at));
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
            let family = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
            let names = self.declared.iter().map(|d| &*d.name).filter(|known| family(known) == family(name));
            let mend = mend_name(name, names, "可用的参数");
            self.mistake(span, name, format!("没有名为 `{name}` 的参数"), mend);
        }
        let written = self.text(table, "unit", at)?;
        let span = table.get("unit").map_or(at.clone(), Spanned::span);
        let Some(unit) = Unit::from_code(&written) else {
            let allowed: Vec<&str> = Unit::ALL.iter().map(|u| u.code()).collect();
            let mend = mend_name(&written, allowed.into_iter(), "可用的单位");
            self.mistake(span, "unit", format!("没有单位 `{written}`"), mend);
            return None;
        };
        if let Some(known) = known.filter(|known| known.unit != unit) {
            let what = format!("`{}` 的单位应为 `{}`，写成了 `{written}`", known.name, known.unit.code());
            self.mistake(span, "unit", what, format!("请写 unit = \"{}\"", known.unit.code()));
            return None;
        }
        known.map(|_| unit)
    }

    fn values(&mut self, table: &Table, unit: Unit, allowed: Allowed, at: &Range<usize>) -> Option<Vec<Dated>> {
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
        for item in items {
            let Some(dated) = self.dated(item, unit, allowed) else { continue };
            let mut same_scope = values.iter().rev().filter(|known| known.scope == dated.scope);
            if same_scope.next().is_some_and(|last| dated.from <= last.from) {
                let what = "生效日期没有从早到晚排列，或有重复，同一天会有两个数值".to_owned();
                self.mistake(
                    item.span(),
                    "from",
                    what,
                    "请按生效日期从早到晚排列，每个日期只写一次；不写日期的数值只能排在第一（同一地区、同一投资性质之内）".to_owned(),
                );
            }
            values.push(dated);
        }
        (self.mistakes.len() == before).then_some(values)
    }

    fn dated(&mut self, item: &Spanned<DeValue>, unit: Unit, allowed: Allowed) -> Option<Dated> {
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
            None if allowed.undated => Some(None),
            _ => self.date(table, "from", &at).map(Some),
        };
        let source = self.text(table, "source", &at);
        let value = self.value(table, unit, &at);
        let meant = self.flag(table, "unusual", false);
        if let (Some(Value::Number(number)), Some(shipped), false) = (&value, allowed.shipped, meant)
            && *number != 0
            && (*number / shipped >= UNUSUAL || shipped / *number >= UNUSUAL)
        {
            let what =
                format!("{number} 分即 {} 元，与随程序提供的数值（{} 元）相差 {UNUSUAL} 倍以上", Fen(*number).yuan(), Fen(shipped).yuan());
            let mend = "金额的单位是分：1元写作100，1万元写作1_000_000；数值确实如此的，在这一项加上 unusual = true";
            self.mistake(table.get("value").map_or(at, Spanned::span), "value", what, mend.to_owned());
            return None;
        }
        let scope = self.scope(table, allowed.scoped);
        Some(Dated { from: from?, value: value?, source: source?, scope: scope? })
    }

    fn scope(&mut self, table: &Table, allowed: bool) -> Option<Scope> {
        if let (false, Some(raw)) = (allowed, table.get("region").or(table.get("owner_kind"))) {
            let what = "改正期限不分地区和投资性质".to_owned();
            self.mistake(raw.span(), "region", what, "请删去 region 和 owner_kind".to_owned());
            return None;
        }
        let region = match table.get("region") {
            None => None,
            Some(raw) => Some(self.text(table, "region", &raw.span())?),
        };
        let owner_kind = match table.get("owner_kind") {
            None => None,
            Some(raw) => {
                let written = self.text(table, "owner_kind", &raw.span())?;
                let Some(kind) = OwnerKind::ALL.into_iter().find(|kind| kind.chinese() == written) else {
                    let mend = mend_name(&written, OwnerKind::ALL.iter().map(|kind| kind.chinese()), "可用的投资性质");
                    self.mistake(raw.span(), "owner_kind", format!("没有投资性质 `{written}`"), mend);
                    return None;
                };
                Some(kind)
            }
        };
        Some(Scope { region, owner_kind })
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
                let number = i64::from_str_radix(number.as_str(), number.radix()).ok().filter(|n| *n >= 0);
                if let Some(absurd) = number.filter(|n| *n > most(unit)) {
                    let what = format!("{absurd} 大得不合情理（单位是{}，最大 {}）", unit.chinese(), most(unit));
                    self.mistake(raw.span(), "value", what, "请检查单位和位数".to_owned());
                    return None;
                }
                number.map(Value::Number)
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
    use model::sheet::{OwnerKind, Project, ProjectStatus};
    use model::{Field, ProjectCode};

    use super::{Declared, Law, Unit, load};
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
        let mistakes = load(&[("payroll.toml".to_owned(), text.to_owned())], DECLARED, None).unwrap_err();
        mistakes.into_iter().map(|m| (m.line, m.key, m.what)).collect()
    }

    #[test]
    fn the_value_in_force_on_the_day_is_taken() {
        let parameters = load(&[("payroll.toml".to_owned(), GOOD.to_owned())], DECLARED, None).unwrap();
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

    #[test]
    fn a_name_written_wrong_is_told_with_the_one_that_was_meant() {
        let told = load(
            &[("payroll.toml".to_owned(), GOOD.replace("policy = true\nvalues = [{ value = 1,", "polcy = true\nvalues = [{ value = 1,"))],
            DECLARED,
            None,
        )
        .unwrap_err();
        assert_eq!((told[0].line, told[0].column, told[0].mend.as_str()), (13, 1, "是不是想写 `policy`？"), "{told:?}");
    }

    #[test]
    fn a_value_for_a_region_goes_before_the_general_one_and_the_narrowest_before_all() {
        let scoped = GOOD.replace(
            "{ from = 2024-01-01, value = 10, source = \"乙\" }",
            "{ from = 2024-01-01, value = 10, source = \"乙\" }, { from = 2021-01-01, value = 7, source = \"县\", region = \"垫江县\" }, \
             { from = 2021-01-01, value = 8, source = \"县政府\", region = \"垫江县\", owner_kind = \"政府投资\" }, \
             { from = 2022-01-01, value = 9, source = \"编码\", region = \"500231\" }",
        );
        let parameters = load(&[("payroll.toml".to_owned(), scoped)], DECLARED, None).unwrap();
        let value = |code: &str, area: Option<&str>, kind: Field<OwnerKind>, day: &str| {
            let code = ProjectCode::parse(code).unwrap();
            let mut project = Project::bare(code, "测试项目".to_owned(), ProjectStatus::Active);
            project.area = area.map(str::to_owned);
            project.owner_kind = kind;
            parameters["payroll.window"].on_for(day.parse().unwrap(), &project).map(|dated| dated.source.clone())
        };
        let government = Field::Given(OwnerKind::Government);
        let county = Some("重庆市垫江县");
        assert_eq!(value("99999920240101001", None, Field::Absent, "2024-06-01").as_deref(), Some("乙"));
        assert_eq!(value("99999920240101001", county, Field::Absent, "2024-06-01").as_deref(), Some("县"));
        assert_eq!(value("99999920240101001", county, government, "2024-06-01").as_deref(), Some("县政府"));
        assert_eq!(value("99999920240101001", county, government, "2020-06-01").as_deref(), Some("甲"));
        assert_eq!(value("50023120240101001", None, Field::Absent, "2024-06-01").as_deref(), Some("编码"));
    }

    #[test]
    fn yuan_written_for_fen_and_absurd_figures_are_refused() {
        let floor = [declared("account.contract_floor", Unit::Fen)];
        let text = |value: &str| {
            format!(
                "[[parameter]]\nname = \"account.contract_floor\"\ntitle = \"起点\"\nunit = \"fen\"\nchecked_on = 2025-01-15\nvalues = [{{ from = 2022-08-16, value = {value}, source = \"甲\" }}]\n"
            )
        };
        let read = |value: &str, shipped: Option<&Law>| load(&[("account.toml".to_owned(), text(value))], &floor, shipped);
        let shipped = Law { parameters: read("400_000_000", None).unwrap() };
        for sound in ["300_000_000", "1_000_000_000", "4_000_000, unusual = true"] {
            assert!(read(sound, Some(&shipped)).is_ok(), "{sound}");
        }
        for wrong in ["4_000_000", "400", "40_000_000_000", "-1", "90_000_000_000_000_000"] {
            let told = read(wrong, Some(&shipped)).unwrap_err();
            assert_eq!((told.len(), told[0].key.as_str(), told[0].line), (1, "value", 6), "{wrong}: {told:?}");
        }
    }
}
