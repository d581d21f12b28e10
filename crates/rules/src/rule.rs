//! What a rule is: a pure function of facts, law and date, and the words that go with it.

use std::collections::BTreeMap;

use model::{Calendar, Coverage, Dataset, Date, Dossier, Fen, Finding, Month, Outcome, Party, Severity, UsedParameter};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::catalogue::find;
use crate::facts::Facts;
use crate::law::LawView;

/// One rule of the catalogue: one fault, one file, one name for ever.
pub trait Rule: Sync {
    fn meta(&self) -> &'static Meta;

    /// Everything the rule has to say of one project on one day.
    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict>;

    /// One plain Chinese sentence for the letter.
    fn tell(&self, finding: &Finding) -> String;
}

/// What stands fixed about a rule.
#[derive(Debug)]
pub struct Meta {
    pub id: &'static str,
    /// 中文名
    pub name: &'static str,
    pub since: &'static str,
    /// The `.md` beside the rule.
    pub explain: &'static str,
    /// Without any of these received at all, county-wide, the rule is `unknown`.
    pub needs: &'static [Dataset],
    /// Short names, as findings print them.
    pub basis: &'static [&'static str],
    /// Full names, as letters print them.
    pub articles: &'static [&'static str],
    pub consequence: &'static str,
    pub remedy: &'static str,
    /// Names of the dated figures it looks up itself, besides `<id>.correct_in`.
    pub parameters: &'static [&'static str],
    /// Rules whose judgement it asks for: their figures are its own too.
    pub rests_on: &'static [&'static str],
}

impl Meta {
    /// Whether a dated figure can change what the rule says.
    pub fn uses(&self, figure: &str) -> bool {
        self.parameters.contains(&figure) || self.rests_on.iter().filter_map(|id| find(id)).any(|rule| rule.meta().uses(figure))
    }
}

/// What a rule may look at.
pub struct CheckContext<'a> {
    pub facts: &'a Facts<'a>,
    pub dossier: &'a Dossier,
    pub coverage: &'a Coverage,
    pub law: &'a LawView<'a>,
    pub calendar: &'a Calendar,
    pub as_of: Date,
}

/// Why a rule cannot say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unknown {
    pub reason: Option<&'static str>,
    pub missing: Vec<Dataset>,
    pub held_by: Option<&'static str>,
}

impl Unknown {
    pub fn because(reason: &'static str) -> Self {
        Self { reason: Some(reason), ..Self::default() }
    }

    pub fn missing(dataset: Dataset) -> Self {
        Self { missing: vec![dataset], ..Self::default() }
    }

    pub fn held_by(rule: &'static str) -> Self {
        Self { held_by: Some(rule), ..Self::default() }
    }

    #[must_use]
    pub fn and_held_by(mut self, rule: &'static str) -> Self {
        self.held_by = Some(rule);
        self
    }
}

/// A finding in the making: the framework adds rule, project, basis and the parameters used.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub outcome: Outcome,
    pub severity: Option<Severity>,
    pub period: Option<Month>,
    pub subject: Option<String>,
    pub due: Option<Date>,
    pub since: Option<Date>,
    pub amount: Option<Fen>,
    pub workers: Option<u32>,
    pub facts: Map<String, Value>,
    pub party: Option<Party>,
    pub upcoming: bool,
    pub held_by: Option<&'static str>,
    pub detail_of: Option<&'static str>,
    pub missing: Vec<Dataset>,
    pub reason: Option<&'static str>,
    pub parameters: BTreeMap<String, UsedParameter>,
}

