//! Property: whatever synthetic table is written, in whatever delimiter, encoding and writing, as text or as workbook, reads back equal.
//!
//! Every value is made once and written three times: in its plainest form, in one of its other forms, and typed into a workbook.

use std::sync::OnceLock;

use chrono::NaiveDate;
use encoding_rs::GB18030;
use model::sheet::PayrollLine;
use model::{Body, Dataset, Fen, Sheet};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use store::Vault;

use crate::cell::words;
use crate::people::{People, Registry};
use crate::reader::{FileName, ReadFile, read};
use crate::table::Limits;
use crate::templates::{Filled, Kind, Need, TEMPLATES, Template};

/// Numbers that decide everything; a run that fails shrinks towards noughts, which are the plainest choices.
struct Tape<'t> {
    numbers: &'t [u32],
    at: usize,
}

impl Tape<'_> {
    fn below(&mut self, end: u32) -> u32 {
        let number = self.numbers.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        number % end
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(u32::try_from(list.len()).unwrap()) as usize]
    }
}

#[derive(Debug, Clone)]
enum Typed {
    Empty,
    Text(String),
    Number(f64),
    /// ISO form, and the format of the cell.
    Date(String, &'static str),
}

/// One value in its three writings.
#[derive(Debug, Clone)]
struct Value {
    plain: String,
    varied: String,
    typed: Typed,
}

impl Value {
    fn empty() -> Self {
        Self { plain: String::new(), varied: String::new(), typed: Typed::Empty }
    }

    fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { varied: text.clone(), typed: Typed::Text(text.clone()), plain: text }
    }
}

const PIECES: &[&str] = &[
    "一", "𠀀", "㐀", "𪚥", ",", "\"", "\"\"", "'", ";", "；", "|", "\t", "\n", "（2）", "·", "😀", " ", "A", "é", "=", "&", "<b>",
    "_x0041_", "，", "\\",
];

fn words_of(tape: &mut Tape<'_>, first: &str) -> Value {
    let mut text = first.to_owned();
    for _ in 0..tape.below(6) {
        text.push_str(tape.one_of(PIECES));
    }
    text.push_str(tape.one_of(&["甲", "乙", "丙"]));
    Value::same(text)
}

fn digits(tape: &mut Tape<'_>, prefix: &str, count: usize) -> String {
    (0..count).fold(prefix.to_owned(), |mut text, _| {
        text.push(char::from(b'0' + u8::try_from(tape.below(10)).unwrap()));
        text
    })
}

/// Synthetic: no such area; with its check character.
fn identity(tape: &mut Tape<'_>, row: usize) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let first = format!("999999{}{:02}{:02}{row:03}", 1970 + tape.below(30), 1 + tape.below(12), 1 + tape.below(28));
    let sum: u32 = first.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{first}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

/// A code as it may be written: guarded, wide, with blanks around it.
fn written(tape: &mut Tape<'_>, code: String) -> Value {
    let wide = |code: &str| code.chars().map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c }).collect();
    let varied = match tape.below(6) {
        1 => format!("'{code}"),
        2 => format!("=\"{code}\""),
        3 => format!(" {code}\t"),
        4 => wide(&code),
        5 => format!("\u{a0}{code}\u{200b}"),
        _ => code.clone(),
    };
    Value { typed: Typed::Text(if tape.below(2) == 0 { code.clone() } else { varied.clone() }), plain: code, varied }
}

fn date(tape: &mut Tape<'_>) -> Value {
    let day = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::Duration::days(i64::from(tape.below(700)));
    let form = tape.one_of(&["%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y%m%d", "%Y年%-m月%-d日", "%Y年%m月%d日"]);
    let plain = day.format("%Y-%m-%d").to_string();
    let varied = day.format(form).to_string();
    let typed = if tape.below(3) == 0 { Typed::Text(varied.clone()) } else { Typed::Date(plain.clone(), "yyyy/m/d") };
    Value { plain, varied, typed }
}

fn moment(tape: &mut Tape<'_>) -> Value {
    let day = NaiveDate::from_ymd_opt(2024, 3, 1 + tape.below(31)).unwrap();
    let time = day.and_hms_opt(tape.below(24), tape.below(60), tape.below(60)).unwrap();
    let plain = time.format("%Y-%m-%d %H:%M:%S").to_string();
    let varied = time.format(tape.one_of(&["%Y-%m-%d %H:%M:%S", "%Y/%-m/%-d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"])).to_string();
    let typed = Typed::Date(plain.clone(), "yyyy-mm-dd hh:mm:ss");
    Value { plain, varied, typed }
}

