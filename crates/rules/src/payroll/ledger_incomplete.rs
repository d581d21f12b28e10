//! payroll.ledger_incomplete: the payroll lacks what 条例 15 wants in the payment ledger.

use std::collections::{BTreeMap, BTreeSet};

use model::sheet::{PayrollLine, ProjectStatus};
use model::{Dataset, Fen, Field, Finding, Month, Severity};
use serde::Serialize;

use super::no_quantity_basis::no_sheet;
use super::sheets::accused;
use crate::facts::{Listed, MonthFacts, PaidLine, Pid, Presence, sorted};
use crate::rule::{COLUMN_ABSENT, CheckContext, LAW_GAP, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};

pub struct LedgerIncomplete;

static META: Meta = Meta {
    id: "payroll.ledger_incomplete",
    name: "工资支付台账不完善",
    since: "0.1.0",
    explain: include_str!("ledger_incomplete.md"),
    needs: &[Dataset::Payroll],
    basis: &["条例第15条", "条例第28条", "条例第54条第2项"],
    articles: &["《保障农民工工资支付条例》第十五条、第二十八条", "《保障农民工工资支付条例》第五十四条第二项"],
    consequence: "逾期不改正的，依照《保障农民工工资支付条例》第五十四条，对单位处2万元以上5万元以下的罚款，对法定代表人或者主要负责人、直接负责的主管人员和其他直接责任人员处1万元以上3万元以下的罚款。",
    remedy: "补齐工资支付台账所缺项目，向工人提供工资清单，台账保存3年以上备查。",
    parameters: &[
        "payroll.ledger_fields",
        "payroll.ledger_missing_limit",
        "payroll.ledger_retention",
        "payroll.in_kind_words",
        "payroll.no_wage_slip_words",
        "payroll.window",
    ],
    rests_on: &["platform.payroll_not_uploaded"],
};

/// A field of the ledger, by the word the configuration uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Employer,
    PayDate,
    Name,
    Identity,
    Contact,
    WorkingTime,
    Gross,
    Deductions,
    Net,
    Signature,
    InKind,
    WageSlip,
}

/// Words of `payroll.ledger_fields`.
const WORDS: [(&str, Item); 10] = [
    ("用工单位", Item::Employer),
    ("支付日期", Item::PayDate),
    ("姓名", Item::Name),
    ("身份证号", Item::Identity),
    ("联系方式", Item::Contact),
    ("工作时间", Item::WorkingTime),
    ("应发工资", Item::Gross),
    ("扣款", Item::Deductions),
    ("实发工资", Item::Net),
    ("签字", Item::Signature),
];

impl Item {
    fn chinese(self) -> &'static str {
        match self {
            Self::InKind => "以实物支付",
            Self::WageSlip => "工资清单",
            item => WORDS.iter().find(|(_, known)| *known == item).map_or("", |(word, _)| word),
        }
    }
}

#[derive(Debug, Serialize)]
struct Lacking {
    missing: Vec<&'static str>,
}

impl Rule for LedgerIncomplete {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.payroll_months(|month| judge(cx, month))
    }

    fn tell(&self, finding: &Finding) -> String {
        let month = finding.period.map(Month::chinese).unwrap_or_default();
        let fields = finding.facts.get("fields").and_then(|fields| fields.as_object());
        let parts = fields.into_iter().flatten().map(|(field, count)| format!("{field}{count}人"));
        format!("{month}工资支付台账有{}人的项目不全：{}", finding.workers.unwrap_or_default(), parts.collect::<Vec<_>>().join("、"))
    }
}

/// What a judgement of one month needs besides the lines.
struct Ledger<'a> {
    items: Vec<Item>,
    in_kind: &'a [String],
    no_slip: &'a [String],
    /// The payment window is over: pay date and signature can be asked for.
    paid_by_now: bool,
    /// Payout sheets of the month are there and whole.
    bank_known: bool,
    roster_known: bool,
}

