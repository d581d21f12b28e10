//! Versions of sheets: what of them stands in columns, and their packed bodies.
//!
//! A version carries no number: versions are ordered by what they are (receipt, upload, content), so that the order in
//! which the files of one import arrive changes nothing.

use model::sheet::{Body, PayResult};
use model::{Dataset, Date, Fen, Field, Place, ProjectCode, Sheet};
use unicode_normalization::UnicodeNormalization;

use crate::db::{Tx, micros, text};
use crate::elsewhere::Keys;
use crate::encode::{Encoded, Encoder};
use crate::placing::{Candidate, PlaceKey, PlaceKind};
use crate::{NewBatch, StoreError};

/// One row of `sheet`, before it has an id.
pub(crate) struct SheetRow {
    pub(crate) place: PlaceKey,
    place_text: String,
    dataset: Dataset,
    month: String,
    part: String,
    source: String,
    received_at: i64,
    received_on: Date,
    uploaded_on: String,
    file: String,
    worksheet: String,
    rows: i64,
    rejected: i64,
    sums: Sums,
    coded: bool,
    keys: Keys,
    encoded: Encoded,
}

#[derive(Default)]
struct Sums {
    heads: Option<i64>,
    gross: Option<i64>,
    net: Option<i64>,
    paid: Option<i64>,
}

/// Packs the sheets of a batch.
pub(crate) fn prepare(batch: &mut NewBatch) -> Result<Vec<SheetRow>, StoreError> {
    let sheets = std::mem::take(&mut batch.sheets);
    let mut encoder = Encoder::new()?;
    sheets.into_iter().map(|sheet| prepare_sheet(sheet, batch, &mut encoder)).collect()
}

fn prepare_sheet(mut sheet: Sheet, batch: &NewBatch, encoder: &mut Encoder) -> Result<SheetRow, StoreError> {
    // The code in the row is what a project is; what the sheet says of its place is the same or less.
    if let Body::Project(lines) = &sheet.body
        && let [project] = lines.as_slice()
    {
        sheet.place = Place::Code(project.code.clone());
    }
    let file = text(&std::mem::take(&mut sheet.head.file));
    let worksheet = text(&std::mem::take(&mut sheet.head.worksheet));
    let (place, place_text) = place_key(&sheet);
    Ok(SheetRow {
        place,
        place_text: text(&place_text),
        dataset: sheet.body.dataset(),
        month: sheet.month.map(|month| month.to_string()).unwrap_or_default(),
        part: text(&sheet.part),
        source: text(&batch.source),
        received_at: micros(batch.received_at),
        received_on: batch.received_on,
        uploaded_on: sheet.head.uploaded_on.get().map(|day| day.to_string()).unwrap_or_default(),
        file: if file.is_empty() { text(&batch.file) } else { file },
        worksheet,
        rows: i64::try_from(sheet.body.len()).unwrap_or(i64::MAX),
        rejected: i64::from(sheet.head.rejected),
        sums: sums(&sheet.body),
        coded: matches!(&sheet.body, Body::Ledger(lines) if lines.iter().any(|line| line.project.is_some())),
        keys: Keys::of(&sheet.body),
        encoded: encoder.encode(&sheet)?,
    })
}

fn place_key(sheet: &Sheet) -> (PlaceKey, String) {
    match &sheet.place {
        Place::Code(code) => (PlaceKey::new(PlaceKind::Code, code.as_str()), code.to_string()),
        Place::Account(account) => (PlaceKey::new(PlaceKind::Account, account.as_str()), account.to_string()),
        Place::Name(name) => (PlaceKey::new(PlaceKind::Name, &project_key(name)), name.clone()),
        Place::County => (PlaceKey::new(PlaceKind::County, ""), String::new()),
    }
}

