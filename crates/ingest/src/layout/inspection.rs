//! 检查记录 (file-formats.md §18).

use model::sheet::Inspection;
use model::{Body, Dataset};

use super::{Key, Layout, Shape, at, columns};
use crate::cell::CellFault;
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Date = "检查日期" ["检查时间"];
    Campaign = "专项行动" ["行动名称"];
    Inspector = "监察员" ["检查人员", "检查人"];
    Result = "检查结果" ["检查情况"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Inspection,
    columns: COLUMNS,
    needs: &[at![Date], at![Campaign, Inspector, Result]],
    required: &[at![Date]],
    wanted: &[],
    marks: at![Date, Campaign, Result],
    subjects: at![Code, Project, Date],
    amounts: at![],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct InspectionLayout;

impl Layout for InspectionLayout {
    type Line = Inspection;

    fn read(row: &Row<'_, '_>, _: &mut People<'_>) -> RowResult<(Key, Inspection)> {
        let Some(inspected_on) = row.date(Col::Date)? else {
            return Err(row.fault(Col::Date, CellFault::new("缺少检查日期", "请填写检查日期")));
        };
        let line = Inspection {
            row: row.number,
            inspected_on,
            campaign: row.text(Col::Campaign)?,
            inspector: row.text(Col::Inspector)?,
            result: row.text(Col::Result)?,
        };
        let place = row.must_place(Col::Code, Col::Project)?;
        Ok((Key { part: Some(inspected_on.to_string()), ..Key::of(place) }, line))
    }

    fn row_of(line: &Inspection) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<Inspection>) -> Body {
        Body::Inspection(lines)
    }
}
