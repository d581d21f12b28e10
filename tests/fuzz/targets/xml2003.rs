//! A workbook in one XML, always taken for one.
#![no_main]
use fuzz::READER;

const START: &[u8] = br#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">"#;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    READER.read("x.xls", &[START, bytes].concat());
});
