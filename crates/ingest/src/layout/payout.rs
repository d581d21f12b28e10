//! 银行代发: instruction joined with the bank's answer (file-formats.md §11).

use model::sheet::{PayResult, PayoutLine};
use model::{Body, Dataset, Place, SheetHead};

use super::{Key, Layout, Shape, at, columns};
use crate::cell::{CellFault, words};
use crate::people::People;
use crate::row::{Frame, Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Batch = "代发批次号" ["批次号", "出账批次号", "批次"];
    PayAccount @secret = "付款账号" ["专户账号", "工资代发银行卡号", "付款人账号"];
    PayName = "付款户名" ["付款人名称", "付款人户名"];
    Month = "工资所属月份" ["工资月份", "所属月份", "发放工资的月份", "所属期间", "月份"];
    Name = "收款人姓名" ["户名", "收款户名", "员工姓名", "姓名", "收款人名称", "收款人户名"];
    Account @secret = "收款账号" ["账号", "银行账号", "收款人账号", "卡号", "银行卡号"];
    Bank = "收款开户行" ["开户银行", "开户行", "收款人开户行", "收款人开户行名称"];
    Id @secret = "证件号码" ["身份证号", "身份证号码"];
    Amount = "金额" ["发放金额", "代发金额", "专户代发金额", "出款金额", "交易金额"];
    Date = "交易日期" ["处理日期", "清算日期", "发放日期"];
    Result = "处理结果" ["状态", "交易状态", "处理状态", "返回结果", "代发状态"];
    Reason = "失败原因" ["错误信息", "原因", "返回信息", "处理信息"];
    ResultCode = "返回码" ["错误码"];
    Serial = "代发流水号" ["交易流水号", "银行支付流水号", "发放流水号"];
    Seq = "序号" ["员工编号"];
    Currency = "币种";
    Link = "大额行号";
    Remark = "备注" ["摘要", "附言", "用途"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Payout,
    columns: COLUMNS,
    needs: &[at![Name], at![Account], at![Amount]],
    required: &[at![Amount], at![Result], at![Date], at![Batch]],
    wanted: &[],
    marks: at![Batch, PayAccount, Name, Account, Result, Reason, ResultCode, Currency, Link],
    subjects: at![Name, Id, Account],
    amounts: at![Amount],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: Some(Col::Month as usize),
    team: None,
    employer: None,
    takes_days: false,
};

pub struct PayoutLayout;

impl Layout for PayoutLayout {
    type Line = PayoutLine;

    const KEY_COLUMNS: &'static [usize] = at![Code, Project, PayAccount, Month, Batch];

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, PayoutLine)> {
        let place = match row.place(Col::Code, Col::Project)? {
            Some(place @ Place::Code(_)) => place,
            other => match row.account(Col::PayAccount)?.map(Place::Account).or(other) {
                Some(place) => place,
                None => {
                    return Err(row.fault(
                        Col::PayAccount,
                        CellFault::new("不知道由哪个专户代发：没有付款账号，也没有项目编码", "请加一列“付款账号”或“项目编码”"),
                    ));
                }
            },
        };
        let month = match row.month(Col::Month)? {
            Some(month) => Some(month),
            None => row.frame.constants[Col::Month as usize].as_ref().and_then(|c| crate::cell::date::month(&c.cell, None).ok().flatten()),
        };
        let Some(batch) = row.code(Col::Batch)?.or_else(|| is_instruction(row.frame).then(|| INSTRUCTION.to_owned())) else {
            return Err(row.fault(Col::Batch, CellFault::new("缺少代发批次号", "请填写代发批次号")));
        };
        Ok((Key { month, part: Some(batch), ..Key::of(place) }, Self::line(row, people)?))
    }

    fn line(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<PayoutLine> {
        let line = PayoutLine {
            who: people.who(row, Col::Name, Col::Id, Some(Col::Account as usize))?,
            bank: row.text(Col::Bank)?,
            amount: row.must_money(Col::Amount)?,
            paid_on: row.date(Col::Date)?,
            result: result(row)?,
            fail_reason: fail_reason(row)?,
            serial: row.code(Col::Serial)?,
            remark: row.text(Col::Remark)?,
            account: row.account(Col::PayAccount)?,
        };
        if line.paid_on.is_none() && matches!(line.result, PayResult::Success | PayResult::Failed) {
            return Err(row.fault(Col::Date, CellFault::new("缺少交易日期", "请填写银行处理的日期")));
        }
        Ok(line)
    }

    fn head(row: &Row<'_, '_>, key: &Key, head: &mut SheetHead) -> RowResult<()> {
        head.project_name = row.text(Col::Project)?;
        head.batch_no = key.part.clone().filter(|part| part != INSTRUCTION);
        Ok(())
    }

    fn row_of(line: &PayoutLine) -> u32 {
        line.who.row
    }

    fn wrap(lines: Vec<PayoutLine>) -> Body {
        Body::Payout(lines)
    }
}

/// Stands for the batch number of an instruction that has none.
pub const INSTRUCTION: &str = "代发指令";

/// What was sent to the bank, before its answer: no column of results, so nothing in it is paid yet.
pub fn is_instruction(frame: &Frame) -> bool {
    let mapping = &frame.mapping;
    let answer = [Col::Result, Col::ResultCode, Col::Reason].map(usize::from);
    mapping.shape.dataset == Dataset::Payout && !answer.iter().any(|c| mapping.has(*c) || mapping.unclear.iter().any(|u| u.0 == *c))
}

/// 失败原因; where it is empty, the bank's code stands for it.
fn fail_reason(row: &Row<'_, '_>) -> RowResult<Option<String>> {
    Ok(match row.text(Col::Reason)? {
        Some(reason) => Some(reason),
        None => row.code(Col::ResultCode)?.filter(|code| code != "0000"),
    })
}

/// 处理结果; where it is empty, the code of success stands for it.
fn result(row: &Row<'_, '_>) -> RowResult<PayResult> {
    match row.text(Col::Result)? {
        Some(word) => Ok(words::pay_result(&word)),
        None if row.code(Col::ResultCode)?.as_deref() == Some("0000") => Ok(PayResult::Success),
        None => Ok(PayResult::Pending),
    }
}
