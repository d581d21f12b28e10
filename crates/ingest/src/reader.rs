//! One file: its worksheets, their datasets, their rows, the sheets they make.

use std::borrow::Cow;
use std::collections::HashMap;

use model::{Body, Dataset, Fen, Place, Sheet};
use store::NewReject;

use crate::classify::{Class, Classifier, is_total_word};
use crate::context::{self, Surroundings};
use crate::days::HourVote;
use crate::direction::{self, Sense};
use crate::fold::Folder;
use crate::gather::{self, Part};
use crate::lines::{TableReader, state_totals};
use crate::locate::{self, Located, NotFound};
use crate::people::People;
use crate::report::{FileProblem, Reject, SheetReport, Tally};
use crate::row::{Frame, RowFault};
use crate::table::{self, Cell, Contents, Worksheet};

/// What a file turned into.
#[derive(Default)]
pub struct ReadFile {
    pub reports: Vec<SheetReport>,
    pub sheets: Vec<Sheet>,
    pub rejects: Vec<NewReject>,
    pub problem: Option<FileProblem>,
    /// Something was taken from the file's name.
    pub by_file_name: bool,
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

/// Reads the bytes of a file; never fails as a whole without saying why in `problem`.
pub fn read(bytes: &[u8], name: FileName<'_>, people: &mut People<'_>) -> ReadFile {
    match read_contents(bytes, name, people) {
        Ok(read) => read,
        Err(problem) => ReadFile { problem: Some(problem), ..ReadFile::default() },
    }
}

fn read_contents(bytes: &[u8], name: FileName<'_>, people: &mut People<'_>) -> Result<ReadFile, FileProblem> {
    let mut file = Reading { name, people, read: ReadFile::default(), parts: Vec::new(), nearest: NotFound::Nothing, recognised: 0 };
    match table::open(bytes)? {
        Contents::Text => {
            let text = table::decode(bytes)?;
            let worksheet = table::text_worksheet(&text, &locate::known_headings);
            file.worksheet(&worksheet);
        }
        Contents::Book(worksheets) => {
            for worksheet in &worksheets {
                file.worksheet(worksheet);
            }
        }
    }
    Ok(file.finish())
}

struct Reading<'n, 'p, 'v> {
    name: FileName<'n>,
    people: &'p mut People<'v>,
    read: ReadFile,
    parts: Vec<(String, Part)>,
    nearest: NotFound,
    recognised: usize,
}