fn judge(cx: &CheckContext, month: Month) -> Result<Option<Verdict>, Unknown> {
    let facts = cx.facts.month(month);
    let retention = cx.law.count("payroll.ledger_retention", month.last_day())?;
    let kept = cx.as_of.checked_sub_months(chrono::Months::new(retention)).is_none_or(|from| month.last_day() >= from);
    match cx.facts.status_in(month) {
        ProjectStatus::Active if kept => {}
        ProjectStatus::Completed if kept && facts.has_payroll() => {}
        _ => return Ok(None),
    }
    if !facts.has_payroll() {
        return no_sheet(cx, month);
    }
    let ledger = Ledger {
        items: items(cx, month)?,
        in_kind: cx.law.words("payroll.in_kind_words", month.last_day())?,
        no_slip: cx.law.words("payroll.no_wage_slip_words", month.last_day())?,
        paid_by_now: cx.as_of > cx.pay_window(month)?.end,
        bank_known: facts.has_payout() && !facts.payout_gaps.any(),
        roster_known: !cx.dossier.rosters.is_empty() && cx.dossier.rosters.iter().all(|table| table.head.rejected == 0),
    };
    let mut found = Found::default();
    for paid in facts.payroll_lines(cx.dossier, cx.facts.people()) {
        found.line(cx, facts, &ledger, paid);
    }
    let limit = cx.law.ppm("payroll.ledger_missing_limit", month.last_day())?;
    let share_over = i128::from(found.lacking_lines) * 1_000_000 > i128::from(limit) * i128::from(facts.payroll_lines);
    if share_over && found.lacking_lines > 0 {
        return Ok(Some(found.breach(cx)));
    }
    if found.not_known {
        return Err(COLUMN_ABSENT);
    }
    if found.bank_missing {
        return Err(Unknown::missing(Dataset::Payout));
    }
    if facts.payroll_gaps.rejected > 0 || found.roster_rejected {
        return Err(REJECTED_ROWS);
    }
    Ok(Some(Verdict::clear().fact("payroll_lines", facts.payroll_lines)))
}

fn items(cx: &CheckContext, month: Month) -> Result<Vec<Item>, Unknown> {
    let words = cx.law.words("payroll.ledger_fields", month.last_day())?;
    let item = |word: &String| WORDS.iter().find(|(known, _)| known == word).map(|(_, item)| *item);
    let mut items = words.iter().map(item).collect::<Option<Vec<Item>>>().ok_or(LAW_GAP)?;
    items.extend([Item::InKind, Item::WageSlip]);
    Ok(items)
}

#[derive(Default)]
struct Found {
    persons: Listed<BTreeSet<Item>>,
    sheets: BTreeSet<usize>,
    lacking_lines: u32,
    not_known: bool,
    bank_missing: bool,
    roster_rejected: bool,
}

impl Found {
    fn line(&mut self, cx: &CheckContext, facts: &MonthFacts, ledger: &Ledger, paid: PaidLine) {
        let mut lacking = BTreeSet::new();
        for item in &ledger.items {
            match self.presence(cx, facts, ledger, *item, paid) {
                Presence::Given => {}
                Presence::Empty => {
                    lacking.insert(*item);
                }
                Presence::Absent => self.not_known = true,
            }
        }
        if lacking.is_empty() {
            return;
        }
        self.lacking_lines += 1;
        self.sheets.insert(paid.at);
        self.persons.entry(paid.slot()).or_insert_with(|| (paid.label(cx.facts), BTreeSet::new())).1.extend(lacking);
    }

