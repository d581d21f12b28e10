//! Wide attendance: which headings are days, and what the marks under them mean (file-formats.md §9.2).
//!
//! Refuses to guess `○` and `△`: without a legend the row is rejected with a request for one.

use std::collections::HashMap;

use chrono::Datelike;
use model::Month;
use model::sheet::AttendanceLine;

use crate::cell::{CellFault, CellResult, compact, number};
use crate::row::{Row, RowResult};
use crate::table::{Cell, mac_moment, serial_moment};

/// Fewer day headings than this are no matrix.
pub const FEWEST: usize = 5;
/// Hours of a working day, for sheets that give hours and sources of which nothing else is settled.
pub const DAY_HOURS: u32 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Nothing,
    Half,
    Whole,
}

#[derive(Debug, Clone, Default)]
pub struct DayColumns {
    /// Position in the row and day of the month.
    pub columns: Vec<(usize, u32)>,
    /// Where the headings are dates.
    pub month: Option<Month>,
    pub legend: HashMap<String, Mark>,
    /// They begin anew, as from the 26th to the 25th of the next month.
    pub begins_anew: bool,
    /// Most cells are hours.
    pub hours: bool,
    /// Hours of a working day; 0: as usual.
    pub day_hours: u32,
}

/// Day headings in a row; a day named twice counts once.
pub fn find(cells: &[Cell<'_>]) -> DayColumns {
    let mut found = DayColumns::default();
    let mut earlier = 0;
    for (position, cell) in cells.iter().enumerate() {
        let Some((month, day)) = heading_day(cell) else { continue };
        let last = found.columns.last().map_or(0, |(_, last)| *last);
        if last < day {
            found.columns.push((position, day));
            found.month = month.or(found.month);
        } else if day < last {
            earlier += 1;
        }
    }
    found.begins_anew = earlier >= FEWEST;
    found
}

fn heading_day(cell: &Cell<'_>) -> Option<(Option<Month>, u32)> {
    match cell {
        Cell::Number(number) if number.fract() == 0.0 && (1.0..=31.0).contains(number) =>
        {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 31")]
            Some((None, *number as u32))
        }
        // A date whose cell shows its number.
        Cell::Number(number) if number.fract() == 0.0 => serial_moment(*number).map(|m| (Some(Month::of(m.date())), m.day())),
        Cell::MacNumber(number) if number.fract() == 0.0 => mac_moment(*number).map(|m| (Some(Month::of(m.date())), m.day())),
        Cell::Moment(moment) => Some((Some(Month::of(moment.date())), moment.day())),
        Cell::Text(text)
            if text.len() <= 40 && text.trim_start().starts_with(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c)) =>
        {
            let text = compact(text);
            let bare = text.trim_end_matches(['日', '号']);
            let day = |text: &str| text.parse::<u32>().ok().filter(|d| (1..=31).contains(d) && text.len() <= 2);
            if let Some(day) = day(bare) {
                return Some((None, day));
            }
            if let Some((month, last)) = bare.split_once(['/', '-', '月', '.'])
                && let (Some(1..=12), Some(day)) = (month.parse::<u32>().ok(), day(last))
            {
                return Some((None, day));
            }
            if text.matches(['-', '/', '.', '年', '月']).count() < 2 {
                return None;
            }
            let date = crate::cell::date::date(&Cell::Text(text.as_ref().into()), None).ok()??;
            Some((Some(Month::of(date)), date.day()))
        }
        _ => None,
    }
}

/// Reads `√ 出勤；◐ 半天；△ 加班` from a legend row into `legend`.
pub fn read_legend(text: &str, legend: &mut HashMap<String, Mark>) {
    const SYMBOLS: [char; 20] = ['√', '✓', '✔', '●', '○', '◐', '△', '▲', '□', '■', '×', '☆', '★', '◎', '⊙', '◑', '⊕', 'O', 'V', 'X'];
    let text = text.split_once(['：', ':']).map_or(text, |(label, rest)| if label.contains(SYMBOLS) { text } else { rest });
    for part in text.split([';', '；', ',', '，', '、', '。', '\n']) {
        let symbols: Vec<(usize, char)> = part.char_indices().filter(|(_, c)| SYMBOLS.contains(c)).collect();
        // `√出勤 ×缺勤`, or `出勤√ 缺勤×`: the word of each stands on the same side.
        let words_follow = symbols.first().is_none_or(|(first, _)| mark_of_word(&part[..*first]).is_none());
        for (at, (from, symbol)) in symbols.iter().enumerate() {
            let after = from + symbol.len_utf8();
            let word = if words_follow {
                &part[after..symbols.get(at + 1).map_or(part.len(), |next| next.0)]
            } else {
                let start = if at == 0 { 0 } else { symbols[at - 1].0 + symbols[at - 1].1.len_utf8() };
                &part[start..*from]
            };
            if let Some(mark) = mark_of_word(word) {
                legend.insert(symbol.to_string(), mark);
            }
        }
    }
}

