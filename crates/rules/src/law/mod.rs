//! Law as dated data: every figure a rule uses, with unit, source and day of entry into force.
//!
//! The date of the event selects the value, never the date of the run.

mod parse;
mod remarks;
mod schema;
mod show;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use model::sheet::{OwnerKind, Project};
use model::{Date, Fen, UsedParameter};
use serde::Serialize;

use crate::rule::{LAW_GAP, Unknown};
pub use parse::mend_name;
pub use schema::schema;

/// In what a figure is counted; stands last in its meaning, so that a value never lacks its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Money in fen.
    Fen,
    /// Working days.
    Wd,
    /// Calendar days.
    Cd,
    /// Months.
    Mo,
    /// Parts per million: 1 % = 10000.
    Ppm,
    /// A plain number of things.
    Count,
    /// Yes or no.
    Bool,
    /// A list of words.
    Words,
}

impl Unit {
    pub const ALL: &[Self] = &[Self::Fen, Self::Wd, Self::Cd, Self::Mo, Self::Ppm, Self::Count, Self::Bool, Self::Words];

    pub fn code(self) -> &'static str {
        match self {
            Self::Fen => "fen",
            Self::Wd => "wd",
            Self::Cd => "cd",
            Self::Mo => "mo",
            Self::Ppm => "ppm",
            Self::Count => "count",
            Self::Bool => "bool",
            Self::Words => "words",
        }
    }

    pub fn chinese(self) -> &'static str {
        match self {
            Self::Fen => "分（1元写作100）",
            Self::Wd => "个工作日",
            Self::Cd => "天（日历日）",
            Self::Mo => "个月",
            Self::Ppm => "百万分之（1%写作10000）",
            Self::Count => "个",
            Self::Bool => "是否（true / false）",
            Self::Words => "词语列表（[\"…\", \"…\"]）",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|unit| unit.code() == code)
    }
}

/// A parameter a family of rules declares: the name and the unit its values must have.
#[derive(Debug, Clone)]
pub struct Declared {
    pub name: Cow<'static, str>,
    pub unit: Unit,
}

/// Short form for the lists in the family modules.
pub const fn declared(name: &'static str, unit: Unit) -> Declared {
    Declared { name: Cow::Borrowed(name), unit }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    Number(i64),
    Flag(bool),
    Words(Vec<String>),
}

/// One value and the day it came into force (`None`: a policy choice without date).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dated {
    pub from: Option<Date>,
    pub value: Value,
    pub source: String,
    #[serde(flatten)]
    pub scope: Scope,
}

/// For which projects a value holds; without either, for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Scope {
    /// Part of the name of the administrative region (垫江县), or the first digits of project codes (500231).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_kind: Option<OwnerKind>,
}

impl Scope {
    fn holds_for(&self, project: &Project) -> bool {
        let region = |region: &String| {
            let is_code = region.bytes().all(|b| b.is_ascii_digit());
            if is_code {
                project.code.as_str().starts_with(region)
            } else {
                project.area.as_ref().is_some_and(|area| area.contains(region))
            }
        };
        self.region.as_ref().is_none_or(region) && self.owner_kind.is_none_or(|kind| project.owner_kind.get() == Some(kind))
    }

    /// The narrower scope speaks first: a longer region before a shorter one, a region before an owner kind.
    fn narrowness(&self) -> (usize, bool) {
        (self.region.as_ref().map_or(0, String::len), self.owner_kind.is_some())
    }

    pub fn is_general(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameter {
    pub name: String,
    /// 中文名
    pub title: String,
    pub unit: Unit,
    /// The day somebody last checked that the newest value still holds.
    pub checked_on: Date,
    /// A choice of the office (°), not law.
    pub policy: bool,
    /// Whether the source was read in full.
    pub confirmed: bool,
    /// Ascending by `from` within a scope.
    pub values: Vec<Dated>,
    /// The file it stands in.
    pub file: String,
}

impl Parameter {
    /// The value in force on a day for projects of which nothing is known.
    pub fn on(&self, day: Date) -> Option<&Dated> {
        self.newest(day, Scope::is_general)
    }

    /// The value in force on a day for a project: that of the narrowest scope that has one.
    pub fn on_for(&self, day: Date, project: &Project) -> Option<&Dated> {
        self.newest(day, |scope| scope.holds_for(project))
    }

    fn newest(&self, day: Date, holds: impl Fn(&Scope) -> bool) -> Option<&Dated> {
        let in_force = self.values.iter().filter(|dated| dated.from.is_none_or(|from| from <= day) && holds(&dated.scope));
        in_force.max_by_key(|dated| (dated.scope.narrowness(), dated.from))
    }
}

/// One mistake in a parameter file, in words for the person who edits it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[error("{file} 第{line}行第{column}列 `{key}`：{what}。{mend}")]
pub struct LawMistake {
    pub file: String,
    /// 1 = first line; 0: the file as a whole.
    pub line: usize,
    /// 1 = first character of the line.
    pub column: usize,
    pub key: String,
    pub what: String,
    pub mend: String,
}

/// All parameters of all files.
#[derive(Debug, Clone, Default)]
pub struct Law {
    parameters: BTreeMap<String, Parameter>,
}

impl Law {
    /// Reads `(file name, text)` pairs. Everything wrong is reported at once.
    pub fn load(files: &[(String, String)]) -> Result<Self, Vec<LawMistake>> {
        parse::load(files, &crate::catalogue::declared(), None).map(|parameters| Self { parameters })
    }

    /// The same; sums far from those that ship are taken for a wrong unit, unless the value says `unusual = true`.
    pub fn load_beside(files: &[(String, String)], shipped: &Self) -> Result<Self, Vec<LawMistake>> {
        parse::load(files, &crate::catalogue::declared(), Some(shipped)).map(|parameters| Self { parameters })
    }

    /// By name.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.values()
    }

    pub fn find(&self, name: &str) -> Option<&Parameter> {
        self.parameters.get(name)
    }

    /// The value in force on the date of the event, for a project.
    pub fn value(&self, name: &str, on: Date, project: &Project) -> Option<&Dated> {
        self.find(name)?.on_for(on, project)
    }

    /// The same law with one parameter replaced or, with no values, without it: replay of an edit, worked cases.
    #[must_use]
    pub fn with(&self, parameter: Parameter) -> Self {
        let mut law = self.clone();
        law.parameters.insert(parameter.name.clone(), parameter);
        law
    }

    /// A number in force on a day wherever the project lies: for what concerns no project.
    pub fn count(&self, name: &str, on: Date) -> Option<u32> {
        match &self.find(name)?.on(on)?.value {
            Value::Number(number) => u32::try_from(*number).ok(),
            _ => None,
        }
    }

    /// Working days to correct what a rule found, as in force on a day (the newest value where none is).
    pub fn correct_in(&self, rule: &str, on: Option<Date>) -> u32 {
        let Some(parameter) = self.find(&format!("{rule}.correct_in")) else { return 0 };
        let dated = on.and_then(|day| parameter.on(day)).or(parameter.values.last());
        match dated.map(|d| &d.value) {
            Some(Value::Number(days)) => u32::try_from(*days).unwrap_or(0),
            _ => 0,
        }
    }
}

/// The law as a rule sees it: what is looked up is remembered, so that the finding can print it.
#[derive(Debug)]
pub struct LawView<'a> {
    law: &'a Law,
    project: &'a Project,
    used: RefCell<BTreeMap<String, UsedParameter>>,
    /// Another law that is compared with: as long as it answers the same, whoever asks comes to the same end under both.
    twin: Option<&'a Law>,
    twin_differs: Cell<bool>,
}

