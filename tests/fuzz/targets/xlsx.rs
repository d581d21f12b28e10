//! Parts: worksheet, shared strings, second worksheet, workbook, styles; what is missing is taken from a plain workbook.
#![no_main]
use fuzz::{BETWEEN, READER, parts, zip};

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="一班" sheetId="1" r:id="rId1"/><sheet name="二班" sheetId="2" r:id="rId2"/></sheets></workbook>"#;
const SHEET: &str =
    r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>"#;
const STRINGS: &str = r#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>姓名</t></si><si><t>身份证号</t></si><si><t>应发工资</t></si><si><t>实发工资</t></si><si><t>项目编码</t></si><si><t>工资所属月份</t></si><si><r><t>测试</t></r><r><t>工人</t></r></si></sst>"#;
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></styleSheet>"#;

libfuzzer_sys::fuzz_target!(init: fuzz::allow_panics_of_library(), |bytes: &[u8]| {
    let parts = parts(bytes, BETWEEN);
    let part = |at: usize, plain: &'static str| parts.get(at).copied().filter(|part| !part.is_empty()).unwrap_or(plain.as_bytes());
    let book = zip(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", part(3, BOOK)),
        ("xl/worksheets/sheet1.xml", part(0, SHEET)),
        ("xl/worksheets/sheet2.xml", part(2, SHEET)),
        ("xl/sharedStrings.xml", part(1, STRINGS)),
        ("xl/styles.xml", part(4, STYLES)),
    ]);
    READER.read("x.xlsx", &book);
});
