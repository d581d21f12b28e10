//! Punches into days: any punch on a day is one attended day (rules.md §6, "Sheets").
//!
//! Millions of rows come this way, so a row like one seen before costs a hash, a comparison and a bit.

use std::collections::HashMap;

use chrono::Datelike;
use model::{Date, Month};

use crate::cell::{CellFault, date};
use crate::classify::{Class, Classifier};
use crate::gather::Gather;
use crate::hash::{ByHash, hash_text};
use crate::layout::attendance::{AttendanceLayout, Col, read_worker};
use crate::layout::fingerprint;
use crate::people::People;
use crate::report::Tally;
use crate::row::{Frame, Row, RowResult};
use crate::table::{Cell, Content, Rows, TextRows, Worksheet};

/// Columns that say whose punch it is; all others but the time are not kept.
const WHO: [Col; 8] = [Col::Id, Col::Name, Col::Team, Col::Employer, Col::Code, Col::Project, Col::Trade, Col::EmployerCode];

/// Raw texts of [`WHO`] in a row, and where each month of that worker stands.
struct Seen<'a> {
    raw: [&'a str; WHO.len()],
    /// Month, group and line: mostly one.
    months: Vec<(Month, usize, usize)>,
}

pub struct Folder<'w, 'f, 'v, 'p> {
    worksheet: &'w Worksheet<'w>,
    frame: &'f Frame,
    people: &'p mut People<'v>,
    positions: [Option<usize>; WHO.len()],
    time: usize,
    seen: Vec<Seen<'w>>,
    by_id: HashMap<u64, Vec<usize>, ByHash>,
    gather: Gather<AttendanceLayout>,
    /// Group and worker → line.
    lines: HashMap<(usize, u64), usize>,
}

impl<'w, 'f, 'v, 'p> Folder<'w, 'f, 'v, 'p> {
    pub fn new(worksheet: &'w Worksheet<'w>, frame: &'f Frame, people: &'p mut People<'v>) -> Self {
        let positions = WHO.map(|col| frame.mapping.at[col as usize]);
        let time = frame.mapping.at[Col::Time as usize].unwrap_or(usize::MAX);
        Self {
            worksheet,
            frame,
            people,
            positions,
            time,
            seen: Vec::new(),
            by_id: HashMap::default(),
            gather: Gather::default(),
            lines: HashMap::new(),
        }
    }

    pub fn run(mut self, mut classifier: Classifier<'_>, tally: &mut Tally) -> Gather<AttendanceLayout> {
        let mut cells = Vec::new();
        let mut number = 0;
        match &self.worksheet.content {
            Content::Text { text, delimiter } if delimiter.len() == 1 => {
                let mut rows = TextRows::new(text, delimiter);
                loop {
                    if let Some((line, end)) = rows.plain_line()
                        && self.quick(line, delimiter.as_bytes()[0])
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
                    self.slow(number, &cells, &mut classifier, tally);
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
        self.gather
    }

    /// A row of a worker and month seen before, with a time in the usual form.
    fn quick(&mut self, line: &'w str, delimiter: u8) -> bool {
        const MOST: usize = 24;
        let (mut fields, mut count, mut from) = ([""; MOST], 0, 0);
        for at in memchr::memchr_iter(delimiter, line.as_bytes()) {
            if count == MOST {
                return false;
            }
            fields[count] = &line[from..at];
            count += 1;
            from = at + 1;
        }
        if count == MOST {
            return false;
        }
        fields[count] = &line[from..];
        if self.time > count {
            return false;
        }
        let Some((day, Some(_))) = date::plain(fields[self.time].as_bytes()) else { return false };
        let raw = self.positions.map(|at| at.and_then(|at| fields.get(at)).copied().unwrap_or(""));
        let Some(found) = self.by_id.get(&hash_text(raw[0])) else { return false };
        let Some(seen) = found.iter().map(|at| &self.seen[*at]).find(|seen| seen.raw == raw) else { return false };
        let month = Month::of(day);
        let Some((_, group, line)) = seen.months.iter().find(|(m, ..)| *m == month) else { return false };
        self.gather.groups[*group].lines[*line].whole_days |= 1 << day.day0();
        true
    }

    fn slow(&mut self, number: u32, cells: &[Cell<'w>], classifier: &mut Classifier<'_>, tally: &mut Tally) {
        match classifier.class(number, cells) {
            Class::Data => {
                let row = Row { number, cells, frame: self.frame };
                match self.punch(&row) {
                    Ok(()) => tally.kept(),
                    Err(fault) => {
                        self.gather.rejected(row.place(Col::Code, Col::Project).ok().flatten().as_ref());
                        tally.reject(number, fault);
                    }
                }
            }
            class => tally.other(class),
        }
    }

    fn punch(&mut self, row: &Row<'_, 'w>) -> RowResult<()> {
        let (day, _) =
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
        self.remember(row, (month, group, at));
        Ok(())
    }

    /// So that the next punch of the same worker is quick.
    fn remember(&mut self, row: &Row<'_, 'w>, place: (Month, usize, usize)) {
        let mut raw = [""; WHO.len()];
        for (slot, at) in raw.iter_mut().zip(self.positions) {
            match at.and_then(|at| row.cells.get(at)) {
                None | Some(Cell::Empty) => {}
                Some(Cell::Text(std::borrow::Cow::Borrowed(text))) => *slot = text,
                Some(_) => return,
            }
        }
        let found = self.by_id.entry(hash_text(raw[0])).or_default();
        let at = if let Some(at) = found.iter().find(|at| self.seen[**at].raw == raw) {
            *at
        } else {
            found.push(self.seen.len());
            self.seen.push(Seen { raw, months: Vec::new() });
            self.seen.len() - 1
        };
        if !self.seen[at].months.contains(&place) {
            self.seen[at].months.push(place);
        }
    }
}

fn bit(day: Date) -> u32 {
    1 << day.day0()
}
