//! Headings: normalised, then matched against the columns of a dataset (file-formats.md §15).
//!
//! Refuses to choose between two headings that fit one column equally well.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use memchr::memmem;
use unicode_normalization::UnicodeNormalization;

use crate::cell::clean;
use crate::layout::{SHAPES, Shape};
use crate::mapping::{Assigned, SavedTable};
use crate::table::is_invisible;
use crate::units;

/// A heading without blanks, marks and units.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Heading {
    pub base: String,
    /// What stood in brackets or behind `/`: 元, 万元, %, 天.
    pub unit: String,
}

/// NFKC; no blanks, colons and asterisks; bracket content aside; only the part before `[` of a bilingual heading.
pub fn normalise(raw: &str) -> Heading {
    if is_bare(raw) {
        return Heading { base: raw.to_owned(), unit: String::new() };
    }
    let wide: String = clean(raw).nfkc().filter(|c| !is_invisible(*c) && !matches!(c, ':' | '*' | '★' | '\'')).collect();
    let wide = wide.split('[').next().unwrap_or_default();
    let (mut base, mut unit, mut depth) = (String::new(), String::new(), 0);
    for c in wide.chars() {
        match c {
            '(' | '【' | '〔' => depth += 1,
            ')' | '】' | '〕' => depth = i32::max(depth - 1, 0),
            _ if depth > 0 => unit.push(c),
            _ => base.push(c),
        }
    }
    for suffix in ["/元", "/万元", "/天", "/日", "/小时"] {
        if let Some(rest) = base.strip_suffix(suffix) {
            unit.push_str(&suffix[1..]);
            let length = rest.len();
            base.truncate(length);
            break;
        }
    }
    if base.is_empty() { Heading { base: unit, unit: String::new() } } else { Heading { base, unit } }
}

/// Common ideographs only: nothing to normalise.
fn is_bare(raw: &str) -> bool {
    raw.as_bytes().chunks(3).all(|c| matches!(c, [0xE4..=0xE9, _, _]))
}

/// How well a heading fits a column; higher is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Contained,
    Alias,
    Canonical,
    /// The saved mapping of the source says so.
    Saved,
}

/// Names of a dataset's columns, normalised.
struct Index {
    exact: HashMap<String, (usize, Fit)>,
    /// Names long enough to be looked for inside a heading: name, characters, column.
    inside: Vec<(String, usize, usize)>,
}

impl Index {
    fn of(shape: &Shape) -> Self {
        let mut exact = HashMap::new();
        for (at, column) in shape.columns.iter().enumerate() {
            exact.insert(normalise(column.canonical).base, (at, Fit::Canonical));
        }
        for (at, column) in shape.columns.iter().enumerate() {
            for alias in column.aliases {
                exact.entry(normalise(alias).base).or_insert((at, Fit::Alias));
            }
        }
        let long = |name: &str| name.chars().count() >= 3 || matches!(name, "姓名" | "工种" | "班组");
        let inside = exact.iter().filter(|(name, _)| long(name)).map(|(name, (at, _))| (name.clone(), name.chars().count(), *at));
        let mut inside: Vec<_> = inside.collect();
        // The longest name is the most specific; the order of columns breaks ties, so that the outcome never varies.
        inside.sort_by_key(|(_, length, at)| (std::cmp::Reverse(*length), *at));
        Self { exact, inside }
    }
}

fn index(shape: &'static Shape) -> &'static Index {
    static INDEXES: OnceLock<Vec<Index>> = OnceLock::new();
    let all = INDEXES.get_or_init(|| SHAPES.iter().map(|shape| Index::of(shape)).collect());
    &all[SHAPES.iter().position(|s| s.dataset == shape.dataset).unwrap_or(0)]
}

/// Whether some dataset knows the heading, exactly.
pub fn is_known(raw: &str) -> bool {
    static KNOWN: OnceLock<HashSet<String>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let names = SHAPES.iter().flat_map(|s| s.columns).flat_map(|c| c.aliases.iter().chain([&c.canonical]));
        names.map(|name| normalise(name).base).collect()
    });
    // Headings are short; long texts are titles and addresses. No name is all ASCII.
    raw.len() <= 120 && !raw.is_ascii() && (known.contains(raw) || !is_bare(raw) && known.contains(&normalise(raw).base))
}

