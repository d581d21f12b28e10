//! 退场工资结清 (file-formats.md §13).

use model::sheet::WorkerSettlement;
use model::{Body, Dataset, Fen, SheetHead};

use super::{Key, Layout, Shape, at, columns};
use crate::cell::{CellFault, words};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Employer = "企业名称" ["用工单位", "所在企业", "分包单位"];
    Team = "班组名称" ["所在班组", "所属班组", "班组"];
    Name = "姓名" ["工人姓名", "人员姓名", "员工姓名"];
    Id @secret = "证件号码" ["身份证号", "身份证号码", "身份证", "证件号"];
    Card @secret = "工资卡号" ["银行卡号", "银行账号"];
    Entry = "进场日期" ["进场时间"];
    Exit = "退场日期" ["退场时间"];
    Gross = "应发总额" ["累计应发", "务工累计结算总金额"];
    Paid = "已发总额" ["累计已付", "累计支付总金额"];
    Unpaid = "未付金额" ["剩余工资", "尾款", "欠付"];
    Settled = "是否结清" ["结清状态"];
    SettledOn = "结清日期" ["确认日期"];
    Signed = "工人签字" ["签字", "签名", "手印"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::WorkerSettlement,
    columns: COLUMNS,
    needs: &[at![Name], at![Gross, Paid, Unpaid], at![Paid, Unpaid, Settled, SettledOn]],
    required: &[at![Name], at![Gross], at![Paid, Unpaid]],
    wanted: &[],
    marks: at![Gross, Paid, Unpaid, Settled, SettledOn],
    subjects: at![Name, Id, Card],
    amounts: at![Gross, Paid, Unpaid],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: Some(Col::Team as usize),
    employer: Some(Col::Employer as usize),
    takes_days: false,
};

pub struct WorkerSettlementLayout;

impl Layout for WorkerSettlementLayout {
    type Line = WorkerSettlement;

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, WorkerSettlement)> {
        let who = people.who(row, Col::Name, Col::Id, Some(Col::Card as usize))?;
        let gross_total = row.must_money(Col::Gross)?;
        let (paid, unpaid) = (row.money(Col::Paid)?, row.money(Col::Unpaid)?);
        let (paid_total, unpaid) = match (paid, unpaid) {
            (Some(paid), Some(unpaid)) => (paid, unpaid),
            (Some(paid), None) => (paid, gross_total - paid),
            (None, Some(unpaid)) => (gross_total - unpaid, unpaid),
            (None, None) => return Err(row.fault(Col::Paid, CellFault::new("已发总额和未付金额都没有填写", "请填写已发总额"))),
        };
        let settled =
            row.word_field(Col::Settled, |t| words::yes_no(t).ok_or_else(|| CellFault::new("结清状态无法识别", "请填写 是 或 否")))?;
        let line = WorkerSettlement {
            who,
            entry_on: row.date_field(Col::Entry)?,
            exit_on: row.date_field(Col::Exit)?,
            gross_total,
            paid_total,
            unpaid,
            settled: settled.get().unwrap_or(unpaid <= Fen::ZERO),
            settled_on: row.date_field(Col::SettledOn)?,
            signed: row.word_field(Col::Signed, |t| Ok(words::signed(t)))?,
        };
        Ok((Key::of(row.must_place(Col::Code, Col::Project)?), line))
    }

    fn head(row: &Row<'_, '_>, _: &Key, head: &mut SheetHead) -> RowResult<()> {
        head.project_name = row.text(Col::Project)?;
        head.employer = row.text(Col::Employer)?;
        head.team = row.text(Col::Team)?;
        Ok(())
    }

    fn row_of(line: &WorkerSettlement) -> u32 {
        line.who.row
    }

    fn wrap(lines: Vec<WorkerSettlement>) -> Body {
        Body::WorkerSettlement(lines)
    }
}
