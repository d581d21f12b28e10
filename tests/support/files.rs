//! Small tables made by hand, in the canonical headings.

use std::path::{Path, PathBuf};

/// Headings and rows of one table.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// A table from `heading,heading` and rows of the same form.
pub fn sheet(heads: &str, rows: &[&str]) -> Sheet {
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    Sheet { heads: cells(heads), rows: rows.iter().map(|row| cells(row)).collect() }
}

impl Sheet {
    pub fn csv(&self) -> String {
        let mut text = self.heads.join(",") + "\n";
        for row in &self.rows {
            text += &(row.join(",") + "\n");
        }
        text
    }

    pub fn write_csv(&self, dir: &Path, name: &str) -> PathBuf {
        let path = dir.join(name);
        std::fs::write(&path, self.csv()).expect("a file can be written");
        path
    }

    /// Without the named column.
    pub fn without(mut self, head: &str) -> Self {
        let at = self.heads.iter().position(|h| h == head).unwrap_or_else(|| panic!("no column {head}"));
        self.heads.remove(at);
        for row in &mut self.rows {
            row.remove(at);
        }
        self
    }

    /// With another value in a column of a row.
    pub fn with(mut self, row: usize, head: &str, value: &str) -> Self {
        let at = self.heads.iter().position(|h| h == head).unwrap_or_else(|| panic!("no column {head}"));
        value.clone_into(&mut self.rows[row][at]);
        self
    }
}

/// A valid synthetic ID number: area 999999, born 1990-01-01.
pub fn id_number(sequence: u32) -> String {
    let body = format!("99999919900101{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, weight)| c.to_digit(10).expect("a digit") * weight).sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][usize::try_from(sum % 11).expect("below 11")];
    format!("{body}{check}")
}

/// One project of the duty to open an account, signed 2024-02-01, ten months.
pub fn project(code: &str, name: &str) -> Sheet {
    sheet(
        "项目编码,项目名称,项目分类,行业,项目所在地,建设单位,施工总承包单位,总承包单位统一社会信用代码,施工合同额,工资支付日,开工日期,项目状态,劳资专管员,联系电话,证件号码,投资性质,合同签订日期,合同开始日期,合同结束日期,施工许可日期",
        &[&format!(
            "{code},{name},房屋建筑,住建,999999,测试建设投资有限公司,测试建筑有限公司,91999999MA00000154,56000000.00,15,2024-02-20,在建,测试专管一,10090000000,{},政府投资,2024-02-01,2024-02-20,2024-12-31,2024-02-15",
            id_number(1)
        )],
    )
}

/// A special account of a project.
pub fn account(code: &str, opened: &str) -> Sheet {
    sheet(
        "项目编码,专户账号,专户户名,开户银行,开户日期,账户状态,账户类型",
        &[&format!("{code},9999990000000000014,测试建筑有限公司测试项目农民工工资专用账户,测试农商行,{opened},正常,专户")],
    )
}