/// Words that change what a heading means: a heading with one of them fits only an alias that has it too.
const CHANGERS: &[&str] = &[
    "对方",
    "收款",
    "付款",
    "最低",
    "紧急",
    "班组长",
    "组长",
    "经理",
    "负责人",
    "责任人",
    "专管员",
    "监理",
    "累计",
    "上月",
    "上期",
    "本年",
    "历史",
    "年度",
    "税",
    "预计",
    "计划",
    "法人",
    "法定",
    "联系人",
    "家属",
    "是否",
    "说明",
    "专户代发",
    "代理",
    "监护",
    "担保",
    "上级",
    "总包",
    "建设单位",
    "分包",
    "班长",
    "未",
    "余额",
    "比例",
    "发放",
    "银行",
    "备注",
    "经办",
];

/// The column a normalised heading names exactly.
pub fn find_exact(shape: &'static Shape, heading: &str) -> Option<(usize, Fit)> {
    index(shape).exact.get(heading).copied()
}

/// The column a normalised heading stands for.
pub fn find(shape: &'static Shape, heading: &str) -> Option<(usize, Fit)> {
    find_exact(shape, heading).or_else(|| {
        let fits = |(name, length, _): &&(String, usize, usize)| {
            if *length >= 3 { memmem::find(heading.as_bytes(), name.as_bytes()).is_some() } else { heading.ends_with(name.as_str()) }
        };
        let same_sense = |(name, ..): &&(String, usize, usize)| !CHANGERS.iter().any(|word| heading.contains(word) && !name.contains(word));
        index(shape).inside.iter().filter(fits).find(same_sense).map(|(_, _, at)| (*at, Fit::Contained))
    })
}

/// A heading cell: one text, or an upper and a lower one.
pub struct HeadingCell<'a> {
    upper: Cow<'a, str>,
    lower: Cow<'a, str>,
    normalised: (Heading, Heading),
}

impl<'a> HeadingCell<'a> {
    pub fn new(upper: Cow<'a, str>, lower: Cow<'a, str>) -> Self {
        let normalised = (normalise(&upper), normalise(&lower));
        Self { upper, lower, normalised }
    }

    /// As the report shows it.
    pub fn shown(&self) -> String {
        let one_line = |text: &str| text.split(['\n', '\r']).map(str::trim).collect::<String>();
        match (self.upper.is_empty(), self.lower.is_empty() || self.lower == self.upper) {
            (false, false) => format!("{}|{}", one_line(&self.upper), one_line(&self.lower)),
            (true, false) => one_line(&self.lower),
            _ => one_line(&self.upper),
        }
    }

    /// Whether its upper part is that of the cell before, spread from a merged one.
    pub fn is_spread_from(&self, before: &Self) -> bool {
        !self.upper.is_empty() && self.upper == before.upper && self.lower != before.lower
    }

    /// Whether one of its parts names a column exactly.
    pub fn is_exact(&self, shape: &'static Shape) -> bool {
        [&self.normalised.0, &self.normalised.1].iter().any(|part| find_exact(shape, &part.base).is_some())
    }

    /// A plain 姓名: a row for each worker, where a table of teams says whose name it is.
    pub fn names_workers(&self) -> bool {
        use crate::layout::roster::{Col, SHAPE};
        self.find(&SHAPE).is_some_and(|(at, fit, _)| at == Col::Name as usize && fit > Fit::Contained)
    }

