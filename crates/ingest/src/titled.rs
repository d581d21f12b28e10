//! What title rows name, so that two of them can be compared: month, project, employer, team, account.

use std::borrow::Cow;

use model::Dataset;
use unicode_normalization::UnicodeNormalization;

use crate::cell::{self, clean, date};
use crate::classify::is_label;
use crate::context;
use crate::layout::{Shape, ledger};
use crate::naming::{self, Bond, Reading};
use crate::row::Constant;
use crate::table::Cell;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Month,
    Code,
    Project,
    Employer,
    Team,
    Account,
}

pub const TOPICS: [Topic; 6] = [Topic::Month, Topic::Code, Topic::Project, Topic::Employer, Topic::Team, Topic::Account];

impl Topic {
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Month => "月份",
            Self::Code => "项目编码",
            Self::Project => "项目名称",
            Self::Employer => "用工单位",
            Self::Team => "班组",
            Self::Account => "账号",
        }
    }

    /// Columns of a dataset that say it of each row.
    pub fn columns(self, shape: &Shape) -> Vec<usize> {
        match self {
            Self::Month => shape.month.into_iter().collect(),
            Self::Code | Self::Project => shape.project.into_iter().flat_map(|(code, name)| [code, name]).collect(),
            Self::Employer => shape.employer.into_iter().collect(),
            Self::Team => shape.team.into_iter().collect(),
            Self::Account if shape.dataset == Dataset::Ledger => vec![ledger::Col::Account as usize],
            Self::Account => Vec::new(),
        }
    }

    /// The one of [`Self::columns`] that holds it.
    pub fn column(self, shape: &Shape) -> Option<usize> {
        let columns = self.columns(shape);
        if self == Self::Project { columns.last().copied() } else { columns.first().copied() }
    }

    /// Its value in a cell, comparable.
    pub fn value(self, cell: &Cell<'_>) -> Option<String> {
        match self {
            Self::Month => date::month(cell, None).ok().flatten().map(model::Month::chinese),
            Self::Code | Self::Account => cell::code(cell).ok().flatten().map(Cow::into_owned),
            Self::Project | Self::Employer | Self::Team => cell::text(cell).ok().flatten(),
        }
        .filter(|value| !cell::says_nothing(value))
    }

    /// Whether two values are of one thing: names may leave out what stands before them, or the kind of thing they are.
    pub fn is_same(self, one: &str, other: &str) -> bool {
        if self == Self::Month {
            // Either may leave out the year.
            let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|year| year.ends_with('年'));
            return one == other || ends(one, other) || ends(other, one);
        }
        if matches!(self, Self::Code | Self::Account) {
            return one == other;
        }
        let (one, other) = (plain_name(one), plain_name(other));
        let ends = |long: &str, short: &str| short.chars().count() >= 2 && long.ends_with(short);
        one == other || ends(&one, &other) || ends(&other, &one)
    }
}

/// A name without blanks, brackets and the kind of thing it is of.
fn plain_name(name: &str) -> String {
    const KINDS: [&str; 9] = ["工程项目部", "项目部", "工程项目", "项目", "建设工程", "工程", "班组", "班", "组"];
    let name: String = without_brackets(name).nfkc().filter(|c| !c.is_whitespace()).collect();
    let short = KINDS.iter().find_map(|kind| name.strip_suffix(kind)).filter(|short| !short.is_empty());
    short.map_or_else(|| name.clone(), str::to_owned)
}

/// A text without what stands in brackets; the part of the works, as in `安置房(一期)`, stays.
fn without_brackets(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some(open) = rest.find(['(', '（']) {
        let inside = rest[open..].chars().next().map_or(open, |c| open + c.len_utf8());
        let close = rest[inside..].find([')', '）']).map_or(rest.len(), |close| inside + close);
        kept.push_str(&rest[..open]);
        if naming::is_phase(&rest[inside..close]) {
            kept.extend(["(", &rest[inside..close], ")"]);
        }
        rest = rest[close..].strip_prefix([')', '）']).unwrap_or_default();
    }
    kept + rest
}