fn month(tape: &mut Tape<'_>) -> Value {
    // With a day 31, which a matrix has a column for.
    let month = tape.one_of(&[3, 1, 5, 7, 8, 10, 12]);
    let varied = match tape.below(5) {
        1 => format!("2024年{month}月"),
        2 => format!("2024{month:02}"),
        3 => format!("2024/{month}"),
        4 => format!("2024年{month:02}月份"),
        _ => format!("2024-{month:02}"),
    };
    Value { plain: format!("2024-{month:02}"), typed: Typed::Text(varied.clone()), varied }
}

fn money(tape: &mut Tape<'_>) -> Value {
    let fen = tape.below(100_000_000);
    let (yuan, rest) = (fen / 100, fen % 100);
    let plain = format!("{yuan}.{rest:02}");
    let grouped = if yuan < 1000 { plain.clone() } else { format!("{},{:03}.{rest:02}", yuan / 1000, yuan % 1000) };
    let varied = match tape.below(6) {
        1 => grouped,
        2 => format!("￥{plain}"),
        3 => format!("{plain}元"),
        4 => format!(" {plain} "),
        5 => format!("+{plain}"),
        _ => plain.clone(),
    };
    let typed = if tape.below(3) == 0 { Typed::Text(varied.clone()) } else { Typed::Number(f64::from(fen) / 100.0) };
    Value { plain, varied, typed }
}

fn number(tape: &mut Tape<'_>) -> Value {
    let number = 1 + tape.below(28);
    let typed = if tape.below(3) == 0 { Typed::Text(number.to_string()) } else { Typed::Number(f64::from(number)) };
    Value { plain: number.to_string(), varied: number.to_string(), typed }
}

fn share(tape: &mut Tape<'_>) -> Value {
    let hundredths = 1 + tape.below(9_999);
    let plain = format!("{}.{:02}%", hundredths / 100, hundredths % 100);
    let varied = if tape.below(2) == 0 { plain.clone() } else { format!("0.{hundredths:04}") };
    Value { plain, varied, typed: Typed::Number(f64::from(hundredths) / 10_000.0) }
}

/// A value for a column; what must differ between rows differs.
fn value(tape: &mut Tape<'_>, template: &Template, column: &Filled, row: usize) -> Value {
    let name = column.heading.as_str();
    match name {
        "项目编码" if template.dataset == Dataset::Project => return written(tape, format!("99999920240101{:03}", row + 1)),
        "项目编码" => return written(tape, "99999920240101001".to_owned()),
        "交易时间" => return Value::same(format!("{:02}:{:02}:{:02}", tape.below(24), tape.below(60), tape.below(60))),
        // A code or a name, kept as written; several numbers in one cell.
        "项目所在地" | "施工许可证号" => return Value::same(digits(tape, "999", 3)),
        // Balances have to agree with the amounts; that is another test's matter.
        "余额" => return Value::empty(),
        // Money goes in or out.
        "收入金额" if !row.is_multiple_of(2) => return Value::empty(),
        "支出金额" if row.is_multiple_of(2) => return Value::empty(),
        "收入金额" | "支出金额" => return money(tape),
        _ => {}
    }
    if column.need != Need::Must && tape.below(4) == 0 {
        return Value::empty();
    }
    let code = |tape: &mut Tape<'_>| match name {
        "证件号码" | "身份证号" | "班组长证件号码" => identity(tape, row),
        "联系电话" | "电话" | "手机号码" | "班组长联系电话" => digits(tape, "100", 8),
        "工资卡号" | "收款账号" => digits(tape, &format!("999999{row:03}"), 10),
        _ => digits(tape, &format!("9999{row:03}"), 8),
    };
    match column.kind {
        Kind::Code => {
            let code = code(tape);
            written(tape, code)
        }
        Kind::Text => words_of(tape, "测试"),
        Kind::Date => date(tape),
        Kind::Moment => moment(tape),
        Kind::Month => month(tape),
        Kind::Money => money(tape),
        Kind::Number => number(tape),
        Kind::Share => share(tape),
        Kind::Words(list) | Kind::Suggest(list) => Value::same(tape.one_of(list)),
        Kind::Trade => Value::same(tape.one_of(words::TRADES).1),
    }
}