fn mark_of_word(word: &str) -> Option<Mark> {
    let has = |words: &[&str]| words.iter().any(|w| word.contains(w));
    if has(&["半"]) {
        Some(Mark::Half)
    } else if has(&["缺", "旷", "休", "假", "未", "不", "加班", "离"]) {
        Some(Mark::Nothing)
    } else if has(&["出勤", "全天", "上班", "到岗", "在岗", "一天", "1天"]) {
        Some(Mark::Whole)
    } else {
        None
    }
}

/// Whether a row is one half of a day: 上午 / 下午 in two rows.
pub fn is_half_row(row: &Row<'_, '_>) -> bool {
    let first_day = row.frame.days.as_ref().and_then(|d| d.columns.first()).map_or(0, |c| c.0);
    row.cells.iter().take(first_day).any(|cell| matches!(cell.shown().as_ref(), "上" | "下" | "上午" | "下午"))
}

/// Marks of a row into the masks of its line.
pub fn read(row: &Row<'_, '_>, month: Month, line: &mut AttendanceLine) -> RowResult<()> {
    let Some(days) = &row.frame.days else { return Ok(()) };
    let (halves, length) = (is_half_row(row), month.last_day().day());
    let mut hours = 0;
    for (position, day) in &days.columns {
        let Some(cell) = row.cells.get(*position).filter(|c| !c.is_blank()) else { continue };
        let fault = |fault: CellFault| crate::row::RowFault {
            column: format!("{day}日"),
            value: cell.shown().chars().take(20).collect(),
            reason: fault.reason,
            mend: fault.mend,
            kind: fault.kind,
        };
        let (mark, worked) = read_mark(cell, days).map_err(fault)?;
        if mark == Mark::Nothing {
            continue;
        }
        if *day > length {
            return Err(fault(CellFault::new(format!("{}没有 {day} 日，却有出勤", month.chinese()), "请核对月份，或删去该单元格")));
        }
        hours += worked;
        let bit = 1 << (day - 1);
        match mark {
            Mark::Whole if !halves => line.whole_days |= bit,
            _ => line.half_days |= bit,
        }
    }
    if days.hours {
        line.hours = model::Field::Given(i32::try_from(hours).unwrap_or(i32::MAX));
    }
    Ok(())
}

/// What a mark says by itself, without legend and hours.
#[cfg(test)]
pub fn mark_of(text: &str) -> Option<Mark> {
    read_mark(&Cell::Text(text.into()), &DayColumns::default()).map(|(mark, _)| mark).ok()
}

/// What a mark says, and the hours in hundredths where the sheet gives hours.
fn read_mark(cell: &Cell<'_>, days: &DayColumns) -> CellResult<(Mark, i64)> {
    let shown = cell.shown();
    let text = compact(&shown);
    if let Some(mark) = days.legend.get(text.as_ref()) {
        return Ok((*mark, 0));
    }
    match text.as_ref() {
        "√" | "✓" | "✔" | "V" | "v" | "出" | "●" | "全" | "全天" | "出勤" | "在" | "到" => return Ok((Mark::Whole, 0)),
        "半" | "◐" | "半天" | "◑" => return Ok((Mark::Half, 0)),
        "" | "×" | "X" | "x" | "/" | "-" | "—" | "休" | "假" | "事" | "病" | "旷" | "缺" | "缺勤" | "休息" | "请假" | "事假" | "病假"
        | "旷工" | "未" | "无" => {
            return Ok((Mark::Nothing, 0));
        }
        "○" | "△" => {
            return Err(CellFault::new(format!("符号“{text}”在不同的表里意思不同"), "请在表下加一行图例，例如：○ 出勤；△ 半天"));
        }
        _ => {}
    }
    // 1+2, 1/2h: a day and overtime; the day decides.
    let day = text.split(['+', '/']).next().unwrap_or(&text);
    if day.len() < text.len() && matches!(day, "√" | "✓" | "✔" | "V" | "出" | "●") {
        return Ok((Mark::Whole, 0));
    }
    let stated_hours = day.ends_with(['h', 'H']);
    let unknown = || {
        CellFault::new(
            format!("考勤符号“{}”不认识", text.chars().take(10).collect::<String>()),
            "请用 √、0.5、× 等通用符号，或在表下加一行图例",
        )
    };
    let bare = Cell::Text(day.trim_end_matches(['h', 'H']).into());
    let value = number::quantity(&bare, 2).map_err(|_| unknown())?.unwrap_or(0);
    if !(0..=2_400).contains(&value) {
        return Err(CellFault::new("一天的出勤不在 0 至 24 小时之间", "请核对后重新填写"));
    }
    if days.hours || stated_hours {
        let mark = match value {
            0 => Mark::Nothing,
            v if v * 2 <= i64::from(if days.day_hours == 0 { DAY_HOURS } else { days.day_hours }) * 100 => Mark::Half,
            _ => Mark::Whole,
        };
        return Ok((mark, value));
    }
    match value {
        0 => Ok((Mark::Nothing, 0)),
        1..100 => Ok((Mark::Half, 0)),
        100..=200 => Ok((Mark::Whole, 0)),
        _ => Err(CellFault::new("其他单元格是天数，这一格像是小时数", "请统一按天或按小时填写")),
    }
}

