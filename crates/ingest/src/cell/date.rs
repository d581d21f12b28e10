//! Dates, moments and months (file-formats.md §14, quirks 17 and 18).

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use model::{Date, Month};

use super::{Cell, CellFault, CellResult, compact, error_value, is_error_text, says_nothing};
use crate::table::{mac_moment, number_text, serial_moment};

/// A date with the time of day where the cell gives one.
pub type Moment = (Date, Option<NaiveTime>);

/// A date. `month` lends its year to forms like `3月1日`.
pub fn date(cell: &Cell<'_>, month: Option<Month>) -> CellResult<Option<Date>> {
    Ok(moment(cell, month)?.map(|(date, _)| date))
}

pub fn moment(cell: &Cell<'_>, month: Option<Month>) -> CellResult<Option<Moment>> {
    let found = match cell {
        Cell::Empty => return Ok(None),
        Cell::Text(raw) => {
            if let Some(found) = plain(raw.as_bytes()) {
                Some(found)
            } else {
                // The blank between date and time tells where one ends; other blanks mean nothing.
                let text = super::clean(raw);
                if says_nothing(&compact(&text)) {
                    return Ok(None);
                }
                Some(parse(&text, month)?)
            }
        }
        Cell::Moment(moment) => Some(of_moment(*moment)),
        Cell::Number(number) => Some(from_number(*number)?),
        Cell::MacNumber(number) => mac_moment(*number).map(of_moment),
        Cell::Error(error) => return Err(error_value(error)),
        Cell::Bool(_) => return Err(not_a_date("TRUE")),
    };
    match found {
        Some((date, _)) if !(1990..=2100).contains(&chrono::Datelike::year(&date)) => {
            Err(CellFault::new(format!("日期 {date} 不合理（早于 1990 年或晚于 2100 年）"), "请核对年份"))
        }
        found => Ok(found),
    }
}

/// `2024-03-01` or `2024-03-01 07:05:00`: what most cells of an export are.
pub fn plain(text: &[u8]) -> Option<Moment> {
    if text.len() != 10 && text.len() != 19 || text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(digits(&text[..4])?.cast_signed(), digits(&text[5..7])?, digits(&text[8..10])?)?;
    if text.len() == 10 {
        return Some((date, None));
    }
    if text[10] != b' ' {
        return None;
    }
    Some((date, Some(plain_time(&text[11..])?)))
}

/// `07:05:00`.
pub fn plain_time(text: &[u8]) -> Option<NaiveTime> {
    let [h0, h1, b':', m0, m1, b':', s0, s1] = *text else { return None };
    NaiveTime::from_hms_opt(digits(&[h0, h1])?, digits(&[m0, m1])?, digits(&[s0, s1])?)
}

fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n.checked_mul(10)?.checked_add(u32::from(b - b'0'))).flatten())
}

/// Midnight is no time of day: the cell holds a date.
fn of_moment(moment: NaiveDateTime) -> Moment {
    (moment.date(), Some(moment.time()).filter(|t| *t != NaiveTime::MIN))
}

fn from_number(number: f64) -> CellResult<Moment> {
    if let Some(moment) = serial_moment(number) {
        return Ok(of_moment(moment));
    }
    parse(&number_text(number), None)
}

fn parse(text: &str, month: Option<Month>) -> CellResult<Moment> {
    let wide: String = unicode_normalization::UnicodeNormalization::nfkc(text).collect();
    let wide = without_weekday(&wide);
    let (day_part, time_part) = split_time(wide.trim());
    let day_part = compact(day_part);
    let date = parse_date(&day_part, month).ok_or_else(|| fault(&day_part))?;
    let Some(time_part) = time_part else { return Ok((date, None)) };
    let time = compact(time_part);
    if let Some(rest) = time.strip_prefix("24:00")
        && rest.chars().all(|c| matches!(c, ':' | '0' | '.'))
    {
        return Ok((date.succ_opt().unwrap_or(date), Some(NaiveTime::MIN)));
    }
    let time = parse_time(&time).ok_or_else(|| CellFault::new(format!("时间“{time}”无法识别"), "请填写成 2024-03-01 07:05:00 的形式"))?;
    Ok((date, Some(time)))
}

