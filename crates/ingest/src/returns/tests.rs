use std::path::Path;
use std::sync::Arc;

use model::Date;
use store::{Store, Vault};

use super::*;
use crate::Limits;
use crate::fixtures::read_bytes;
use crate::table::Cell;
use crate::{ImportOptions, import_paths};

const CODE: &str = "99999920240101001";
const HEADINGS: &str = "项目编码,分包单位,班组名称,工资所属月份,姓名,身份证号,工资卡号,应发工资,实发工资,备注";

fn day() -> Date {
    "2024-05-01".parse().unwrap()
}

fn report_of(name: &str, bytes: &[u8]) -> FileReport {
    let read = read_bytes(name, bytes);
    FileReport { file: name.to_owned(), sha256: "ab".repeat(32), sheets: read.reports, error: read.problem, ..FileReport::default() }
}

fn returned(name: &str, bytes: &[u8]) -> Vec<u8> {
    return_sheet(Some(bytes), &report_of(name, bytes), &options(8)).unwrap()
}

/// Worksheets of a workbook: name and rows of cells.
fn cells(bytes: &[u8]) -> Vec<(String, Vec<Vec<Cell<'static>>>)> {
    let mut all = Vec::new();
    let mut see = |worksheet: &Worksheet<'_>| {
        let (mut rows, mut cells, mut found) = (worksheet.rows(), Vec::new(), Vec::new());
        while rows.next(&mut cells) {
            found.push(cells.iter().map(Cell::to_owned_cell).collect());
        }
        all.push((worksheet.name.clone().unwrap_or_default(), found));
    };
    crate::reader::each_worksheet(bytes, &Limits::default(), None, &mut see).unwrap();
    all
}

fn text(text: &str) -> Cell<'static> {
    Cell::Text(text.to_owned().into())
}

/// Reads parts of a workbook as a person's program sees them.
fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::read_to_string(zip.by_name(name).unwrap()).unwrap()
}

const FAULTY: &str = "99999920240101001,测试劳务有限公司,一班,2024-03,测试工人一,999999199001010016,9999990000000000014,100,约九十,=1+1\n\
    99999920240101001,测试劳务有限公司,一班,2024-03,测试工人二,9.99999E+17,9999990000000000022,100,100,+文字\n\
    99999920240101001,测试劳务有限公司,一班,2024-03,测试工人三,999999198512311115,9999990000000030,100,100,@甲\n";

#[test]
fn rows_and_columns_stay_where_they_are_and_faults_are_coloured() {
    let file = format!("{HEADINGS}\n{FAULTY}");
    let bytes = returned("x.csv", file.as_bytes());
    let books = cells(&bytes);
    assert_eq!(books.iter().map(|b| b.0.as_str()).collect::<Vec<_>>(), [guide::NAME, "数据"]);
    let rows = &books[1].1;
    for (row, line) in rows.iter().zip(file.lines()) {
        assert_eq!(row.iter().map(|c| c.shown().into_owned()).collect::<Vec<_>>(), line.split(',').collect::<Vec<_>>());
        assert!(row.iter().all(|cell| matches!(cell, Cell::Text(_))));
    }
    let comments = part(&bytes, "xl/comments1.xml");
    assert!(comments.contains("ref=\"I2\"") && comments.contains("ref=\"F3\"") && comments.contains("【改法】"), "{comments}");
    let sheet = part(&bytes, "xl/worksheets/sheet2.xml");
    assert!(!sheet.contains("<f>"), "texts never become formulas");
    let guide: Vec<String> =
        books[0].1.iter().map(|row| row.iter().map(|c| c.shown().into_owned()).collect::<Vec<_>>().join("|")).collect();
    let guide = guide.join("\n");
    for said in ["文件：x.csv", "收到：2024年5月1日", "采用 1 行，退回 2 行", "第 2 行", "“实发工资”", "“约九十”", "原样发回"]
    {
        assert!(guide.contains(said), "{said}\n{guide}");
    }
    assert!(!guide.contains("999999198512311115"));
    let links = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(links.contains("location=\"'数据'!I2\""), "{links}");
}

