//! The notice board lacks something 条例 34 wants on it.

use std::collections::BTreeMap;

use model::sheet::{Board, CorpType, ProjectStatus};
use model::{Dataset, Date, Field, Finding, Outcome, Severity};
use serde::Serialize;
use serde_json::Value;

use super::board_missing;
use crate::rule::{COLUMN_ABSENT, CheckContext, LAW_GAP, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct BoardIncomplete;

static META: Meta = Meta {
    id: "site.board_incomplete",
    name: "告示牌内容不全",
    since: "0.1.0",
    explain: include_str!("board_incomplete.md"),
    needs: &[Dataset::Project, Dataset::Board],
    basis: &["条例第34条", "条例第56条第4项"],
    articles: &["《保障农民工工资支付条例》第三十四条", "《保障农民工工资支付条例》第五十六条第四项"],
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十六条，处5万元以上10万元以下的罚款。",
    remedy: "在维权信息告示牌上补齐所列内容，重新拍照并报送。",
    parameters: &["site.board_items", "site.board_update_days"],
    rests_on: &["site.board_missing"],
};

type Reader = fn(&Board) -> Field<bool>;

/// Words of `site.board_items`: the three groups of 条例 34.
const ITEMS: [(&str, Reader); 3] = [
    (PARTIES, |board| board.has_parties),
    ("最低工资标准和工资支付日期", |board| board.has_wage_info),
    ("投诉举报和法律援助渠道", |board| board.has_complaint_info),
];
const PARTIES: &str = "参建单位、主管部门和劳资专管员";

#[derive(Debug, Serialize)]
struct Lacking<'a> {
    location: Option<&'a str>,
    seen_on: Option<Date>,
    missing: Vec<&'static str>,
}

impl Rule for BoardIncomplete {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let boards = finding.facts.get("boards").and_then(Value::as_array);
        let mut missing: Vec<&str> = Vec::new();
        let lists = boards.into_iter().flatten().filter_map(|board| board.get("missing")?.as_array());
        for word in lists.flatten().filter_map(Value::as_str) {
            if !missing.contains(&word) {
                missing.push(word);
            }
        }
        let seen = finding.since.map(|day| format!("（{}检查）", say::date(day))).unwrap_or_default();
        format!("维权信息告示牌{seen}未公示：{}", missing.join("；"))
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    let items = items(cx)?;
    let boards = newest(cx);
    if boards.is_empty() {
        return without_board(cx);
    }
    let (mut faulty, mut waiting, mut not_known) = (Vec::new(), None, false);
    for ((location, seen_on), rows) in &boards {
        let mut missing = Vec::new();
        for (word, read) in &items {
            // Two rows on one board on one day: what either of them saw is there.
            let cells: Vec<Field<bool>> = rows.iter().map(|row| read(row)).collect();
            if cells.contains(&Field::Given(true)) {
                continue;
            }
            if cells.iter().all(Field::is_absent) {
                not_known = true;
                continue;
            }
            match (*word == PARTIES).then(|| new_company(cx, *seen_on)).transpose()?.flatten() {
                Some(until) => waiting = waiting.max(Some(until)),
                None => missing.push(*word),
            }
        }
        if !missing.is_empty() {
            faulty.push(Lacking { location: *location, seen_on: *seen_on, missing });
        }
    }
    if !faulty.is_empty() {
        let verdict = Verdict::breach(Severity::Notice).party(cx.facts.general_contractor()).fact("as_of", cx.as_of);
        let since = faulty.iter().filter_map(|lacking| lacking.seen_on).min();
        let verdict = if let Some(since) = since { verdict.since(since) } else { verdict };
        return Ok(advised(verdict.fact("boards", faulty), &boards));
    }
    if not_known {
        return Err(COLUMN_ABSENT);
    }
    let verdict = Verdict::clear().fact("boards", boards.len());
    Ok(advised(if let Some(until) = waiting { verdict.due(until) } else { verdict }, &boards))
}

/// Posting attendance and wages each month is good practice, no part of 条例 34.
fn advised(verdict: Verdict, boards: &Boards) -> Verdict {
    let not_posted = |board: &&Board| board.monthly_posting.given().is_some_and(|text| text.trim() == "否");
    if boards.values().flatten().any(not_posted) { verdict.fact("advice", "建议按月公示考勤和工资") } else { verdict }
}

fn items(cx: &CheckContext) -> Result<Vec<(&'static str, Reader)>, Unknown> {
    let words = cx.law.words("site.board_items", cx.as_of)?;
    words.iter().map(|word| ITEMS.iter().find(|(known, _)| known == word).copied()).collect::<Option<Vec<_>>>().ok_or(LAW_GAP)
}

/// Rows of the newest day for each place a board stands at.
type Boards<'a> = BTreeMap<(Option<&'a str>, Option<Date>), Vec<&'a Board>>;

fn newest<'a>(cx: &CheckContext<'a>) -> Boards<'a> {
    let mut boards: Boards = BTreeMap::new();
    for row in cx.dossier.boards.iter().flat_map(|table| &table.lines) {
        let seen_on = match Seen::of(cx, row) {
            Seen::On(day) => Some(day),
            Seen::Undated => None,
            Seen::NotYet => continue,
        };
        let location = row.location.as_deref().map(str::trim).filter(|text| !text.is_empty());
        boards.entry((location, seen_on)).or_default().push(row);
    }
    let last: BTreeMap<Option<&str>, Option<Date>> = boards.keys().copied().collect();
    boards.retain(|(location, seen_on), _| last.get(location) == Some(seen_on));
    boards
}

/// Of which day a row speaks.
enum Seen {
    On(Date),
    /// A board without any date.
    Undated,
    /// On the as-of day the row says nothing.
    NotYet,
}

impl Seen {
    fn of(cx: &CheckContext, row: &Board) -> Self {
        match (row.checked_on, row.set_on) {
            // What a later check found was not known on the day.
            (Field::Given(day), _) | (Field::Absent | Field::Empty, Field::Given(day)) => {
                if day <= cx.as_of {
                    Self::On(day)
                } else {
                    Self::NotYet
                }
            }
            (_, Field::Empty) => Self::NotYet,
            (_, Field::Absent) => Self::Undated,
        }
    }
}

/// The board itself is missing: that is the problem.
fn without_board(cx: &CheckContext) -> Result<Verdict, Unknown> {
    let verdict = board_missing::judge(cx)?;
    if verdict.outcome == Outcome::Breach {
        return Err(Unknown::held_by("site.board_missing"));
    }
    // A board stands, and what was found on it is dated after the as-of day.
    if verdict.facts.contains_key("photo_on") {
        return Err(Unknown::missing(Dataset::Board));
    }
    Ok(verdict)
}

/// A company came or left shortly before: the board may be brought up to date until that day.
fn new_company(cx: &CheckContext, seen_on: Option<Date>) -> Result<Option<Date>, Unknown> {
    let companies = cx.dossier.contractors.iter().flat_map(|table| &table.lines);
    let moves = companies.filter(|row| row.kind != CorpType::Other).flat_map(|row| [row.entry_on.get(), row.exit_on.get()]);
    let moved = moves.flatten().filter(|day| *day <= cx.as_of && seen_on.is_none_or(|seen| *day <= seen)).max();
    let Some(moved) = moved else { return Ok(None) };
    // A change in a year without a calendar is long over.
    let Ok(until) = cx.plus_working_days(moved, cx.law.count("site.board_update_days", moved)?) else { return Ok(None) };
    Ok((cx.as_of <= until).then_some(until))
}