    /// As [`Self::find`]; what was settled for the source comes first, and the unit may decide between two columns.
    fn find_settled(&self, shape: &'static Shape, saved: Option<&SavedTable>) -> Option<(usize, Fit, String)> {
        let Some(saved) = saved else { return self.find(shape).map(|(at, fit, unit)| (units::column(shape, at, &unit), fit, unit)) };
        let shown = self.shown();
        let found = match saved.assigned(&shown) {
            Some(Assigned::Ignored) => return None,
            Some(Assigned::To(column)) => Some((column, Fit::Saved, format!("{}{}", self.normalised.0.unit, self.normalised.1.unit))),
            None => self.find(shape),
        };
        let (column, fit, unit) = found?;
        let unit = saved.unit(&shown).map_or(unit, str::to_owned);
        Some((if fit == Fit::Saved { column } else { units::column(shape, column, &unit) }, fit, unit))
    }

    /// The column it stands for, and its unit.
    pub fn find(&self, shape: &'static Shape) -> Option<(usize, Fit, String)> {
        let (upper, lower) = &self.normalised;
        let with_unit = |(at, fit): (usize, Fit)| (at, fit, format!("{}{}", upper.unit, lower.unit));
        let either = |heading: &Heading| if heading.base.is_empty() { None } else { find(shape, &heading.base) };
        if lower.base.is_empty() || lower == upper {
            return either(upper).map(with_unit);
        }
        // Joined only when exact: 应发工资 over 高温补贴 is no second 应发工资.
        let rest = if is_detail(&lower.base) { upper } else { lower };
        find_exact(shape, &format!("{}{}", upper.base, lower.base)).or_else(|| either(rest)).map(with_unit)
    }
}

/// Second heading rows that say nothing of their own.
pub fn is_detail(lower: &str) -> bool {
    matches!(lower, "一" | "二" | "三" | "四" | "五" | "六" | "日" | "金额" | "小计" | "合计" | "元" | "天" | "数额")
        || lower.starts_with("星期")
        || lower.starts_with('周')
}

/// Which cell of the heading row stands for which column.
#[derive(Clone)]
pub struct Mapping {
    pub shape: &'static Shape,
    /// By column of the shape: position in the row.
    pub at: Vec<Option<usize>>,
    /// By column of the shape: heading as in the file, and its unit.
    pub headings: Vec<Option<(String, String)>>,
    /// Columns for which two headings fit equally well, with both headings.
    pub unclear: Vec<(usize, String, String)>,
    pub score: usize,
}

impl Mapping {
    pub fn has(&self, column: usize) -> bool {
        self.at[column].is_some()
    }

    /// Day columns stand for the time of a punch.
    fn fulfils(&self, days: bool) -> bool {
        let needs = if days { &self.shape.needs[..1] } else { self.shape.needs };
        needs.iter().all(|group| group.iter().any(|c| self.has(*c) || self.unclear.iter().any(|u| u.0 == *c)))
    }
}

/// Matches a heading row against one dataset; `None` when what makes the dataset is not there.
pub fn match_shape(shape: &'static Shape, cells: &[HeadingCell<'_>], days: usize, saved: Option<&SavedTable>) -> Option<Mapping> {
    let mapping = map_columns(shape, cells, days, saved);
    mapping.fulfils(shape.takes_days && days >= crate::days::FEWEST).then_some(mapping)
}

