//! No notice board for workers' rights on a site in operation, or a photo of it that is too old.

use model::coverage::Until;
use model::sheet::{Board, ProjectStatus};
use model::{Dataset, Date, Field, Finding, Severity};

use crate::rule::{CALENDAR_GAP, COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct BoardMissing;

static META: Meta = Meta {
    id: "site.board_missing",
    name: "未设立维权信息告示牌",
    since: "0.1.0",
    explain: include_str!("board_missing.md"),
    needs: &[Dataset::Project, Dataset::Board],
    basis: &["条例第34条", "条例第56条第4项"],
    articles: &["《保障农民工工资支付条例》第三十四条", "《保障农民工工资支付条例》第五十六条第四项"],
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十六条，处5万元以上10万元以下的罚款。",
    remedy: "在施工现场醒目位置设立（更新）维权信息告示牌，写明参建单位、项目部、行业主管部门、劳资专管员、当地最低工资标准、工资支付日期和投诉举报电话，并报送照片。",
    parameters: &["site.board_days", "site.board_photo_months"],
    rests_on: &[],
};

impl Rule for BoardMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let (due, as_of) = (say::due(finding), say::date_fact(finding, "as_of"));
        if say::text_fact(finding, "fault") == "photo_old" {
            let (photo, months) = (say::date_fact(finding, "photo_on"), say::text_fact(finding, "months"));
            return format!("维权信息告示牌最近一次照片（检查）日期为{photo}，应在{months}个月内（{due}前）更新；截至{as_of}未见更新");
        }
        let from = match say::text_fact(finding, "clock").as_str() {
            "start" => "开工",
            _ => "开始有工人考勤",
        };
        format!(
            "项目于{}{from}，应在其后{}个工作日内（{due}前）设立维权信息告示牌；截至{as_of}，未见告示牌记录或照片",
            say::date_fact(finding, "clock_from"),
            say::text_fact(finding, "days"),
        )
    }
}

pub(super) fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    // While the site stands still nobody is asked to put up anything new.
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    let boards: Vec<&Board> = cx.dossier.boards.iter().flat_map(|table| &table.lines).collect();
    let newest = boards.iter().filter_map(|board| photo_on(cx, board)).max();
    if let Some(photo) = newest {
        return with_board(cx, &boards, photo);
    }
    // Without a column for the day it was set up, a board is there and its age is not known.
    if boards.iter().any(|board| board.set_on.is_absent()) {
        return Err(COLUMN_ABSENT);
    }
    let Some((clock, from, days, due)) = set_up_by(cx)? else { return Ok(Verdict::clear().fact("not_due", "not_started")) };
    if cx.as_of <= due {
        return Ok(Verdict::clear().due(due).fact("clock", clock).fact("clock_from", from));
    }
    let sources = cx.facts.sources_of(Dataset::Board);
    let delivered = || cx.coverage.for_others(Dataset::Board, &cx.dossier.project.code, &sources, Until::Day(due));
    if boards.is_empty() && !delivered() {
        return Err(Unknown::missing(Dataset::Board));
    }
    let verdict = Verdict::breach(Severity::Notice).due(due).party(cx.facts.general_contractor()).fact("as_of", cx.as_of);
    Ok(verdict.fact("fault", "no_board").fact("clock", clock).fact("clock_from", from).fact("days", days))
}

fn with_board(cx: &CheckContext, boards: &[&Board], photo: Date) -> Result<Verdict, Unknown> {
    let months = cx.law.count("site.board_photo_months", photo)?;
    let due = cx.plus_months(photo, months)?;
    if cx.as_of > due {
        let verdict = Verdict::breach(Severity::Notice).due(due).party(cx.facts.general_contractor()).fact("as_of", cx.as_of);
        return Ok(verdict.fact("fault", "photo_old").fact("photo_on", photo).fact("months", months));
    }
    let verdict = Verdict::clear().due(due).fact("photo_on", photo);
    let set_on = boards.iter().filter_map(|board| happened(cx, board.set_on)).min();
    // Put up too late, but put up; an unknown start of works takes nothing from that.
    Ok(match (set_on, set_up_by(cx)) {
        (Some(on), Ok(Some((_, _, _, last)))) if on > last => verdict.fact("days_late", (on - last).num_days()),
        _ => verdict,
    })
}

fn happened(cx: &CheckContext, field: Field<Date>) -> Option<Date> {
    field.get().filter(|day| *day <= cx.as_of)
}

/// 检查日期, else 设立日期.
fn photo_on(cx: &CheckContext, board: &Board) -> Option<Date> {
    happened(cx, board.checked_on).or(happened(cx, board.set_on))
}

type SetUpBy = (&'static str, Date, u32, Date);

/// The day on which the site has been in operation for the working days granted; days of suspension do not run.
fn set_up_by(cx: &CheckContext) -> Result<Option<SetUpBy>, Unknown> {
    let started = cx.dossier.project.start_on.get();
    let (clock, from) = match (started, cx.facts.first_attendance()) {
        (Some(day), _) => ("start", day),
        (None, Some(day)) => ("attendance", day),
        (None, None) if cx.dossier.attendance.is_empty() => return Err(Unknown::missing(Dataset::Attendance)),
        (None, None) => return Ok(None),
    };
    let days = cx.law.count("site.board_days", from)?;
    let (mut day, mut left) = (from, days);
    while left > 0 {
        day = day.succ_opt().ok_or(CALENDAR_GAP)?;
        let works = day > cx.as_of || cx.facts.status.on(day) == ProjectStatus::Active;
        left -= u32::from(works && cx.calendar.is_working_day(day).ok_or(CALENDAR_GAP)?);
    }
    Ok(Some((clock, from, days, day)))
}
