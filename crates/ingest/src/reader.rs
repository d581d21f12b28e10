//! One file: its worksheets, their datasets, their rows, the sheets they make.

use std::borrow::Cow;
use std::collections::HashMap;

use model::{Body, Dataset, Fen, Place, Sheet};
use store::NewReject;

use crate::cell::FaultKind;
use crate::classify::{Class, Classifier, is_total_word};
use crate::context::{self, Surroundings};
use crate::days::{DAY_HOURS, HourVote};
use crate::direction::{self, Sense};
use crate::doubts::Doubts;
use crate::fold::Folder;
use crate::gather::Part;
use crate::hints;
use crate::joined::Joined;
use crate::lines::{TableReader, Width};
use crate::locate::{self, Located, NotFound};
use crate::mapping::{Saved, SavedMapping, Side};
use crate::notes;
use crate::people::People;
use crate::pipe;
use crate::report::{FileProblem, Note, Reject, SheetReport, Tally};
use crate::row::{Frame, RowFault};
use crate::stacked::Own;
use crate::table::{self, Cell, Contents, Limits, Worksheet};
use crate::totals;

/// What a file turned into.
#[derive(Default)]
pub struct ReadFile {
    pub reports: Vec<SheetReport>,
    pub sheets: Vec<Sheet>,
    pub rejects: Vec<NewReject>,
    pub problem: Option<FileProblem>,
    /// Something was taken from the file's name.
    pub by_file_name: bool,
    /// Projects were given the region of their folder.
    pub by_region: bool,
}

/// How a file is called.
#[derive(Debug, Clone, Copy)]
pub struct FileName<'n> {
    /// Path as given.
    pub path: &'n str,
    /// Name without folder and extension.
    pub stem: &'n str,
    /// Start of the hash of its bytes: tells statements of one account apart.
    pub hash: &'n str,
}

/// As [`read_as_settled`], where nothing was settled for the source.
#[cfg(any(test, feature = "fuzzing"))]
pub fn read(bytes: &[u8], name: FileName<'_>, people: &mut People<'_>, limits: &Limits) -> ReadFile {
    read_as_settled(bytes, name, people, limits, Saved::default())
}

/// Reads the bytes of a file; never fails as a whole without saying why in `problem`.
pub fn read_as_settled(bytes: &[u8], name: FileName<'_>, people: &mut People<'_>, limits: &Limits, saved: Saved<'_>) -> ReadFile {
    match read_contents(bytes, name, people, limits, saved) {
        Ok(read) => read,
        Err(problem) => ReadFile { problem: Some(problem), ..ReadFile::default() },
    }
}

fn read_contents(
    bytes: &[u8],
    name: FileName<'_>,
    people: &mut People<'_>,
    limits: &Limits,
    saved: Saved<'_>,
) -> Result<ReadFile, FileProblem> {
    let mut file = Reading {
        name,
        saved,
        limits,
        people,
        read: ReadFile::default(),
        parts: Vec::new(),
        nearest: NotFound::Nothing,
        recognised: 0,
        hidden: 0,
    };
    each_worksheet(bytes, limits, saved.mapping, &mut |worksheet| file.worksheet(worksheet))?;
    Ok(file.finish())
}