#[test]
fn unmended_it_is_refused_for_the_same_reasons() {
    let faulty = format!("测试县安置房一期2024年3月工资表\n{HEADINGS}\n{FAULTY}");
    let first = report_of("x.csv", faulty.as_bytes());
    let again = report_of("x-退回.xlsx", &returned("x.csv", faulty.as_bytes()));
    assert_eq!(again.sheets.len(), 2);
    assert_eq!(again.sheets[0].notes, [crate::Note::whole("说明页，没有读取", "")]);
    assert_eq!(again.sheets[1].rejects, first.sheets[0].rejects);
    assert_eq!(again.sheets[1].kept, first.sheets[0].kept);
    assert_eq!(again.sheets[1].other_kinds, first.sheets[0].other_kinds);
}

/// Digits a worksheet has lost, errors, dates, merged headings, several worksheets: what a person's workbook holds.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    for team in ["一班", "二班"] {
        let sheet = book.add_worksheet();
        sheet.set_name(team).unwrap();
        sheet.write_string(0, 0, "测试县安置房一期2024年3月工资表").unwrap();
        let format = rust_xlsxwriter::Format::new();
        for (column, heading) in (0_u16..).zip(["姓名", "身份证号"]) {
            sheet.merge_range(1, column, 2, column, heading, &format).unwrap();
        }
        sheet.merge_range(1, 2, 1, 3, "应发工资", &format).unwrap();
        sheet.write_string(2, 2, "加班工资").unwrap();
        sheet.write_string(2, 3, "合计").unwrap();
        for (column, heading) in (4_u16..).zip(["实发工资", "发放日期"]) {
            sheet.merge_range(1, column, 2, column, heading, &format).unwrap();
        }
        for row in 3..5_u32 {
            sheet.write_string(row, 0, if row == 3 { "测试工人一" } else { "测试工人二" }).unwrap();
            sheet.write_string(row, 1, if row == 3 { "999999199001010016" } else { "999999198802290025" }).unwrap();
            sheet.write_number(row, 2, 5.5).unwrap();
            sheet.write_number(row, 3, 100.25).unwrap();
            sheet.write_number(row, 4, 90.0).unwrap();
            let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
            sheet.write_datetime_with_format(row, 5, ExcelDateTime::from_ymd(2024, 4, 10).unwrap(), &date).unwrap();
        }
        if team == "二班" {
            sheet.write_number(3, 1, 999_999_199_001_010_016_f64).unwrap();
            sheet.write_formula(4, 4, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_keeps_its_worksheets_numbers_dates_and_what_is_lost() {
    let file = workbook();
    let first = report_of("表.xlsx", &file);
    assert_eq!(first.sheets.iter().map(|s| (s.kept, s.rejected)).collect::<Vec<_>>(), [(2, 0), (0, 2)], "{:?}", first.sheets);
    let bytes = returned("表.xlsx", &file);
    let books = cells(&bytes);
    assert_eq!(books.iter().map(|b| b.0.as_str()).collect::<Vec<_>>(), [guide::NAME, "一班", "二班"]);
    let before = cells(&file);
    assert_eq!(books[1].1, before[0].1, "what was in order is as it was");
    assert_eq!(books[2].1[3][1], text("9.99999E+17"));
    assert_eq!(books[2].1[4][4], Cell::Error("#N/A".to_owned()));
    let again = report_of("表-退回.xlsx", &bytes);
    assert_eq!(again.sheets[1..].iter().map(|s| (s.kept, s.rejected)).collect::<Vec<_>>(), [(2, 0), (0, 2)], "{:?}", again.sheets);
    assert_eq!(again.sheets[2].mapping, first.sheets[1].mapping);
}

#[test]
fn a_file_that_cannot_be_opened_gets_the_page_of_explanation() {
    let bytes = returned("扫描件.pdf", b"%PDF-1.7 x");
    let books = cells(&bytes);
    assert_eq!(books.len(), 1);
    let said: String = books[0].1.iter().flatten().map(|c| c.shown().into_owned()).collect();
    assert!(said.contains("没有采用") && said.contains("扫描件.pdf") && said.contains("改法"), "{said}");
}

#[test]
fn a_missing_column_and_one_of_two_alike_are_shown_at_the_heading() {
    let bytes = returned("x.csv", format!("项目编码,工资所属月份,姓名,实发金额,实付金额\n{CODE},2024-03,测试工人一,1,2\n").as_bytes());
    let comments = part(&bytes, "xl/comments1.xml");
    assert!(comments.contains("ref=\"D1\"") && comments.contains("ref=\"E1\""), "both headings: {comments}");
}

#[test]
fn of_a_very_long_table_only_faulty_rows_come_back_and_they_are_no_table() {
    let mut file = format!("{HEADINGS}\n");
    for n in 0..30 {
        file.push_str(&format!("{CODE},测试劳务有限公司,一班,2024-03,测试工人{n},,,100,{},\n", if n % 10 == 9 { "约" } else { "100" }));
    }
    let report = report_of("x.csv", file.as_bytes());
    assert_eq!((report.sheets[0].kept, report.sheets[0].rejected), (27, 3));
    let room = Room { rows: 20, ..Room::new() };
    let bytes = return_sheet_within(Some(file.as_bytes()), &report, &options(8), room).unwrap();
    let books = cells(&bytes);
    let numbers: Vec<f64> =
        books[1].1.iter().filter_map(|row| if let Some(Cell::Number(n)) = row.first() { Some(*n) } else { None }).collect();
    assert_eq!(numbers, [1.0, 11.0, 21.0, 31.0]);
    assert!(part(&bytes, "xl/comments1.xml").contains("ref=\"J3\""), "one column further to the right");
    let again = report_of("x-退回.xlsx", &bytes);
    assert!(again.error.is_some() && again.sheets.iter().all(|sheet| sheet.dataset.is_none()), "{again:?}");
    let room = Room { rows: 2, ..Room::new() };
    let bytes = return_sheet_within(Some(file.as_bytes()), &report, &options(8), room).unwrap();
    let said: String = cells(&bytes)[0].1.iter().flatten().map(|c| c.shown().into_owned()).collect();
    assert!(said.contains("还有 2 行没有列出"), "{said}");
}

#[test]
fn worksheets_of_any_name_get_one_a_workbook_takes() {
    let page = |name: &str| Page { name: name.to_owned(), faults: Vec::new(), short: false, omitted: 0 };
    assert_eq!(free_name(None, &[]), "数据");
    assert_eq!(free_name(Some("a/b:[c]'"), &[]), "abc");
    assert_eq!(free_name(Some("一班"), &[page("一班")]), "一班（2）");
    assert_eq!(free_name(Some("SHEET1"), &[page("sheet1")]), "SHEET1（2）");
    assert_eq!(free_name(Some(&"长".repeat(40)), &[]).chars().count(), 31);
    assert!(utf16(&free_name(Some(&"𠀀".repeat(40)), &[])) <= 31);
    assert_eq!(free_name(Some("退回说明"), &[]), "退回说明（2）");
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

async fn store(dir: &Path) -> Store {
    let vault = Arc::new(Vault::open_or_create(dir).unwrap().0);
    Store::connect(&format!("sqlite:{}", dir.join("anxin.db").display()), dir, vault).await.unwrap()
}

fn options(hour: u32) -> ImportOptions {
    let received_at = day().and_hms_opt(hour, 0, 0).unwrap().and_utc();
    ImportOptions {
        source: "folder".to_owned(),
        received_at,
        received_on: day(),
        mapping: None,
        keep_archive: true,
        limits: Limits::default(),
        only: None,
        region: None,
    }
}

/// Opens the return sheet as a person does, mends every coloured cell, saves it.
const MEND: &str = r#"
import openpyxl, sys
path, right = sys.argv[1], dict(pair.split("=", 1) for pair in sys.argv[2:])
book = openpyxl.load_workbook(path)
sheet = book["数据"]
mended = 0
for row in sheet.iter_rows():
    for cell in row:
        if cell.fill.fgColor.rgb == "FFFF9999":
            assert cell.comment and "改法" in cell.comment.text
            cell.value = right[cell.coordinate]
            mended += 1
book.save(path)
print(mended)
"#;

#[tokio::test]
async fn mended_and_sent_back_it_is_kept_whole_and_takes_the_place_of_the_first() {
    let python = std::env::var("ANXIN_TEST_PYTHON").expect("ANXIN_TEST_PYTHON: run tests/run");
    let dir = tempfile::tempdir().unwrap();
    let (inbox, returns, store) = (dir.path().join("inbox"), dir.path().join("returns"), store(dir.path()).await);
    std::fs::create_dir(&inbox).unwrap();
    let projects = format!(
        "项目编码,项目名称,建设单位,施工总承包单位,施工合同额,开工日期,项目状态,劳资专管员\n{CODE},测试县安置房一期,测试建设投资有限公司,测试建筑有限公司,56000000.00,2024-01-01,在建,测试专管\n"
    );
    std::fs::write(inbox.join("项目.csv"), projects).unwrap();
    std::fs::write(inbox.join("工资.csv"), format!("{HEADINGS}\n{FAULTY}")).unwrap();
    let first = import_paths(&store, std::slice::from_ref(&inbox), &options(8), &|_| {}).await.unwrap();
    let written = write_returns(&store, &first.files, &returns, &options(8)).await.unwrap();
    let names: Vec<_> = written.iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["工资-退回.xlsx"], "only what has something to mend");
    let said = std::process::Command::new(python)
        .args(["-c", MEND])
        .arg(&written[0])
        .args(["I2=90", "F3=999999198802290025"])
        .output()
        .expect("Python starts");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "2", "{}", String::from_utf8_lossy(&said.stderr));
    let second = import_paths(&store, &written, &options(9), &|_| {}).await.unwrap();
    let sheet = &second.files[0].sheets[1];
    assert_eq!((sheet.kept, sheet.rejected, second.has_rejects()), (3, 0, false), "{sheet:?}");
    let code = model::ProjectCode::parse(CODE).unwrap();
    let dossier = store.load_dossier(&code, None).await.unwrap().unwrap();
    assert_eq!((dossier.payrolls.len(), dossier.payrolls[0].lines.len(), dossier.payrolls[0].head.rejected), (1, 3, 0));
}

#[tokio::test]
async fn files_in_an_archive_and_files_that_cannot_be_read_get_theirs_once() {
    use std::io::Write;
    let dir = tempfile::tempdir().unwrap();
    let (inbox, returns, store) = (dir.path().join("inbox"), dir.path().join("returns"), store(dir.path()).await);
    std::fs::create_dir(&inbox).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [("三月/工资.csv", format!("{HEADINGS}\n{FAULTY}").into_bytes()), ("四月/工资.csv", b"%PDF-1.7 x".to_vec())]
    {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    std::fs::write(inbox.join("全部.zip"), zip.finish().unwrap().into_inner()).unwrap();
    let mut names = Vec::new();
    for _ in 0..2 {
        let report = import_paths(&store, std::slice::from_ref(&inbox), &options(8), &|_| {}).await.unwrap();
        names = write_returns(&store, &report.files, &returns, &options(8)).await.unwrap();
    }
    let names: Vec<_> = names.iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["工资-退回.xlsx", "工资-退回-2.xlsx"]);
    assert_eq!(std::fs::read_dir(&returns).unwrap().count(), 2);
}

#[test]
fn the_name_of_a_return_sheet_says_what_the_name_of_the_file_said() {
    use crate::naming::Reading;
    for stem in [
        "99999920240101001_工资表_2024-03",
        "测试县安置房一期2024年3月工资表",
        "测试县安置房一期项目工人花名册",
        "考勤202403",
        "工资表_2024",
        "roster",
        "测试建筑有限公司2024年3月份工资表",
    ] {
        for returned in [format!("{stem}-退回"), format!("{stem}-退回-2")] {
            assert_eq!(Reading::of(&returned), Reading::of(stem), "{returned}");
        }
    }
}
