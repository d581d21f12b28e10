//! What title rows, preamble pairs, worksheet and file name say for columns the table does not have (rules.md §6; file-formats.md §14, quirk 4).

use std::borrow::Cow;

use model::{Dataset, Month, ProjectCode};

use crate::cell::{clean, code, date};
use crate::claims::{Claim, Claims};
use crate::heading::{self, Fit, Mapping, normalise};
use crate::layout::Shape;
use crate::mapping::{Origin, SavedTable};
use crate::naming::{Bond, Reading, with_lent_year};
use crate::row::Constant;
use crate::table::Cell;

pub const TITLE: &str = "标题行";
pub const WORKSHEET: &str = "工作表名";
pub const FILE: &str = "文件名";

/// Everything around the table.
pub struct Surroundings<'s> {
    /// Rows above the heading.
    pub titles: &'s [Vec<Cell<'s>>],
    pub worksheet: Option<&'s str>,
    /// File name without folder and extension.
    pub stem: &'s str,
    /// What was settled for this kind of table.
    pub saved: Option<&'s SavedTable>,
}

pub struct Found {
    pub constants: Vec<Option<Constant>>,
    pub claims: Claims,
    pub month: Option<Month>,
    /// The file name decided something: the same bytes under another name may mean another thing.
    pub by_file_name: bool,
}

/// A text beside the table, and where it stands.
struct Source {
    reading: Reading,
    origin: &'static str,
    /// A sentence, or of wages paid later: its month is hardly that of the table.
    is_aside: bool,
}

pub fn find(mapping: &Mapping, around: &Surroundings<'_>) -> Found {
    let shape = mapping.shape;
    let mut found = Found { constants: vec![None; shape.columns.len()], claims: Claims::default(), month: None, by_file_name: false };
    let mut titles = Vec::new();
    for row in around.titles {
        title_row(shape, row, &mut found.constants, &mut titles);
    }
    let admits = |choice: Option<Origin>, origin: &str| choice.is_none_or(|choice| choice.admits(origin));
    let (month_from, project_from) = around.saved.map_or((None, None), |saved| (saved.month_from, saved.project_from));
    if let Some(column) = shape.month.filter(|_| !admits(month_from, TITLE)) {
        found.constants[column] = None;
    }
    if let Some((code, name)) = shape.project {
        if !admits(project_from, TITLE) {
            (found.constants[code], found.constants[name]) = (None, None);
        }
        if let Some(constant) = around.saved.and_then(SavedTable::project_constant) {
            (found.constants[code], found.constants[name]) = (Some(constant), None);
        }
    }
    // A preamble pair never overrules a column of the table, except where its cell may be empty.
    let lent = lendable(shape);
    for (column, constant) in found.constants.iter_mut().enumerate() {
        if mapping.has(column) && !lent.contains(&column) {
            *constant = None;
        }
    }
    let sheet_name = around.worksheet.unwrap_or_default();
    let texts = || titles.iter().map(|t| (t.as_ref(), TITLE)).chain([(sheet_name, WORKSHEET), (around.stem, FILE)]);
    let beside: Vec<&str> = texts().map(|(text, _)| text).collect();
    let source = |(text, origin): (&str, _)| {
        let with_year = with_lent_year(text, &beside);
        // Which year it is may hang on the name of the file.
        found.by_file_name |= with_year.is_some();
        Source {
            reading: Reading::of(with_year.as_deref().unwrap_or(text)),
            origin,
            is_aside: text.contains("补发") || text.chars().count() > LONGEST_TITLE,
        }
    };
    let sources: Vec<Source> = texts().map(source).collect();
    let near = sources.iter().find(|source| source.reading.near.is_some());
    found.month = near.and_then(|source| source.reading.near);
    // Dates without a year are of another one under another name.
    found.by_file_name |= near.is_some_and(|source| source.origin == FILE);
    if let Some(constant) = shape.project.and_then(|(column, _)| found.constants[column].as_ref())
        && let Some(value) = code(&constant.cell).ok().flatten().and_then(|code| ProjectCode::parse(&code))
    {
        found.claims.codes.push(Claim { value, origin: constant.origin, is_firm: true });
    }
    let of_month: Vec<&Source> = sources.iter().filter(|source| admits(month_from, source.origin)).collect();
    months(&mut found, mapping, &of_month);
    for source in &sources {
        project(&mut found, mapping, source, admits(project_from, source.origin));
    }
    if let (Some(team), true) = (shape.team, sheet_name.ends_with(['班', '组', '队'])) {
        set(&mut found, mapping, team, sheet_name.to_owned(), WORKSHEET);
    }
    found.by_file_name |= found.claims.months.iter().any(|claim| claim.origin == FILE);
    found.by_file_name |= found.claims.codes.iter().any(|claim| claim.origin == FILE);
    found
}

