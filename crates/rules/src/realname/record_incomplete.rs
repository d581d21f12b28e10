//! realname.record_incomplete: mandatory fields of the roster are missing for active workers.

use std::collections::{BTreeMap, BTreeSet};

use model::sheet::{ProjectStatus, RosterLine};
use model::{Dataset, Date, Finding, Severity, Table};
use serde::Serialize;

use crate::facts::{Presence, sorted};
use crate::rule::{COLUMN_ABSENT, CheckContext, LAW_GAP, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};

pub struct RecordIncomplete;

static META: Meta = Meta {
    id: "realname.record_incomplete",
    name: "用工管理台账不完善",
    since: "0.1.0",
    explain: include_str!("record_incomplete.md"),
    needs: &[Dataset::Roster],
    basis: &["条例第28条", "条例第55条第3项", "建市〔2019〕18号第11条"],
    articles: &["《保障农民工工资支付条例》第二十八条、第五十五条第三项", "《建筑工人实名制管理办法（试行）》（建市〔2019〕18号）第十一条"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款。",
    remedy: "补齐实名制花名册中所列工人的缺项，并同步到实名制系统。",
    parameters: &["realname.roster_fields", "realname.roster_fields_other", "realname.other_industries", "realname.roster_missing_limit"],
    rests_on: &[],
};

type Reader = fn(&Table<RosterLine>, &RosterLine) -> Presence;

/// Words of `realname.roster_fields`: the columns marked Y.
const FIELDS: [(&str, Reader); 9] = [
    ("企业名称", |table, line| Presence::of_text(&line.employer).or(head(table.head.employer.as_deref()))),
    ("班组名称", |table, line| Presence::of_text(&line.team).or(head(table.head.team.as_deref()))),
    ("工人姓名", |_, line| Presence::of_name(&line.who.name)),
    ("证件号码", |_, line| (&line.id_given).into()),
    ("工种", |_, line| Presence::of_text(&line.trade)),
    ("工资卡号", |_, line| (&line.card_given).into()),
    ("进场时间", |_, line| (&line.entry_on).into()),
    ("手机号码", |_, line| Presence::of_text(&line.phone)),
    ("安全培训日期", |_, line| (&line.trained_on).into()),
];

#[derive(Debug, Serialize)]
struct Lacking {
    missing: Vec<&'static str>,
}

impl Rule for RecordIncomplete {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let fields = finding.facts.get("fields").and_then(|fields| fields.as_object());
        let parts = fields.into_iter().flatten().map(|(field, count)| format!("{field}{count}人"));
        format!("实名制花名册在场人员中有{}人缺项：{}", finding.workers.unwrap_or_default(), parts.collect::<Vec<_>>().join("、"))
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Verdict::not_applicable("status"));
    }
    let rejected: u32 = cx.dossier.rosters.iter().map(|table| table.head.rejected).sum();
    if cx.dossier.rosters.iter().all(|table| table.lines.is_empty()) {
        return Err(if rejected > 0 { REJECTED_ROWS } else { Unknown::missing(Dataset::Roster) });
    }
    let fields = fields(cx)?;
    let limit = cx.law.ppm("realname.roster_missing_limit", cx.as_of)?;
    let (mut active, mut not_known) = (0_usize, false);
    let mut persons: Vec<((String, String), Lacking)> = Vec::new();
    let mut employers: BTreeSet<Option<&str>> = BTreeSet::new();
    let mut counts: BTreeMap<&'static str, u32> = BTreeMap::new();
    for (table, line) in cx.dossier.rosters.iter().flat_map(|table| table.lines.iter().map(move |line| (table, line))) {
        if !is_active(line, cx.as_of) {
            continue;
        }
        active += 1;
        let mut missing = Vec::new();
        for (word, read) in &fields {
            match read(table, line) {
                Presence::Given => {}
                Presence::Empty => missing.push(*word),
                Presence::Absent => not_known = true,
            }
        }
        if !missing.is_empty() {
            for word in &missing {
                *counts.entry(word).or_default() += 1;
            }
            employers.insert(line.employer.given().map(String::as_str).or(table.head.employer.as_deref()));
            persons.push((cx.facts.label_of(&line.who), Lacking { missing }));
        }
    }
    let over = persons.len() as u128 * 1_000_000 > u128::from(limit.unsigned_abs()) * active as u128;
    if over && !persons.is_empty() {
        let party = cx.facts.employer_at_fault(employers);
        let verdict = Verdict::breach(Severity::Notice).workers(persons.len()).party(party);
        return Ok(verdict.fact("active_workers", active).fact("fields", counts).fact("persons", sorted(persons)));
    }
    if not_known {
        return Err(COLUMN_ABSENT);
    }
    if rejected > 0 {
        return Err(REJECTED_ROWS);
    }
    Ok(Verdict::clear().fact("active_workers", active))
}

/// Transport and water projects follow their own list.
fn fields(cx: &CheckContext) -> Result<Vec<(&'static str, Reader)>, Unknown> {
    let others = cx.law.words("realname.other_industries", cx.as_of)?;
    let industry = cx.dossier.project.industry.as_deref().unwrap_or_default();
    let list =
        if others.iter().any(|word| industry.contains(word.as_str())) { "realname.roster_fields_other" } else { "realname.roster_fields" };
    let words = cx.law.words(list, cx.as_of)?;
    words.iter().map(|word| FIELDS.iter().find(|(known, _)| known == word).copied()).collect::<Option<Vec<_>>>().ok_or(LAW_GAP)
}

/// Leavers are not active, nor is who has not come yet.
pub fn is_active(line: &RosterLine, on: Date) -> bool {
    line.on_site.get() != Some(false)
        && line.exit_on.get().is_none_or(|left| left > on)
        && line.entry_on.get().is_none_or(|entered| entered <= on)
}

fn head(text: Option<&str>) -> Presence {
    text.map_or(Presence::Absent, Presence::of_name)
}