/// `2024-03-01（周五）`, `2024年3月1日 星期五 07:05`: the day of the week says nothing new.
fn without_weekday(text: &str) -> Cow<'_, str> {
    let cut = ["星期", "周"].into_iter().find_map(|word| {
        let (before, rest) = text.split_once(word)?;
        let after = rest.strip_prefix(['一', '二', '三', '四', '五', '六', '日', '天'])?;
        Some(format!("{} {}", before.trim_end_matches('('), after.trim_start_matches(')')))
    });
    cut.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Cuts the time of day off: behind a blank or `T`, or behind 日.
fn split_time(text: &str) -> (&str, Option<&str>) {
    if !text.contains([':', '时', '点']) {
        return (text, None);
    }
    let from = text.find([':', '时', '点']).unwrap_or(0);
    let head = &text[..from];
    let half = ["上午", "下午"].into_iter().find_map(|half| head.find(half));
    let cut = half.or_else(|| head.rfind([' ', 'T', '日', '\t']).map(|at| at + head[at..].chars().next().map_or(0, char::len_utf8)));
    match cut {
        Some(at) => (text[..at].trim_end_matches(['T', ' ', '\t']), Some(&text[at..])),
        None => (text, None),
    }
}

/// Time of day: `7:05`, `07:05:00`, `7:05 PM`, `下午7:05`.
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    let text = compact(text);
    let upper = text.to_ascii_uppercase();
    let (body, half) = if let Some(body) = upper.strip_suffix("PM").or_else(|| upper.strip_prefix("下午")) {
        (body, Some(true))
    } else if let Some(body) = upper.strip_suffix("AM").or_else(|| upper.strip_prefix("上午")) {
        (body, Some(false))
    } else {
        (upper.as_str(), None)
    };
    let body = body.replace(['时', '点', '分'], ":");
    let body = body.trim_end_matches(['秒', ':']);
    let body = body.split(['.', '+']).next().unwrap_or(body).trim_end_matches('Z');
    if body.len() == 6 && !body.contains(':') {
        return NaiveTime::from_hms_opt(digits(&body.as_bytes()[..2])?, digits(&body.as_bytes()[2..4])?, digits(&body.as_bytes()[4..])?);
    }
    let mut parts = body.split(':');
    let (hour, minute) = (digits(parts.next()?.as_bytes())?, digits(parts.next()?.as_bytes())?);
    let second = parts.next().map_or(Some(0), |s| digits(s.as_bytes()))?;
    let hour = match half {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

fn parse_date(text: &str, month: Option<Month>) -> Option<Date> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return match text.len() {
            8 => NaiveDate::from_ymd_opt(
                digits(&text.as_bytes()[..4])?.cast_signed(),
                digits(&text.as_bytes()[4..6])?,
                digits(&text.as_bytes()[6..])?,
            ),
            5 => serial_moment(f64::from(digits(text.as_bytes())?)).map(|m| m.date()),
            14 => parse_date(&text[..8], month),
            _ => None,
        };
    }
    let parts = numbers(text)?;
    match parts.as_slice() {
        [year, m, day] if *year >= 1000 => NaiveDate::from_ymd_opt(year.cast_signed(), *m, *day),
        [m, day] if text.contains('月') && text.ends_with(['日', '号']) => NaiveDate::from_ymd_opt(month?.year(), *m, *day),
        _ => None,
    }
}

/// The numbers of a date text, when nothing but separators stands between them.
pub fn numbers(text: &str) -> Option<Vec<u32>> {
    let separators = ['-', '/', '.', '年', '月', '日', '号', '·', '−', '–', '—'];
    if !text.chars().all(|c| c.is_ascii_digit() || separators.contains(&c)) {
        return None;
    }
    text.split(separators).filter(|p| !p.is_empty()).map(|p| digits(p.as_bytes())).collect()
}

fn fault(text: &str) -> CellFault {
    match numbers(text).as_deref() {
        Some([_, _, year]) if *year >= 1000 => {
            CellFault::new(format!("日期“{text}”的年份不在最前面，月和日分不清"), "请填写成 2024-03-01 的形式")
        }
        Some([year, _, _]) if *year < 100 => CellFault::new(format!("日期“{text}”的年份只有两位"), "请写出四位年份，例如 2024-03-01"),
        Some([year, month, day]) if *year >= 1000 => CellFault::new(format!("没有 {year} 年 {month} 月 {day} 日这一天"), "请核对日期"),
        Some([year, _]) if *year >= 1000 => CellFault::new(format!("日期“{text}”没有写到日"), "请填写到日，例如 2024-03-01"),
        Some([_, _]) => CellFault::new(format!("日期“{text}”没有年份"), "请写出年份，例如 2024-03-01"),
        _ => not_a_date(text),
    }
}

