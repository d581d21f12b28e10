//! 施工过程结算 (file-formats.md §18).

use model::sheet::ProcessSettlement;
use model::{Body, Dataset};

use super::{Key, Layout, Shape, at, columns};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Node = "结算节点" ["节点", "结算节点名称", "过程结算节点"];
    Due = "约定日期" ["约定结算日期"];
    Completed = "完成产值" ["已完成产值", "完成产值金额"];
    SettledOn = "结算日期" ["实际结算日期"];
    Paid = "已付工程款" ["已支付工程款"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::ProcessSettlement,
    columns: COLUMNS,
    needs: &[at![Node], at![Due, Completed, SettledOn, Paid]],
    required: &[at![Node]],
    wanted: &[],
    marks: at![Node, Due, Completed, Paid],
    subjects: at![Node],
    amounts: at![Completed, Paid],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct ProcessSettlementLayout;

impl Layout for ProcessSettlementLayout {
    type Line = ProcessSettlement;

    fn read(row: &Row<'_, '_>, _: &mut People<'_>) -> RowResult<(Key, ProcessSettlement)> {
        let line = ProcessSettlement {
            row: row.number,
            node: row.must_text(Col::Node)?,
            due_on: row.needed_date_field(Col::Due)?,
            completed_value: row.money_field(Col::Completed)?,
            settled_on: row.date_field(Col::SettledOn)?,
            paid: row.money_field(Col::Paid)?,
        };
        Ok((Key::of(row.must_place(Col::Code, Col::Project)?), line))
    }

    fn row_of(line: &ProcessSettlement) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<ProcessSettlement>) -> Body {
        Body::ProcessSettlement(lines)
    }
}