/// Counts number cells above 2, to tell hours from days.
#[derive(Debug, Default)]
pub struct HourVote {
    hours: usize,
    others: usize,
}

impl HourVote {
    pub fn see(&mut self, cells: &[Cell<'_>], days: &DayColumns) {
        // The heading again, on another page.
        let is_number = |(position, day): &(usize, u32)| cells.get(*position).is_some_and(|c| compact(&c.shown()) == day.to_string());
        if days.columns.iter().filter(|column| is_number(column)).count() * 2 > days.columns.len() {
            return;
        }
        for (position, _) in &days.columns {
            let Some(cell) = cells.get(*position).filter(|c| !c.is_blank()) else { continue };
            match compact(&cell.shown()).parse::<f64>() {
                Ok(value) if value > 2.0 => self.hours += 1,
                Ok(value) if value > 0.0 => self.others += 1,
                Err(_) => self.others += 1,
                Ok(_) => {}
            }
        }
    }

    pub fn says_hours(&self) -> bool {
        self.hours > self.others
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn text(t: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(t))
    }

    #[test]
    fn days_in_every_writing() {
        for headings in
            [["1", "2", "31"], ["1日", "2日", "31日"], ["01", "02", "31"], ["3/1", "3/2", "3/31"], ["3月1日", "3月2日", "3月31日"]]
        {
            let cells: Vec<_> = headings.iter().map(|h| text(h)).collect();
            assert_eq!(find(&cells).columns, [(0, 1), (1, 2), (2, 31)], "{headings:?}");
        }
        let dates = [text("2024-03-01"), text("2024-03-02"), Cell::Number(3.0)];
        let found = find(&dates);
        assert_eq!((found.columns.len(), found.month.map(|m| m.to_string())), (3, Some("2024-03".to_owned())));
        assert!(find(&[text("姓名"), text("32"), Cell::Number(0.5)]).columns.is_empty());
    }

    #[test]
    fn marks_and_legend() {
        let mut days = DayColumns::default();
        let mark = |days: &DayColumns, t: &str| read_mark(&text(t), days).map(|m| m.0).ok();
        for (written, expected) in [
            ("√", Mark::Whole),
            ("1", Mark::Whole),
            ("1+2", Mark::Whole),
            ("1/2h", Mark::Whole),
            ("0.5", Mark::Half),
            ("◐", Mark::Half),
            ("8h", Mark::Whole),
            ("×", Mark::Nothing),
            ("休", Mark::Nothing),
            ("0", Mark::Nothing),
        ] {
            assert_eq!(mark(&days, written), Some(expected), "{written}");
        }
        for ask in ["○", "△", "？", "9"] {
            assert_eq!(mark(&days, ask), None, "{ask}");
        }
        read_legend("图例：○ 出勤；△ 半天；× 缺勤", &mut days.legend);
        assert_eq!((mark(&days, "○"), mark(&days, "△")), (Some(Mark::Whole), Some(Mark::Half)));
        read_legend("注：○表示缺勤，△表示加班", &mut days.legend);
        assert_eq!((mark(&days, "○"), mark(&days, "△")), (Some(Mark::Nothing), Some(Mark::Nothing)));
        days.hours = true;
        assert_eq!((mark(&days, "4"), mark(&days, "9.5")), (Some(Mark::Half), Some(Mark::Whole)));
    }
}