fn not_a_date(text: &str) -> CellFault {
    if is_error_text(text) {
        return error_value(text);
    }
    let shown: String = text.chars().take(20).collect();
    CellFault::new(format!("“{shown}”不是日期"), "请填写成 2024-03-01 的形式")
}

/// A month: `2024-03`, `2024年3月`, `202403`, `3月份` with a year to lend, or a date in it.
pub fn month(cell: &Cell<'_>, lent: Option<Month>) -> CellResult<Option<Month>> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Moment(moment) => Ok(Some(Month::of(moment.date()))),
        Cell::MacNumber(number) => Ok(mac_moment(*number).map(|moment| Month::of(moment.date()))),
        Cell::Error(error) => Err(error_value(error)),
        // Typed as 2024.10, a number loses its last digit.
        Cell::Number(number) if (1_000.0..10_000.0).contains(number) && number_text(*number).ends_with(".1") => {
            let year = number.trunc();
            Err(CellFault::new(
                format!("“{number}”存成了数字，分不清是 {year} 年 1 月还是 10 月"),
                "请把该列设为文本，填写成 2024-03 的形式",
            ))
        }
        other => {
            let shown = other.shown();
            if let Ok(month) = shown.parse() {
                return Ok(Some(month));
            }
            let text = compact(&shown);
            if says_nothing(&text) {
                return Ok(None);
            }
            parse_month(&text, lent).filter(|month| (1990..=2100).contains(&month.year())).map(Some).ok_or_else(|| {
                if is_error_text(&text) {
                    return error_value(&text);
                }
                let text: String = text.chars().take(20).collect();
                CellFault::new(format!("“{text}”不是月份"), "请填写成 2024-03 的形式")
            })
        }
    }
}

pub fn parse_month(text: &str, lent: Option<Month>) -> Option<Month> {
    let text = text.trim_end_matches("份");
    if let Some((from, to)) = text.split_once(['至', '~']) {
        let (from, to) = (parse_month(from, lent)?, parse_month(to, lent)?);
        return (from == to).then_some(from);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return match text.len() {
            6 => Month::new(digits(&text.as_bytes()[..4])?.cast_signed(), digits(&text.as_bytes()[4..])?),
            5 | 8 => parse_date(text, None).map(Month::of),
            _ => None,
        };
    }
    match numbers(text.split(' ').next()?)?.as_slice() {
        [year, month] if *year >= 1000 => Month::new(year.cast_signed(), *month),
        [year, month, day] if *year >= 1000 => NaiveDate::from_ymd_opt(year.cast_signed(), *month, *day).map(Month::of),
        [month] if text.ends_with('月') => Month::new(lent?.year(), *month),
        _ => None,
    }
}

/// Both ends of `2024-01-01至2025-06-30`, `2024.1.1-2025.6.30`, `2024年3月1日～31日`.
pub fn span(text: &str) -> Option<(Date, Date)> {
    let wide: String = unicode_normalization::UnicodeNormalization::nfkc(text).collect();
    let text = compact(&wide);
    let text = text.trim_start_matches('自').trim_end_matches('止').replace("起至", "至");
    if let Some((from, length)) = text.split_once('起')
        && let Some(months) = length.trim_start_matches('满').strip_suffix("个月").and_then(|n| n.parse::<u32>().ok())
    {
        let from = parse_date(from, None)?;
        let end = from.checked_add_months(chrono::Months::new(months))?.pred_opt()?;
        return (from <= end).then_some((from, end));
    }
    for separator in ["至", "到", "~", "—", "--", "－"] {
        if let Some((from, to)) = text.split_once(separator) {
            let from = parse_date(from, None)?;
            let lent = Some(Month::of(from));
            let to = parse_date(to, lent).or_else(|| {
                let day = digits(to.trim_end_matches(['日', '号']).as_bytes())?;
                from.with_day_checked(day)
            })?;
            return (from <= to).then_some((from, to));
        }
    }
    for (at, _) in text.match_indices('-') {
        if let (Some(from), Some(to)) = (parse_date(&text[..at], None), parse_date(&text[at + 1..], None)) {
            return (from <= to).then_some((from, to));
        }
    }
    None
}