/// Every worksheet of a file in order, hidden ones too; a text file is one.
pub fn each_worksheet(
    bytes: &[u8],
    limits: &Limits,
    saved: Option<&SavedMapping>,
    see: &mut dyn FnMut(&Worksheet<'_>),
) -> Result<(), FileProblem> {
    match table::open(bytes, limits)? {
        Contents::Text => {
            let text = saved.and_then(|mapping| mapping.decode(bytes)).unwrap_or_else(|| table::decode(bytes))?;
            let text = pipe::as_table(&text).map_or(text, Cow::Owned);
            let known = |cells: &[Cell<'_>]| locate::known_headings(cells) + saved.map_or(0, |mapping| mapping.known(cells));
            see(&table::text_worksheet(&text, &known, limits)?);
        }
        Contents::Book(worksheets) => worksheets.iter().for_each(see),
    }
    Ok(())
}

struct Reading<'n, 'p, 'v> {
    name: FileName<'n>,
    saved: Saved<'n>,
    limits: &'n Limits,
    people: &'p mut People<'v>,
    read: ReadFile,
    /// With the position of their worksheet.
    parts: Vec<(usize, Part)>,
    nearest: NotFound,
    recognised: usize,
    hidden: usize,
}

impl Reading<'_, '_, '_> {
    fn worksheet(&mut self, worksheet: &Worksheet<'_>) {
        let mut report =
            SheetReport { file: self.name.path.to_owned(), sheet: worksheet.name.clone().unwrap_or_default(), ..SheetReport::default() };
        let mut tally = Tally::new(self.limits);
        match recognise(worksheet, self.saved.mapping) {
            Ok(located) => {
                self.recognised += 1;
                let parts = self.table(worksheet, located, &mut report, &mut tally);
                let at = self.read.reports.len();
                self.parts.extend(parts.into_iter().map(|part| (at, part)));
            }
            Err(why) => {
                tally.notes.push(if worksheet.is_guide() && matches!(why, NotFound::Nothing) {
                    Note::whole("说明页，没有读取", "")
                } else if worksheet.hidden {
                    Note::whole("隐藏的工作表，没有读取", "需要读取的，请取消隐藏后重新提供")
                } else {
                    Note::whole(format!("没有读取：{}", notes::explain(&why)), notes::mend_heading(&why, self.saved))
                });
                if worksheet.hidden {
                    self.hidden += 1;
                } else if matches!(self.nearest, NotFound::Nothing) {
                    self.nearest = why;
                }
                let (mut rows, mut cells) = (worksheet.rows(), Vec::new());
                while rows.next(&mut cells) {
                    tally.skipped("skipped");
                }
            }
        }
        notes::examples(&mut tally);
        tally.finish(&mut report);
        self.read.reports.push(report);
    }

    fn table(&mut self, worksheet: &Worksheet<'_>, mut located: Located, report: &mut SheetReport, tally: &mut Tally) -> Vec<Part> {
        let dataset = located.mapping.shape.dataset;
        let saved = self.saved.table(dataset);
        if let Some(saved) = saved {
            notes::settled(&located.mapping, saved, self.saved, tally);
            saved.leave_out(&mut located.mapping);
        }
        report.dataset = Some(dataset);
        let mut titles = Vec::new();
        let mut rows = worksheet.rows();
        let mut cells = Vec::new();
        while titles.len() < located.row && rows.next(&mut cells) {
            titles.push(cells.clone());
        }
        let around = Surroundings { titles: &titles, worksheet: worksheet.name.as_deref(), stem: self.name.stem, saved };
        let found = context::find(&located.mapping, &around);
        self.read.by_file_name |= found.by_file_name;
        let wide = !located.days.columns.is_empty();
        let mut frame = Frame {
            own: Own::new(&located.mapping, &around, &found),
            mapping: located.mapping,
            constants: found.constants,
            claims: found.claims,
            month: found.month,
            days: wide.then_some(located.days),
            day_hours: saved.and_then(|saved| saved.day_hours).unwrap_or(DAY_HOURS),
            doubts: Doubts::default(),
        };
        if wide {
            look_over_days(worksheet, &mut frame, located.row + located.height);
        }
        notes::describe(&frame, self.saved, report, tally);
        let heading = u32::try_from(located.row).unwrap_or(u32::MAX) + 1;
        let classifier = Classifier::new(&frame, heading, u32::try_from(located.height).unwrap_or(1));
        if let Some(fault) = hints::other_kind(dataset, self.saved).or_else(|| notes::unusable(&frame, self.saved)) {
            refuse_all(worksheet, classifier, tally, heading, fault);
            return Vec::new();
        }
        tally.rejects.extend(notes::wanting(&frame, heading));
        tally.rejects.extend(located.wages.map(|column| notes::wages_beside(column, heading)));
        if dataset == Dataset::Attendance && !wide {
            let gather = Folder::new(worksheet, &frame, self.people).run(classifier, tally);
            let parts = gather.parts(tally);
            notes::of_lines(&parts, &frame, tally);
            return parts;
        }
        let width = Width::of(worksheet, located.row, located.height);
        let mut reader = TableReader { worksheet, frame: &frame, people: self.people, tally, width, stated: Vec::new() };
        let mut parts = reader.dispatch(dataset, classifier);
        let stated = reader.stated;
        tally.notes.extend(frame.doubts.take());
        match dataset {
            Dataset::Ledger => self.statement(&mut parts, report, tally),
            Dataset::Payroll => totals::state(&mut parts, &stated),
            Dataset::Payout => notes::instruction(&mut parts, &frame, self.name.hash, tally),
            Dataset::Project => self.read.by_region |= hints::fill_region(&mut parts, self.saved, tally),
            _ => {}
        }
        totals::tell(&stated, totals::sums(&parts), tally);
        notes::of_lines(&parts, &frame, tally);
        for part in &mut parts {
            part.wide = wide;
        }
        parts
    }

    /// Direction, order and name of the statements in a worksheet.
    fn statement(&self, parts: &mut Vec<Part>, report: &mut SheetReport, tally: &mut Tally) {
        parts.retain_mut(|part| {
            let Body::Ledger(lines) = &mut part.body else { return true };
            if let Some(account) = part.key.part.take() {
                part.key.part = Some(format!("{account}|{}", self.name.hash));
            }
            tally.months.extend(lines.iter().map(|line| model::Month::of(line.date)));
            // What was settled is what 借 and 贷 mean: other headings speak for themselves.
            let names_sides = ["收入金额", "支出金额", "借贷标志"]
                .iter()
                .any(|column| report.mapping.get(*column).is_some_and(|heading| heading.contains(['借', '贷'])));
            let side = self.saved.table(Dataset::Ledger).and_then(|saved| saved.debit).filter(|_| names_sides);
            let has = |column: &str| report.mapping.contains_key(column);
            let is_unsigned = !["收入金额", "支出金额", "借贷标志", "收款人账号", "付款人账号"].iter().any(|column| has(column))
                && lines.iter().all(|line| line.debit == Fen::ZERO);
            let sense = match side {
                None if is_unsigned => {
                    if direction::by_steps(lines) {
                        Sense::AsNamed
                    } else {
                        Sense::Neither
                    }
                }
                None => direction::settle(lines),
                Some(side) => direction::swap(lines, side == Side::In),
            };
            match sense {
                Sense::AsNamed => {}
                Sense::Swapped => {
                    for (column, other) in [("收入金额", "支出金额"), ("支出金额", "收入金额")] {
                        if let Some(text) = report.mapping.get_mut(column) {
                            let why = if side.is_some() { "对应关系写明" } else { "余额的变动表明" };
                            text.push_str(&format!("（{why}该列是{other}，已对调）"));
                        }
                    }
                    if side.is_some() {
                        return true;
                    }
                    tally.notes.push(Note::whole(
                        "按余额的变动，借贷两边与银行口径相反，收入和支出已对调",
                        "请核对；对调有误的，请提供银行原始导出的流水，或在对应关系的 [table.ledger] 下写 debit",
                    ));
                }
                Sense::Neither => {
                    for line in lines.iter() {
                        tally.kept -= 1;
                        tally.rows -= 1;
                        let reason = "余额与收入、支出对不上：按银行口径和企业口径都不符，无法判断哪一边是收入";
                        let fault = RowFault {
                            column: "余额".to_owned(),
                            value: line.balance.map(Fen::yuan).unwrap_or_default(),
                            reason: reason.into(),
                            mend: "请提供银行原始导出的流水".into(),
                            kind: FaultKind::Cell,
                        };
                        tally.reject(line.row, fault);
                    }
                    return false;
                }
            }
            true
        });
    }

    fn finish(mut self) -> ReadFile {
        let mut index: HashMap<(Dataset, Place, Option<model::Month>, String), usize> = HashMap::new();
        let mut joined = Vec::new();
        for (worksheet, part) in std::mem::take(&mut self.parts) {
            let text = part.key.part_text();
            let key = (part.body.dataset(), part.key.place.clone(), part.key.month, text.clone());
            if let Some(at) = index.get(&key) {
                let sheet: &mut Sheet = &mut self.read.sheets[*at];
                sheet.head.rejected += part.head.rejected;
                sheet.head.stated = sheet.head.stated.zip(part.head.stated).map(|(one, other)| totals::both(one, other));
                let joined: &mut Joined = &mut joined[*at];
                let again = joined.append(&mut sheet.body, worksheet, part);
                sheet.head.rejected += u32::try_from(again.len()).unwrap_or(u32::MAX);
                notes::stands_already(&mut self.read.reports, worksheet, again, self.limits.rejects);
                continue;
            }
            index.insert(key, self.read.sheets.len());
            joined.push(Joined::new(worksheet));
            let mut head = part.head;
            self.name.path.clone_into(&mut head.file);
            head.worksheet.clone_from(&self.read.reports[worksheet].sheet);
            self.read.sheets.push(Sheet { place: part.key.place, month: part.key.month, part: text, head, body: part.body });
        }
        for report in &self.read.reports {
            self.read.rejects.extend(report.rejects.iter().map(|r| NewReject {
                worksheet: report.sheet.clone(),
                row: r.row,
                column: r.column.clone(),
                value: r.value.clone(),
                reason: r.reason.to_string(),
                mend: r.mend.to_string(),
                dataset: report.dataset,
            }));
        }
        if self.recognised == 0 {
            let (seen, mend) = (notes::explain(&self.nearest), notes::mend_heading(&self.nearest, self.saved));
            self.read.problem = Some(if self.hidden == 0 {
                FileProblem::new(seen, mend)
            } else {
                FileProblem::new(
                    format!("{seen}；另有 {} 张隐藏的工作表没有读取", self.hidden),
                    format!("数据在隐藏的工作表里的，请取消隐藏后重新提供；否则{mend}"),
                )
            });
        }
        self.read
    }
}

