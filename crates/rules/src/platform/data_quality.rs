//! platform.data_quality: what arrives is old, unreadable, contradictory or does not add up.

use model::coverage::Until;
use model::sheet::ProjectStatus;
use model::{Dataset, Date, Finding, Month, Severity};
use serde_json::{Map, Value, json};

use super::payroll_not_uploaded as not_uploaded;
use super::{balance, identities};
use crate::realname::record_incomplete::is_active;
use crate::rule::{CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct DataQuality;

static META: Meta = Meta {
    id: "platform.data_quality",
    name: "平台数据质量问题",
    since: "0.1.0",
    explain: include_str!("data_quality.md"),
    needs: &[],
    basis: &["条例第38条"],
    articles: &["《保障农民工工资支付条例》第三十八条"],
    consequence: "数据长期不更新、不真实的，将列为重点检查对象，并作为核查其他违法行为的线索。",
    remedy: "核对并及时补传、更正所列数据；属于银行或者平台接口故障的，附说明反馈。",
    parameters: &[
        "platform.attendance_age",
        "platform.payroll_age",
        "platform.ledger_age",
        "platform.rejected_limit",
        "platform.rejected_days",
        "platform.heads_limit",
        "platform.feed_stale",
    ],
    rests_on: &["platform.payroll_not_uploaded"],
};

impl Rule for DataQuality {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        let identities = identities::faulty(cx.dossier);
        let mut verdicts = cx.once(|| judge(cx));
        if !identities.is_empty() {
            verdicts = verdicts.into_iter().map(|verdict| verdict.fact("identities", &identities)).collect();
        }
        verdicts
    }

    fn tell(&self, finding: &Finding) -> String {
        let items = finding.facts.get("items").and_then(Value::as_array);
        let parts: Vec<String> = items.into_iter().flatten().map(tell_item).collect();
        format!("监控预警平台数据存在下列问题：{}", parts.join("；"))
    }
}

fn tell_item(item: &Value) -> String {
    let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
    let number = |key: &str| item.get(key).and_then(Value::as_i64).unwrap_or_default();
    let newest = || text("newest").parse().map(say::date).unwrap_or_default();
    let month = || text("month").parse().map(Month::chinese).unwrap_or_default();
    match text("item") {
        "attendance_old" => format!("最新考勤为{}，已{}天没有更新", newest(), number("days")),
        "payroll_old" => format!("最近一次上传工资表为{}，已{}天没有更新", newest(), number("days")),
        "ledger_old" => format!("专户流水只到{}，已{}天没有更新", newest(), number("days")),
        "rejected_rows" => format!("近期报送的{}行数据中有{}行无法读取", number("rows"), number("rejected")),
        "heads_differ" => format!("{}花名册在册{}人，考勤{}人，相差超过规定比例", month(), number("roster"), number("attended")),
        "payroll_unbalanced" => format!("有{}张工资表的合计行与明细不符", number("sheets")),
        _ => format!("有{}份专户流水的余额前后不连续", number("sheets")),
    }
}

/// What one test of the quality came to.
pub(super) enum Item {
    Fine,
    /// Facts, and the last day on which it was still in order.
    Faulty(Map<String, Value>, Option<Date>),
    Unknown(Unknown),
}