/// What a title names, and how it reads.
#[derive(Debug, Clone)]
pub struct Named {
    pub topic: Topic,
    pub value: String,
    /// Where it is said, as the report says it: `第 9 行的标题“…”`.
    pub said: String,
}

/// What a row above a table names; nothing where it is signed or a remark.
pub fn read(shape: &'static Shape, number: u32, row: &[Cell<'_>]) -> Vec<Named> {
    let mut found = Vec::new();
    let says = |word: &str| row.iter().any(|cell| matches!(cell, Cell::Text(text) if text.contains(word)));
    if ["签字", "签名", "签章", "盖章", "公章"].iter().any(|word| says(word)) {
        return found;
    }
    let (mut constants, mut texts) = (vec![None; shape.columns.len()], Vec::new());
    context::title_row(shape, row, &mut constants, &mut texts);
    let is_labelled = row.iter().any(|cell| matches!(cell, Cell::Text(text) if is_label(text)));
    for text in texts.iter().filter(|_| !is_labelled) {
        running(shape, number, text, &mut found);
    }
    for topic in TOPICS {
        let Some(Constant { cell, .. }) = topic.column(shape).and_then(|column| constants[column].as_ref()) else { continue };
        // The month beside a payout is that of the payment as often as that of the wages.
        if topic == Topic::Month && shape.dataset == Dataset::Payout {
            continue;
        }
        if let Some(value) = topic.value(cell) {
            let shown = row.iter().find(|c| !c.is_blank()).map(|c| c.shown().into_owned()).unwrap_or_default();
            // A title that names an account would show its number.
            let said = if topic == Topic::Account { format!("第 {number} 行") } else { said(number, &shown) };
            found.push(Named { topic, value, said });
        }
    }
    found
}

fn said(number: u32, title: &str) -> String {
    const SHOWN: usize = 40;
    let title: String = cell::hide_numbers(&clean(title).replace(['\n', '\r'], " ")).chars().take(SHOWN).collect();
    format!("第 {number} 行的标题“{}”", title.trim())
}

/// More characters than a title has.
const LONGEST: usize = 60;
/// What titles end with.
const ENDS: &[&str] = &[
    "表",
    "册",
    "工资单",
    "清单",
    "名单",
    "台账",
    "明细",
    "流水",
    "公示",
    "月",
    "月份",
    "项目部",
    "项目",
    "工程",
    "标段",
    "期",
    "小区",
    "公司",
    "班组",
    "班",
    "队",
];
/// Those that name a kind of table.
const TABLES: usize = 9;
/// What remarks begin with.
const REMARKS: &[&str] = &[
    "注", "备注", "说明", "以上", "以下", "本", "此", "附", "共", "制表", "审核", "公示", "编制", "填表", "填报", "打印", "导出", "上报",
    "报送", "日期", "截至", "截止",
];

/// What a running title names.
fn running(shape: &Shape, number: u32, raw: &str, found: &mut Vec<Named>) {
    let Some(title) = title(raw) else { return };
    let mut add = |topic, value| found.push(Named { topic, value, said: said(number, raw) });
    let reading = Reading::of(&title);
    let least = if shape.dataset == Dataset::Payout { Bond::Wages } else { Bond::Loose };
    if let Some(month) = reading.month.filter(|_| reading.bond >= least && !title.contains("补发")) {
        add(Topic::Month, month.chinese());
    } else if let Some(month) = naming::month_without_year(&title).filter(|_| shape.dataset != Dataset::Payout) {
        add(Topic::Month, format!("{month}月"));
    }
    if let Some(code) = reading.code {
        add(Topic::Code, code);
    }
    // Without a word for the table a name is not looked for.
    let names = Reading::of(&format!("{} 工资表", without_brackets(&title)));
    if let Some(project) = names.project {
        add(Topic::Project, project);
    }
    if let Some(company) = names.company {
        add(Topic::Employer, company);
    }
    if let Some(team) = team(&title) {
        add(Topic::Team, team);
    }
}

