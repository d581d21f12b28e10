//! A worksheet in memory: only rows with something in them, merged ranges, and the budget that bounds them.

use std::borrow::Cow;

use super::{Cell, Content, Limits, Worksheet};
use crate::FileProblem;

/// Headings stand in the first rows; merged ranges that begin further down are not needed for them.
const HEADING_ROWS: u32 = 64;
/// More ranges side by side than the heading rows have cells overlap each other.
const HEADING_MERGES: usize = 32_768;

/// A worksheet in memory, up to its last filled row.
#[derive(Debug, Default)]
pub struct Grid {
    /// Row numbers from 0 in ascending order; rows between them are blank.
    rows: Vec<(u32, Vec<Cell<'static>>)>,
    /// Merged ranges in the heading rows: first row, first column, last row, last column, from 0.
    merges: Vec<[u32; 4]>,
    /// Columns of cells merged over several rows, in order: column, first row, last row.
    columns: Vec<[u32; 3]>,
}

impl Grid {
    /// A row, blank ones too; `None` behind the last.
    pub fn row(&self, at: usize) -> Option<&[Cell<'static>]> {
        let last = self.rows.last()?.0;
        let wanted = u32::try_from(at).ok().filter(|wanted| *wanted <= last)?;
        // Without blank rows the place is the number.
        if let Some((number, cells)) = self.rows.get(at)
            && *number == wanted
        {
            return Some(cells);
        }
        Some(self.find(wanted).map_or(&[], |at| &self.rows[at].1))
    }

    /// Merged ranges of the heading rows that reach over several columns: top, left, bottom, right, from 0.
    pub fn merges(&self) -> &[[u32; 4]] {
        &self.merges
    }

    fn find(&self, row: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&row, |(number, _)| *number).ok()
    }

    /// First and last row of the merged cells that reach over a cell and others below or above it, from 0.
    pub fn merged(&self, row: usize, column: usize) -> Option<(u32, u32)> {
        let (row, column) = (u32::try_from(row).ok()?, u32::try_from(column).ok()?);
        let behind = self.columns.partition_point(|[at, top, _]| (*at, *top) <= (column, row));
        let [at, top, bottom] = *self.columns.get(behind.checked_sub(1)?)?;
        (at == column && row <= bottom).then_some((top, bottom))
    }

    /// Copies the text of merged heading cells into every column they reach over.
    pub fn spread<'a>(&'a self, row: usize, cells: &mut Vec<Cell<'a>>) {
        let at = u32::try_from(row).unwrap_or(u32::MAX);
        for [top, left, bottom, right] in &self.merges {
            if !(*top <= at && at <= *bottom) {
                continue;
            }
            let Some(Cell::Text(text)) = self.row(*top as usize).and_then(|r| r.get(*left as usize)) else { continue };
            let right = *right as usize;
            if cells.len() <= right {
                cells.resize(right + 1, Cell::Empty);
            }
            for cell in &mut cells[*left as usize..=right] {
                if *cell == Cell::Empty {
                    *cell = Cell::Text(Cow::Borrowed(text));
                }
            }
        }
    }
}

/// What is left of the limits of one file.
#[derive(Debug)]
pub struct Budget<'l> {
    pub limits: &'l Limits,
    cells: u64,
    text: u64,
}

impl<'l> Budget<'l> {
    pub fn new(limits: &'l Limits) -> Self {
        Self { limits, cells: limits.cells, text: limits.expanded_bytes }
    }
}

/// Builds a worksheet cell by cell, in any order, within a budget.
pub struct GridBuilder<'b, 'l> {
    budget: &'b mut Budget<'l>,
    /// How messages call the worksheet: `工作表“一班”`.
    called: String,
    grid: Grid,
    merges: Vec<[u32; 4]>,
    sorted: bool,
}

impl<'b, 'l> GridBuilder<'b, 'l> {
    pub fn new(name: &str, budget: &'b mut Budget<'l>) -> Self {
        Self { budget, called: format!("工作表“{name}”"), grid: Grid::default(), merges: Vec::new(), sorted: true }
    }

