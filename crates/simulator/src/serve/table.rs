//! The county's tables as JSON rows, and what of them is known on a day.

use model::{Dataset, Date};
use serde_json::{Map, Value};

use crate::files::grid::{Cell, Grid};

pub type Row = Map<String, Value>;

/// A cell as it travels: money and days as numbers, dates as ISO text, empty cells as null.
pub fn value(cell: &Cell) -> Value {
    match cell {
        Cell::None => Value::Null,
        Cell::Text(text) => Value::from(text.as_str()),
        Cell::Word(word) => Value::from(*word),
        Cell::Money(fen) => decimal(*fen, 100),
        Cell::Days(hundredths) => decimal(*hundredths, 100),
        Cell::Pieces(thousandths) => decimal(*thousandths, 1_000),
        Cell::Int(number) => Value::from(*number),
        Cell::Date(date) => Value::from(date.to_string()),
        Cell::Month(month) => Value::from(month.to_string()),
        Cell::Stamp(date, minute) => Value::from(format!("{date} {:02}:{:02}:00", minute / 60, minute % 60)),
        Cell::Flag(flag) => Value::from(*flag),
    }
}

fn decimal(units: i64, per_one: i64) -> Value {
    if units % per_one == 0 {
        return Value::from(units / per_one);
    }
    #[expect(clippy::cast_precision_loss, reason = "sums of a county stay far below 2^53")]
    Value::from(units as f64 / per_one as f64)
}

/// One row of a table, asked by heading.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    heads: &'a [&'static str],
    cells: &'a [Cell],
}

impl Line<'_> {
    pub fn has(&self, heading: &str) -> bool {
        self.heads.contains(&heading)
    }

    pub fn cell(&self, heading: &str) -> &Cell {
        self.heads.iter().position(|head| *head == heading).map_or(&Cell::None, |at| &self.cells[at])
    }

    pub fn value(&self, heading: &str) -> Value {
        value(self.cell(heading))
    }

    pub fn text(&self, heading: &str) -> String {
        match self.value(heading) {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    pub fn date(&self, heading: &str) -> Option<Date> {
        if let Cell::Date(date) = self.cell(heading) { Some(*date) } else { None }
    }
}

pub fn lines(grid: &Grid) -> impl Iterator<Item = Line<'_>> {
    grid.rows.iter().map(|cells| Line { heads: &grid.heads, cells })
}

/// Headings whose date says from when a row is there; the first that is filled in counts.
fn dated_by(dataset: Dataset) -> &'static [&'static str] {
    match dataset {
        Dataset::Deposit => &["缴存日期"],
        Dataset::Account => &["开户日期"],
        Dataset::Ledger | Dataset::Payout => &["交易日期"],
        Dataset::Roster => &["进场时间"],
        Dataset::Contract => &["签订日期"],
        Dataset::Payroll => &["上传日期", "编制日期"],
        Dataset::Board => &["设立日期"],
        Dataset::Project
        | Dataset::Contractor
        | Dataset::Team
        | Dataset::Attendance
        | Dataset::WorkerSettlement
        | Dataset::ProcessSettlement
        | Dataset::Inspection
        | Dataset::Lead => &[],
    }
}

/// The table as it stands on that day: later rows are not there, an exit to come is not known.
pub fn known_on(mut grid: Grid, day: Date) -> Grid {
    let heads = grid.heads.clone();
    let at = |cells: &[Cell], heading: &str| Line { heads: &heads, cells }.date(heading);
    grid.rows.retain(|cells| {
        let dated = dated_by(grid.dataset).iter().find_map(|heading| at(cells, heading));
        dated.is_none_or(|date| date <= day)
    });
    if grid.dataset == Dataset::Roster {
        for cells in &mut grid.rows {
            if at(cells, "退场时间").is_some_and(|exit| exit > day) {
                for (head, cell) in heads.iter().zip(cells.iter_mut()) {
                    match *head {
                        "退场时间" => *cell = Cell::None,
                        "在场状态" => *cell = Cell::Word("在场"),
                        _ => {}
                    }
                }
            }
        }
    }
    grid
}