impl Reading<'_, '_, '_> {
    fn worksheet(&mut self, worksheet: &Worksheet<'_>) {
        let mut report =
            SheetReport { file: self.name.path.to_owned(), sheet: worksheet.name.clone().unwrap_or_default(), ..SheetReport::default() };
        let mut tally = Tally::default();
        match recognise(worksheet) {
            Ok(located) => {
                self.recognised += 1;
                let parts = self.table(worksheet, located, &mut report, &mut tally);
                self.parts.extend(parts.into_iter().map(|part| (report.sheet.clone(), part)));
            }
            Err(why) => {
                report.note = Some(if worksheet.hidden { "隐藏的工作表，没有读取".to_owned() } else { explain(&why) });
                if matches!(self.nearest, NotFound::Nothing) && !worksheet.hidden {
                    self.nearest = why;
                }
                let (mut rows, mut cells) = (worksheet.rows(), Vec::new());
                while rows.next(&mut cells) {
                    tally.skipped("skipped");
                }
            }
        }
        tally.finish(&mut report);
        let dataset = report.dataset;
        self.read.rejects.extend(report.rejects.iter().map(|r| NewReject {
            worksheet: report.sheet.clone(),
            row: r.row,
            column: r.column.clone(),
            value: r.value.clone(),
            reason: r.reason.to_string(),
            mend: r.mend.to_string(),
            dataset,
        }));
        self.read.reports.push(report);
    }

    fn table(&mut self, worksheet: &Worksheet<'_>, located: Located, report: &mut SheetReport, tally: &mut Tally) -> Vec<Part> {
        let dataset = located.mapping.shape.dataset;
        report.dataset = Some(dataset);
        let mut titles = Vec::new();
        let mut rows = worksheet.rows();
        let mut cells = Vec::new();
        while titles.len() < located.row && rows.next(&mut cells) {
            titles.push(cells.clone());
        }
        let around = Surroundings { titles: &titles, worksheet: worksheet.name.as_deref(), stem: self.name.stem };
        let found = context::find(&located.mapping, &around);
        self.read.by_file_name |= found.by_file_name;
        let wide = !located.days.columns.is_empty();
        let mut frame =
            Frame { mapping: located.mapping, constants: found.constants, month: found.month, days: wide.then_some(located.days) };
        if wide {
            look_over_days(worksheet, &mut frame, located.row + located.height);
        }
        describe(&frame, report);
        let heading = u32::try_from(located.row).unwrap_or(u32::MAX) + 1;
        let classifier = Classifier::new(&frame, heading, u32::try_from(located.height).unwrap_or(1));
        if let Some(fault) = unusable(&frame) {
            refuse_all(worksheet, classifier, tally, heading, fault);
            return Vec::new();
        }
        tally.rejects.extend(wanting(&frame, heading));
        if dataset == Dataset::Attendance && !wide {
            let gather = Folder::new(worksheet, &frame, self.people).run(classifier, tally);
            return gather.parts(tally);
        }
        let mut reader = TableReader { worksheet, frame: &frame, people: self.people, tally, stated: None };
        let mut parts = reader.dispatch(dataset, classifier);
        let stated = reader.stated;
        match dataset {
            Dataset::Ledger => self.statement(&mut parts, report, tally),
            Dataset::Payroll => state_totals(&mut parts, stated),
            _ => {}
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
            match direction::settle(lines) {
                Sense::AsNamed => {}
                Sense::Swapped => {
                    for (column, other) in [("收入金额", "支出金额"), ("支出金额", "收入金额")] {
                        if let Some(text) = report.mapping.get_mut(column) {
                            text.push_str(&format!("（余额的变动表明该列是{other}，已对调）"));
                        }
                    }
                    report.note = Some("按余额的变动，借贷两边与银行口径相反，已对调".to_owned());
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
                        };
                        tally.reject(line.row, fault);
                    }
                    return false;
                }
            }
            tally.months.extend(lines.iter().map(|line| model::Month::of(line.date)));
            true
        });
    }

    fn finish(mut self) -> ReadFile {
        let mut index: HashMap<(Dataset, Place, Option<model::Month>, String), usize> = HashMap::new();
        for (worksheet, part) in self.parts {
            let text = part.key.part_text();
            let key = (part.body.dataset(), part.key.place.clone(), part.key.month, text.clone());
            if let Some(at) = index.get(&key) {
                let sheet: &mut Sheet = &mut self.read.sheets[*at];
                sheet.head.rejected += part.head.rejected;
                gather::append(&mut sheet.body, part.body);
                continue;
            }
            index.insert(key, self.read.sheets.len());
            let mut head = part.head;
            self.name.path.clone_into(&mut head.file);
            head.worksheet = worksheet;
            self.read.sheets.push(Sheet { place: part.key.place, month: part.key.month, part: text, head, body: part.body });
        }
        if self.recognised == 0 {
            self.read.problem = Some(FileProblem::new(explain(&self.nearest), "请对照模板核对表头后重新提供"));
        }
        self.read
    }
}

fn recognise(worksheet: &Worksheet<'_>) -> Result<Located, NotFound> {
    if worksheet.hidden {
        return Err(NotFound::Nothing);
    }
    let (mut rows, mut cells, mut first) = (worksheet.rows(), Vec::new(), Vec::new());
    while first.len() <= locate::SEARCHED && rows.next(&mut cells) {
        first.push(cells.clone());
    }
    locate::locate(&first, worksheet.grid())
}

