//! What title rows, preamble pairs, worksheet and file name say for columns the table does not have (rules.md §6; file-formats.md §14, quirk 4).

use std::borrow::Cow;

use model::{Dataset, Month};

use crate::cell::{clean, date};
use crate::heading::{self, Fit, Mapping, normalise};
use crate::layout::Shape;
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
}

pub struct Found {
    pub constants: Vec<Option<Constant>>,
    pub month: Option<Month>,
    /// The file name decided something: the same bytes under another name may mean another thing.
    pub by_file_name: bool,
}

pub fn find(mapping: &Mapping, around: &Surroundings<'_>) -> Found {
    let shape = mapping.shape;
    let mut found = Found { constants: vec![None; shape.columns.len()], month: None, by_file_name: false };
    let mut titles = Vec::new();
    for row in around.titles {
        pairs(shape, row, &mut found.constants);
        for cell in row {
            if let Cell::Text(text) = cell
                && !text.contains([':', '：'])
                && titles.last() != Some(&text.as_ref())
            {
                titles.push(text.as_ref());
            }
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
    let sources = titles.iter().map(|t| (*t, TITLE)).chain([(sheet_name, WORKSHEET), (around.stem, FILE)]);
    for (text, origin) in sources {
        let reading = Reading::of(text);
        fill(&mut found, mapping, &reading, origin);
    }
    if let (Some(team), true) = (shape.team, sheet_name.ends_with(['班', '组', '队'])) {
        set(&mut found, mapping, team, sheet_name.to_owned(), WORKSHEET);
    }
    found
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

fn fill(found: &mut Found, mapping: &Mapping, reading: &Reading, origin: &'static str) {
    let shape = mapping.shape;
    if let Some(column) = shape.month
        && let Some(month) = reading.month
        && found.constants[column].is_none()
        && (origin == TITLE || !mapping.has(column))
    {
        set(found, mapping, column, month.to_string(), origin);
    }
    if found.month.is_none() {
        found.month = reading.month;
    }
    if let Some((code, name)) = shape.project
        && found.constants[code].is_none()
        && found.constants[name].is_none()
        && (origin == TITLE || !(mapping.has(code) || mapping.has(name)))
    {
        if let Some(text) = &reading.code {
            set(found, mapping, code, text.clone(), origin);
        } else if let Some(text) = &reading.project {
            set(found, mapping, name, text.clone(), origin);
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

/// `账号：…` pairs of a preamble row; the value may stand in the next filled cell.
fn pairs(shape: &'static Shape, row: &[Cell<'_>], constants: &mut [Option<Constant>]) {
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
                put(column, Cell::Text(Cow::Owned(value)));
            }
        }
    }
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
    heading::find(shape, &normalise(text).base).filter(|(_, fit)| *fit > Fit::Contained).map(|(at, _)| at)
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

/// What a title, a worksheet name or a file name says by itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub month: Option<Month>,
    pub code: Option<String>,
    pub project: Option<String>,
    pub company: Option<String>,
}

/// Words that name the kind of table, longest first where one holds another.
const TABLE_WORDS: &[&str] = &[
    "农民工工资支付表",
    "农民工工资发放表",
    "农民工工资结算表",
    "农民工工资专用账户",
    "维权信息告示牌",
    "施工过程结算",
    "退场工资结清",
    "实名制花名册",
    "工资保证金",
    "工资支付表",
    "工资发放表",
    "工资结算表",
    "工资专用账户",
    "工资明细表",
    "工资汇总表",
    "银行代发明细",
    "农民工考勤表",
    "农民工工资表",
    "工人花名册",
    "人员花名册",
    "农民工花名册",
    "考勤明细表",
    "考勤汇总表",
    "考勤记录表",
    "考勤记录",
    "考勤明细",
    "用工书面协议",
    "专用账户",
    "专户流水",
    "交易明细",
    "参建单位",
    "欠薪线索",
    "检查记录",
    "劳动合同",
    "银行代发",
    "代发明细",
    "代发结果",
    "项目清单",
    "班组名单",
    "花名册",
    "考勤表",
    "工资表",
    "工资单",
    "工资册",
    "签到表",
    "登记表",
    "一览表",
    "明细表",
    "汇总表",
    "统计表",
    "结清表",
    "农民工",
    "进城务工人员",
    "民工",
    "工人",
    "考勤",
    "工资",
    "实名制",
    "台账",
    "明细",
    "清单",
    "名册",
    "合同",
    "班组",
    "代发",
    "流水",
    "保证金",
    "保函",
    "告示牌",
    "专户",
    "名单",
    "表",
];

impl Reading {
    pub fn of(text: &str) -> Self {
        let wide: String = unicode_normalization::UnicodeNormalization::nfkc(text).collect();
        let (month, rest) = take_month(&wide);
        let (code, rest) = take_code(&rest);
        let (mut rest, mut is_title) = (rest, false);
        for word in TABLE_WORDS {
            if let Some(at) = rest.find(word) {
                is_title = true;
                rest.replace_range(at..at + word.len(), " ");
            }
        }
        let name = rest
            .split([' ', '\t', '\u{3000}', '_', '—', '|', '-', '(', ')', '\n'])
            .map(str::trim)
            .filter(|p| p.chars().count() >= 3)
            .max_by_key(|p| p.len());
        let name =
            name.map(|n| n.trim_end_matches(['月', '年', '的']).to_owned()).filter(|n| n.chars().filter(|c| !c.is_ascii()).count() >= 3);
        let mut reading = Self { month, code, ..Self::default() };
        if let Some(name) = name.filter(|n| is_title || n.contains("项目") || n.contains("工程")) {
            let companies = ["公司", "集团", "局", "劳务队", "处", "站", "中心"];
            if companies.iter().any(|c| name.ends_with(c)) {
                reading.company = Some(name);
            } else {
                let short = name.strip_suffix("项目部").or_else(|| name.strip_suffix("项目")).unwrap_or(&name);
                reading.project = Some(short.to_owned()).filter(|n| n.chars().count() >= 2);
            }
        }
        reading
    }
}

/// `2024年3月(份)`, `2024-03`, `2024.3`, `202403`; the text without it.
fn take_month(text: &str) -> (Option<Month>, String) {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|i| i + at) {
        let run = digits(start);
        let year = text.get(start..start + 4).and_then(|y| y.parse::<i32>().ok()).filter(|y| (1990..=2100).contains(y));
        if let Some(year) = year {
            if run == 6
                && let Some(month) = text[start + 4..start + 6].parse().ok().and_then(|m| Month::new(year, m))
            {
                return (Some(month), without(text, start, start + 6));
            }
            if run == 4 {
                let rest = text[start + 4..].trim_start();
                if let Some(after) = rest.strip_prefix(['年', '-', '.', '/', '_']) {
                    let after = after.trim_start();
                    let length = after.bytes().take_while(u8::is_ascii_digit).count();
                    let month = after.get(..length).and_then(|m| m.parse().ok()).filter(|_| length <= 2).and_then(|m| Month::new(year, m));
                    if let Some(month) = month {
                        let tail = after[length..].trim_start().trim_start_matches("月份").trim_start_matches('月');
                        return (Some(month), format!("{} {tail}", &text[..start]));
                    }
                }
            }
        }
        at = start + run;
    }
    (None, text.to_owned())
}

fn without(text: &str, from: usize, to: usize) -> String {
    format!("{} {}", &text[..from], text[to..].trim_start_matches("月份"))
}

/// A project code: area, date, number.
fn take_code(text: &str) -> (Option<String>, String) {
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|i| i + at) {
        let run = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let code = &text[start..start + run];
        if (15..=20).contains(&run) && date::plain(format!("{}-{}-{}", &code[6..10], &code[10..12], &code[12..14]).as_bytes()).is_some() {
            return (Some(code.to_owned()), without(text, start, start + run));
        }
        at = start + run;
    }
    (None, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::shape_of;

    fn reading(text: &str) -> (Option<String>, Option<String>, Option<String>) {
        let reading = Reading::of(text);
        (reading.month.map(|m| m.to_string()), reading.code.or(reading.project), reading.company)
    }

    #[test]
    fn titles_and_file_names() {
        let some = |t: &str| Some(t.to_owned());
        for (text, month, project, company) in [
            ("测试县安置房一期项目部2024年03月农民工工资支付表", some("2024-03"), some("测试县安置房一期"), None),
            ("测试县安置房一期 2024年3月 农民工考勤表", some("2024-03"), some("测试县安置房一期"), None),
            ("测试县安置房一期项目工人花名册", None, some("测试县安置房一期"), None),
            ("99999920240101001_工资表_2024-03", some("2024-03"), some("99999920240101001"), None),
            ("工资表_2024-03", some("2024-03"), None, None),
            ("考勤202403", some("2024-03"), None, None),
            ("银行代发_2024-01", some("2024-01"), None, None),
            ("对公账户交易明细", None, some("对公账户"), None),
            ("测试建筑有限公司2024年3月份工资表", some("2024-03"), None, some("测试建筑有限公司")),
            ("花名册-测试县安置房一期", None, some("测试县安置房一期"), None),
            ("Sheet1", None, None, None),
            ("roster", None, None, None),
        ] {
            assert_eq!(reading(text), (month, project, company), "{text}");
        }
    }

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
