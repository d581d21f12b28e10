//! What a letter prints: finished values only.

use model::document::{Document, DocumentItem, DocumentKind, DocumentStatus};
use model::{Date, Fen, Finding, PartyRole, Severity};
use serde::Serialize;
use serde_json::Value;

use crate::config::Office;
use crate::labels::{self, Detail, chinese_date, ordinal};

/// Persons printed in the annex of one letter. Beyond it the list would be a book: the letter says how many more
/// stand in the workbook, which lists all.
const MAX_ANNEX_ROWS: usize = 2_000;

#[derive(Debug, Clone, Serialize)]
pub struct LetterContext {
    pub office: String,
    /// Lines, as they are to be broken.
    pub title: Vec<String>,
    pub number: String,
    pub is_draft: bool,
    pub addressee: String,
    pub addressee_role: &'static str,
    /// `你单位（…）承建的`: how the addressee stands to the project.
    pub part_in_project: &'static str,
    pub addressee_code: String,
    pub addressee_address: String,
    pub project_name: String,
    pub project_code: String,
    /// Empty when nobody is known.
    pub wage_officer: String,
    pub wage_officer_phone: String,
    pub as_of: String,
    pub date: String,
    pub date_parts: [u32; 3],
    pub due: String,
    pub due_counted: String,
    pub contact: String,
    pub phone: String,
    pub address: String,
    pub report_to: String,
    /// 抄送; empty where nobody gets a copy.
    pub copy_to: String,
    /// Department that deals with the problems instead; empty where the bureau does.
    pub referred_to: String,
    pub items: Vec<ItemContext>,
    /// Which columns the table of facts has.
    pub has_workers: bool,
    pub has_amounts: bool,
    pub annex: Vec<AnnexTable>,
    /// Persons beyond [`MAX_ANNEX_ROWS`].
    pub annex_left_out: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct ItemContext {
    pub ordinal: String,
    pub title: String,
    pub severity: &'static str,
    pub rows: Vec<FactRow>,
    /// `《…》第…条；《…》第…条`.
    pub articles: String,
    pub remedy: String,
    pub consequence: String,
    /// Sum and sum in capitals; empty where the problem is not about money.
    pub amount: String,
    pub amount_capital: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct FactRow {
    pub fact: String,
    pub workers: String,
    pub amount: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct AnnexTable {
    pub caption: String,
    pub columns: Vec<AnnexColumn>,
    pub rows: Vec<Vec<String>>,
    /// Points.
    pub size: f64,
}

#[derive(Debug, Clone, Serialize)]
pub struct AnnexColumn {
    pub title: String,
    /// Share of the width.
    pub weight: usize,
    pub is_numeric: bool,
}

impl LetterContext {
    pub fn new(document: &Document, office: &Office) -> Self {
        let items = sorted_items(document);
        let is_draft = document.status == DocumentStatus::Draft;
        let title = match document.kind {
            DocumentKind::RiskNotice => title_lines(&document.project_name),
            DocumentKind::RectificationOrder => vec![office.order_title.clone()],
        };
        let number = document.number.clone().unwrap_or_else(|| format!("〔{}〕第　　号（签发时编号）", document.dated.format("%Y")));
        let facts: Vec<ItemContext> = items.iter().enumerate().map(|(at, item)| ItemContext::new(at + 1, item, document.kind)).collect();
        let has = |pick: fn(&FactRow) -> &String| facts.iter().flat_map(|item| &item.rows).any(|row| !pick(row).is_empty());
        let (annex, annex_left_out) = annex(&items);
        Self {
            office: office.name.clone(),
            title,
            number,
            is_draft,
            addressee: document.addressee.name.clone(),
            addressee_role: document.addressee.role.chinese(),
            part_in_project: match document.addressee.role {
                PartyRole::Owner => "你单位（建设单位）建设的",
                PartyRole::GeneralContractor => "你单位（施工总承包单位）承建的",
                PartyRole::Subcontractor => "你单位（分包单位）参与施工的",
            },
            addressee_code: document.addressee.code.clone().unwrap_or_default(),
            addressee_address: document.addressee_address.clone().unwrap_or_default(),
            project_name: document.project_name.clone(),
            project_code: document.project.to_string(),
            wage_officer: document.wage_officer.clone().unwrap_or_default(),
            wage_officer_phone: document.wage_officer_phone.clone().unwrap_or_default(),
            as_of: chinese_date(document.dated),
            date: chinese_date(document.dated),
            date_parts: date_parts(document.dated),
            due: chinese_date(document.due),
            due_counted: document.due_counted.clone(),
            contact: office.contact.clone(),
            phone: office.phone.clone(),
            address: office.address.clone(),
            report_to: office.report_to().to_owned(),
            copy_to: document.authority.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
            referred_to: document.authority.as_ref().filter(|a| a.is_referral).map(|a| a.name.clone()).unwrap_or_default(),
            has_workers: has(|row| &row.workers),
            has_amounts: has(|row| &row.amount),
            items: facts,
            annex,
            annex_left_out,
        }
    }
}

/// Gravest first; otherwise in the order given.
pub(crate) fn sorted_items(document: &Document) -> Vec<&DocumentItem> {
    let mut items: Vec<&DocumentItem> = document.items.iter().collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.severity));
    items
}

/// What a letter of a kind does about a problem: a notice orders nothing, however grave it is.
pub(crate) fn severity_chinese(severity: Severity, kind: DocumentKind) -> &'static str {
    match severity {
        Severity::Notice => "提示",
        Severity::Order if kind == DocumentKind::RiskNotice => "提示",
        Severity::Order => "责令改正",
        Severity::Escalate => "立即处置",
    }
}

