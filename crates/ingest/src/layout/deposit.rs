//! 工资保证金 / 保函 (file-formats.md §4, §18).

use model::sheet::{Deposit, DepositForm};
use model::{Body, Dataset, Fen, Field};

use super::{Key, Layout, Shape, at, columns};
use crate::cell::{CellFault, date, words};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Payer = "缴存单位" ["存储单位", "施工总承包单位", "申请人", "缴存企业", "存储企业", "总包单位"];
    PayerCode = "缴存单位信用代码" ["缴存单位统一社会信用代码", "统一社会信用代码", "信用代码"];
    Form = "形式" ["保证金形式", "缴存方式", "收取方式", "担保方式", "缴存形式", "存储方式", "存储形式"];
    GuaranteeNo = "保函编号" ["保单号", "担保函编号", "保函号", "保单编号"];
    Issuer = "出具机构" ["开立银行", "开立机构", "保函开立银行", "经办银行", "保险公司"];
    Beneficiary = "受益人";
    AccountNo @secret = "保证金账户账号" ["专户账号"];
    ContractAmount = "施工合同额" ["合同金额", "合同价"];
    Ratio = "存储比例" ["缴存比例"];
    Required = "应缴金额" ["应存金额", "应存储金额"];
    Amount = "实缴金额" ["保证金金额", "保函金额", "保证金(函)额度", "实存金额", "缴存金额", "存储金额"];
    ExemptReason = "减免情形" ["免存理由", "差异化存储", "降比理由"];
    Deposited = "缴存日期" ["开立日期", "出函时间", "存储日期"];
    From = "生效日期" ["保函生效日期", "有效期起"];
    To = "失效日期" ["到期日期", "到期日", "保函有效期至", "有效期止", "有效期至"];
    Span = "有效期" ["保函有效期", "有效期限"];
    UsedAmount = "动用金额";
    UsedOn = "动用日期";
    Refilled = "补足日期";
    RefundStatus = "退还状态" ["返还状态"];
    RefundedOn = "退还日期" ["返还日期"];
    RefundedAmount = "退还金额" ["返还金额"];
    Irrevocable = "不可撤销" ["是否不可撤销"];
    OnDemand = "见索即付" ["是否见索即付"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Deposit,
    columns: COLUMNS,
    needs: &[at![Form, GuaranteeNo, ExemptReason, Beneficiary], at![Amount, Required, GuaranteeNo, Payer, To, Span]],
    required: &[at![Form, GuaranteeNo]],
    wanted: &[],
    marks: at![Form, GuaranteeNo, Amount, Required, Beneficiary, ExemptReason, Ratio, Payer],
    subjects: at![Code, Project, Payer, GuaranteeNo],
    amounts: at![Amount, Required],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct DepositLayout;

impl Layout for DepositLayout {
    type Line = Deposit;

    fn read(row: &Row<'_, '_>, _: &mut People<'_>) -> RowResult<(Key, Deposit)> {
        let place = row.must_place(Col::Code, Col::Project)?;
        let amount = row.money_field(Col::Amount)?;
        let exempt_reason = row.text_field(Col::ExemptReason)?;
        let form = form(row, &amount, exempt_reason.given())?;
        let (valid_from, valid_to) = validity(row)?;
        row.secret(Col::AccountNo)?;
        let line = Deposit {
            row: row.number,
            payer: row.text(Col::Payer)?.unwrap_or_default(),
            payer_code: row.code(Col::PayerCode)?,
            form,
            guarantee_no: row.code(Col::GuaranteeNo)?,
            issuer: row.text(Col::Issuer)?,
            beneficiary: row.text_field(Col::Beneficiary)?,
            contract_amount: row.money_field(Col::ContractAmount)?,
            ratio_ppm: row.share_field(Col::Ratio)?,
            required: row.money_field(Col::Required)?,
            amount,
            exempt_reason,
            deposited_on: row.date_field(Col::Deposited)?,
            valid_from,
            valid_to,
            used_amount: row.money_field(Col::UsedAmount)?,
            used_on: row.date_field(Col::UsedOn)?,
            refilled_on: row.date_field(Col::Refilled)?,
            refund_status: row.text_field(Col::RefundStatus)?,
            refunded_on: row.date_field(Col::RefundedOn)?,
            refunded_amount: row.money_field(Col::RefundedAmount)?,
            irrevocable: row.bool_field(Col::Irrevocable)?,
            on_demand: row.bool_field(Col::OnDemand)?,
        };
        Ok((Key::of(place), line))
    }

    fn row_of(line: &Deposit) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<Deposit>) -> Body {
        Body::Deposit(lines)
    }
}

/// 形式; an amount of nought with a reason that begins with 免存 is an exemption (rules.md §6, "Deposit").
fn form(row: &Row<'_, '_>, amount: &Field<Fen>, reason: Option<&String>) -> RowResult<DepositForm> {
    if let Field::Given(form) = row.word_field(Col::Form, words::deposit_form)? {
        return Ok(form);
    }
    if amount.get().unwrap_or_default() == Fen::ZERO && reason.is_some_and(|r| r.starts_with("免存")) {
        return Ok(DepositForm::Exempt);
    }
    if row.code(Col::GuaranteeNo)?.is_some() {
        return Ok(DepositForm::BankGuarantee);
    }
    Err(row.fault(Col::Form, CellFault::new("缺少保证金形式", "请填写：现金、银行保函、保险、工程担保或免存")))
}

/// Both ends; one cell `2024-01-01至2025-06-30` gives them where they have no columns of their own.
fn validity(row: &Row<'_, '_>) -> RowResult<(Field<model::Date>, Field<model::Date>)> {
    let (from, to) = (row.date_field(Col::From)?, row.date_field(Col::To)?);
    let Some(text) = row.text(Col::Span)? else {
        let empty = |end: Field<model::Date>| if end.is_absent() && row.cell(Col::Span).is_some() { Field::Empty } else { end };
        return Ok((empty(from), empty(to)));
    };
    let end = |own: Field<model::Date>, found: Option<model::Date>| match found {
        Some(day) if !own.is_given() => Field::Given(day),
        _ => own,
    };
    if let Some((start, last)) = date::span(&text) {
        return Ok((end(from, Some(start)), end(to, Some(last))));
    }
    if to.is_given() {
        return Ok((from, to));
    }
    // One date alone is the day it ends.
    let cell = crate::table::Cell::Text(text.as_str().into());
    if let Ok(day) = date::date(&cell, None) {
        return Ok((from, end(to, day)));
    }
    // 见保函, 长期: the row says everything else, and these days are not known.
    let mend = "请填写成 2024-01-01至2025-06-30，或分成生效日期、失效日期两列";
    row.doubt(Col::Span, "有效期的起止日期无法辨认：行已保留，生效日期和失效日期按不知道处理", mend);
    Ok((from, to))
}
