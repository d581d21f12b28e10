//! A calendar month, the unit in which sheets arrive and are judged.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::Date;

/// `yyyy-MM`. Counted from year 0, so that months compare and step as integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// `None` outside years 1900–2200 or months 1–12.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        let month = i32::try_from(month).ok()?;
        ((1900..=2200).contains(&year) && (1..=12).contains(&month)).then(|| Self(year * 12 + month - 1))
    }

    pub fn of(date: Date) -> Self {
        Self(date.year() * 12 + date.month0().cast_signed())
    }

    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1–12.
    pub fn month(self) -> u32 {
        self.0.rem_euclid(12).cast_unsigned() + 1
    }

    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    pub fn first_day(self) -> Date {
        NaiveDate::from_ymd_opt(self.year(), self.month(), 1).expect("a month has a first day")
    }

    pub fn last_day(self) -> Date {
        self.first_day() + Months::new(1) - Days::new(1)
    }

    /// Day `day` of the month, or its last day where the month is shorter.
    pub fn day(self, day: u32) -> Date {
        let day = day.clamp(1, self.last_day().day());
        self.first_day() + Days::new(u64::from(day - 1))
    }

    pub fn contains(self, date: Date) -> bool {
        Self::of(date) == self
    }

    /// Every month from `self` to `last`, both included; nothing when `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> + Clone {
        (self.0..=last.0).map(Self)
    }

    /// `2024年3月`.
    pub fn chinese(self) -> String {
        format!("{}年{}月", self.year(), self.month())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

/// The text is not `yyyy-MM`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a month of the form yyyy-MM")]
pub struct InvalidMonth(String);

impl FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let invalid = || InvalidMonth(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(invalid)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(invalid());
        }
        Self::new(year.parse().map_err(|_| invalid())?, month.parse().map_err(|_| invalid())?).ok_or_else(invalid)
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i32(self.0) }
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
        } else {
            i32::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Month;

    #[test]
    fn months_step_over_new_year() {
        let month: Month = "2024-12".parse().unwrap();
        assert_eq!(month.next().to_string(), "2025-01");
        assert_eq!(month.plus(-12).to_string(), "2023-12");
        assert_eq!(month.last_day().to_string(), "2024-12-31");
        assert_eq!("2024-02".parse::<Month>().unwrap().day(31).to_string(), "2024-02-29");
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in ["2024-13", "2024-0", "24-01", "202401", "2024-1", "2024/01", ""] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }
}