/// Sum of the money in question over the findings of one problem.
pub(crate) fn item_amount(item: &DocumentItem) -> Option<Fen> {
    item.findings.iter().filter_map(|f| f.amount_fen).reduce(|a, b| a + b)
}

/// The persons of a finding, as its rule lists them.
pub(crate) fn persons(finding: &Finding) -> &[Value] {
    finding.facts.get("persons").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl ItemContext {
    fn new(n: usize, item: &DocumentItem, kind: DocumentKind) -> Self {
        let amount = item_amount(item);
        Self {
            ordinal: ordinal(n),
            title: item.title.clone(),
            severity: severity_chinese(item.severity, kind),
            rows: item.facts.iter().enumerate().map(|(at, fact)| FactRow::new(fact, item.findings.get(at))).collect(),
            articles: item.articles.join("；"),
            remedy: full_stop(&item.remedy),
            consequence: full_stop(&item.consequence),
            amount: amount.map(Fen::yuan).unwrap_or_default(),
            amount_capital: amount.map(|fen| format!("人民币{}", fen.capital())).unwrap_or_default(),
        }
    }
}

impl FactRow {
    fn new(fact: &str, finding: Option<&Finding>) -> Self {
        // Sentences usually name their month themselves.
        let month = finding.and_then(|f| f.period).map(model::Month::chinese).filter(|month| !fact.contains(month.as_str()));
        Self {
            fact: full_stop(&month.map_or_else(|| fact.to_owned(), |month| format!("{month}：{fact}"))),
            workers: finding.and_then(|f| f.workers).filter(|n| *n > 0).map(|n| n.to_string()).unwrap_or_default(),
            amount: finding.and_then(|f| f.amount_fen).map(Fen::yuan).unwrap_or_default(),
        }
    }
}

/// One table a finding that lists persons.
fn annex(items: &[&DocumentItem]) -> (Vec<AnnexTable>, usize) {
    let mut tables = Vec::new();
    let (mut room, mut left_out) = (MAX_ANNEX_ROWS, 0);
    for (at, item) in items.iter().enumerate() {
        for finding in item.findings.iter().filter(|f| !persons(f).is_empty()) {
            let all = persons(finding);
            let printed = &all[..all.len().min(room)];
            room -= printed.len();
            left_out += all.len() - printed.len();
            if printed.is_empty() {
                continue;
            }
            let period = finding.period.map(|m| format!("{}，", m.chinese())).unwrap_or_default();
            let subject = finding.subject.as_deref().map(|s| format!("{}，", labels::subject(s))).unwrap_or_default();
            let shown = if printed.len() < all.len() { format!("，印出前{}人", printed.len()) } else { String::new() };
            let caption = format!("{}{}（{period}{subject}共{}人{shown}）", ordinal(at + 1), item.title, all.len());
            tables.push(AnnexTable::new(caption, &Detail::for_letter(printed)));
        }
    }
    (tables, left_out)
}

/// Points of the annex's text width that columns share, without the running number.
const ANNEX_WIDTH: f64 = 405.0;
/// Points of a cell's two margins.
const CELL_MARGINS: f64 = 8.0;
const LARGEST_ANNEX_TEXT: f64 = 10.5;
const SMALLEST_ANNEX_TEXT: f64 = 7.5;

impl AnnexTable {
    #[expect(clippy::cast_precision_loss, reason = "a few dozen characters")]
    fn new(caption: String, detail: &Detail) -> Self {
        let columns: Vec<AnnexColumn> = detail
            .columns
            .iter()
            .enumerate()
            .map(|(at, title)| {
                let cells = || detail.rows.iter().map(|row| &row[at]);
                // Figures and identities must not be broken; Chinese text and headings may take two lines.
                let widest = cells().map(|cell| unbreakable(&cell.text())).max().unwrap_or(0);
                AnnexColumn {
                    title: title.clone(),
                    weight: widest.max(width(title).div_ceil(2)).max(4) + 1,
                    is_numeric: cells().any(labels::Cell::is_numeric),
                }
            })
            .collect();
        let half_characters: usize = columns.iter().map(|column| column.weight).sum();
        let room = ANNEX_WIDTH - CELL_MARGINS * columns.len() as f64;
        let size = (room * 2.0 / half_characters.max(1) as f64 / 1.08).clamp(SMALLEST_ANNEX_TEXT, LARGEST_ANNEX_TEXT);
        let rows = detail.rows.iter().map(|row| row.iter().map(labels::Cell::text).collect()).collect();
        Self { caption, columns, rows, size }
    }
}

/// Chinese text of more than seven characters may be broken; what is mostly figures may not.
fn unbreakable(text: &str) -> usize {
    if text.chars().filter(char::is_ascii).count() * 2 > text.chars().count() { width(text).min(30) } else { width(text).min(14) }
}

/// Width in half characters.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn date_parts(date: Date) -> [u32; 3] {
    use chrono::Datelike;
    [date.year_ce().1, date.month(), date.day()]
}

