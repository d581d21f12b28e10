//! Dates, sums and words of a finding in the sentences of letters.

use chrono::Datelike;
use model::{Date, Fen, Finding};
use serde_json::Value;

/// `2024年3月4日`.
pub fn date(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// A fact that is a date; empty where it is not.
pub fn date_fact(finding: &Finding, key: &str) -> String {
    let day = finding.facts.get(key).and_then(Value::as_str).and_then(|text| text.parse().ok());
    day.map(date).unwrap_or_default()
}

/// A fact that is money: `1,234.50元`.
pub fn money_fact(finding: &Finding, key: &str) -> String {
    finding.facts.get(key).and_then(Value::as_i64).map(|fen| money(Fen(fen))).unwrap_or_default()
}

/// `1,234.50元`.
pub fn money(fen: Fen) -> String {
    format!("{}元", fen.yuan())
}

/// A fact as it stands: text or number.
pub fn text_fact(finding: &Finding, key: &str) -> String {
    match finding.facts.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A fact in parts per million: `1.5%`.
pub fn percent_fact(finding: &Finding, key: &str) -> String {
    let ppm = finding.facts.get(key).and_then(Value::as_i64).unwrap_or_default();
    let (whole, rest) = (ppm / 10_000, ppm % 10_000);
    if rest == 0 { format!("{whole}%") } else { format!("{whole}.{}%", format!("{rest:04}").trim_end_matches('0')) }
}

/// Days or hours held in hundredths: `22`, `3.5`.
pub fn hundredths(number: i32) -> String {
    let text = format!("{}.{:02}", number / 100, number % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The due date of the finding.
pub fn due(finding: &Finding) -> String {
    finding.due.map(date).unwrap_or_default()
}
