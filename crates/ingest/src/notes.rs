//! What the sender is told of a worksheet besides its rejected rows: columns, choices, texts nobody has classified, identities.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::Body;
use model::identifier::IdentityKind;
use model::sheet::{PayResult, Who};

use crate::cell::{self, FaultKind};
use crate::classify::Class;
use crate::gather::Part;
use crate::heading::Mapping;
use crate::joined::Again;
use crate::layout::payout;
use crate::locate::NotFound;
use crate::mapping::{Saved, SavedTable};
use crate::report::{Note, Reject, SheetReport, Tally};
use crate::row::{Frame, RowFault};

/// Words of a bank told one by one.
const MOST_WORDS: usize = 20;

/// Kept lines that say less than they should: words of the bank nobody knows, identities that identify nobody.
pub fn of_lines(parts: &[Part], frame: &Frame, tally: &mut Tally) {
    let mut words: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut identities: BTreeMap<&'static str, (u32, u32)> = BTreeMap::new();
    for part in parts {
        for who in people(&part.body) {
            see(&mut identities, identity_code(who.identity), who.row);
        }
        if let Body::Payout(lines) = &part.body {
            for line in lines {
                if let PayResult::Unknown(word) = &line.result {
                    see(&mut words, word, line.who.row);
                }
            }
        }
    }
    let heading = |canonical: &str| {
        let at = frame.mapping.shape.columns.iter().position(|c| c.canonical == canonical);
        at.and_then(|at| frame.mapping.headings[at].as_ref()).map_or_else(|| canonical.to_owned(), |h| h.0.clone())
    };
    let others = words.len().saturating_sub(MOST_WORDS);
    if others > 0 {
        tally.notes.push(Note::whole(format!("另有 {others} 种结果也无法识别"), "该列可能不是处理结果，请核对"));
    }
    for (word, (row, count)) in words.into_iter().take(MOST_WORDS) {
        tally.notes.push(Note {
            row: Some(row),
            count,
            column: heading("处理结果"),
            value: cell::hide_numbers(word).chars().take(30).collect(),
            what: "这个结果无法识别：行已保留，但不知道钱是否到账，与工资表的比对因此停在这些人身上".into(),
            mend: "请向银行问清每一笔是成功还是失败，把该列改为“成功”“失败”或“处理中”后重新提供".into(),
        });
    }
    for (kind, (row, count)) in identities {
        *tally.identities.entry(kind).or_default() += count;
        let (what, mend) = match kind {
            "bad_check" => ("证件号码的出生日期或校验位不符：行已保留，号码按原样使用，没有改动", "请对照证件核对后重新提供"),
            "masked" => ("证件号码被“*”遮盖：行已保留，只能按姓名和班组比对", "请提供完整的证件号码"),
            "digest" => ("证件号码是加密后的摘要：行已保留，只能按姓名和班组比对", "请提供完整的证件号码"),
            _ => continue,
        };
        let id = if frame.mapping.shape.columns.iter().any(|c| c.canonical == "身份证号") { "身份证号" } else { "证件号码" };
        tally.notes.push(Note { row: Some(row), count, column: heading(id), what: what.into(), mend: mend.into(), ..Note::default() });
    }
}

fn see<'k>(seen: &mut BTreeMap<&'k str, (u32, u32)>, key: &'k str, row: u32) {
    let entry = seen.entry(key).or_insert((row, 0));
    *entry = (entry.0.min(row), entry.1 + 1);
}

fn identity_code(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Valid => "valid",
        IdentityKind::BadCheck => "bad_check",
        IdentityKind::Masked => "masked",
        IdentityKind::Digest => "digest",
        IdentityKind::Other => "other",
        IdentityKind::Missing => "missing",
    }
}

/// The people of the lines, where a dataset is about people.
fn people(body: &Body) -> Box<dyn Iterator<Item = &Who> + '_> {
    match body {
        Body::Roster(lines) => Box::new(lines.iter().map(|l| &l.who)),
        Body::Contract(lines) => Box::new(lines.iter().map(|l| &l.who)),
        Body::Attendance(lines) => Box::new(lines.iter().map(|l| &l.who)),
        Body::Payroll(lines) => Box::new(lines.iter().map(|l| &l.who)),
        Body::Payout(lines) => Box::new(lines.iter().map(|l| &l.who)),
        Body::WorkerSettlement(lines) => Box::new(lines.iter().map(|l| &l.who)),
        _ => Box::new(std::iter::empty()),
    }
}

