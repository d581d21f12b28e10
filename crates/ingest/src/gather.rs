//! Lines of a worksheet gathered into the sheets they belong to; duplicates are refused here (file-formats.md §14, quirk 23).

use std::collections::HashMap;

use model::{Body, Place, SheetHead};

use crate::cell::{CellFault, FaultKind};
use crate::hash::ByHash;
use crate::layout::{Key, Layout};
use crate::report::Tally;
use crate::row::{Row, RowFault};
use crate::table::Cell;

/// A sheet before it gets its name.
#[derive(Debug)]
pub struct Part {
    pub key: Key,
    pub head: SheetHead,
    pub body: Body,
    /// Of a wide attendance matrix.
    pub wide: bool,
}

pub struct Group<L: Layout> {
    pub key: Key,
    pub head: SheetHead,
    pub lines: Vec<L::Line>,
    seen: HashMap<u64, usize, ByHash>,
}

pub struct Gather<L: Layout> {
    pub groups: Vec<Group<L>>,
    index: HashMap<Key, usize>,
    /// Group of the row before: rows of a sheet stand together.
    last: usize,
    /// Last group of each place.
    places: HashMap<Place, usize>,
    /// Rejected rows before the first group they could belong to.
    early: Vec<Option<Place>>,
    /// Its cells of [`Layout::KEY_COLUMNS`].
    last_cells: Vec<Option<Cell<'static>>>,
}

impl<L: Layout> Default for Gather<L> {
    fn default() -> Self {
        Self { groups: Vec::new(), index: HashMap::new(), last: 0, places: HashMap::new(), early: Vec::new(), last_cells: Vec::new() }
    }
}

impl<L: Layout> Gather<L> {
    /// The group of a key; a new one takes its head from the row.
    pub fn group(&mut self, key: Key, row: &Row<'_, '_>) -> Result<usize, RowFault> {
        if self.groups.get(self.last).is_some_and(|g| g.key == key) {
            return Ok(self.last);
        }
        if let Some(at) = self.index.get(&key) {
            self.last = *at;
            return Ok(*at);
        }
        let mut head = SheetHead::default();
        L::head(row, &key, &mut head)?;
        self.last = self.groups.len();
        self.index.insert(key.clone(), self.last);
        self.places.insert(key.place.clone(), self.last);
        self.groups.push(Group { key, head, lines: Vec::new(), seen: HashMap::default() });
        Ok(self.last)
    }

    /// Whether the row belongs to the sheet of the row before, seen by its cells alone.
    pub fn continues(&self, row: &Row<'_, '_>) -> bool {
        !self.last_cells.is_empty() && L::KEY_COLUMNS.iter().zip(&self.last_cells).all(|(column, last)| row.cell(*column) == last.as_ref())
    }

    /// Adds a line to the sheet of its key, or says why it may not stand there.
    pub fn add(&mut self, key: Key, row: &Row<'_, '_>, line: L::Line) -> Result<(), RowFault> {
        self.group(key, row)?;
        self.last_cells = L::KEY_COLUMNS.iter().map(|column| row.cell(*column).map(Cell::to_owned_cell)).collect();
        self.push(row, line)
    }

    /// Adds a line to the sheet of the row before.
    pub fn push(&mut self, row: &Row<'_, '_>, line: L::Line) -> Result<(), RowFault> {
        let group = &mut self.groups[self.last];
        if let Some(print) = L::once(&line) {
            if let Some(known) = group.seen.get(&print) {
                let known = &mut group.lines[*known];
                if L::join(known, row, &line) {
                    return Ok(());
                }
                let subject = row.frame.mapping.shape.subjects.first().copied().unwrap_or(0);
                let reason = format!("与第 {} 行重复：同一张表里只能出现一次", L::row_of(known));
                return Err(row.fault(
                    subject,
                    CellFault::new(reason, "请核对后删去一行；分属两个班组或补发的，请写明班组、补发月份").of(FaultKind::Duplicate),
                ));
            }
            group.seen.insert(print, group.lines.len());
        }
        group.lines.push(line);
        Ok(())
    }

    /// Counts a rejected row for the sheet it would have belonged to, as far as that can be told.
    pub fn rejected(&mut self, place: Option<&Place>) {
        let of_place = match place {
            Some(place) => self.places.get(place).copied(),
            None => (!self.groups.is_empty()).then_some(self.last),
        };
        match of_place {
            Some(group) => self.groups[group].head.rejected += 1,
            None => self.early.push(place.cloned()),
        }
    }

    /// A row that could not be told to belong to one sheet leaves each of them incomplete.
    fn settle_early(&mut self) {
        for place in std::mem::take(&mut self.early) {
            match place {
                Some(place) => {
                    if let Some(group) = self.groups.iter_mut().find(|group| group.key.place == place) {
                        group.head.rejected += 1;
                    }
                }
                None => self.groups.iter_mut().for_each(|group| group.head.rejected += 1),
            }
        }
    }

    pub fn parts(mut self, tally: &mut Tally) -> Vec<Part> {
        self.settle_early();
        self.groups
            .into_iter()
            .filter(|group| !group.lines.is_empty())
            .map(|group| {
                match &group.key.place {
                    Place::Code(code) => tally.projects.insert(code.to_string()),
                    Place::Name(name) => tally.projects.insert(name.clone()),
                    Place::Account(_) | Place::County => false,
                };
                tally.months.extend(group.key.month);
                Part { key: group.key, head: group.head, body: L::wrap(group.lines), wide: false }
            })
            .collect()
    }
}