/// Pairs and running titles of a row above a table.
pub fn title_row<'t>(shape: &'static Shape, row: &'t [Cell<'_>], constants: &mut [Option<Constant>], titles: &mut Vec<Cow<'t, str>>) {
    let besides = pairs(shape, row, constants);
    let mut labelled = false;
    for cell in row.iter().filter(|cell| !cell.is_blank()) {
        // The value of a label is no title.
        let is_value = std::mem::take(&mut labelled);
        if let Cell::Text(text) = cell {
            labelled = is_label(text);
            let text = without_bracketed_pairs(text);
            if !is_value && !text.contains([':', '：']) && titles.last() != Some(&text) {
                titles.push(text);
            }
        }
    }
    titles.extend(besides.into_iter().map(Cow::Owned));
}

/// Columns whose empty cells may be filled from outside the table.
fn lendable(shape: &Shape) -> Vec<usize> {
    let mut columns: Vec<usize> = shape.month.into_iter().collect();
    if let Some((code, name)) = shape.project {
        columns.extend([code, name]);
    }
    if shape.dataset == Dataset::Ledger {
        columns.push(crate::layout::ledger::Col::Account as usize);
    }
    columns
}

/// The month the table is of: claimed by what names the table beside it, else lent by what names a month at all.
fn months(found: &mut Found, mapping: &Mapping, sources: &[&Source]) {
    let Some(column) = mapping.shape.month else { return };
    // The month beside a payout is that of the payment as often as that of the wages.
    let is_payout = mapping.shape.dataset == Dataset::Payout;
    let pair = found.constants[column].as_ref().and_then(|c| date::month(&c.cell, None).ok().flatten());
    if let Some(value) = pair.filter(|_| !is_payout) {
        found.claims.months.push(Claim { value, origin: TITLE, is_firm: true });
    }
    let bond = |source: &&Source| source.reading.bond;
    let named: Vec<&Source> =
        sources.iter().copied().filter(|s| s.reading.month.is_some() && (!is_payout || bond(s) == Bond::Wages)).collect();
    if !is_payout {
        let least = |origin: &str| if origin == WORKSHEET { Bond::Alone } else { Bond::Table };
        let firm = named.iter().filter(|s| bond(s) >= least(s.origin)).map(|s| (s, true));
        let title_is_firm = pair.is_some() || named.iter().any(|s| s.origin == TITLE && bond(s) >= Bond::Table);
        let alone = named.iter().filter(|s| !title_is_firm && s.origin == TITLE && bond(s) == Bond::Alone).map(|s| (s, false));
        let claims = firm.chain(alone);
        let claims = claims.filter_map(|(s, is_firm)| Some(Claim { value: s.reading.month?, origin: s.origin, is_firm }));
        found.claims.months.extend(claims);
    }
    let firm = found.claims.months.first().map(|claim| (claim.value, claim.origin));
    // Of several that only mention a month, the one nearest to the table, then the first.
    let lenders = || named.iter().rev().filter(|s| !(s.is_aside && bond(s) == Bond::Loose));
    let lent = || lenders().max_by_key(|s| bond(s)).and_then(|s| Some((s.reading.month?, s.origin)));
    if let Some((month, origin)) = firm.or_else(lent)
        && (origin == TITLE || !mapping.has(column))
    {
        set(found, mapping, column, month.to_string(), origin);
    }
}