impl Item {
    fn faulty(name: &str, facts: Value, due: Option<Date>) -> Self {
        let mut map = Map::from_iter([("item".to_owned(), json!(name))]);
        if let Value::Object(facts) = facts {
            map.extend(facts);
        }
        Self::Faulty(map, due)
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    let mut items = vec![attendance_age(cx)?, payroll_age(cx)?, ledger_age(cx)?, heads(cx)?];
    items.extend(rejected(cx)?);
    items.push(match balance::unbalanced_payrolls(cx) {
        0 => Item::Fine,
        sheets => Item::faulty("payroll_unbalanced", json!({ "sheets": sheets }), None),
    });
    items.push(match balance::broken_statements(cx) {
        0 => Item::Fine,
        sheets => Item::faulty("ledger_unbalanced", json!({ "sheets": sheets }), None),
    });
    let mut faulty = Vec::new();
    let mut due: Option<Date> = None;
    let mut unknown: Option<Unknown> = None;
    for item in items {
        match item {
            Item::Fine => {}
            Item::Faulty(facts, until) => {
                due = due.into_iter().chain(until).min();
                faulty.push(facts);
            }
            Item::Unknown(why) => {
                let known = unknown.get_or_insert_with(Unknown::default);
                known.missing.extend(why.missing);
                known.reason = known.reason.or(why.reason);
                known.held_by = known.held_by.or(why.held_by);
            }
        }
    }
    if !faulty.is_empty() {
        let verdict = Verdict::breach(Severity::Notice).party(cx.facts.general_contractor()).fact("items", faulty);
        return Ok(if let Some(due) = due { verdict.due(due) } else { verdict });
    }
    match unknown {
        Some(mut why) => {
            why.missing.sort_unstable();
            why.missing.dedup();
            Err(why)
        }
        None => Ok(Verdict::clear()),
    }
}

/// Older than so many days (an end on a rest day rolls forward). A day on which nobody's data came is a fault of the feed, not of the firm.
fn age(cx: &CheckContext, name: &str, dataset: Dataset, newest: Date, limit: u32) -> Result<Item, Unknown> {
    let due = cx.plus_calendar_days(newest, limit)?;
    if cx.as_of <= due {
        return Ok(Item::Fine);
    }
    let days = (cx.as_of - newest).num_days();
    let fed = cx.coverage.for_others(dataset, &cx.dossier.project.code, &cx.facts.sources_of(dataset), until(dataset, due));
    Ok(if fed {
        Item::faulty(name, json!({ "newest": newest, "days": days }), Some(due))
    } else {
        Item::Unknown(Unknown::because("feed_stale"))
    })
}

/// Payrolls of a month come in the month after it: the feed lives if others' payroll of the month before came. A statement is of no one month:
/// the feed of statements lives if others' came since.
fn until(dataset: Dataset, due: Date) -> Until {
    let month = Month::of(due);
    match dataset {
        Dataset::Ledger => Until::Day(due),
        Dataset::Payroll => Until::Month(month.plus(-2)),
        _ => Until::Month(month),
    }
}

fn attendance_age(cx: &CheckContext) -> Result<Item, Unknown> {
    let limit = cx.law.count("platform.attendance_age", cx.as_of)?;
    match cx.facts.last_attendance() {
        Some(newest) => age(cx, "attendance_old", Dataset::Attendance, newest, limit),
        None => Ok(Item::Unknown(Unknown::missing(Dataset::Attendance))),
    }
}

/// Counted from 上传日期 of the newest sheet. Old only because the newest payroll is overdue: that is the problem.
fn payroll_age(cx: &CheckContext) -> Result<Item, Unknown> {
    let limit = cx.law.count("platform.payroll_age", cx.as_of)?;
    let sheets = || cx.facts.months().values().flat_map(|month| &month.payrolls).map(|at| &cx.dossier.payrolls[*at].head);
    if sheets().next().is_none() {
        return Ok(Item::Unknown(held(cx, Unknown::missing(Dataset::Payroll))));
    }
    let Some(newest) = sheets().filter_map(|head| head.uploaded_on.get()).max() else {
        return Ok(Item::Unknown(Unknown::because("column_absent")));
    };
    Ok(match age(cx, "payroll_old", Dataset::Payroll, newest, limit)? {
        Item::Faulty(..) if overdue_payroll(cx) => Item::Unknown(Unknown::held_by(not_uploaded::ID)),
        item => item,
    })
}

fn held(cx: &CheckContext, why: Unknown) -> Unknown {
    if overdue_payroll(cx) { why.and_held_by(not_uploaded::ID) } else { why }
}

fn overdue_payroll(cx: &CheckContext) -> bool {
    cx.facts.months_judged_of(cx.coverage, &[Dataset::Payroll]).any(|month| not_uploaded::is_breach(cx, month))
}

/// Only where there is an account to have a ledger of.
fn ledger_age(cx: &CheckContext) -> Result<Item, Unknown> {
    let limit = cx.law.count("platform.ledger_age", cx.as_of)?;
    if !cx.facts.accounts.iter().any(|account| account.is_open_on(cx.as_of)) {
        return Ok(Item::Fine);
    }
    match cx.facts.ledger.covered_until() {
        Some(newest) => age(cx, "ledger_old", Dataset::Ledger, newest, limit),
        None => Ok(Item::Unknown(Unknown::missing(Dataset::Ledger))),
    }
}

/// Active roster against persons seen in the last full month.
fn heads(cx: &CheckContext) -> Result<Item, Unknown> {
    let limit = cx.law.ppm("platform.heads_limit", cx.as_of)?;
    let month = Month::of(cx.as_of.succ_opt().unwrap_or(cx.as_of)).plus(-1);
    let facts = cx.facts.month(month);
    if cx.facts.status_in(month) != ProjectStatus::Active {
        return Ok(Item::Fine);
    }
    if cx.dossier.rosters.is_empty() || facts.attendance.is_empty() {
        let missing = if cx.dossier.rosters.is_empty() { Dataset::Roster } else { Dataset::Attendance };
        return Ok(Item::Unknown(Unknown::missing(missing)));
    }
    if facts.attendance_gaps.any() || cx.dossier.rosters.iter().any(|table| table.head.rejected > 0) {
        return Ok(Item::Unknown(Unknown::because("rejected_rows")));
    }
    let mut active: Vec<_> = Vec::new();
    for (table, pids) in cx.dossier.rosters.iter().zip(&cx.facts.people().roster) {
        // Somebody who left during the month was active in it.
        let there = |line: &model::sheet::RosterLine| {
            is_active(line, month.last_day())
                || (line.exit_on.get().is_some_and(|left| month.contains(left))
                    && line.entry_on.get().is_none_or(|e| e <= month.last_day()))
        };
        active.extend(table.lines.iter().zip(pids).filter(|(line, _)| there(line)).map(|(_, pid)| *pid));
    }
    active.sort_unstable();
    active.dedup();
    let (roster, attended) = (i64::try_from(active.len()).unwrap_or(i64::MAX), i64::from(facts.attended));
    if (roster - attended).abs() * 1_000_000 > limit * roster {
        return Ok(Item::faulty("heads_differ", json!({ "month": month, "roster": roster, "attended": attended }), None));
    }
    Ok(Item::Fine)
}

/// Per source, over what it sent in the last days.
fn rejected(cx: &CheckContext) -> Result<Vec<Item>, Unknown> {
    let limit = cx.law.ppm("platform.rejected_limit", cx.as_of)?;
    let days = cx.law.count("platform.rejected_days", cx.as_of)?;
    let from = cx.as_of - chrono::Days::new(u64::from(days));
    let over = |(source, (kept, rejected)): (&str, (i64, i64))| {
        let rows = kept + rejected;
        if rejected * 1_000_000 > limit * rows {
            Item::faulty("rejected_rows", json!({ "source": source, "rows": rows, "rejected": rejected }), None)
        } else {
            Item::Fine
        }
    };
    Ok(balance::rows_by_source(cx.dossier, from).into_iter().map(over).collect())
}
