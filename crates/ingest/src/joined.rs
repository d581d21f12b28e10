//! One sheet from several worksheets of a workbook: what may stand in a sheet once stands once in all of them.

use std::collections::HashMap;

use model::Body;
use model::sheet::AttendanceLine;

use crate::gather::Part;
use crate::hash::ByHash;
use crate::layout::Layout;
use crate::layout::attendance::AttendanceLayout;
use crate::layout::payroll::PayrollLayout;
use crate::layout::roster::RosterLayout;

/// A line of a further worksheet that stands in the same sheet already.
pub struct Again {
    pub row: u32,
    /// Position of the worksheet and row of the first one.
    pub first: (usize, u32),
    pub name: String,
}

/// Parts of one sheet from several worksheets, put together.
pub struct Joined {
    /// What may stand in the sheet only once, and where it stands.
    seen: Option<HashMap<u64, (usize, u32), ByHash>>,
    first: usize,
}

impl Joined {
    /// `worksheet` is the position of the first one.
    pub fn new(worksheet: usize) -> Self {
        Self { seen: None, first: worksheet }
    }

    /// Adds the lines of a further worksheet; those that stand there already come back.
    pub fn append(&mut self, into: &mut Body, worksheet: usize, more: Part) -> Vec<Again> {
        macro_rules! same {
            ($($kind:ident),*) => {
                match (into, more.body) {
                    (Body::Payroll(lines), Body::Payroll(more)) => self.add::<PayrollLayout>(lines, worksheet, more, |l| &l.who.name),
                    (Body::Roster(lines), Body::Roster(more)) => self.add::<RosterLayout>(lines, worksheet, more, |l| &l.who.name),
                    // Punches of one person may stand in a worksheet for each gate; a matrix says of each day once.
                    (Body::Attendance(lines), Body::Attendance(more_lines)) if more.wide => {
                        let days = |l: &AttendanceLine| l.whole_days | l.half_days;
                        let mut known: HashMap<Option<u64>, u32> = HashMap::new();
                        for line in lines.iter() {
                            *known.entry(AttendanceLayout::once(line)).or_default() |= days(line);
                        }
                        let (whole, part): (Vec<_>, Vec<_>) = more_lines.into_iter().partition(|line| {
                            known
                                .get(&AttendanceLayout::once(line))
                                .is_none_or(|known| *known & days(line) != 0 || *known == days(line))
                        });
                        let again = self.add::<AttendanceLayout>(lines, worksheet, whole, |l| &l.who.name);
                        // One half of the month on each worksheet.
                        lines.extend(part);
                        again
                    }
                    $((Body::$kind(lines), Body::$kind(more)) => {
                        lines.extend(more);
                        Vec::new()
                    })*
                    _ => unreachable!("sheets are merged within one dataset only"),
                }
            };
        }
        same!(
            Project,
            Contractor,
            Team,
            Deposit,
            Account,
            Ledger,
            Contract,
            Attendance,
            Payout,
            Board,
            WorkerSettlement,
            ProcessSettlement,
            Inspection,
            Lead
        )
    }

    fn add<L: Layout>(
        &mut self,
        lines: &mut Vec<L::Line>,
        worksheet: usize,
        more: Vec<L::Line>,
        name: impl Fn(&L::Line) -> &String,
    ) -> Vec<Again> {
        let first = self.first;
        let seen =
            self.seen.get_or_insert_with(|| lines.iter().filter_map(|line| Some((L::once(line)?, (first, L::row_of(line))))).collect());
        let mut again = Vec::new();
        for line in more {
            if let Some(print) = L::once(&line) {
                if let Some(first) = seen.get(&print) {
                    again.push(Again { row: L::row_of(&line), first: *first, name: name(&line).clone() });
                    continue;
                }
                seen.insert(print, (worksheet, L::row_of(&line)));
            }
            lines.push(line);
        }
        again
    }
}
