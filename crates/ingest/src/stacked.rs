//! Tables stacked in one worksheet: rows under another title than the worksheet's own are rejected, never read under that one.

use std::collections::VecDeque;

use crate::cell::FaultKind;
use crate::classify::Class;
use crate::context::{Found, Surroundings, TITLE};
use crate::heading::Mapping;
use crate::row::{Constant, Frame, Row, RowFault};
use crate::titled::{self, Named, TOPICS, Topic};

/// Rows before a heading among which its title may stand.
const TITLE_ROWS: usize = 8;

/// What the titles of a worksheet name, by topic; where they name nothing, what the worksheet and the file are called.
#[derive(Default)]
pub struct Own(Vec<Named>);

impl Own {
    pub fn new(mapping: &Mapping, around: &Surroundings<'_>, found: &Found) -> Self {
        let shape = mapping.shape;
        let rows = (1..).zip(around.titles);
        let mut named: Vec<Named> = rows.flat_map(|(number, row)| titled::read(shape, number, row)).collect();
        for topic in TOPICS {
            if named.iter().any(|own| own.topic == topic) {
                continue;
            }
            let constant = topic.column(shape).and_then(|column| found.constants[column].as_ref());
            if let Some((Constant { origin, .. }, value)) = constant.and_then(|c| Some((c, topic.value(&c.cell)?))) {
                named.push(Named { topic, value, said: (*origin).to_owned() });
            }
        }
        // Where another place than the title was settled to say it, titles say nothing.
        if let Some(saved) = around.saved {
            let (month_from, project_from) = (saved.month_from, saved.project_from);
            let is_admitted = |origin: Option<crate::mapping::Origin>| origin.is_none_or(|origin| origin.admits(TITLE));
            let of_project = is_admitted(project_from) && saved.project_constant().is_none();
            named.retain(|own| match own.topic {
                Topic::Month => is_admitted(month_from),
                Topic::Code | Topic::Project => of_project,
                _ => true,
            });
        }
        // Punches bear their own dates.
        if mapping.shape.takes_days && mapping.has(crate::layout::attendance::Col::Time as usize) {
            named.retain(|own| own.topic != Topic::Month);
        }
        Self(named)
    }

    fn of(&self, topic: Topic) -> impl Iterator<Item = &Named> {
        self.0.iter().filter(move |own| own.topic == topic)
    }
}

/// Watches the rows of a body go by.
pub struct Stacked<'f> {
    frame: &'f Frame,
    /// What the rows since the last row of data name, row by row.
    recent: VecDeque<Vec<Named>>,
    /// What the title above says otherwise than the worksheet's own.
    others: Vec<Named>,
}

impl<'f> Stacked<'f> {
    pub fn new(frame: &'f Frame) -> Self {
        Self { frame, recent: VecDeque::new(), others: Vec::new() }
    }

    /// Sees a row of the body and its class; a title where a name should stand is no data.
    pub fn see(&mut self, row: &Row<'_, '_>, class: Class) -> Class {
        let shape = self.frame.mapping.shape;
        match class {
            Class::Data if titled::is_title_row(shape, row.cells) => {
                self.remember(row);
                Class::Title
            }
            Class::Data | Class::Heading => {
                if !self.recent.is_empty() {
                    self.settle();
                }
                class
            }
            Class::Title | Class::Footer | Class::Note => {
                self.remember(row);
                class
            }
            Class::Total | Class::Blank | Class::Example => class,
        }
    }

    /// No title stands between this row and those before, and none of another table above.
    pub fn is_idle(&self) -> bool {
        self.recent.is_empty() && self.others.is_empty()
    }

    /// Whether the rows are those of another table.
    pub fn is_other(&self) -> bool {
        !self.others.is_empty()
    }

    fn remember(&mut self, row: &Row<'_, '_>) {
        if self.recent.len() == TITLE_ROWS {
            self.recent.pop_front();
        }
        self.recent.push_back(titled::read(self.frame.mapping.shape, row.number, row.cells));
    }

    /// The title nearest to the rows below decides; what it does not name stays as it was.
    fn settle(&mut self) {
        let named: Vec<Named> = self.recent.drain(..).flatten().collect();
        for topic in TOPICS {
            let Some(new) = named.iter().rfind(|named| named.topic == topic) else { continue };
            self.others.retain(|other| other.topic != topic);
            let mut own = self.frame.own.of(topic).peekable();
            if own.peek().is_some() && !own.any(|own| topic.is_same(&own.value, &new.value)) {
                self.others.push(new.clone());
            }
        }
    }

    /// Why a row of data may not be read under the worksheet's own title.
    pub fn fault(&self, row: &Row<'_, '_>) -> Option<RowFault> {
        let other = self.others.iter().find(|other| self.concerns(row, other.topic))?;
        let (topic, shape) = (other.topic, self.frame.mapping.shape);
        let own = self.frame.own.of(topic).next()?;
        let shown = |value: &str| match topic {
            Topic::Account => model::identifier::mask(value),
            Topic::Code => value.to_owned(),
            _ => crate::cell::hide_numbers(value).into_owned(),
        };
        let reason = format!(
            "{}写的{noun}是 {}，而本工作表{}写的是 {}：这一行属于另一张表，不能按前一个标题读取",
            other.said,
            shown(&other.value),
            own.said,
            shown(&own.value),
            noun = topic.chinese(),
        );
        let column = topic.column(shape)?;
        let heading = self.frame.mapping.headings[column].as_ref().map_or(shape.columns[column].canonical, |h| h.0.as_str());
        Some(RowFault {
            column: heading.to_owned(),
            value: shown(&other.value),
            reason: reason.into(),
            mend: "请把这张表放到另一张工作表，或另存为单独的文件，再重新提供".into(),
            kind: FaultKind::Cell,
        })
    }

    /// A row that says itself what the titles differ in is bound by neither, unless titles bind it at all events.
    fn concerns(&self, row: &Row<'_, '_>, topic: Topic) -> bool {
        let mapping = &self.frame.mapping;
        let columns = topic.columns(mapping.shape);
        let claims = &self.frame.claims;
        let binds = match topic {
            Topic::Month => claims.months.iter().any(|claim| claim.is_firm),
            Topic::Code => !claims.codes.is_empty(),
            Topic::Project | Topic::Employer | Topic::Team | Topic::Account => false,
        };
        // These are taken from titles only where the table has no such column.
        if matches!(topic, Topic::Employer | Topic::Team) && columns.iter().any(|column| mapping.has(*column)) {
            return false;
        }
        binds || !columns.iter().any(|column| mapping.at[*column].and_then(|at| row.cells.get(at)).is_some_and(|cell| !cell.is_blank()))
    }
}
