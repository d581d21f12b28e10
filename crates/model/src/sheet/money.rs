//! Payroll, payouts and account entries (file-formats.md §6, §10, §11).

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::{Hundredths, Who};
use crate::{Date, Fen, Field, Month, ProjectCode};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkUnit {
    /// 计日
    Day,
    /// 计时
    Hour,
    /// 计件 / 计量
    Piece,
    /// 月薪
    Month,
}

/// One line of a 工资表.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayrollLine {
    pub who: Who,
    /// Whether the sheet has an identity column, and what it holds.
    pub id_given: Field<()>,
    pub team: Option<String>,
    /// 工种 or 岗位.
    pub trade: Field<String>,
    pub work_unit: Field<WorkUnit>,
    pub days: Field<Hundredths>,
    pub hours: Field<Hundredths>,
    pub day_rate: Field<Fen>,
    pub hour_rate: Field<Fen>,
    /// Pieces or measured quantity in thousandths.
    pub pieces: Field<i64>,
    pub piece_rate: Field<Fen>,
    pub base: Field<Fen>,
    pub overtime: Field<Fen>,
    pub bonus: Field<Fen>,
    pub gross: Field<Fen>,
    pub advance: Field<Fen>,
    pub deduction: Field<Fen>,
    pub net: Fen,
    pub phone: Field<String>,
    pub signed: Field<bool>,
    pub paid_on: Field<Date>,
    /// 支付方式, where such a column exists.
    pub pay_mode: Field<String>,
    /// 工资清单, where such a column exists.
    pub wage_slip: Field<String>,
    pub back_pay: Field<bool>,
    pub back_pay_month: Field<Month>,
    pub remark: Option<String>,
}

/// Sums of a sheet's own total row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    pub gross: Option<Fen>,
    pub net: Option<Fen>,
}

/// What the bank said of one payment (file-formats.md §11, "Result normalisation").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayResult {
    Success,
    Failed,
    Pending,
    /// A word nobody has classified yet: the comparison stops for that person.
    Unknown(String),
}

/// One line of 银行代发 instruction and return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutLine {
    pub who: Who,
    pub bank: Option<String>,
    pub amount: Fen,
    pub paid_on: Option<Date>,
    pub result: PayResult,
    pub fail_reason: Option<String>,
    pub serial: Option<String>,
    pub remark: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TxnType {
    /// 人工费拨付
    LabourCost,
    /// 工资代发
    Wages,
    /// 代发退回
    PayoutReturn,
    /// 结息
    Interest,
    /// 手续费
    Fee,
    /// 专户间划转
    Transfer,
    Other,
}

/// One entry of 专户流水. Seen from the account: credit is money in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    pub row: u32,
    pub date: Date,
    pub time: Option<NaiveTime>,
    pub credit: Fen,
    pub debit: Fen,
    pub balance: Option<Fen>,
    pub counter_name: Option<String>,
    pub counter_account: Option<String>,
    /// 摘要, 用途 and 附言, each as written, joined by `｜`.
    pub text: String,
    pub serial: Option<String>,
    pub batch_no: Option<String>,
    pub nature: Field<TxnType>,
    /// 项目编码 of the entry, when one account serves several projects.
    pub project: Option<ProjectCode>,
}
