//! Which rows of a worksheet are data (file-formats.md §14, quirks 7–9, 11).
//!
//! A row of the body with a name, an identity or an amount is data, whatever else it holds.

mod words;

use crate::cell::compact;
use crate::row::Frame;
use crate::table::Cell;
use crate::templates::is_example_code;
use words::{SAMPLE_COLUMNS, is_balance_word, is_count, is_legend, is_sample, is_written_day};
pub use words::{is_grand_total, is_label, is_total_word, is_weekday};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Data,
    /// Title rows and preamble.
    Title,
    Heading,
    Total,
    /// Signatures, legends, remarks.
    Footer,
    /// Filled, but in no column that says whom or how much.
    Note,
    /// The example a template was shipped with.
    Example,
    Blank,
}

impl Class {
    /// As the import report names it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Total => "total",
            Self::Footer => "footer",
            Self::Note => "note",
            Self::Example => "example",
            Self::Blank => "blank",
        }
    }
}

/// After so many rows without key columns the body has ended.
const END_OF_BODY: u32 = 2;

pub struct Classifier<'f> {
    frame: &'f Frame,
    /// First row below the heading, from 1.
    first: u32,
    /// Rows of the heading.
    heading_rows: u32,
    /// Positions and texts of mapped headings.
    headings: Vec<(usize, String)>,
    subjects: Vec<usize>,
    amounts: Vec<usize>,
    /// Where the project code stands.
    code: Option<usize>,
    without_keys: u32,
    seen_data: bool,
}

impl<'f> Classifier<'f> {
    pub fn new(frame: &'f Frame, heading: u32, heading_rows: u32) -> Self {
        let mapping = &frame.mapping;
        let positions = |columns: &[usize]| columns.iter().filter_map(|c| mapping.at[*c]).collect::<Vec<_>>();
        let headings =
            mapping.at.iter().zip(&mapping.headings).filter_map(|(at, heading)| Some(((*at)?, heading.as_ref()?.0.clone()))).collect();
        Self {
            frame,
            first: heading + heading_rows,
            heading_rows,
            headings,
            subjects: positions(mapping.shape.subjects),
            amounts: positions(mapping.shape.amounts),
            code: mapping.shape.columns.iter().position(|c| c.canonical == "项目编码").and_then(|column| mapping.at[column]),
            without_keys: 0,
            seen_data: false,
        }
    }

    /// Class of row `number`, 1 = first row. Rows come in order.
    pub fn class(&mut self, number: u32, cells: &[Cell<'_>]) -> Class {
        if number < self.first {
            return if number + self.heading_rows >= self.first {
                Class::Heading
            } else if cells.iter().all(Cell::is_blank) {
                Class::Blank
            } else {
                Class::Title
            };
        }
        let class = self.body_class(cells);
        match class {
            Class::Data => (self.seen_data, self.without_keys) = (true, 0),
            Class::Heading => self.without_keys = 0,
            Class::Example => {}
            _ => self.without_keys += 1,
        }
        class
    }

    /// A row was found to be data without asking.
    pub fn saw_data(&mut self) {
        (self.seen_data, self.without_keys) = (true, 0);
    }

    fn body_class(&self, cells: &[Cell<'_>]) -> Class {
        if let Some(Cell::Text(text)) = self.code.and_then(|at| cells.get(at))
            && is_example_code(text)
        {
            return Class::Example;
        }
        let filled = |at: &&usize| cells.get(**at).is_some_and(|c| !c.is_blank());
        let (subjects, amounts) = (self.subjects.iter().filter(filled).count(), self.amounts.iter().filter(filled).count());
        let is_mark = |at: usize| cells.get(at).is_some_and(|c| !c.is_blank() && !is_label(&c.shown()));
        let days = self.frame.days.as_ref().map_or(0, |d| d.columns.iter().filter(|(at, _)| is_mark(*at)).count());
        if subjects + amounts + days == 0 {
            return if cells.iter().all(Cell::is_blank) {
                Class::Blank
            } else if cells.iter().any(|c| is_total_word(&c.shown())) {
                Class::Total
            } else if cells.iter().any(|c| is_label(&c.shown())) {
                Class::Footer
            } else {
                Class::Note
            };
        }
        if self.repeats_heading(cells) {
            return Class::Heading;
        }
        if cells.iter().take(SAMPLE_COLUMNS).any(|c| is_sample(&c.shown())) {
            return Class::Note;
        }
        let says = |test: &dyn Fn(&str) -> bool, at: &usize| cells.get(*at).is_none_or(|c| c.is_blank() || test(&c.shown()));
        if self.is_balance_row(cells) || self.is_total_beside_a_count(cells) {
            return Class::Total;
        }
        if cells.iter().find(|c| !c.is_blank()).is_some_and(|c| is_legend(&c.shown())) {
            return Class::Footer;
        }
        // Nobody is called 合计, whatever stands beside it (合计, 3人).
        if self.subjects.first().is_some_and(|at| cells.get(*at).is_some_and(|c| is_total_word(&c.shown()))) {
            return Class::Total;
        }
        if self.subjects.iter().all(|at| says(&|t| is_total_word(t) || is_label(t), at)) {
            if cells.iter().any(|c| is_total_word(&c.shown())) {
                return Class::Total;
            }
            if self.amounts.iter().all(|at| says(&|t| is_label(t) || is_written_day(t), at)) && days == 0 {
                return Class::Footer;
            }
            if subjects + amounts == 0 && self.is_weekdays(cells) {
                return Class::Heading;
            }
        }
        let ended = self.seen_data && self.without_keys >= END_OF_BODY;
        if ended && subjects + amounts + days.min(2) < 2 { Class::Footer } else { Class::Data }
    }

    /// Sums and carried balances of a statement, which bear a date like its entries.
    fn is_balance_row(&self, cells: &[Cell<'_>]) -> bool {
        self.frame.mapping.shape.dataset == model::Dataset::Ledger
            && cells.iter().any(|c| matches!(c, Cell::Text(text) if is_balance_word(text)))
    }

    /// `合计 | 3人`: the word of a total left of the names, and where a name would stand a count.
    fn is_total_beside_a_count(&self, cells: &[Cell<'_>]) -> bool {
        let Some(at) = self.subjects.first() else { return false };
        cells.get(*at).is_some_and(|c| c.is_blank() || is_count(&c.shown())) && cells.iter().take(*at).any(|c| is_total_word(&c.shown()))
    }

    /// The heading again, as on every printed page.
    fn repeats_heading(&self, cells: &[Cell<'_>]) -> bool {
        let Some((at, text)) = self.headings.first() else { return false };
        if !cells.get(*at).is_some_and(|c| same_heading(&c.shown(), text)) {
            return false;
        }
        let same = self.headings.iter().filter(|(at, text)| cells.get(*at).is_some_and(|c| same_heading(&c.shown(), text))).count();
        same * 2 > self.headings.len()
    }

    fn is_weekdays(&self, cells: &[Cell<'_>]) -> bool {
        let days = self.frame.days.as_ref().map(|d| d.columns.as_slice()).unwrap_or_default();
        days.iter().filter_map(|(at, _)| cells.get(*at)).filter(|c| !c.is_blank()).all(|c| is_weekday(&c.shown()))
    }
}

fn same_heading(shown: &str, heading: &str) -> bool {
    if shown == heading {
        return true;
    }
    // Two heading rows are shown as `上|下`; either of them comes back.
    heading.contains('|') && heading.split('|').any(|part| part == shown) || shown.contains('\n') && compact(shown) == compact(heading)
}