/// Characters of the title's size in a line of text, less one for safety.
const TITLE_LINE: usize = 19;

/// `关于…` and `农民工工资支付的风险提示函`: together where they fit, else the name over lines of about equal length
/// with the kind of paper in a line of its own (GB/T 9704: 词意完整、排列对称).
fn title_lines(project: &str) -> Vec<String> {
    const KIND: &str = "农民工工资支付的风险提示函";
    let is_project = ["项目", "工程", "标段"].iter().any(|word| project.contains(word));
    let head = format!("关于{project}{}", if is_project { "" } else { "项目" });
    if width(&head) + width(KIND) <= 2 * TITLE_LINE {
        return vec![head + KIND];
    }
    let lines = width(&head).div_ceil(2 * TITLE_LINE).max(1);
    let target = width(&head).div_ceil(lines);
    let mut broken = vec![String::new()];
    let mut last = ' ';
    for c in head.chars() {
        let line = broken.last().map_or(0, |line| width(line));
        let keeps_together = (last.is_ascii_alphanumeric() && c.is_ascii_alphanumeric()) || "）】》、，号期".contains(c);
        if line >= target && broken.len() < lines && !keeps_together {
            broken.push(String::new());
        }
        if let Some(line) = broken.last_mut() {
            line.push(c);
        }
        last = c;
    }
    broken.push(KIND.to_owned());
    broken
}

fn full_stop(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['。', '！', '？']) { text.to_owned() } else { format!("{text}。") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notices::samples;

    #[test]
    fn sentences_end_with_one_full_stop() {
        assert_eq!(full_stop("拖欠 "), "拖欠。");
        assert_eq!(full_stop("拖欠。"), "拖欠。");
        assert_eq!(full_stop(""), "");
    }

    #[test]
    fn a_long_title_is_broken_into_lines_of_like_length() {
        assert_eq!(title_lines("某"), ["关于某项目农民工工资支付的风险提示函"]);
        assert_eq!(
            title_lines("测试县东城中心小学教学楼工程二标段"),
            ["关于测试县东城中心小学教学楼工程二标段", "农民工工资支付的风险提示函"]
        );
        let long = title_lines(&"测试县城乡融合发展示范区".repeat(4));
        assert!(long.iter().all(|line| width(line) <= 40) && long.concat().contains("示范区测试县"), "{long:?}");
    }

    #[test]
    fn the_gravest_problem_comes_first() {
        let (_, document) = samples::orders().into_iter().find(|(name, _)| *name == "all_features").unwrap();
        let severities: Vec<_> = sorted_items(&document).iter().map(|item| item.severity).collect();
        assert!(severities.is_sorted_by(|a, b| a >= b), "{severities:?}");
    }
}