fn explain(why: &NotFound) -> String {
    match why {
        NotFound::Nothing => "前 30 行里没有能识别的表头".to_owned(),
        NotFound::Near { dataset, missing } if missing.is_empty() => format!("表头不完整，最像“{}”", dataset.chinese()),
        NotFound::Near { dataset, missing } => format!("表头不完整：最像“{}”，但缺少列“{}”", dataset.chinese(), missing.join("”“")),
        NotFound::Tie(one, other) => format!("表头既像“{}”又像“{}”，无法确定是哪一种表", one.chinese(), other.chinese()),
    }
}

/// Legend and hours of a wide matrix, from all its rows; day numbers in the heading and sums below are no hours.
fn look_over_days(worksheet: &Worksheet<'_>, frame: &mut Frame, first: usize) {
    let Some(days) = &mut frame.days else { return };
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
        if number > first && !cells.iter().any(|c| is_total_word(&c.shown())) {
            vote.see(&cells, days);
        }
    }
    days.hours = vote.says_hours();
}

fn describe(frame: &Frame, report: &mut SheetReport) {
    for (at, column) in frame.mapping.shape.columns.iter().enumerate() {
        if let Some((heading, _)) = &frame.mapping.headings[at] {
            report.mapping.insert(column.canonical.to_owned(), heading.clone());
        } else if let Some(constant) = &frame.constants[at] {
            let shown = constant.cell.shown();
            let shown = if column.secret { Cow::Owned(model::identifier::mask(&shown)) } else { shown };
            report.mapping.insert(column.canonical.to_owned(), format!("{}：{shown}", constant.origin));
        }
    }
    for (column, one, other) in &frame.mapping.unclear {
        report.mapping.insert(frame.mapping.shape.columns[*column].canonical.to_owned(), format!("未采用：“{one}”和“{other}”两列都像"));
    }
    if let Some(days) = &frame.days {
        report.mapping.insert(
            "每日出勤".to_owned(),
            format!("{} 个日期列{}", days.columns.len(), if days.hours { "（按小时，8 小时为一天）" } else { "" }),
        );
    }
}

/// Why no row of the table can be used: a required column is absent or unclear.
fn unusable(frame: &Frame) -> Option<RowFault> {
    let (mapping, shape) = (&frame.mapping, frame.mapping.shape);
    for group in shape.required {
        if group.iter().any(|c| mapping.has(*c) || frame.constants[*c].is_some()) {
            continue;
        }
        let column = &shape.columns[group[0]];
        if let Some((_, one, other)) = mapping.unclear.iter().find(|u| group.contains(&u.0)) {
            return Some(RowFault {
                column: column.canonical.to_owned(),
                value: String::new(),
                reason: format!("“{one}”和“{other}”两列都像“{}”，无法确定用哪一列", column.canonical).into(),
                mend: "请只保留一列，或把其中一列改名".into(),
            });
        }
        let also = if column.aliases.is_empty() { String::new() } else { format!("（也可写作：{}）", column.aliases.join("、")) };
        return Some(RowFault {
            column: column.canonical.to_owned(),
            value: String::new(),
            reason: format!("表中没有“{}”这一列，无法使用", column.canonical).into(),
            mend: format!("请补上“{}”列{also}", column.canonical).into(),
        });
    }
    None
}

/// Columns whose absence the sender is told of, though the rows are kept.
fn wanting(frame: &Frame, heading: u32) -> Vec<Reject> {
    let shape = frame.mapping.shape;
    let absent = shape.wanted.iter().filter(|c| !frame.mapping.has(**c) && frame.constants[**c].is_none());
    let told = absent.map(|column| {
        let column = &shape.columns[*column];
        Reject {
            row: heading,
            column: column.canonical.to_owned(),
            value: String::new(),
            reason: format!("表中没有“{}”这一列：各行已保留，但用到它的检查无法判断", column.canonical).into(),
            mend: format!("请补上“{}”列（也可写作：{}）后重新提供", column.canonical, column.aliases.join("、")).into(),
        }
    });
    told.collect()
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