impl<'a> LawView<'a> {
    pub fn new(law: &'a Law, project: &'a Project) -> Self {
        Self { law, project, used: RefCell::default(), twin: None, twin_differs: Cell::new(false) }
    }

    /// The same, watching whether another law would have answered differently.
    pub fn beside(law: &'a Law, twin: &'a Law, project: &'a Project) -> Self {
        Self { twin: Some(twin), ..Self::new(law, project) }
    }

    /// Whether the other law gave another answer since [`Self::rejoin`].
    pub fn differs(&self) -> bool {
        self.twin_differs.get()
    }

    /// The other law by itself.
    pub(crate) fn twin(&self) -> Option<LawView<'a>> {
        self.twin.map(|law| Self::new(law, self.project))
    }

    pub(crate) fn rejoin(&self) {
        self.twin_differs.set(false);
    }

    /// Money.
    pub fn fen(&self, name: &str, on: Date) -> Result<Fen, Unknown> {
        self.number(name, on).map(Fen)
    }

    /// What follows from a sum of money, where nothing but that matters: two laws that agree on it do not differ.
    pub fn by_fen<T: PartialEq>(&self, name: &str, on: Date, decide: impl Fn(Fen) -> T) -> Result<T, Unknown> {
        self.by(name, on, |value| number(value).map(Fen).map(&decide))
    }

    /// Days of either kind, months, or a number of things.
    pub fn count(&self, name: &str, on: Date) -> Result<u32, Unknown> {
        u32::try_from(self.number(name, on)?).map_err(|_| LAW_GAP)
    }

    /// Parts per million.
    pub fn ppm(&self, name: &str, on: Date) -> Result<i64, Unknown> {
        self.number(name, on)
    }

    pub fn flag(&self, name: &str, on: Date) -> Result<bool, Unknown> {
        self.by(name, on, |value| match value {
            Value::Flag(flag) => Ok(*flag),
            _ => Err(LAW_GAP),
        })
    }

    pub fn words(&self, name: &str, on: Date) -> Result<&'a [String], Unknown> {
        self.by(name, on, |value| match value {
            Value::Words(words) => Ok(words.as_slice()),
            _ => Err(LAW_GAP),
        })
    }

    fn number(&self, name: &str, on: Date) -> Result<i64, Unknown> {
        self.by(name, on, number)
    }

    /// The one way to a value. It is remembered, and held against that of the other law.
    fn by<T: PartialEq>(&self, name: &str, on: Date, decide: impl Fn(&'a Value) -> Result<T, Unknown>) -> Result<T, Unknown> {
        let decided_by = |found: Option<&'a Dated>| decide(&found.ok_or(LAW_GAP)?.value);
        let found = self.law.value(name, on, self.project);
        let decided = decided_by(found);
        if let Some(twin) = self.twin.filter(|_| !self.differs())
            && decided_by(twin.value(name, on, self.project)) != decided
        {
            self.twin_differs.set(true);
        }
        if let Some(dated) = found {
            let key = name.split_once('.').map_or(name, |(_, rest)| rest);
            let mut used = self.used.borrow_mut();
            if !used.contains_key(key) {
                let value = serde_json::to_value(&dated.value).unwrap_or_default();
                used.insert(key.to_owned(), UsedParameter { value, from: dated.from });
            }
        }
        decided
    }

    /// Starts a new judgement.
    pub(crate) fn forget(&self) {
        self.used.borrow_mut().clear();
    }

    pub(crate) fn used(&self) -> BTreeMap<String, UsedParameter> {
        self.used.borrow().clone()
    }
}

fn number(value: &Value) -> Result<i64, Unknown> {
    match value {
        Value::Number(number) => Ok(*number),
        _ => Err(LAW_GAP),
    }
}
