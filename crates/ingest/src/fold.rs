//! Punches into days: any punch on a day is one attended day (rules.md §6, "Sheets").
//!
//! Millions of rows come this way, so a row like one seen before costs a hash, a comparison and a bit.

use std::collections::HashMap;

use chrono::{Datelike, NaiveTime, Timelike};
use model::{Date, Month};

use crate::cell::{CellFault, date};
use crate::classify::{Class, Classifier};
use crate::gather::Gather;
use crate::hash::{ByHash, hash_bytes};
use crate::layout::attendance::{AttendanceLayout, Col, read_worker};
use crate::layout::fingerprint;
use crate::people::People;
use crate::report::{Note, Tally};
use crate::row::{Frame, Row, RowResult};
use crate::stacked::Stacked;
use crate::table::{Cell, Content, Rows, TextRows, Worksheet};

/// Columns that say whose punch it is; all others but the time are not kept.
const WHO: [Col; 8] = [Col::Id, Col::Name, Col::Team, Col::Employer, Col::Code, Col::Project, Col::Trade, Col::EmployerCode];
/// Length of `2024-03-01` and of `2024-03-01 07:05:00`.
const DATE: usize = 10;
const TIME: usize = 19;

/// Punches of a worker by the time of day.
#[derive(Debug, Clone, Copy, Default)]
struct Clock {
    punches: u32,
    /// One of them after one o'clock.
    late: bool,
}

impl Clock {
    fn see(&mut self, time: NaiveTime) {
        self.punches += 1;
        self.late |= time.hour() >= 13;
    }
}

/// What of a line is the same in all punches of a worker, and where each month of that worker stands.
struct Seen<'a> {
    before: &'a [u8],
    /// Empty when nothing behind the time says whose punch it is.
    behind: &'a [u8],
    /// Month, group and line: mostly one.
    months: Vec<(Month, usize, usize)>,
    /// Who came after this worker the last time: exports are in some order.
    next: usize,
}

pub struct Folder<'w, 'f, 'v, 'p> {
    worksheet: &'w Worksheet<'w>,
    frame: &'f Frame,
    people: &'p mut People<'v>,
    stacked: Stacked<'f>,
    /// Position of the time.
    time: usize,
    /// A column of [`WHO`] stands behind the time.
    behind: bool,
    delimiter: u8,
    seen: Vec<Seen<'w>>,
    by_text: HashMap<u64, Vec<usize>, ByHash>,
    /// Worker of the line before.
    last: usize,
    /// Day of the line before, by its text.
    day: (&'w [u8], Date),
    gather: Gather<AttendanceLayout>,
    /// By group and line.
    clocks: Vec<Vec<Clock>>,
    /// Group and worker → line.
    lines: HashMap<(usize, u64), usize>,
}

impl<'w, 'f, 'v, 'p> Folder<'w, 'f, 'v, 'p> {
    pub fn new(worksheet: &'w Worksheet<'w>, frame: &'f Frame, people: &'p mut People<'v>) -> Self {
        let time = frame.mapping.at[Col::Time as usize].unwrap_or(usize::MAX);
        Self {
            worksheet,
            frame,
            people,
            stacked: Stacked::new(frame),
            time,
            behind: WHO.iter().any(|col| frame.mapping.at[*col as usize].is_some_and(|at| at > time)),
            delimiter: 0,
            seen: Vec::new(),
            by_text: HashMap::default(),
            last: 0,
            day: (b"", Date::MIN),
            gather: Gather::default(),
            clocks: Vec::new(),
            lines: HashMap::new(),
        }
    }

    pub fn run(mut self, mut classifier: Classifier<'_>, tally: &mut Tally) -> Gather<AttendanceLayout> {
        let mut cells = Vec::new();
        let mut number = 0;
        match &self.worksheet.content {
            Content::Text { text, delimiter } if delimiter.len() == 1 => {
                self.delimiter = delimiter.as_bytes()[0];
                let mut rows = TextRows::new(text, delimiter);
                loop {
                    let plain = rows.plain_line();
                    if let Some((line, end)) = plain
                        && self.stacked.is_idle()
                        && self.quick(line.as_bytes())
                    {
                        rows.skip(end);
                        number += 1;
                        classifier.saw_data();
                        tally.kept();
                        continue;
                    }
                    if !rows.next(&mut cells) {
                        break;
                    }
                    number += 1;
                    if let (Some(place), Some((line, _))) = (self.slow(number, &cells, &mut classifier, tally), plain) {
                        self.remember(line.as_bytes(), place);
                    }
                }
            }
            _ => {
                let mut rows: Rows<'w> = self.worksheet.rows();
                while rows.next(&mut cells) {
                    number += 1;
                    self.slow(number, &cells, &mut classifier, tally);
                }
            }
        }
        self.tell_mornings(tally);
        self.gather
    }

    /// Workers who come and go before one o'clock every day: their clock may have twelve hours (file-formats.md §14, quirk 18).
    fn tell_mornings(&self, tally: &mut Tally) {
        let (mut first, mut count) = (u32::MAX, 0);
        for (group, clocks) in self.gather.groups.iter().zip(&self.clocks) {
            for (line, clock) in group.lines.iter().zip(clocks) {
                if !clock.late && clock.punches > line.whole_days.count_ones() {
                    (first, count) = (first.min(line.who.row), count + 1);
                }
            }
        }
        if count > 0 {
            let column = self.frame.mapping.headings[Col::Time as usize].as_ref().map(|h| h.0.clone()).unwrap_or_default();
            tally.notes.push(Note {
                row: Some(first),
                count,
                column,
                what: format!("有 {count} 人一天打卡两次以上，时间却都在 13 点以前：像是 12 小时制而没有写上午、下午；出勤天数不受影响")
                    .into(),
                mend: "请核对考勤系统的时间格式，改用 24 小时制后重新导出".into(),
                ..Note::default()
            });
        }
    }