    fn presence(&mut self, cx: &CheckContext, facts: &MonthFacts, ledger: &Ledger, item: Item, paid: PaidLine) -> Presence {
        let PaidLine { at, line, pid } = paid;
        match item {
            Item::Employer => match cx.dossier.payrolls[at].head.employer.as_deref() {
                Some(name) => Presence::of_name(name),
                None => Presence::Absent,
            },
            Item::PayDate => self.or_bank_proof(facts, ledger, pid, (&line.paid_on).into()),
            Item::Signature => {
                let signed = if line.signed == Field::Given(false) { Presence::Empty } else { (&line.signed).into() };
                self.or_bank_proof(facts, ledger, pid, signed)
            }
            Item::Name => Presence::of_name(&line.who.name),
            Item::Identity => (&line.id_given).into(),
            Item::Contact => self.contact(cx, ledger, line, pid),
            Item::WorkingTime => Presence::from(&line.days).or((&line.hours).into()).or((&line.pieces).into()),
            Item::Gross => (&line.gross).into(),
            // Not applicable counts as present.
            Item::Deductions if line.gross.get().is_none_or(|gross| gross == line.net) => Presence::Given,
            // A zero explains no difference.
            Item::Deductions => Presence::of_sum(line.deduction).or(Presence::of_sum(line.advance)),
            Item::Net => Presence::Given,
            Item::InKind => absent_is_fine(&line.pay_mode, |mode| ledger.in_kind.iter().any(|word| mode.contains(word.as_str()))),
            Item::WageSlip => match &line.wage_slip {
                Field::Empty => Presence::Empty,
                slip => absent_is_fine(slip, |slip| ledger.no_slip.iter().any(|word| slip == word)),
            },
        }
    }

    /// A successful payout stands for pay date and signature; a refused one proves neither.
    fn or_bank_proof(&mut self, facts: &MonthFacts, ledger: &Ledger, pid: Pid, own: Presence) -> Presence {
        if own == Presence::Given || !ledger.paid_by_now {
            return Presence::Given;
        }
        let worker = facts.worker(pid);
        if worker.is_some_and(|worker| worker.paid > Fen::ZERO) {
            return Presence::Given;
        }
        let unread = worker.is_some_and(|worker| worker.unknown_words > 0 || worker.unclear_return);
        if !ledger.bank_known || unread {
            self.bank_missing = true;
            return Presence::Given;
        }
        own
    }

    /// The roster's phone will do.
    fn contact(&mut self, cx: &CheckContext, ledger: &Ledger, line: &PayrollLine, pid: Pid) -> Presence {
        let own = Presence::of_text(&line.phone);
        if own == Presence::Given {
            return own;
        }
        let on_roster = cx.facts.roster_of(pid).map(|(_, row)| Presence::of_text(&row.phone)).reduce(Presence::or);
        match on_roster {
            Some(presence) => own.or(presence),
            None if ledger.roster_known => {
                let column = cx.dossier.rosters.iter().flat_map(|table| &table.lines).any(|row| !row.phone.is_absent());
                if column { Presence::Empty } else { own }
            }
            None => {
                self.roster_rejected |= !cx.dossier.rosters.is_empty();
                if cx.dossier.rosters.is_empty() { Presence::Absent } else { Presence::Given }
            }
        }
    }

    fn breach(self, cx: &CheckContext) -> Verdict {
        let mut fields: BTreeMap<&'static str, u32> = BTreeMap::new();
        for item in self.persons.values().flat_map(|(_, items)| items) {
            *fields.entry(item.chinese()).or_default() += 1;
        }
        let workers = self.persons.len();
        let persons = sorted(self.persons.into_values().map(|(label, items)| {
            let missing = items.into_iter().map(Item::chinese).collect();
            (label, Lacking { missing })
        }));
        let verdict = Verdict::breach(Severity::Notice).workers(workers).fact("fields", fields).fact("persons", persons);
        accused(cx, verdict, self.sheets)
    }
}

/// Looked at only where the column exists.
fn absent_is_fine(field: &Field<String>, faulty: impl Fn(&str) -> bool) -> Presence {
    match field {
        Field::Given(text) if faulty(text.trim()) => Presence::Empty,
        _ => Presence::Given,
    }
}
