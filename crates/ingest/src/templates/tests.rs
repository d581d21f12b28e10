use std::process::Command;

use super::*;
use crate::fixtures::read_bytes;
use crate::naming::Reading;
use crate::reader::ReadFile;

const CODE: &str = "99999920240101001";

fn written() -> (tempfile::TempDir, Vec<PathBuf>) {
    let dir = tempfile::tempdir().unwrap();
    let files = write_templates(dir.path()).unwrap();
    (dir, files)
}

fn read(path: &Path) -> ReadFile {
    read_bytes(&path.file_name().unwrap().to_string_lossy(), &std::fs::read(path).unwrap())
}

#[test]
fn every_dataset_has_a_template_and_its_name_says_nothing() {
    let datasets: std::collections::BTreeSet<&str> = TEMPLATES.iter().map(|t| t.dataset.code()).collect();
    assert_eq!(datasets.len(), Dataset::ALL.len());
    for name in TEMPLATES.iter().flat_map(|t| [t.name.to_owned(), format!("{}模板", t.name)]).chain([ALL.to_owned()]) {
        assert_eq!(Reading::of(&name), Reading::default(), "{name}");
    }
}

#[test]
fn what_a_table_needs_stands_in_its_template() {
    for template in TEMPLATES {
        let shape = template.shape();
        assert_eq!(shape.dataset, template.dataset);
        let has = |column: &usize| template.columns.iter().any(|entry| entry.column == *column);
        for group in shape.required.iter().chain(if template.behind_days.is_some() { &shape.needs[..1] } else { shape.needs }) {
            assert!(group.iter().any(has), "{}: {}", template.name, shape.columns[group[0]].canonical);
        }
        assert!(shape.wanted.iter().all(has), "{}", template.name);
    }
}

#[test]
fn a_template_as_it_is_imports_as_nothing_but_an_example() {
    let (_dir, files) = written();
    assert_eq!(files.len(), TEMPLATES.len() + 1);
    for path in &files {
        let found = read(path);
        assert_eq!((&found.problem, found.by_file_name), (&None, false), "{}", path.display());
        let (guide, tables) = found.reports.split_last().unwrap();
        assert_eq!((guide.sheet.as_str(), guide.dataset, guide.notes.len()), (guide::NAME, None, 1), "{guide:?}");
        assert!(guide.notes[0].mend.is_empty(), "{guide:?}");
        for report in tables {
            let template = TEMPLATES.iter().find(|t| t.name == report.sheet).unwrap();
            assert_eq!((report.dataset, report.kept, report.rejected), (Some(template.dataset), 0, 0), "{report:?}");
            assert_eq!((report.other_kinds.get("example"), report.other), (Some(&1), 2), "{report:?}");
            assert!(report.notes.iter().any(|note| note.what.contains("示例")), "{report:?}");
            let days = if template.behind_days.is_some() { 1 + labour::MATRIX_END.len() } else { 0 };
            assert_eq!(report.mapping.len(), template.columns.len() + days, "{report:?}");
        }
        assert!(found.sheets.is_empty());
    }
}

#[test]
fn nothing_is_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("工资表模板.xlsx"), "mine").unwrap();
    let refused = write_templates(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("工资表模板.xlsx") && refused.contains("没有写出任何文件"), "{refused}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    assert_eq!(std::fs::read(dir.path().join("工资表模板.xlsx")).unwrap(), b"mine");
}

/// Fills every table with rows like the example, as a person would, and saves. First argument: example kept or not.
const FILL: &str = r#"
import openpyxl, sys, datetime
keep, code, paths = sys.argv[1] == "keep", sys.argv[2], sys.argv[3:]
ids = ["999999198802290025", "999999198512311115", "999999197506153144", "99999919900101018X"]
cards = ["9999990000000000014", "9999990000000000022", "9999990000000030", "9999990000000000048"]
for path in paths:
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        if sheet.title == "填写说明":
            continue
        assert sheet.freeze_panes and sheet.data_validations.dataValidation, sheet.title
        heads = [c.value for c in sheet[1]]
        example = [c.value for c in sheet[2]]
        formats = [c.number_format for c in sheet[2]]
        assert all(c.comment for c in sheet[1])
        for n in range(4):
            for at, (head, value) in enumerate(zip(heads, example)):
                cell = sheet.cell(row=3 + n, column=at + 1)
                # What a person types into an empty cell takes the format of its column.
                whole = sheet.column_dimensions
                if value is None:
                    continue
                if head == "项目编码":
                    value = code[:-1] + str(n + 1) if sheet.title == "项目清单" else code
                elif head in ("证件号码", "身份证号"):
                    value = ids[n]
                elif head in ("工资卡号", "收款账号"):
                    value = cards[n]
                elif head in ("工人姓名", "姓名", "收款人姓名"):
                    value = "测试工人" + "一二三四"[n]
                elif head in ("专户账号", "线索编号", "保函编号", "合同编号", "班组名称", "统一社会信用代码") and sheet.title not in ("工资表", "考勤表"):
                    value = value + str(n) if head != "统一社会信用代码" else value
                elif head == "检查日期":
                    value = value + datetime.timedelta(days=n)
                elif head == "余额":
                    value = value + 500000 * (n + 1)
                cell.value = value
                cell.number_format = formats[at]
        if not keep:
            sheet.delete_rows(2)
    book.save(path)
"#;

#[test]
fn filled_in_with_the_example_or_without_every_row_is_kept() {
    let python = std::env::var("ANXIN_TEST_PYTHON").expect("ANXIN_TEST_PYTHON: run tests/run");
    for keep in ["keep", "delete"] {
        let (_dir, files) = written();
        let output = Command::new(&python).args(["-c", FILL, keep, CODE]).args(&files).output().expect("Python starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for path in &files {
            let found = read(path);
            for report in found.reports.iter().filter(|r| r.sheet != guide::NAME) {
                assert_eq!((report.kept, report.rejected), (4, 0), "{keep} {report:?}");
                assert_eq!(report.other_kinds.contains_key("example"), keep == "keep");
                assert_eq!(report.identities.get("bad_check"), None, "{report:?}");
            }
            let lines: usize = found.sheets.iter().map(|sheet| sheet.body.len()).sum();
            // Four punches of four workers are four lines.
            assert_eq!(lines, 4 * (found.reports.len() - 1), "{keep} {}", path.display());
        }
    }
}
