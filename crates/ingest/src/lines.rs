//! The rows of one recognised table, read by the layout of its dataset.

use model::Dataset;
use model::sheet::Totals;

use crate::cell::{CellFault, FaultKind};
use crate::classify::{Class, Classifier, is_grand_total};
use crate::gather::{Gather, Part};
use crate::layout::{self, Layout, payroll};
use crate::people::People;
use crate::report::Tally;
use crate::row::{Frame, Row, RowFault};
use crate::stacked::Stacked;
use crate::table::{Cell, Worksheet};
use crate::totals::StatedTotal;

pub struct TableReader<'r, 'w, 'p, 'v> {
    pub worksheet: &'w Worksheet<'w>,
    pub frame: &'r Frame,
    pub people: &'p mut People<'v>,
    pub tally: &'r mut Tally,
    /// Cells a row may have, in text files: those of the heading, and blank ones behind them that the first row has too.
    pub width: Option<Width>,
    /// Total rows that cover the whole sheet, in order.
    pub stated: Vec<StatedTotal>,
}

/// Cells of the heading, and of the longest row that may be.
#[derive(Debug, Clone, Copy)]
pub struct Width {
    pub heading: usize,
    pub longest: usize,
}

impl Width {
    /// In a text file a longer row holds a delimiter that is part of a value; in a workbook none does.
    pub fn of(worksheet: &Worksheet<'_>, heading: usize, height: usize) -> Option<Self> {
        if worksheet.grid().is_some() {
            return None;
        }
        let (mut rows, mut cells, mut width) = (worksheet.rows(), Vec::new(), 0);
        for at in 0..heading + height {
            if rows.next(&mut cells) && at >= heading {
                width = width.max(cells.len());
            }
        }
        let first = if rows.next(&mut cells) && cells.iter().skip(width).all(Cell::is_blank) { cells.len() } else { width };
        Some(Self { heading: width, longest: first.max(width) })
    }
}

impl TableReader<'_, '_, '_, '_> {
    pub fn dispatch(&mut self, dataset: Dataset, classifier: Classifier<'_>) -> Vec<Part> {
        match dataset {
            Dataset::Project => self.lines::<layout::project::ProjectLayout>(classifier),
            Dataset::Contractor => self.lines::<layout::contractor::ContractorLayout>(classifier),
            Dataset::Team => self.lines::<layout::team::TeamLayout>(classifier),
            Dataset::Deposit => self.lines::<layout::deposit::DepositLayout>(classifier),
            Dataset::Account => self.lines::<layout::account::AccountLayout>(classifier),
            Dataset::Ledger => self.lines::<layout::ledger::LedgerLayout>(classifier),
            Dataset::Roster => self.lines::<layout::roster::RosterLayout>(classifier),
            Dataset::Contract => self.lines::<layout::contract::ContractLayout>(classifier),
            Dataset::Attendance => self.lines::<layout::attendance::AttendanceLayout>(classifier),
            Dataset::Payroll => self.lines::<payroll::PayrollLayout>(classifier),
            Dataset::Payout => self.lines::<layout::payout::PayoutLayout>(classifier),
            Dataset::Board => self.lines::<layout::board::BoardLayout>(classifier),
            Dataset::WorkerSettlement => self.lines::<layout::worker_settlement::WorkerSettlementLayout>(classifier),
            Dataset::ProcessSettlement => self.lines::<layout::process_settlement::ProcessSettlementLayout>(classifier),
            Dataset::Inspection => self.lines::<layout::inspection::InspectionLayout>(classifier),
            Dataset::Lead => self.lines::<layout::lead::LeadLayout>(classifier),
        }
    }

    fn lines<L: Layout>(&mut self, mut classifier: Classifier<'_>) -> Vec<Part> {
        let mut gather = Gather::<L>::default();
        let mut stacked = Stacked::new(self.frame);
        let (mut rows, mut cells, mut number) = (self.worksheet.rows(), Vec::new(), 0);
        while rows.next(&mut cells) {
            number += 1;
            let row = Row { number, cells: &cells, frame: self.frame };
            let class = stacked.see(&row, classifier.class(number, &cells));
            if class != Class::Data {
                if class == Class::Total && !stacked.is_other() {
                    self.total(&row);
                }
                self.tally.other(class);
                continue;
            }
            if self.is_lower_part(&row) {
                self.tally.other(Class::Note);
                continue;
            }
            let added = if let Some(fault) = stacked.fault(&row).or_else(|| self.too_wide(&row)).or_else(|| self.shared_amount(&row)) {
                Err(fault)
            } else if gather.continues(&row) {
                L::line(&row, self.people).and_then(|line| gather.push(&row, line))
            } else {
                L::read(&row, self.people).and_then(|(key, line)| gather.add(key, &row, line))
            };
            self.frame.doubts.settle(added.is_ok());
            match added {
                Ok(()) => self.tally.kept(),
                Err(fault) => {
                    let place = self.frame.mapping.shape.project.and_then(|(code, name)| row.place(code, name).ok().flatten());
                    gather.rejected(place.as_ref());
                    self.tally.reject(number, fault);
                }
            }
        }
        gather.parts(self.tally)
    }