    /// A row of a worker and month seen before, with a time in the usual form.
    fn quick(&mut self, line: &'w [u8]) -> bool {
        let Some(at) = self.guess(line).or_else(|| self.find(line)) else { return false };
        if at != self.last {
            self.seen[self.last].next = at;
            self.last = at;
        }
        let seen = &self.seen[at];
        let time = &line[seen.before.len()..][..TIME];
        if time[..DATE] != *self.day.0 {
            let Some((day, _)) = date::plain(&time[..DATE]) else { return false };
            self.day = (&time[..DATE], day);
        }
        let Some(clock) = date::plain_time(&time[DATE + 1..]).filter(|_| time[DATE] == b' ') else { return false };
        let day = self.day.1;
        let month = Month::of(day);
        let Some((_, group, line)) = seen.months.iter().find(|(m, ..)| *m == month) else { return false };
        self.gather.groups[*group].lines[*line].whole_days |= bit(day);
        self.clocks[*group][*line].see(clock);
        true
    }

    /// The worker of the line before, or who came next the last time.
    fn guess(&self, line: &[u8]) -> Option<usize> {
        let last = self.seen.get(self.last)?;
        [self.last, last.next].into_iter().find(|at| {
            let seen = &self.seen[*at];
            line.strip_prefix(seen.before).is_some_and(|rest| self.ends_time(rest) && (!self.behind || rest[TIME..] == *seen.behind))
        })
    }

    fn find(&self, line: &[u8]) -> Option<usize> {
        let (before, behind) = self.cut(line)?;
        let found = self.by_text.get(&hash_line(before, behind))?;
        found.iter().copied().find(|at| self.seen[*at].before == before && self.seen[*at].behind == behind)
    }

    /// What stands before the time, and what behind it where that matters.
    fn cut<'l>(&self, line: &'l [u8]) -> Option<(&'l [u8], &'l [u8])> {
        let start = match self.time {
            0 => 0,
            time => memchr::memchr_iter(self.delimiter, line).nth(time - 1)? + 1,
        };
        let (before, rest) = line.split_at(start);
        self.ends_time(rest).then(|| (before, if self.behind { &rest[TIME..] } else { &[][..] }))
    }

    /// Whether a cell as long as a time of the usual form stands here.
    fn ends_time(&self, rest: &[u8]) -> bool {
        rest.len() == TIME || rest.get(TIME) == Some(&self.delimiter)
    }

    /// Group and line of a row that is a punch.
    fn slow(
        &mut self,
        number: u32,
        cells: &[Cell<'w>],
        classifier: &mut Classifier<'_>,
        tally: &mut Tally,
    ) -> Option<(Month, usize, usize)> {
        let row = Row { number, cells, frame: self.frame };
        match self.stacked.see(&row, classifier.class(number, cells)) {
            Class::Data => match self.stacked.fault(&row).map_or_else(|| self.punch(&row), Err) {
                Ok(place) => {
                    tally.kept();
                    return Some(place);
                }
                Err(fault) => {
                    self.gather.rejected(row.place(Col::Code, Col::Project).ok().flatten().as_ref());
                    tally.reject(number, fault);
                }
            },
            class => tally.other(class),
        }
        None
    }

    fn punch(&mut self, row: &Row<'_, 'w>) -> RowResult<(Month, usize, usize)> {
        let (day, time) =
            row.moment(Col::Time)?.ok_or_else(|| row.fault(Col::Time, CellFault::new("缺少考勤时间", "请填写打卡的日期和时间")))?;
        let month = Month::of(day);
        let (key, line) = read_worker(row, self.people, Some(month))?;
        let who = fingerprint((line.who.person, &line.who.name));
        let group = self.gather.group(key, row)?;
        let lines = &mut self.gather.groups[group].lines;
        let at = *self.lines.entry((group, who)).or_insert_with(|| {
            lines.push(line);
            lines.len() - 1
        });
        lines[at].whole_days |= bit(day);
        if self.clocks.len() <= group {
            self.clocks.resize_with(group + 1, Vec::new);
        }
        let clocks = &mut self.clocks[group];
        if clocks.len() <= at {
            clocks.resize_with(at + 1, Clock::default);
        }
        if let Some(time) = time {
            clocks[at].see(time);
        }
        Ok((month, group, at))
    }

    /// So that the next punch of the same worker is quick.
    fn remember(&mut self, line: &'w [u8], place: (Month, usize, usize)) {
        let Some((before, behind)) = self.cut(line) else { return };
        let at = self.find(line).unwrap_or_else(|| {
            let at = self.seen.len();
            self.seen.push(Seen { before, behind, months: Vec::new(), next: at });
            self.by_text.entry(hash_line(before, behind)).or_default().push(at);
            at
        });
        if !self.seen[at].months.contains(&place) {
            self.seen[at].months.push(place);
        }
    }
}

fn hash_line(before: &[u8], behind: &[u8]) -> u64 {
    hash_bytes(before) ^ hash_bytes(behind).rotate_left(32)
}

fn bit(day: Date) -> u32 {
    1 << day.day0()
}