    pub fn limits(&self) -> &'l Limits {
        self.budget.limits
    }

    /// Puts a cell; blank ones take no place.
    pub fn put(&mut self, row: u32, column: u32, cell: Cell<'static>) -> Result<(), FileProblem> {
        if cell.is_blank() {
            return Ok(());
        }
        if let Cell::Text(text) = &cell {
            self.check_text(text, row)?;
            self.budget.text = self.budget.text.checked_sub(text.len() as u64).ok_or_else(|| self.too_large())?;
        }
        self.set(row, column, cell)
    }

    /// Puts a text; blank ones take no place.
    pub fn put_text(&mut self, row: u32, column: u32, text: &str) -> Result<(), FileProblem> {
        if text.chars().all(super::is_invisible) { Ok(()) } else { self.put(row, column, Cell::Text(Cow::Owned(text.to_owned()))) }
    }

    fn set(&mut self, row: u32, column: u32, cell: Cell<'static>) -> Result<(), FileProblem> {
        let limits = self.budget.limits;
        // Every row up to the last is walked, blank ones too.
        if row >= limits.rows {
            return Err(FileProblem::new(
                format!("{}的内容写到第 {} 行，超过 {} 行", self.called, u64::from(row) + 1, limits.rows),
                "请删去表格下方多余的内容，或分成几个文件后重新提供",
            ));
        }
        if column >= limits.columns {
            return Err(FileProblem::new(
                format!("{}第 {} 行超过 {} 列", self.called, u64::from(row) + 1, limits.columns),
                "请删去表格右侧多余的内容后重新提供",
            ));
        }
        let last = self.grid.rows.last().map(|(number, _)| *number);
        if last != Some(row) {
            self.sorted &= last.is_none_or(|last| last < row);
            self.grid.rows.push((row, Vec::new()));
            self.spend(1)?;
        }
        let column = column as usize;
        let length = self.grid.rows.last().map_or(0, |(_, cells)| cells.len());
        if length <= column {
            self.spend((column + 1 - length) as u64)?;
        }
        if let Some((_, cells)) = self.grid.rows.last_mut() {
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            cells[column] = cell;
        }
        Ok(())
    }

    fn spend(&mut self, cells: u64) -> Result<(), FileProblem> {
        self.budget.cells = self.budget.cells.checked_sub(cells).ok_or_else(|| self.too_large())?;
        Ok(())
    }

    fn too_large(&self) -> FileProblem {
        let Limits { cells, expanded_bytes, .. } = self.budget.limits;
        FileProblem::new(
            format!("{}太大：整个文件超过 {cells} 个单元格，或其中的文字超过 {} MB", self.called, expanded_bytes >> 20),
            "请按月份或项目分成几个文件后重新提供",
        )
    }

    /// Names a merged range, from 0, both ends in it.
    pub fn merge(&mut self, top: u32, left: u32, bottom: u32, right: u32) -> Result<(), FileProblem> {
        if bottom < top || right < left || (top, left) == (bottom, right) || left >= self.budget.limits.columns {
            return Ok(());
        }
        self.spend(1)?;
        self.merges.push([top, left, bottom, right.min(self.budget.limits.columns - 1)]);
        Ok(())
    }

    fn check_text(&self, text: &str, row: u32) -> Result<(), FileProblem> {
        let most = self.budget.limits.cell_chars;
        if text.len() > most && text.chars().count() > most {
            return Err(FileProblem::new(
                format!("{}第 {} 行有超过 {most} 字的单元格", self.called, u64::from(row) + 1),
                "请删去该单元格中多余的内容后重新提供",
            ));
        }
        if text.contains('\u{fffd}') {
            return Err(FileProblem::new(
                format!("{}第 {} 行含有已损坏的文字（替换符 �），原文在导出时已丢失", self.called, u64::from(row) + 1),
                "请从原系统重新导出，不要经过会改变编码的软件",
            ));
        }
        Ok(())
    }

    /// The worksheet, with merged body cells filled down.
    pub fn finish(mut self, name: Option<String>, hidden: bool) -> Result<Worksheet<'static>, FileProblem> {
        if !self.sorted {
            self.sort();
        }
        self.fill_down()?;
        self.grid.columns = self.merges.iter().filter(|m| m[0] < m[2]).map(|[top, left, bottom, _]| [*left, *top, *bottom]).collect();
        self.grid.columns.sort_unstable();
        let headings = self.merges.into_iter().filter(|[top, left, _, right]| *top < HEADING_ROWS && left < right);
        self.grid.merges = headings.take(HEADING_MERGES).collect();
        Ok(Worksheet { name, hidden, content: Content::Grid(self.grid) })
    }

    /// Rows in order; of cells given twice the later one counts.
    fn sort(&mut self) {
        self.grid.rows.sort_by_key(|(row, _)| *row);
        self.grid.rows.dedup_by(|later, earlier| {
            if later.0 != earlier.0 {
                return false;
            }
            let width = earlier.1.len().max(later.1.len());
            earlier.1.resize(width, Cell::Empty);
            for (cell, new) in earlier.1.iter_mut().zip(later.1.drain(..)).filter(|(_, new)| *new != Cell::Empty) {
                *cell = new;
            }
            true
        });
    }

    /// Forward fill inside vertical merges only: one team name over many rows. Blank rows stay blank.
    fn fill_down(&mut self) -> Result<(), FileProblem> {
        for [top, left, bottom, _] in self.merges.clone() {
            if bottom == top || bottom - top >= self.budget.limits.merged_rows {
                continue;
            }
            let Some(from) = self.grid.find(top) else { continue };
            let column = left as usize;
            let Some(cell) = self.grid.rows[from].1.get(column).filter(|c| !c.is_blank()).cloned() else { continue };
            let end = from + self.grid.rows[from..].partition_point(|(row, _)| *row <= bottom);
            for at in from + 1..end {
                let width = self.grid.rows[at].1.len();
                self.spend(1 + (column + 1).saturating_sub(width) as u64)?;
                if let Cell::Text(text) = &cell {
                    self.budget.text = self.budget.text.checked_sub(text.len() as u64).ok_or_else(|| self.too_large())?;
                }
                let cells = &mut self.grid.rows[at].1;
                cells.resize(width.max(column + 1), Cell::Empty);
                cells[column] = cell.clone();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell<'static> {
        Cell::Text(Cow::Owned(text.to_owned()))
    }

    fn grid(build: impl FnOnce(&mut GridBuilder<'_, '_>) -> Result<(), FileProblem>) -> Result<Grid, FileProblem> {
        let limits = Limits { cells: 100, columns: 10, ..Limits::default() };
        let mut budget = Budget::new(&limits);
        let mut builder = GridBuilder::new("测试", &mut budget);
        build(&mut builder)?;
        match builder.finish(None, false)?.content {
            Content::Grid(grid) => Ok(grid),
            Content::Text { .. } => unreachable!(),
        }
    }

    #[test]
    fn a_cell_in_the_last_row_costs_one_row() {
        let grid = grid(|to| to.put_text(0, 0, "a").and_then(|()| to.put_text(1_048_575, 1, "b"))).unwrap();
        assert_eq!(grid.rows.len(), 2);
        assert_eq!(grid.row(1_048_575).unwrap()[1], text("b"));
        assert_eq!(grid.row(500), Some(&[][..]));
        assert_eq!(grid.row(1_048_576), None);
    }

    #[test]
    fn rows_in_any_order_come_out_in_order_and_the_later_cell_counts() {
        let grid = grid(|to| {
            to.put_text(2, 0, "c")?;
            to.put_text(0, 1, "a")?;
            to.put_text(2, 1, "d")?;
            to.put_text(0, 1, "b")
        })
        .unwrap();
        assert_eq!(grid.row(0).unwrap(), [Cell::Empty, text("b")]);
        assert_eq!(grid.row(2).unwrap(), [text("c"), text("d")]);
    }

    #[test]
    fn the_budget_counts_the_width_of_every_row() {
        let wide = grid(|to| (0..20).try_for_each(|row| to.put_text(row, 9, "x"))).unwrap_err();
        assert!(wide.what.contains("100 个单元格"), "{wide:?}");
        let column = grid(|to| to.put_text(3, 10, "x")).unwrap_err();
        assert!(column.what.contains("第 4 行超过 10 列"), "{column:?}");
        let row = grid(|to| to.put_text(u32::MAX, 0, "x")).unwrap_err();
        assert!(row.what.contains("第 4294967296 行，超过 1048576 行"), "{row:?}");
    }

    #[test]
    fn merged_cells_fill_down_and_spread() {
        let grid = grid(|to| {
            to.put_text(0, 0, "应发")?;
            to.put_text(1, 0, "基本")?;
            to.put_text(2, 0, "一班")?;
            to.put_text(3, 1, "x")?;
            to.merge(0, 0, 0, 1)?;
            to.merge(2, 0, 3, 0)
        })
        .unwrap();
        assert_eq!(grid.row(3).unwrap(), [text("一班"), text("x")]);
        assert_eq!((grid.merged(2, 0), grid.merged(3, 0), grid.merged(3, 1), grid.merged(0, 0)), (Some((2, 3)), Some((2, 3)), None, None));
        let mut cells = vec![text("应发")];
        grid.spread(0, &mut cells);
        assert_eq!(cells, [text("应发"), text("应发")]);
    }
}