    /// Why a row with more filled cells than the heading has cannot be read: its values may stand in the wrong columns.
    fn too_wide(&self, row: &Row<'_, '_>) -> Option<RowFault> {
        let Width { heading: width, longest } = self.width?;
        let filled = row.cells.iter().enumerate().skip(width).rfind(|(_, cell)| !cell.is_blank());
        // A blank too many moves the others as a filled one does.
        let (at, cell) = filled.or_else(|| (row.cells.len() > longest).then(|| row.cells.iter().enumerate().next_back()).flatten())?;
        Some(RowFault {
            column: format!("第 {} 列", at + 1),
            value: model::identifier::mask(&cell.shown().chars().take(20).collect::<String>()),
            reason: format!("这一行比表头多出 {} 列，各列可能错位：像是金额的千分位逗号或文字里的分隔符没有加引号", at + 1 - width).into(),
            mend: "请从原系统重新导出为 .xlsx，或去掉金额中的千分位逗号后重新提供".into(),
            kind: FaultKind::Cell,
        })
    }

    /// First and last row, from 0, over which the cell of a column is merged.
    fn merged(&self, row: &Row<'_, '_>, column: usize) -> Option<(u32, u32)> {
        self.worksheet.grid()?.merged(row.number as usize - 1, self.frame.mapping.at[column]?)
    }

    /// Columns of amounts that are filled and merged, with the rows they are merged over.
    fn merged_amounts(&self, row: &Row<'_, '_>) -> impl Iterator<Item = (usize, (u32, u32))> {
        let amounts = self.frame.mapping.shape.amounts.iter().copied();
        let filled = amounts.filter(|column| row.cell(*column).is_some_and(|cell| !cell.is_blank()));
        filled.filter_map(|column| Some((column, self.merged(row, column)?)))
    }

    /// Whether name and amount of the row are merged with those above: the same line, written over several rows.
    fn is_lower_part(&self, row: &Row<'_, '_>) -> bool {
        let shape = self.frame.mapping.shape;
        let Some(own) = shape.subjects.first().and_then(|name| self.merged(row, *name)) else { return false };
        own.0 < row.number - 1 && self.merged_amounts(row).any(|(_, rows)| rows == own)
    }

    /// An amount merged over the rows of several people is nobody's: filled down, it would be paid more than once.
    fn shared_amount(&self, row: &Row<'_, '_>) -> Option<RowFault> {
        let shape = self.frame.mapping.shape;
        let own = shape.subjects.first().and_then(|name| self.merged(row, *name));
        let (column, (top, bottom)) = self.merged_amounts(row).find(|(_, rows)| Some(*rows) != own)?;
        let reason = format!("第 {} 至 {} 行的金额合并在一个单元格里，不知道各是多少", top + 1, bottom + 1);
        Some(row.fault(column, CellFault::new(reason, "请取消合并单元格，每行填写各自的金额后重新提供")))
    }

    /// What the sheet's own total row says, where it covers the whole sheet.
    fn total(&mut self, row: &Row<'_, '_>) {
        if !row.cells.iter().any(|c| is_grand_total(&c.shown())) {
            return;
        }
        let totals = match self.frame.mapping.shape.dataset {
            Dataset::Payroll => {
                Totals { gross: row.money(payroll::Col::Gross).unwrap_or_default(), net: row.money(payroll::Col::Net).unwrap_or_default() }
            }
            Dataset::Payout => Totals { gross: None, net: row.money(layout::payout::Col::Amount).unwrap_or_default() },
            _ => return,
        };
        if totals != Totals::default() {
            self.stated.push(StatedTotal { row: row.number, totals });
        }
    }
}