/// Project and company: the code is certain, a name may be longer or shorter than the project's.
fn project(found: &mut Found, mapping: &Mapping, Source { reading, origin, .. }: &Source, is_admitted: bool) {
    let (shape, origin) = (mapping.shape, *origin);
    if let Some((code, name)) = shape.project.filter(|_| is_admitted) {
        if let Some(value) = reading.code.as_deref().and_then(ProjectCode::parse) {
            found.claims.codes.push(Claim { value, origin, is_firm: true });
        }
        if found.constants[code].is_none()
            && found.constants[name].is_none()
            && (origin == TITLE || !(mapping.has(code) || mapping.has(name)))
        {
            if let Some(text) = &reading.code {
                set(found, mapping, code, text.clone(), origin);
            } else if let Some(text) = &reading.project {
                set(found, mapping, name, text.clone(), origin);
            }
        }
    }
    if let (Some(column), Some(company), true) = (shape.employer, &reading.company, origin == TITLE) {
        set(found, mapping, column, company.clone(), origin);
    }
}

fn set(found: &mut Found, mapping: &Mapping, column: usize, value: String, origin: &'static str) {
    let lent = lendable(mapping.shape).contains(&column);
    if found.constants[column].is_none() && (lent || !mapping.has(column)) {
        found.by_file_name |= origin == FILE;
        found.constants[column] = Some(Constant { cell: Cell::Text(Cow::Owned(value)), origin });
    }
}

/// Whether the next cell is the value of this one.
pub fn is_pair_label(shape: &'static Shape, text: &str) -> bool {
    text.trim_end().ends_with([':', '：']) || label(shape, &clean(text)).is_some()
}

/// `填表日期：`, `施工许可证号`: the next cell is its value.
fn is_label(text: &str) -> bool {
    let text = text.trim();
    text.ends_with([':', '：'])
        || text.chars().count() <= 10
            && !text.contains(|c: char| c.is_ascii_digit())
            && ["日期", "时间", "证号", "编号"].iter().any(|end| text.ends_with(end))
}

/// More characters than a title has.
const LONGEST_TITLE: usize = 60;

/// A title without `（单位：元）`.
fn without_bracketed_pairs(text: &str) -> Cow<'_, str> {
    let Some(from) = text.find(['（', '(']) else { return Cow::Borrowed(text) };
    let Some(length) = text[from..].find(['）', ')']) else { return Cow::Borrowed(text) };
    let end = from + length + text[from + length..].chars().next().map_or(1, char::len_utf8);
    if text[from..end].contains([':', '：']) {
        Cow::Owned(format!("{} {}", &text[..from], without_bracketed_pairs(&text[end..])))
    } else {
        Cow::Owned(format!("{}{}", &text[..end], without_bracketed_pairs(&text[end..])))
    }
}

/// What stands behind the value of a pair, where it names a month: `测试项目　2024年3月`.
fn cut_month(value: &str) -> (&str, Option<&str>) {
    for (at, blank) in value.char_indices().filter(|(_, c)| c.is_whitespace()) {
        let rest = value[at + blank.len_utf8()..].trim_start();
        let first = rest.split(char::is_whitespace).next().unwrap_or_default();
        if at > 0 && Reading::of(first).month.is_some() {
            return (value[..at].trim_end(), Some(rest));
        }
    }
    (value, None)
}

/// `账号：…` pairs of a preamble row; the value may stand in the next filled cell.
fn pairs(shape: &'static Shape, row: &[Cell<'_>], constants: &mut [Option<Constant>]) -> Vec<String> {
    let mut besides = Vec::new();
    let mut put = |column: usize, value: Cell<'static>| {
        if constants[column].is_none() && !value.is_blank() {
            constants[column] = Some(Constant { cell: value, origin: TITLE });
        }
    };
    let mut waiting: Option<usize> = None;
    for cell in row.iter().filter(|c| !c.is_blank()) {
        let text = match cell {
            Cell::Text(text) => clean(text),
            other => {
                if let Some(column) = waiting.take() {
                    put(column, owned(other));
                }
                continue;
            }
        };
        let inside = split_pairs(shape, &text);
        if inside.is_empty() {
            if let Some(column) = waiting.take() {
                put(column, Cell::Text(Cow::Owned(text.into_owned())));
            } else {
                waiting = label(shape, &text);
            }
            continue;
        }
        waiting = None;
        for (column, value) in inside {
            if value.is_empty() {
                waiting = column;
            } else if let Some(column) = column {
                let is_project = shape.project.is_some_and(|(code, name)| column == code || column == name);
                let (own, rest) = if is_project { cut_month(&value) } else { (value.as_str(), None) };
                besides.extend(rest.map(str::to_owned));
                put(column, Cell::Text(Cow::Owned(own.to_owned())));
            }
        }
    }
    besides
}