pub fn explain(why: &NotFound) -> String {
    match why {
        NotFound::Nothing => "前 30 行里没有能识别的表头".to_owned(),
        NotFound::Near { dataset, missing } if missing.is_empty() => format!("表头不完整，最像“{}”", dataset.chinese()),
        NotFound::Near { dataset, missing } => format!("表头不完整：最像“{}”，但缺少列“{}”", dataset.chinese(), missing.join("”“")),
        NotFound::Movements => "这是进退场记录，每行只是一次进场或退场，不是花名册".to_owned(),
        NotFound::Tie(one, other) => format!("表头既像“{}”又像“{}”，无法确定是哪一种表", one.chinese(), other.chinese()),
    }
}

/// What would have helped a table that was not recognised.
pub fn mend_heading(why: &NotFound, saved: Saved<'_>) -> String {
    match why {
        NotFound::Nothing => "是数据表的，请对照模板核对表头后重新提供".to_owned(),
        NotFound::Near { dataset, missing } => {
            let canonical = missing.first().copied().unwrap_or("标准列");
            format!("请对照模板核对表头后重新提供；表中另有叫法的，请{}", saved.line(*dataset, &["表中的叫法"], canonical))
        }
        NotFound::Movements => "请提供每人一行、有进场时间和退场时间两列的花名册".to_owned(),
        NotFound::Tie(one, other) => format!("请对照模板核对表头后重新提供；或{}", saved.force(&[*one, *other])),
    }
}

/// That a table was read as settled, and what was settled for headings it does not have.
pub fn settled(mapping: &Mapping, table: &SavedTable, saved: Saved<'_>, tally: &mut Tally) {
    tally.notes.push(Note::whole(format!("按已保存的对应关系（{}）读取", saved.file()), ""));
    for (heading, canonical) in table.lacking(mapping) {
        tally.notes.push(Note {
            column: canonical.to_owned(),
            what: format!("对应关系中写给“{canonical}”的表头“{heading}”，本表没有").into(),
            mend: format!("请核对表头；改了叫法的，请{}", saved.line(mapping.shape.dataset, &["现在的叫法"], canonical)).into(),
            ..Note::default()
        });
    }
}

pub fn describe(frame: &Frame, saved: Saved<'_>, report: &mut SheetReport, tally: &mut Tally) {
    for (at, column) in frame.mapping.shape.columns.iter().enumerate() {
        if let Some((heading, _)) = &frame.mapping.headings[at] {
            report.mapping.insert(column.canonical.to_owned(), heading.clone());
            report.assigned.push((heading.clone(), column.canonical));
        } else if let Some(constant) = &frame.constants[at] {
            let shown = constant.cell.shown();
            let shown = if column.secret { Cow::Owned(model::identifier::mask(&shown)) } else { shown };
            report.mapping.insert(column.canonical.to_owned(), format!("{}：{shown}", constant.origin));
        }
    }
    for (column, one, other) in &frame.mapping.unclear {
        let canonical = frame.mapping.shape.columns[*column].canonical;
        report.mapping.insert(canonical.to_owned(), format!("未采用：“{one}”和“{other}”两列都像"));
        tally.notes.push(Note {
            column: canonical.to_owned(),
            what: format!("“{one}”和“{other}”两列都像“{canonical}”，两列都没有采用").into(),
            mend: choose(frame, saved, one, other, canonical).into(),
            ..Note::default()
        });
    }
    if let Some(days) = &frame.days {
        report.mapping.insert(
            "每日出勤".to_owned(),
            format!(
                "{} 个日期列{}",
                days.columns.len(),
                if days.hours { format!("（按小时，{} 小时为一天）", frame.day_hours) } else { String::new() }
            ),
        );
    }
}

/// How to settle which of two headings stands for a column.
fn choose(frame: &Frame, saved: Saved<'_>, one: &str, other: &str, canonical: &str) -> String {
    let line = saved.line(frame.mapping.shape.dataset, &[one, other], canonical);
    format!("请只保留一列；两列都要保留的，请{line}")
}