/// The text of a title without page numbers and 续表; `None` where it is no title.
fn title(raw: &str) -> Option<String> {
    if raw.chars().count() > LONGEST || raw.contains(['，', ',', '。', '；', ';', '！', '？', ':', '：']) {
        return None;
    }
    let text = without_pages(&raw.nfkc().collect::<String>());
    let bare = without_brackets(&text);
    let is_title = text.chars().count() >= 3
        && !REMARKS.iter().any(|word| text.starts_with(word))
        && (ENDS.iter().any(|end| bare.trim_end().ends_with(end)) || {
            let reading = Reading::of(&text);
            reading.code.is_some() || reading.month.is_some() && reading.bond > Bond::Loose
        });
    is_title.then_some(text)
}

/// `工资表（续）`, `第 2 页 共 3 页`, `续表一`: the same table on the next page.
fn without_pages(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('(') {
        let Some(close) = rest[open..].find(')').map(|at| at + open + 1) else { break };
        kept.push_str(&rest[..open]);
        if !rest[open..close].contains(['续', '页']) {
            kept.push_str(&rest[open..close]);
        }
        rest = &rest[close..];
    }
    kept.push_str(rest);
    let is_number = |c: char| c.is_ascii_digit() || c.is_whitespace() || "一二三四五六七八九十百".contains(c);
    for word in ['第', '共'] {
        while let Some((from, to)) = kept.match_indices(word).find_map(|(from, _)| {
            let behind = &kept[from + word.len_utf8()..];
            let page = behind.trim_start_matches(is_number).strip_prefix('页')?;
            (!behind.starts_with('页')).then_some((from, kept.len() - page.len()))
        }) {
            kept.replace_range(from..to, " ");
        }
    }
    let trimmed = kept.trim_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '-'));
    let trimmed =
        trimmed.strip_prefix("续表").or_else(|| trimmed.strip_prefix('续')).map_or(trimmed, |rest| rest.trim_start_matches(is_number));
    let before = trimmed.trim_end_matches(is_number);
    let end = before.strip_suffix("续表").or_else(|| before.strip_suffix('续')).unwrap_or(trimmed);
    end.trim().to_owned()
}

/// `钢筋班组` of `钢筋班组2024年3月工资表`: what stands before the word, without dates and what is set apart.
fn team(title: &str) -> Option<String> {
    let at = title.find("班组").or_else(|| ["班", "队"].iter().find_map(|end| title.strip_suffix(end)).map(str::len))?;
    let before = title[..at].rsplit([' ', '\t', '_', '-', '(', ')', '月', '年', '份']).next().unwrap_or_default();
    let before = before.rsplit("公司").next().unwrap_or_default().trim_start_matches(|c: char| c.is_ascii_digit());
    (!before.is_empty()).then(|| format!("{before}班组"))
}

/// Whether a row of the body holds a title and nothing else, though its cells stand where names and amounts do.
pub fn is_title_row(shape: &'static Shape, row: &[Cell<'_>]) -> bool {
    let (mut filled, mut labelled, mut has_pair) = (0, false, false);
    for cell in row.iter().filter(|cell| !cell.is_blank()) {
        let is_value = std::mem::take(&mut labelled);
        filled += 1;
        match cell {
            Cell::Text(text) if is_value || !is_figure(text) => {
                labelled = !is_value && context::is_pair_label(shape, text);
                has_pair |= labelled || text.contains([':', '：']);
            }
            _ if is_value => {}
            _ => return false,
        }
    }
    let names_table = || {
        let only = row.iter().find(|cell| !cell.is_blank());
        let Some(title) = only.and_then(|cell| if let Cell::Text(text) = cell { title(text) } else { None }) else { return false };
        let bare = without_brackets(&title);
        title.chars().count() >= 6 && ENDS[..TABLES].iter().any(|end| bare.trim_end().ends_with(end))
    };
    (has_pair || filled == 1 && names_table()) && !read(shape, 0, row).is_empty()
}

/// Numbers, dates in digits, identities: no words of a title.
fn is_figure(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii())
}
