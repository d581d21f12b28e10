//! A table of a worked case, read key by key; a key nobody asked for is a mistake in the case.

use std::cell::RefCell;
use std::collections::BTreeSet;

use model::{Date, Fen, Field, Month};
use toml::{Table, Value};

/// The text that stands for "the source has no such column".
pub const ABSENT: &str = "-";

pub struct Row {
    table: Table,
    place: String,
    asked: RefCell<BTreeSet<String>>,
}

impl Row {
    pub fn new(table: &Table, place: impl Into<String>) -> Self {
        Self { table: table.clone(), place: place.into(), asked: RefCell::default() }
    }

    fn raw(&self, key: &str) -> Option<&Value> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.table.get(key)
    }

    fn wrong(&self, key: &str, wanted: &str) -> ! {
        panic!("{}: `{key}` should be {wanted}, is {:?}", self.place, self.table.get(key))
    }

    /// Key missing or `"-"`: column absent; `""`: cell empty.
    fn field<T>(&self, key: &str, wanted: &str, read: impl Fn(&Value) -> Option<T>) -> Field<T> {
        match self.raw(key) {
            None => Field::Absent,
            Some(Value::String(text)) if text == ABSENT => Field::Absent,
            Some(Value::String(text)) if text.is_empty() => Field::Empty,
            Some(value) => read(value).map_or_else(|| self.wrong(key, wanted), Field::Given),
        }
    }

    pub fn date(&self, key: &str) -> Field<Date> {
        self.field(key, "a date", date)
    }

    pub fn text(&self, key: &str) -> Field<String> {
        self.field(key, "a text", |value| value.as_str().map(str::to_owned))
    }

    pub fn words(&self, key: &str) -> Option<String> {
        self.text(key).given().cloned()
    }

    pub fn flag(&self, key: &str) -> Field<bool> {
        self.field(key, "true or false", Value::as_bool)
    }

    pub fn count<N: TryFrom<i64>>(&self, key: &str) -> Field<N> {
        self.field(key, "an integer", |value| N::try_from(value.as_integer()?).ok())
    }

    /// Yuan, as integer or with two decimals.
    pub fn yuan(&self, key: &str) -> Field<Fen> {
        self.field(key, "an amount in yuan", |value| scaled(value, 2).map(Fen))
    }

    /// Days, hours: two decimals.
    pub fn hundredths(&self, key: &str) -> Field<i32> {
        self.field(key, "a number", |value| i32::try_from(scaled(value, 2)?).ok())
    }

    pub fn thousandths(&self, key: &str) -> Field<i64> {
        self.field(key, "a number", |value| scaled(value, 3))
    }

    /// Percent → parts per million.
    pub fn percent(&self, key: &str) -> Field<i64> {
        self.field(key, "a percentage", |value| scaled(value, 4))
    }

    pub fn month(&self, key: &str) -> Option<Month> {
        self.field(key, "a month in quotes", |value| value.as_str()?.parse().ok()).get()
    }

    /// One of the named choices.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Field<T> {
        let wanted: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        self.field(key, &wanted.join(", "), |value| {
            choices.iter().find(|(name, _)| value.as_str() == Some(*name)).map(|(_, choice)| *choice)
        })
    }

    pub fn rows(&self, key: &str) -> Vec<Self> {
        let Some(value) = self.raw(key) else { return Vec::new() };
        let Some(items) = value.as_array() else { self.wrong(key, "a list of tables") };
        let row = |(at, item): (usize, &Value)| match item.as_table() {
            Some(table) => Self::new(table, format!("{}, {key}[{at}]", self.place)),
            None => self.wrong(key, "a list of tables"),
        };
        items.iter().enumerate().map(row).collect()
    }

    pub fn list(&self, key: &str) -> Vec<String> {
        let Some(value) = self.raw(key) else { return Vec::new() };
        let texts = value.as_array().and_then(|items| items.iter().map(|i| i.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>());
        texts.unwrap_or_else(|| self.wrong(key, "a list of texts"))
    }

    pub fn dates(&self, key: &str) -> Option<(Date, Date)> {
        let items = self.raw(key)?.as_array()?;
        Some((date(items.first()?)?, date(items.get(1)?)?))
    }

    pub fn table(&self, key: &str) -> Table {
        self.raw(key).map(|value| value.as_table().cloned().unwrap_or_else(|| self.wrong(key, "a table"))).unwrap_or_default()
    }

    pub fn value(&self, key: &str) -> Option<Value> {
        self.raw(key).cloned()
    }

    pub fn has(&self, key: &str) -> bool {
        self.raw(key).is_some()
    }

    /// Refuses what was never asked for.
    pub fn done(self) {
        let asked = self.asked.into_inner();
        let unknown: Vec<&String> = self.table.keys().filter(|key| !asked.contains(*key)).collect();
        assert!(unknown.is_empty(), "{}: unknown keys {unknown:?}; known: {asked:?}", self.place);
    }
}

pub fn date(value: &Value) -> Option<Date> {
    let date = value.as_datetime()?.date?;
    Date::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

/// A number with so many decimals as an integer, without floating point.
fn scaled(value: &Value, decimals: usize) -> Option<i64> {
    let text = match value {
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        _ => return None,
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = format!("{whole}{part:0<decimals$}");
    (part.len() <= decimals).then(|| digits.parse().ok())?
}