fn as_text(headings: &[String], rows: &[Vec<String>], delimiter: u8, windows: bool) -> String {
    let end = if windows { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(end).from_writer(Vec::new());
    writer.write_record(headings).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn encoded(text: &str, encoding: u32) -> Vec<u8> {
    match encoding {
        1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        2 => GB18030.encode(text).0.into_owned(),
        3 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        _ => text.as_bytes().to_vec(),
    }
}

fn as_workbook(headings: &[String], rows: &[Vec<Value>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for (row, values) in (1_u32..).zip(rows) {
        for (column, value) in (0_u16..).zip(values) {
            match &value.typed {
                Typed::Empty => {}
                Typed::Text(text) => {
                    sheet.write_string(row, column, text).unwrap();
                }
                Typed::Number(number) => {
                    sheet.write_number(row, column, *number).unwrap();
                }
                Typed::Date(date, form) => {
                    let date = ExcelDateTime::parse_from_str(date).unwrap();
                    sheet.write_datetime_with_format(row, column, date, &Format::new().set_num_format(*form)).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn read_with(people: &mut People<'_>, name: &str, bytes: &[u8]) -> ReadFile {
    read(bytes, FileName { path: name, stem: "x", hash: "cafe0123" }, people, &Limits::default())
}

/// The sheets without what tells where they came from.
fn sheets(read: ReadFile) -> Vec<Sheet> {
    let mut sheets = read.sheets;
    for sheet in &mut sheets {
        sheet.head.file.clear();
        sheet.head.worksheet.clear();
    }
    sheets
}

fn vault() -> &'static Vault {
    static VAULT: OnceLock<Vault> = OnceLock::new();
    VAULT.get_or_init(|| Vault::open_or_create(tempfile::tempdir().unwrap().path()).unwrap().0)
}

/// What a payroll line says of the values it was made of.
fn payroll_says(headings: &[String], values: &[Value], line: &PayrollLine) -> bool {
    let plain = |name: &str| values[headings.iter().position(|h| h == name).unwrap()].plain.clone();
    let fen = |text: &str| text.replace('.', "").parse().map(Fen).ok();
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    line.who.name == plain("姓名")
        && Some(line.net) == fen(&plain("实发工资"))
        && line.gross.get() == fen(&plain("应发工资"))
        && line.paid_on.get() == day(&plain("发放日期"))
        && line.who.person == Some(vault().person_key(&plain("身份证号")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_in_any_writing_reads_back_equal(
        which in 0..TEMPLATES.len(),
        count in 1_usize..5,
        delimiter in prop::sample::select(&b",\t;|"[..]),
        encoding in 0_u32..4,
        windows in any::<bool>(),
        numbers in prop::collection::vec(any::<u32>(), 0..900),
    ) {
        let (template, mut tape) = (&TEMPLATES[which], Tape { numbers: &numbers, at: 0 });
        let columns = template.columns();
        let headings: Vec<String> = columns.iter().map(|column| column.heading.clone()).collect();
        let rows: Vec<Vec<Value>> = (0..count).map(|row| columns.iter().map(|column| value(&mut tape, template, column, row)).collect()).collect();
        let texts = |of: fn(&Value) -> &String| rows.iter().map(|row| row.iter().map(|value| of(value).clone()).collect()).collect::<Vec<Vec<String>>>();
        let plain = as_text(&headings, &texts(|v| &v.plain), b',', false);
        let varied = encoded(&as_text(&headings, &texts(|v| &v.varied), delimiter, windows), encoding);
        let book = as_workbook(&headings, &rows);
        let registry = Registry::default();
        let mut people = People::new(vault(), &registry);
        let plain = read_with(&mut people, "x.csv", plain.as_bytes());
        for report in &plain.reports {
            prop_assert_eq!((report.dataset, report.kept as usize, report.rejected), (Some(template.dataset), count, 0), "{:?}", report);
        }
        let expected = sheets(plain);
        if let (Dataset::Payroll, 1, Body::Payroll(lines)) = (template.dataset, count, &expected[0].body) {
            prop_assert!(payroll_says(&headings, &rows[0], &lines[0]), "{:?} {:?}", lines[0], rows[0]);
        }
        prop_assert_eq!(&sheets(read_with(&mut people, "y.csv", &varied)), &expected, "{}", String::from_utf8_lossy(&varied));
        prop_assert_eq!(&sheets(read_with(&mut people, "z.xlsx", &book)), &expected);
    }
}