trait WithDay {
    fn with_day_checked(self, day: u32) -> Option<Date>;
}

impl WithDay for Date {
    fn with_day_checked(self, day: u32) -> Option<Date> {
        chrono::Datelike::with_day(&self, day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(t: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(t))
    }

    fn shown(t: &str) -> String {
        let month = "2024-03".parse().ok();
        match moment(&text(t), month) {
            Ok(Some((date, None))) => date.to_string(),
            Ok(Some((date, Some(time)))) => format!("{date} {time}"),
            Ok(None) => "empty".to_owned(),
            Err(_) => "fault".to_owned(),
        }
    }

    #[test]
    fn dates_as_counties_write_them() {
        for written in [
            "2024-03-01",
            "2024/3/1",
            "2024.3.1",
            "20240301",
            "2024年3月1日",
            "3月1日",
            "45352",
            "２０２４－０３－０１",
            " 2024-3-1 ",
            "2024年03月01号",
        ] {
            assert_eq!(shown(written), "2024-03-01", "{written}");
        }
        for (written, expected) in [
            ("2024-03-01 07:05:00", "2024-03-01 07:05:00"),
            ("2024/3/1 7:05", "2024-03-01 07:05:00"),
            ("2024-03-01T07:05:00", "2024-03-01 07:05:00"),
            ("2024-03-01 24:00:00", "2024-03-02 00:00:00"),
            ("2024年3月1日7时5分", "2024-03-01 07:05:00"),
            ("2024-03-01 07:05 PM", "2024-03-01 19:05:00"),
            ("-", "empty"),
            ("2024-02-30", "fault"),
            ("24.3.1", "fault"),
            ("2024-03", "fault"),
            ("1899-01-01", "fault"),
            ("昨天", "fault"),
            ("2024-03-01 25:00:00", "fault"),
        ] {
            assert_eq!(shown(written), expected, "{written}");
        }
        assert_eq!(date(&Cell::Number(45_352.0), None).unwrap(), "2024-03-01".parse().ok());
        assert_eq!(date(&Cell::Number(20_240_301.0), None).unwrap(), "2024-03-01".parse().ok());
    }

    #[test]
    fn months_and_spans() {
        let lent = "2024-01".parse().ok();
        for written in
            ["2024-03", "2024年3月", "202403", "2024/3", "2024.03", "3月份", "2024-03-15", "2024年3月份", "2024年3月1日至2024年3月31日"]
        {
            assert_eq!(month(&text(written), lent).unwrap().map(|m| m.to_string()).as_deref(), Some("2024-03"), "{written}");
        }
        assert!(month(&text("20245.6.30"), lent).is_err() && month(&text("3024-06"), lent).is_err());
        assert!(month(&text("三月"), lent).is_err() && month(&text("3月"), None).is_err());
        let both = |a: &str, b: &str| Some((a.parse().unwrap(), b.parse().unwrap()));
        assert_eq!(span("2024-01-01至2025-06-30"), both("2024-01-01", "2025-06-30"));
        assert_eq!(span("2024.1.1-2025.6.30"), both("2024-01-01", "2025-06-30"));
        assert_eq!(span("2024-01-01-2025-06-30"), both("2024-01-01", "2025-06-30"));
        assert_eq!(span("2024年3月1日～31日"), both("2024-03-01", "2024-03-31"));
        assert_eq!(span("自2024年1月1日起18个月"), span("2024-01-01至2025-06-30"));
    }

    proptest! {
        #[test]
        fn a_printed_date_is_read_back(days in 0_i64..36_000) {
            let day = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Duration::days(days);
            for format in ["%Y-%m-%d", "%Y/%-m/%-d", "%Y年%-m月%-d日", "%Y%m%d", "%Y.%m.%d"] {
                prop_assert_eq!(date(&text(&day.format(format).to_string()), None).unwrap(), Some(day));
            }
        }

        #[test]
        fn nothing_written_in_a_date_cell_stops_the_reader(written in "\\PC{0,24}") {
            let _ = moment(&text(&written), None);
            let _ = month(&text(&written), None);
            let _ = span(&written);
        }
    }
}
