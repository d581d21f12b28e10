//! Whole files of any kind; the name lends month, project or nothing.
#![no_main]
use fuzz::READER;

const NAMES: [&str; 4] = ["x.csv", "99999920240101001_2024-03_工资表.xlsx", "测试县安置房一期2024年3月考勤表.xls", "流水.txt"];

libfuzzer_sys::fuzz_target!(init: fuzz::allow_panics_of_library(), |bytes: &[u8]| {
    READER.read(NAMES[bytes.len() % NAMES.len()], bytes);
});
