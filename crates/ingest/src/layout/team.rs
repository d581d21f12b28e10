//! 班组 (file-formats.md §3).

use model::sheet::Team;
use model::{Body, Dataset};

use super::{Key, Layout, Shape, at, columns};
use crate::cell::words;
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    CorpCode = "企业统一社会信用代码" ["统一社会信用代码", "信用代码"];
    Employer = "企业名称" ["所在企业", "用工单位", "施工单位", "分包单位"];
    Name = "班组名称" ["班组"];
    Number = "班组编号" ["班组ID", "班组代码"];
    Leader = "班组长" ["班组长姓名", "带班人", "责任人姓名", "负责人姓名"];
    LeaderPhone = "班组长联系电话" ["责任人联系电话", "班组长电话", "联系电话", "手机号码"];
    LeaderId @secret = "班组长证件号码" ["责任人证件号码", "班组长身份证号", "证件号码", "身份证号"];
    Trade = "工种" ["班组类型", "班组工种"];
    Entry = "进场日期" ["进场时间"];
    Exit = "退场日期" ["退场时间"];
    Remark = "备注";
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Team,
    columns: COLUMNS,
    needs: &[at![Name], at![Leader, Number]],
    required: &[at![Name]],
    wanted: &[],
    marks: at![Leader, Number, LeaderPhone],
    subjects: at![Name],
    amounts: at![],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: None,
    employer: Some(Col::Employer as usize),
    takes_days: false,
};

pub struct TeamLayout;

impl Layout for TeamLayout {
    type Line = Team;

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, Team)> {
        let leader = row.text(Col::Leader)?;
        let line = Team {
            row: row.number,
            employer: row.text(Col::Employer)?,
            name: row.must_text(Col::Name)?,
            number: row.code(Col::Number)?,
            leader_phone: row.code(Col::LeaderPhone)?,
            leader_id: row.secret(Col::LeaderId)?.and_then(|id| people.identify(&id, leader.as_deref().unwrap_or_default()).0),
            leader,
            trade: row.text(Col::Trade)?.map(|t| words::trade(&t)),
            entry_on: row.date_field(Col::Entry)?,
            exit_on: row.date_field(Col::Exit)?,
        };
        Ok((Key::of(row.must_place(Col::Code, Col::Project)?), line))
    }

    fn row_of(line: &Team) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<Team>) -> Body {
        Body::Team(lines)
    }
}
