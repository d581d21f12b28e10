//! 维权信息告示牌 (file-formats.md §12).

use model::sheet::Board;
use model::{Body, Dataset};

use super::{Key, Layout, Shape, at, columns};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    SetOn = "设立日期" ["设置日期", "设立时间"];
    CheckedOn = "检查日期" ["拍照日期"];
    Location = "位置" ["设立位置"];
    Parties = "公示建设单位、总包、项目部、分包、监管部门、劳资专管员";
    WageInfo = "公示最低工资标准、工资支付日期";
    ComplaintInfo = "公示投诉举报电话、调解仲裁、法律援助、公共法律服务热线";
    Monthly = "按月公示考勤与工资" ["按月公示"];
    Photo = "照片";
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Board,
    columns: COLUMNS,
    needs: &[at![Code, Project, SetOn, CheckedOn], at![SetOn, Parties, WageInfo, ComplaintInfo, Monthly]],
    required: &[at![SetOn, CheckedOn]],
    wanted: &[],
    marks: at![SetOn, Parties, WageInfo, ComplaintInfo, Monthly, Photo],
    subjects: at![Code, Project, SetOn, CheckedOn],
    amounts: at![],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct BoardLayout;

impl Layout for BoardLayout {
    type Line = Board;

    fn read(row: &Row<'_, '_>, _: &mut People<'_>) -> RowResult<(Key, Board)> {
        let line = Board {
            row: row.number,
            set_on: row.needed_date_field(Col::SetOn)?,
            checked_on: row.date_field(Col::CheckedOn)?,
            location: row.text(Col::Location)?,
            has_parties: row.bool_field(Col::Parties)?,
            has_wage_info: row.bool_field(Col::WageInfo)?,
            has_complaint_info: row.bool_field(Col::ComplaintInfo)?,
            monthly_posting: row.text_field(Col::Monthly)?,
            photo: row.text_field(Col::Photo)?,
        };
        Ok((Key::of(row.must_place(Col::Code, Col::Project)?), line))
    }

    fn row_of(line: &Board) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<Board>) -> Body {
        Body::Board(lines)
    }
}
