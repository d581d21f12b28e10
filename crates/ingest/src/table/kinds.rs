//! Small files of the kinds that are read by hand-written readers, and damaged bytes of every kind.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Contents, Limits, open};

/// Every worksheet as text: name, mark of a hidden one, cells with `|` between them.
fn shown(bytes: &[u8]) -> String {
    let Contents::Book(worksheets) = open(bytes, &Limits::default()).unwrap() else { panic!("text") };
    let mut all = String::new();
    for worksheet in worksheets {
        writeln!(all, "[{}{}]", worksheet.name.as_deref().unwrap_or("-"), if worksheet.hidden { " hidden" } else { "" }).unwrap();
        let (mut rows, mut cells) = (worksheet.rows(), Vec::new());
        while rows.next(&mut cells) {
            writeln!(all, "{}", cells.iter().map(|c| c.shown().replace('\n', "⏎")).collect::<Vec<_>>().join("|")).unwrap();
        }
    }
    all
}

const PAGE: &str = "<html><head><meta charset=gb2312><style>td{mso-number-format:'\\@'}</style></head><body><h3>三月工资表</h3>
<table><tr><th rowspan=2>姓名<th colspan=2>应发&nbsp;</tr><tr><th>基本<th>加班</tr>
<tr><td>测试\r\n  工人<br>一<td x:num=\"1\">1.50<td>A &amp; B<tr><td rowspan=2>二班<td>2</td></tr><tr><td><table><tr><td>内</table></td></table></body>";

const XML: &str = r#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="一班"><Table><Row><Cell ss:MergeAcross="1"><Data ss:Type="String">a&amp;b</Data></Cell><Cell><Data ss:Type="Number">1.5</Data></Cell></Row>
<Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="DateTime">2024-03-01T00:00:00.000</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="藏"><Table/><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"#;

fn ods() -> Vec<u8> {
    let content = r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"><office:automatic-styles>
<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>
<table:table table:name="一班"><table:table-row><table:table-cell office:value-type="string" table:number-rows-spanned="3"><text:p>甲<text:s text:c="2"/>乙</text:p><text:p>丙</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="1.5" table:number-columns-repeated="2"/><table:table-cell table:number-columns-repeated="16000"/></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:covered-table-cell/><table:table-cell office:value-type="date" office:date-value="2024-03-01"/><table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>
<table:table table:name="藏" table:style-name="h"></table:table></office:spreadsheet></office:body></office:document-content>"#;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn xlsx() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/files/payroll_titles.xlsx")).unwrap()
}

fn xls() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/files/kinds/payroll.xls")).unwrap()
}

#[test]
fn tables_of_a_page_are_worksheets() {
    let expected = "[第1个表格]\n三月工资表\n姓名|应发\n姓名|基本|加班\n测试工人⏎一|1.50|A & B\n二班|2\n[第2个表格]\n内\n";
    assert_eq!(shown(PAGE.as_bytes()), expected);
    assert_eq!(shown(&encoding_rs::GB18030.encode(PAGE).0), expected);
}

#[test]
fn xml_of_2003_gives_typed_cells_without_comments() {
    assert_eq!(shown(XML.as_bytes()), "[一班]\na&b||1.5\n\n|2024-03-01|TRUE|#N/A\n[藏 hidden]\n");
}

#[test]
fn an_entity_that_is_declared_elsewhere_is_refused_and_never_left_out() {
    let problem = open(XML.replace("&amp;", "&哈;").as_bytes(), &Limits::default()).err().unwrap();
    assert!(problem.what.contains("没有定义的实体“哈”"), "{problem:?}");
    assert!(shown(XML.replace("&amp;", "&nbsp;").as_bytes()).contains("a\u{a0}b"));
}

#[test]
fn a_row_far_down_is_refused_before_the_blank_ones_are_walked() {
    let problem = open(XML.replace("ss:Index=\"3\"", "ss:Index=\"4294967295\"").as_bytes(), &Limits::default()).err().unwrap();
    assert!(problem.what.contains("第 4294967295 行"), "{problem:?}");
}

#[test]
fn ods_rows_repeat_only_where_they_hold_something() {
    let row = "甲  乙⏎丙|2024-03-01|#REF!\n";
    assert_eq!(shown(&ods()), format!("[一班]\n甲  乙⏎丙|1.5|1.5\n{row}{row}[藏 hidden]\n"));
}

#[test]
fn xls_gives_dates_errors_merged_and_hidden() {
    let expected =
        "[一班]\n班组|姓名|日期|应发工资\n一班|测试工人一|2024-03-01|100.5\n一班|测试工人二|2024-03-02|#N/A\n[藏 hidden]\n隐藏\n";
    assert_eq!(shown(&xls()), expected);
}

#[test]
fn a_workbook_cut_short_says_so() {
    for bytes in [ods(), xlsx(), xls()] {
        let problem = open(&bytes[..bytes.len() / 2], &Limits::default()).err().unwrap();
        assert!(problem.what.contains("损坏"), "{problem:?}");
    }
}

proptest! {
    #[test]
    fn no_damage_makes_a_reader_panic(which in 0..5_usize, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12), keep in any::<prop::sample::Index>()) {
        let mut bytes = match which {
            0 => PAGE.as_bytes().to_vec(),
            1 => XML.as_bytes().to_vec(),
            2 => ods(),
            3 => xlsx(),
            _ => xls(),
        };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let all = bytes.len();
        bytes.truncate(if keep.index(4) == 0 { keep.index(all) } else { all });
        let _ = open(&bytes, &Limits::default());
    }
}
