//! Serial numbers and whole numbers of workbooks as cells.

use calamine::ExcelDateTime;
use chrono::{Duration, NaiveDate, NaiveDateTime};

use super::Cell;

#[expect(clippy::cast_precision_loss, reason = "a whole number beyond 2^53 is refused later as a destroyed identity")]
pub fn from_number(number: i64, from_1904: bool) -> Cell<'static> {
    number_cell(number as f64, from_1904)
}

/// A number of a workbook; where days count from 1904, one that may be a day is marked.
pub fn number_cell(number: f64, from_1904: bool) -> Cell<'static> {
    if from_1904 && mac_moment(number).is_some() { Cell::MacNumber(number) } else { Cell::Number(number) }
}

/// A serial number shown as a date; 1900 system with its 29 February, or 1904.
pub fn moment_cell(moment: &ExcelDateTime) -> Cell<'static> {
    // Year 9999 ends at 2,958,466; beyond it there is no date to make.
    if moment.is_duration() || !(0.0..2_958_466.0).contains(&moment.as_f64()) {
        return Cell::Number(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    match date.and_then(|d| d.and_hms_opt(u32::from(hour), u32::from(minute), u32::from(second))) {
        Some(moment) => Cell::Moment(moment),
        None => Cell::Number(moment.as_f64()),
    }
}

/// A serial number of the 1900 system as a moment.
pub fn serial_moment(serial: f64) -> Option<NaiveDateTime> {
    // 1990 to 2100: smaller numbers are counts, larger ones are codes.
    if !(32_874.0..73_415.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let seconds = (serial * 86_400.0).round() as i64;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?.checked_add_signed(Duration::seconds(seconds))
}

/// Days from 1 January 1904 to where the other system has its first day.
const MAC_DAYS: f64 = 1_462.0;

/// A serial number of the 1904 system as a moment.
pub fn mac_moment(serial: f64) -> Option<NaiveDateTime> {
    serial_moment(serial + MAC_DAYS)
}

/// `2024-03-01T08:30:00.000` and the like, as XML formats write dates.
pub fn iso_moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().trim_end_matches('Z');
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M"))
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
}