/// The table of a worksheet, or why there is none.
pub fn recognise(worksheet: &Worksheet<'_>, saved: Option<&SavedMapping>) -> Result<Located, NotFound> {
    if worksheet.hidden {
        return Err(NotFound::Nothing);
    }
    let (mut rows, mut cells, mut first) = (worksheet.rows(), Vec::new(), Vec::new());
    while first.len() <= locate::SEARCHED && rows.next(&mut cells) {
        first.push(cells.clone());
    }
    locate::locate(&first, worksheet.grid(), saved)
}

/// Legend and hours of a wide matrix, from all its rows; day numbers in the heading and sums below are no hours.
fn look_over_days(worksheet: &Worksheet<'_>, frame: &mut Frame, first: usize) {
    let Some(days) = &mut frame.days else { return };
    days.day_hours = frame.day_hours;
    let name = frame.mapping.shape.subjects.iter().find_map(|column| frame.mapping.at[*column]);
    let (mut rows, mut cells, mut vote, mut number) = (worksheet.rows(), Vec::new(), HourVote::default(), 0);
    while rows.next(&mut cells) {
        if let Some(Cell::Text(text)) = cells.iter().find(|c| !c.is_blank())
            && ["图例", "符号", "说明", "注", "备注", "填表说明", "考勤符号"].iter().any(|label| text.trim_start().starts_with(label))
        {
            for cell in &cells {
                crate::days::read_legend(&cell.shown(), &mut days.legend);
            }
        }
        number += 1;
        let named = name.is_none_or(|at| cells.get(at).is_some_and(|c| !c.is_blank()));
        if number > first && named && !cells.iter().any(|c| is_total_word(&c.shown())) {
            vote.see(&cells, days);
        }
    }
    days.hours = vote.says_hours();
}

/// Every row of the body is rejected for one and the same reason, which is told once.
fn refuse_all(worksheet: &Worksheet<'_>, mut classifier: Classifier<'_>, tally: &mut Tally, heading: u32, fault: RowFault) {
    let (mut rows, mut cells, mut number) = (worksheet.rows(), Vec::new(), 0);
    while rows.next(&mut cells) {
        number += 1;
        match classifier.class(number, &cells) {
            Class::Data => {
                tally.rows += 1;
                tally.rejected += 1;
            }
            class => tally.other(class),
        }
    }
    tally.rejects.push(Reject { row: heading, column: fault.column, value: fault.value, reason: fault.reason, mend: fault.mend });
}