fn owned(cell: &Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Number(number) => Cell::Number(*number),
        Cell::Moment(moment) => Cell::Moment(*moment),
        other => Cell::Text(Cow::Owned(other.shown().into_owned())),
    }
}

/// Column a label of the preamble names, exactly.
fn label(shape: &'static Shape, text: &str) -> Option<usize> {
    let base = normalise(text).base;
    let find = |name: &str| heading::find(shape, name).filter(|(_, fit)| *fit > Fit::Contained).map(|(at, _)| at);
    // `账户号/账号`: either name.
    find(&base).or_else(|| base.split('/').find_map(find))
}

/// Pairs inside one cell: `编制日期：2024年4月3日  班组名称：钢筋班组`. A column of `None` is a label nobody knows.
fn split_pairs(shape: &'static Shape, text: &str) -> Vec<(Option<usize>, String)> {
    let mut found: Vec<(Option<usize>, String)> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find([':', '：']) {
        let colon = rest[at..].chars().next().map_or(1, char::len_utf8);
        let (before, after) = (&rest[..at], &rest[at + colon..]);
        // A time of day is no pair.
        if before.ends_with(|c: char| c.is_ascii_digit()) && after.starts_with(|c: char| c.is_ascii_digit()) {
            let end = at + colon;
            if let Some(last) = found.last_mut() {
                last.1.push_str(&rest[..end]);
            }
            rest = after;
            continue;
        }
        let whole = label(shape, before);
        let cut = if whole.is_some() {
            0
        } else {
            before
                .rfind(|c: char| c.is_whitespace() || matches!(c, ';' | '；' | ',' | '，' | '、'))
                .map_or(0, |i| i + before[i..].chars().next().map_or(1, char::len_utf8))
        };
        if let Some(last) = found.last_mut() {
            last.1.push_str(&before[..cut]);
        }
        found.push((whole.or_else(|| label(shape, &before[cut..])), String::new()));
        rest = after;
    }
    if let Some(last) = found.last_mut() {
        last.1.push_str(rest);
    }
    for (_, value) in &mut found {
        *value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, ';' | '；' | ',' | '，' | '、')).to_owned();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::shape_of;

    #[test]
    fn preamble_pairs_in_one_cell_or_two() {
        let text = |t: &'static str| Cell::Text(Cow::Borrowed(t));
        let shape = shape_of(Dataset::Ledger);
        let mut constants = vec![None; shape.columns.len()];
        pairs(shape, &[text("户  名："), text("测试建筑有限公司"), Cell::Empty, text("查询账号:"), text("9999 0001")], &mut constants);
        pairs(shape, &[text("查询起止日期：2024-03-01至2024-03-31 10:00:00")], &mut constants);
        let value =
            |column: crate::layout::ledger::Col| constants[column as usize].as_ref().map(|c: &Constant| c.cell.shown().into_owned());
        assert_eq!(value(crate::layout::ledger::Col::AccountName).as_deref(), Some("测试建筑有限公司"));
        assert_eq!(value(crate::layout::ledger::Col::Account).as_deref(), Some("9999 0001"));
        assert_eq!(value(crate::layout::ledger::Col::Span).as_deref(), Some("2024-03-01至2024-03-31 10:00:00"));
        let shape = shape_of(Dataset::Payroll);
        let found = split_pairs(shape, "编制日期：2024年4月3日  班组名称：钢筋班组");
        assert_eq!(found.iter().map(|f| f.1.as_str()).collect::<Vec<_>>(), ["2024年4月3日", "钢筋班组"]);
    }
}