/// Why no row of the table can be used: a required column is absent or unclear.
pub fn unusable(frame: &Frame, saved: Saved<'_>) -> Option<RowFault> {
    let (mapping, shape) = (&frame.mapping, frame.mapping.shape);
    if frame.days.as_ref().is_some_and(|days| days.begins_anew) {
        return Some(RowFault {
            column: "每日出勤".to_owned(),
            value: String::new(),
            reason: "日期列从月中又回到月初，跨了两个月，不知道每一天属于哪个月".into(),
            mend: "请按自然月分成两张考勤表，或把日期列的表头写成完整的日期后分月提供".into(),
            kind: FaultKind::Cell,
        });
    }
    for group in shape.required {
        // A number of the batch and a day come with the bank's answer.
        if payout::is_instruction(frame) && group[0] != payout::Col::Amount as usize {
            continue;
        }
        if group.iter().any(|c| mapping.has(*c) || frame.constants[*c].is_some()) {
            continue;
        }
        let column = &shape.columns[group[0]];
        if let Some((_, one, other)) = mapping.unclear.iter().find(|u| group.contains(&u.0)) {
            return Some(RowFault {
                column: column.canonical.to_owned(),
                value: String::new(),
                reason: format!("“{one}”和“{other}”两列都像“{}”，无法确定用哪一列", column.canonical).into(),
                mend: choose(frame, saved, one, other, column.canonical).into(),
                kind: FaultKind::Cell,
            });
        }
        let also = if column.aliases.is_empty() { String::new() } else { format!("（也可写作：{}）", column.aliases.join("、")) };
        return Some(RowFault {
            column: column.canonical.to_owned(),
            value: String::new(),
            reason: format!("表中没有“{}”这一列，无法使用", column.canonical).into(),
            mend: format!("请补上“{}”列{also}", column.canonical).into(),
            kind: FaultKind::Cell,
        });
    }
    None
}

/// Columns whose absence the sender is told of, though the rows are kept.
pub fn wanting(frame: &Frame, heading: u32) -> Vec<Reject> {
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

/// The example of a template is skipped, and said to be: somebody may have filled in over it.
pub fn examples(tally: &mut Tally) {
    if let Some(count) = tally.other.get(Class::Example.code()) {
        tally.notes.push(Note {
            count: *count,
            column: "项目编码".to_owned(),
            what: "这是模板自带的示例行，已跳过".into(),
            mend: "行里是真实数据的，请把项目编码改为真实的编码后重新提供".into(),
            ..Note::default()
        });
    }
}

/// That a matrix of attendance holds wages too, which are not read.
pub fn wages_beside(column: String, heading: u32) -> Reject {
    Reject {
        row: heading,
        column,
        value: String::new(),
        reason: "考勤表里还有工资：各行的考勤已保留，工资没有读取".into(),
        mend: "请把工资另列一张工资表（姓名、身份证号、应发工资、实发工资等）后一并提供".into(),
    }
}

/// Moves lines that another worksheet of the file has already from the kept to the rejected ones.
pub fn stands_already(reports: &mut [SheetReport], worksheet: usize, again: Vec<Again>, most: u32) {
    let mut unlisted = 0;
    for Again { row, first: (other, known), name } in again {
        let other = reports[other].sheet.clone();
        let report = &mut reports[worksheet];
        report.kept -= 1;
        report.rejected += 1;
        *report.identities.entry("duplicate").or_default() += 1;
        if report.rejects.len() >= most as usize {
            unlisted += 1;
            continue;
        }
        report.rejects.push(Reject {
            row,
            column: ["工人姓名", "姓名"].into_iter().find_map(|name| report.mapping.get(name)).cloned().unwrap_or_default(),
            value: name,
            reason: format!("与工作表“{other}”第 {known} 行重复：同一项目、同一月份、同一班组只能出现一次").into(),
            mend: "请核对后删去一行；分属两个班组或补发的，请写明班组、补发月份".into(),
        });
    }
    if unlisted > 0 {
        reports[worksheet].notes.push(unlisted_rows(unlisted));
    }
}

/// Of very many rejected rows, those that are only counted.
pub fn unlisted_rows(count: u32) -> Note {
    Note::whole(format!("错误太多：另有 {count} 行也被退回，没有逐行列出"), "多半是同一个原因；请先改正列出的各行，再检查全表")
}

/// Instructions are pending, each under its file.
pub fn instruction(parts: &mut [Part], frame: &Frame, file: &str, tally: &mut Tally) {
    if payout::is_instruction(frame) {
        tally.notes.push(Note::whole(
            "没有“处理结果”列：按代发指令保留，各行等待银行处理，不算已发放",
            "银行处理后，请提供同一批次、带处理结果的代发明细",
        ));
    }
    for part in parts.iter_mut().filter(|part| part.key.part.as_deref() == Some(payout::INSTRUCTION)) {
        part.key.part = Some(format!("{}|{file}", payout::INSTRUCTION));
    }
}