pub fn map_columns(shape: &'static Shape, cells: &[HeadingCell<'_>], days: usize, saved: Option<&SavedTable>) -> Mapping {
    let count = shape.columns.len();
    let mut best: Vec<Option<(Fit, usize, String)>> = vec![None; count];
    let mut mapping = Mapping { shape, at: vec![None; count], headings: vec![None; count], unclear: Vec::new(), score: 0 };
    for (position, cell) in cells.iter().enumerate() {
        let Some((column, fit, unit)) = cell.find_settled(shape, saved) else { continue };
        match &best[column] {
            Some((known, _, _)) if *known > fit => {}
            Some((known, other, _)) if *known == fit => {
                let other = cells[*other].shown();
                if !mapping.unclear.iter().any(|u| u.0 == column) {
                    mapping.unclear.push((column, other, cell.shown()));
                }
            }
            _ => {
                mapping.unclear.retain(|u| u.0 != column);
                best[column] = Some((fit, position, unit));
            }
        }
    }
    for (column, found) in best.into_iter().enumerate() {
        let Some((fit, position, unit)) = found else { continue };
        mapping.score += if fit == Fit::Contained { 1 } else { 2 };
        mapping.score += if shape.marks.contains(&column) { 3 } else { 0 };
        if mapping.unclear.iter().all(|u| u.0 != column) {
            mapping.at[column] = Some(position);
            mapping.headings[column] = Some((cells[position].shown(), unit));
        }
    }
    if shape.takes_days && days >= crate::days::FEWEST {
        mapping.score += 40;
    }
    mapping
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{ledger, payroll, shape_of};
    use model::Dataset;

    #[test]
    fn marks_blanks_and_units_do_not_count() {
        for (raw, base, unit) in [
            ("出勤\n天数", "出勤天数", ""),
            ("*姓名（必填）：", "姓名", "必填"),
            ("总工时 ", "总工时", ""),
            ("合同价（万元）", "合同价", "万元"),
            ("发生额/元", "发生额", "元"),
            ("交易日期[ Transaction Date ]", "交易日期", ""),
            ("ＩＤ", "ID", ""),
            ("=\"姓名\"", "姓名", ""),
            ("'应发工资（元）", "应发工资", "元"),
        ] {
            assert_eq!(normalise(raw), Heading { base: base.to_owned(), unit: unit.to_owned() }, "{raw}");
        }
    }

    #[test]
    fn the_specific_column_wins_over_the_general_word() {
        let payroll = shape_of(Dataset::Payroll);
        let role = |heading: &str| find(payroll, &normalise(heading).base).map(|(at, _)| payroll.columns[at].canonical);
        assert_eq!(role("当地最低工资标准"), Some("当地最低工资标准"));
        assert_eq!(role("本市最低工资线"), None);
        assert_eq!(role("实付金额（元）"), Some("实发工资"));
        assert_eq!(role("本月实发工资"), Some("实发工资"));
        assert_eq!(role("应发工资（元）"), Some("应发工资"));
        assert_eq!(role("农民工姓名"), Some("姓名"));
        assert_eq!(role("班组长姓名"), None);
        let ledger = shape_of(Dataset::Ledger);
        assert_eq!(find(ledger, "对方账号"), Some((ledger::Col::CounterAccount as usize, Fit::Canonical)));
        assert_eq!(find(ledger, "交易后余额"), Some((ledger::Col::Balance as usize, Fit::Alias)));
    }

    #[test]
    fn two_headings_that_fit_equally_well_are_not_chosen_between() {
        let cells: Vec<_> = ["姓名", "实发金额", "实付金额", "应发工资"].map(|h| HeadingCell::new(h.into(), "".into())).into();
        let mapping = match_shape(shape_of(Dataset::Payroll), &cells, 0, None).unwrap();
        assert_eq!(mapping.unclear, [(payroll::Col::Net as usize, "实发金额".to_owned(), "实付金额".to_owned())]);
        let cells: Vec<_> = ["姓名", "实发工资", "实付金额"].map(|h| HeadingCell::new(h.into(), "".into())).into();
        let mapping = match_shape(shape_of(Dataset::Payroll), &cells, 0, None).unwrap();
        assert_eq!(mapping.at[payroll::Col::Net as usize], Some(1), "the exact one");
    }

    #[test]
    fn two_heading_rows_are_joined() {
        let cell = |upper: &'static str, lower: &'static str| HeadingCell::new(upper.into(), lower.into());
        let shape = shape_of(Dataset::Payroll);
        let role = |c: HeadingCell<'static>| c.find(shape).map(|(at, ..)| shape.columns[at].canonical);
        assert_eq!(role(cell("应发", "合计")), Some("应发工资"));
        assert_eq!(role(cell("应发工资", "合计")), Some("应发工资"));
        assert_eq!(role(cell("应发工资", "加班工资")), Some("加班工资"));
        assert_eq!(role(cell("应发工资", "高温补贴")), None);
        assert_eq!(role(cell("姓名", "姓名")), Some("姓名"));
    }
}