/// A project's name as names are compared: NFKC, one kind of brackets, no blanks.
pub(crate) fn name_key(name: &str) -> String {
    name.nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\0' | '\u{200b}'..='\u{200f}' | '\u{feff}'))
        .map(|c| match c {
            '[' | '{' | '【' | '〔' | '〖' | '［' | '｛' | '（' => '(',
            ']' | '}' | '】' | '〕' | '〗' | '］' | '｝' | '）' => ')',
            c => c,
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// As [`name_key`]; titles and file names say 项目 or 项目部 behind a name that the list of projects gives without.
pub(crate) fn project_key(name: &str) -> String {
    let mut key = name_key(name);
    for suffix in ["项目部", "项目"] {
        if let Some(length) = key.strip_suffix(suffix).map(str::len).filter(|length| *length > 0) {
            key.truncate(length);
            break;
        }
    }
    key
}

fn sums(body: &Body) -> Sums {
    let heads = Some(i64::try_from(body.len()).unwrap_or(i64::MAX));
    let none = Sums::default();
    match body {
        Body::Payroll(lines) => {
            let gross = lines.iter().any(|line| line.gross.is_given());
            let sum: Fen = lines.iter().filter_map(|line| line.gross.get()).sum();
            Sums { heads, gross: gross.then_some(sum.0), net: Some(lines.iter().map(|line| line.net).sum::<Fen>().0), paid: None }
        }
        Body::Payout(lines) => {
            let paid: Fen = lines.iter().filter(|line| line.result == PayResult::Success).map(|line| line.amount).sum();
            Sums { heads, paid: Some(paid.0), ..none }
        }
        Body::Roster(_) | Body::Contract(_) | Body::Attendance(_) | Body::WorkerSettlement(_) => Sums { heads, ..none },
        Body::Project(_)
        | Body::Contractor(_)
        | Body::Team(_)
        | Body::Deposit(_)
        | Body::Account(_)
        | Body::Ledger(_)
        | Body::Board(_)
        | Body::ProcessSettlement(_)
        | Body::Inspection(_)
        | Body::Lead(_) => none,
    }
}

/// Writes prepared sheets under `batch_id`, with ids from `next_id` on.
pub(crate) async fn insert(tx: &mut Tx, batch_id: i64, next_id: &mut i64, rows: Vec<SheetRow>) -> Result<Vec<Candidate>, StoreError> {
    for rows in by_size(&rows) {
        insert_rows!(
            tx,
            "写入表的正文",
            "insert into sheet_body (hash, body) ",
            " on conflict (hash) do nothing",
            rows,
            |bind, row| { bind.push_bind(&row.encoded.hash[..]).push_bind(&row.encoded.body[..]) }
        );
    }
    let numbered: Vec<(i64, SheetRow)> = (*next_id..).zip(rows).collect();
    *next_id += i64::try_from(numbered.len()).unwrap_or(0);
    insert_rows!(
        tx,
        "写入表",
        "insert into sheet (sheet_id, batch_id, dataset, place_kind, place, place_text, month, part, source, received_at, received_on, \
         uploaded_on, file, worksheet, row_count, rejected, heads, gross_fen, net_fen, paid_fen, coded, hash, waiting) ",
        "",
        numbered,
        |bind, row| {
            let (id, sheet) = row;
            bind.push_bind(id)
                .push_bind(batch_id)
                .push_bind(sheet.dataset.code())
                .push_bind(sheet.place.kind.code())
                .push_bind(&sheet.place.text)
                .push_bind(&sheet.place_text)
                .push_bind(&sheet.month)
                .push_bind(&sheet.part)
                .push_bind(&sheet.source)
                .push_bind(sheet.received_at)
                .push_bind(sheet.received_on.to_string())
                .push_bind(&sheet.uploaded_on)
                .push_bind(&sheet.file)
                .push_bind(&sheet.worksheet)
                .push_bind(sheet.rows)
                .push_bind(sheet.rejected)
                .push_bind(sheet.sums.heads)
                .push_bind(sheet.sums.gross)
                .push_bind(sheet.sums.net)
                .push_bind(sheet.sums.paid)
                .push_bind(sheet.coded)
                .push_bind(&sheet.encoded.hash[..])
                .push_bind(false)
        }
    );
    Ok(numbered.into_iter().map(|(id, row)| row.candidate(id)).collect())
}

/// Bodies of one statement: PostgreSQL takes no message beyond 1 GiB, and memory is better used otherwise.
const BYTES_PER_INSERT: usize = 16 << 20;

/// Runs of rows whose bodies stay below the limit together, unless one alone is larger.
fn by_size(rows: &[SheetRow]) -> Vec<&[SheetRow]> {
    let mut size = rows.first().map_or(0, |row| row.encoded.body.len());
    rows.chunk_by(|_, next| {
        size += next.encoded.body.len();
        let fits = size <= BYTES_PER_INSERT;
        if !fits {
            size = next.encoded.body.len();
        }
        fits
    })
    .collect()
}

impl SheetRow {
    fn candidate(self, sheet_id: i64) -> Candidate {
        let rank = rank(&self.encoded.hash, &self.file, &self.worksheet);
        Candidate {
            sheet_id,
            dataset: self.dataset,
            place: self.place,
            month: self.month,
            part: self.part,
            received_at: self.received_at,
            uploaded_on: self.uploaded_on,
            rank,
            coded: self.coded,
            keys: Some(self.keys),
            placed: false,
            waiting: false,
        }
    }
}

/// Breaks ties between versions of one moment: by content, and for equal content by file name.
pub(crate) fn rank(hash: &[u8], file: &str, worksheet: &str) -> Vec<u8> {
    let mut name = blake3::Hasher::new();
    name.update(file.as_bytes()).update(b"\0").update(worksheet.as_bytes());
    let mut rank = hash.to_vec();
    rank.extend_from_slice(&name.finalize().as_bytes()[..8]);
    rank
}

/// Code under which sheets that concern no single project are placed.
pub(crate) const COUNTY: &str = "";

/// The code of a placement; county-wide sheets show as `COUNTY`.
pub(crate) fn shown_code(code: &str) -> Result<ProjectCode, StoreError> {
    ProjectCode::parse(if code == COUNTY { "COUNTY" } else { code }).ok_or_else(|| StoreError::content("项目编码"))
}

pub(crate) fn given_day(field: Field<Date>) -> String {
    field.get().map(|day| day.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{name_key, project_key};

    #[test]
    fn names_compare_without_blanks_width_and_kind_of_brackets() {
        assert_eq!(name_key("测试 小学（一期）"), name_key("测试小学(一期)"));
        assert_eq!(name_key("测试【Ａ】区"), name_key("测试（a）区"));
        assert_ne!(name_key("测试小学一期"), name_key("测试小学二期"));
        assert_eq!(project_key("测试小学一期项目部"), project_key("测试小学一期"));
        assert_eq!(project_key("测试小学改造项目"), project_key("测试小学改造"));
    }
}
