//! 欠薪线索 (file-formats.md §18).

use model::sheet::Lead;
use model::{Body, Dataset, Place};

use super::{Key, Layout, Shape, at, columns};
use crate::cell::CellFault;
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Number = "线索编号" ["线索号"];
    Received = "接收日期" ["接收时间", "受理日期"];
    Source = "来源" ["线索来源"];
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Company = "单位" ["被投诉单位", "单位名称", "涉及单位", "欠薪单位"];
    Workers = "涉及人数" ["人数"];
    Amount = "涉及金额" ["欠薪金额"];
    State = "办理状态" ["办理情况"];
    Closed = "办结日期" ["办结时间"];
    Result = "处理结果" ["办理结果"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Lead,
    columns: COLUMNS,
    needs: &[at![Number], at![Received, State, Closed, Workers, Amount, Source]],
    required: &[at![Number]],
    wanted: &[],
    marks: at![Number, Received, Workers, Amount, State, Closed],
    subjects: at![Number],
    amounts: at![Amount],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct LeadLayout;

impl Layout for LeadLayout {
    type Line = Lead;

    fn read(row: &Row<'_, '_>, _: &mut People<'_>) -> RowResult<(Key, Lead)> {
        let Some(number) = row.code(Col::Number)? else {
            return Err(row.fault(Col::Number, CellFault::new("缺少线索编号", "请填写线索编号")));
        };
        let line = Lead {
            row: row.number,
            number: number.clone(),
            received_on: row.date(Col::Received)?,
            source: row.text(Col::Source)?,
            company: row.text(Col::Company)?,
            workers: row.count_field(Col::Workers)?,
            amount: row.money_field(Col::Amount)?,
            state: row.text(Col::State)?,
            closed_on: row.date_field(Col::Closed)?,
            result: row.text_field(Col::Result)?,
        };
        let place = row.place(Col::Code, Col::Project)?.unwrap_or(Place::County);
        Ok((Key { part: Some(number), ..Key::of(place) }, line))
    }

    fn row_of(line: &Lead) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<Lead>) -> Body {
        Body::Lead(lines)
    }
}
