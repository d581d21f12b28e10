//! The list of what was planted, its sums, and the published table project × rule × letter.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use model::Date;
use serde::{Deserialize, Serialize};

use crate::Options;
use crate::days;
use crate::plant::{Consequence, Fault, NearMiss};
use crate::world::Site;

/// How many projects a rule must find at fault; equal to its problems, since a problem is one project and one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCount {
    pub projects: usize,
    pub findings: usize,
}

/// One letter that must come out: one per addressee and project, the highest severity decides its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub project: String,
    pub addressee: String,
    /// `notice` or `order`.
    pub kind: String,
    pub items: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planted {
    pub scenario: String,
    pub seed: u64,
    pub as_of: Date,
    pub projects: usize,
    pub active: usize,
    /// Distinct (project, rule) with a breach on `as_of`.
    pub problems: usize,
    pub notices: usize,
    pub orders: usize,
    pub summary: BTreeMap<String, RuleCount>,
    pub letters: Vec<Letter>,
    pub faults: Vec<Fault>,
    pub near_misses: Vec<NearMiss>,
    /// What follows, after the day the county is looked at, from data that end the day before it.
    pub afterwards: Vec<Consequence>,
    /// Code and name of every project.
    pub names: BTreeMap<String, String>,
}

impl Planted {
    pub(crate) fn new(
        options: &Options,
        sites: &[Site],
        faults: Vec<Fault>,
        near_misses: Vec<NearMiss>,
        afterwards: Vec<Consequence>,
    ) -> Self {
        let mut planted = Self {
            scenario: options.scenario.name().to_owned(),
            seed: options.seed,
            as_of: days::as_of(),
            projects: sites.len(),
            active: sites.iter().filter(|s| s.status == crate::world::Status::Active).count(),
            problems: 0,
            notices: 0,
            orders: 0,
            summary: BTreeMap::new(),
            letters: Vec::new(),
            faults,
            near_misses,
            afterwards,
            names: sites.iter().map(|s| (s.code.clone(), s.name.clone())).collect(),
        };
        let standing = planted.standing_on(planted.as_of);
        for (_, rule) in planted.problems_on(planted.as_of) {
            planted.summary.entry(rule).or_insert(RuleCount { projects: 0, findings: 0 }).projects += 1;
        }
        for consequence in &standing {
            if let Some(count) = planted.summary.get_mut(&consequence.rule) {
                count.findings += 1;
            }
        }
        planted.problems = planted.summary.values().map(|c| c.projects).sum();
        planted.letters = letters(&standing);
        planted.orders = planted.letters.iter().filter(|l| l.kind == "order").count();
        planted.notices = planted.letters.len() - planted.orders;
        planted
    }

    /// Every breach that must be found on a day of November or December 2024.
    pub fn standing_on(&self, day: Date) -> Vec<Consequence> {
        let planted = self.faults.iter().flat_map(|f| &f.consequences);
        let others = self.near_misses.iter().flat_map(|n| &n.other_days).chain(&self.afterwards);
        planted.chain(others).filter(|c| c.outcome == "breach" && c.stands_on(day)).cloned().collect()
    }

    /// Distinct project and rule.
    pub fn problems_on(&self, day: Date) -> BTreeSet<(String, String)> {
        self.standing_on(day).into_iter().filter(|c| c.detail_of.is_none()).map(|c| (c.project, c.rule)).collect()
    }

    /// The page `docs/county-2024.md`.
    pub fn page(&self) -> String {
        let mut page = String::from(
            "# 模拟县 county-2024：植入了什么，应当发现什么\n\n由 `simulator` 生成并与本文件比对；请勿手改。日期为 2024-12-20，种子为 ",
        );
        let _ = writeln!(page, "{}。结论按规则文本逐条人工推导，产品读不到这张表。\n", self.seed);
        let _ = writeln!(
            page,
            "项目 {} 个，其中在建 {} 个；问题 {} 个（同一项目同一规则计一个）；应出风险提示函 {} 件、限期改正指令书（草稿）{} 件。\n",
            self.projects, self.active, self.problems, self.notices, self.orders
        );
        page.push_str("## 各规则\n\n| 规则 | 项目数 | 结论数 |\n|---|---|---|\n");
        for (rule, count) in &self.summary {
            let _ = writeln!(page, "| {rule} | {} | {} |", count.projects, count.findings);
        }
        page.push_str(
            "\n## 项目 × 规则 × 文书\n\n| 项目 | 规则 | 月份 | 植入内容 | 自何日起 | 送达单位 | 文书 |\n|---|---|---|---|---|---|---|\n",
        );
        for fault in &self.faults {
            for c in fault.consequences.iter().filter(|c| c.stands_on(self.as_of)) {
                let period = c.period.map(|m| m.to_string()).unwrap_or_default();
                let since = c.since.map(|d| d.to_string()).unwrap_or_default();
                let letter = self.letters.iter().find(|l| l.project == c.project && l.addressee == c.addressee);
                let kind = if letter.is_some_and(|l| l.kind == "order") { "指令书" } else { "提示函" };
                let name = self.names.get(&c.project).map_or("", String::as_str);
                let _ = writeln!(
                    page,
                    "| {} {name} | {} | {period} | {} | {since} | {} | {kind} |",
                    c.project, c.rule, fault.text, c.addressee
                );
            }
        }
        page.push_str("\n## 差一点就算的情形（当日不是问题）\n\n| 项目 | 规则 | 情形 |\n|---|---|---|\n");
        for near in &self.near_misses {
            let _ = writeln!(page, "| {} | {} | {} |", near.project, near.rule, near.text);
        }
        page
    }
}

fn letters(standing: &[Consequence]) -> Vec<Letter> {
    let mut letters: BTreeMap<(String, String), (bool, usize)> = BTreeMap::new();
    // What wants a person at once is no letter.
    for c in standing.iter().filter(|c| c.severity != "escalate") {
        let letter = letters.entry((c.project.clone(), c.addressee.clone())).or_default();
        letter.0 |= c.severity == "order";
        letter.1 += 1;
    }
    let letter = |((project, addressee), (order, items)): ((String, String), (bool, usize))| Letter {
        project,
        addressee,
        kind: if order { "order" } else { "notice" }.to_owned(),
        items,
    };
    letters.into_iter().map(letter).collect()
}