impl Verdict {
    fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            severity: None,
            period: None,
            subject: None,
            due: None,
            since: None,
            amount: None,
            workers: None,
            facts: Map::new(),
            party: None,
            upcoming: false,
            held_by: None,
            detail_of: None,
            missing: Vec::new(),
            reason: None,
            parameters: BTreeMap::new(),
        }
    }

    pub fn breach(severity: Severity) -> Self {
        Self { severity: Some(severity), ..Self::new(Outcome::Breach) }
    }

    pub fn clear() -> Self {
        Self::new(Outcome::Clear)
    }

    pub fn unknown(why: Unknown) -> Self {
        Self { reason: why.reason, missing: why.missing, held_by: why.held_by, ..Self::new(Outcome::Unknown) }
    }

    /// The rule does not bind this project: `clear`, with the ground (`status`, `below_floor`, …).
    pub fn not_applicable(ground: &str) -> Self {
        Self::clear().fact("not_applicable", ground)
    }

    #[must_use]
    pub fn period(mut self, month: Month) -> Self {
        self.period = Some(month);
        self
    }

    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The last day in time. A breach begins on the day after (rules.md §1, "late test").
    #[must_use]
    pub fn due(mut self, due: Date) -> Self {
        self.due = Some(due);
        if self.outcome == Outcome::Breach {
            self.since = due.succ_opt();
        }
        self
    }

    /// First day of a breach that has no due date.
    #[must_use]
    pub fn since(mut self, since: Date) -> Self {
        self.since = Some(since);
        self
    }

    #[must_use]
    pub fn amount(mut self, amount: Fen) -> Self {
        self.amount = Some(amount);
        self
    }

    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(u32::try_from(workers).unwrap_or(u32::MAX));
        self
    }

    #[must_use]
    pub fn party(mut self, party: Option<Party>) -> Self {
        self.party = party;
        self
    }

    /// Money as `Fen`, dates, months and lists all serialise as design.md §6 wants them.
    #[must_use]
    pub fn fact<T: Serialize>(mut self, key: &str, value: T) -> Self {
        self.facts.insert(key.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    #[must_use]
    pub fn upcoming(mut self) -> Self {
        self.upcoming = true;
        self
    }

    #[must_use]
    pub fn held_by(mut self, rule: &'static str) -> Self {
        self.held_by = Some(rule);
        self
    }

    #[must_use]
    pub fn detail_of(mut self, rule: &'static str) -> Self {
        self.detail_of = Some(rule);
        self
    }
}

impl CheckContext<'_> {
    /// A judgement about the project on the as-of day.
    pub fn once(&self, judge: impl FnOnce() -> Result<Verdict, Unknown>) -> Vec<Verdict> {
        self.recorded(|| Some(judge().unwrap_or_else(Verdict::unknown))).into_iter().collect()
    }

    /// One judgement for each judged month ([`Facts::months_judged`]); `None` where there is nothing to say.
    pub fn monthly(&self, judge: impl Fn(Month) -> Result<Option<Verdict>, Unknown>) -> Vec<Verdict> {
        self.for_months(self.facts.months_judged(self.coverage), judge)
    }

    /// The same from the first month a payroll came.
    pub fn payroll_months(&self, judge: impl Fn(Month) -> Result<Option<Verdict>, Unknown>) -> Vec<Verdict> {
        self.for_months(self.facts.months_judged_of(self.coverage, &[Dataset::Payroll]), judge)
    }

    fn for_months(&self, months: impl Iterator<Item = Month>, judge: impl Fn(Month) -> Result<Option<Verdict>, Unknown>) -> Vec<Verdict> {
        months
            .filter_map(|month| self.recorded(|| judge(month).unwrap_or_else(|why| Some(Verdict::unknown(why)))).map(|v| v.period(month)))
            .collect()
    }

    /// One judgement for each thing; the verdict names its subject itself.
    pub fn each<T>(&self, things: impl IntoIterator<Item = T>, judge: impl Fn(T) -> Result<Option<Verdict>, Unknown>) -> Vec<Verdict> {
        let one = |thing| self.recorded(|| judge(thing).unwrap_or_else(|why| Some(Verdict::unknown(why))));
        things.into_iter().filter_map(one).collect()
    }

    /// Attaches the parameters looked up during the judgement to its verdict.
    fn recorded(&self, judge: impl FnOnce() -> Option<Verdict>) -> Option<Verdict> {
        self.law.forget();
        let mut verdict = judge()?;
        verdict.parameters = self.law.used();
        Some(verdict)
    }

    /// What another rule says, where nothing but the answer matters: two laws under which it is the same do not differ here.
    pub fn answer<T: PartialEq>(&self, ask: impl Fn(&CheckContext) -> T) -> T {
        let differed = self.law.differs();
        let answer = ask(self);
        if let Some(twin) = self.law.twin().filter(|_| !differed && self.law.differs())
            && ask(&CheckContext { law: &twin, ..*self }) == answer
        {
            self.law.rejoin();
        }
        answer
    }

    /// `wd`; a year without a holiday table is never guessed.
    pub fn plus_working_days(&self, start: Date, days: u32) -> Result<Date, Unknown> {
        self.calendar.plus_working_days(start, days).ok_or(CALENDAR_GAP)
    }

    pub fn minus_working_days(&self, end: Date, days: u32) -> Result<Date, Unknown> {
        self.calendar.minus_working_days(end, days).ok_or(CALENDAR_GAP)
    }

    /// `cd`, rolled forward from a rest day.
    pub fn plus_calendar_days(&self, start: Date, days: u32) -> Result<Date, Unknown> {
        self.calendar.plus_calendar_days(start, days).ok_or(CALENDAR_GAP)
    }

    /// `mo`, rolled forward from a rest day.
    pub fn plus_months(&self, start: Date, months: u32) -> Result<Date, Unknown> {
        self.calendar.plus_months(start, months).ok_or(CALENDAR_GAP)
    }

    /// The day itself or the next working day.
    pub fn on_or_after(&self, day: Date) -> Result<Date, Unknown> {
        self.calendar.on_or_after(day).ok_or(CALENDAR_GAP)
    }
}

/// One thing, one finding: of verdicts with the same subject the worst counts.
pub fn worst_by_subject(verdicts: impl IntoIterator<Item = Verdict>) -> Vec<Verdict> {
    let weight = |verdict: &Verdict| match verdict.outcome {
        Outcome::Breach => 2,
        Outcome::Unknown => 1,
        Outcome::Clear => 0,
    };
    let mut kept: Vec<Verdict> = Vec::new();
    for verdict in verdicts {
        match kept.iter_mut().find(|known| known.subject == verdict.subject) {
            Some(known) if weight(&verdict) > weight(known) => *known = verdict,
            Some(_) => {}
            None => kept.push(verdict),
        }
    }
    kept
}

/// A working-day date in a year without a holiday table.
pub const CALENDAR_GAP: Unknown = Unknown { reason: Some("calendar_gap"), missing: Vec::new(), held_by: None };
/// No value of a parameter in force on the date of the event.
pub const LAW_GAP: Unknown = Unknown { reason: Some("law_gap"), missing: Vec::new(), held_by: None };
/// A column that decides is not in the source.
pub const COLUMN_ABSENT: Unknown = Unknown { reason: Some("column_absent"), missing: Vec::new(), held_by: None };
/// Rows of the sheet could not be read: who is absent from it may be among them.
pub const REJECTED_ROWS: Unknown = Unknown { reason: Some("rejected_rows"), missing: Vec::new(), held_by: None };
