//! Payroll, payouts and account entries (file-formats.md §6, §10, §11).

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::{Hundredths, Who};
use crate::{AccountNo, Date, Fen, Field, Month, ProjectCode};

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

impl PayrollLine {
    /// 补发: wages of an earlier month.
    pub fn is_back_pay(&self) -> bool {
        self.back_pay.get() == Some(true) || self.back_pay_month.is_given()
    }
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

/// Why the bank did not pay (file-formats.md §11, "Failure texts").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayFailure {
    NameMismatch,
    NoSuchAccount,
    AccountClosed,
    AccountBlocked,
    WrongBank,
    PayerFunds,
    OverLimit,
    /// Trying again may succeed.
    Temporary,
    /// A reason nobody has classified, or none.
    NotClassified,
}

impl PayFailure {
    /// Kind of a bank's words or four-digit code.
    #[must_use]
    pub fn of(text: &str) -> Self {
        const WORDS: &[(PayFailure, &[&str])] = &[
            // 余额不足 of the payer and 二类户 limits also speak of accounts: the special comes first.
            (PayFailure::PayerFunds, &["余额不足", "资金不足", "头寸不足"]),
            (PayFailure::OverLimit, &["超限", "限额", "超过额度", "二类户", "二类账户", "Ⅱ类"]),
            (PayFailure::WrongBank, &["3999", "发卡行不一致", "卡号所属银行", "开户行不符", "行号不符", "行名不符", "开户行错误"]),
            (PayFailure::NameMismatch, &["3031", "户名不符", "户名错", "户名不一致", "姓名不符", "账户名称不符", "账号和户名"]),
            (PayFailure::AccountBlocked, &["冻结", "挂失", "止付", "账户状态异常", "不收不付", "睡眠"]),
            (PayFailure::AccountClosed, &["关户", "销户", "已注销"]),
            (
                PayFailure::NoSuchAccount,
                &["3004", "3009", "无此账", "无此卡", "账号错", "账号不存在", "账户不存在", "卡号不存在", "无效卡", "无效账", "卡号错"],
            ),
            (PayFailure::Temporary, &["系统忙", "系统繁忙", "收款行故障", "系统故障", "超时", "通讯", "稍后", "请重试"]),
        ];
        // A code is no part of a longer number.
        let stands = |word: &str| {
            text.match_indices(word).any(|(at, _)| {
                let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                let is_code = word.bytes().all(|b| b.is_ascii_digit());
                !is_code || !is_digit(text[..at].chars().next_back()) && !is_digit(text[at + word.len()..].chars().next())
            })
        };
        let fits = |words: &&(Self, &[&str])| words.1.iter().any(|word| stands(word));
        WORDS.iter().find(fits).map_or(Self::NotClassified, |(kind, _)| *kind)
    }
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
    /// 付款账号 of this payment; one batch may be paid from several.
    pub account: Option<AccountNo>,
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

#[cfg(test)]
mod tests {
    use super::PayFailure::{self, *};

    #[test]
    fn reasons_of_banks_are_classified() {
        for (texts, kind) in [
            (&["账号户名不符", "户名错", "3031", "流水20240403999 户名错"][..], NameMismatch),
            (&["无此账户", "账号错误", "无效卡号", "3004 无效卡", "3009"], NoSuchAccount),
            (&["账户已关户", "该卡已销户"], AccountClosed),
            (&["账户已冻结", "挂失", "账户止付"], AccountBlocked),
            (&["卡号所属银行与发卡行不一致", "3999"], WrongBank),
            (&["余额不足"], PayerFunds),
            (&["交易金额超限", "二类账户超过日限额"], OverLimit),
            (&["系统忙", "收款行故障"], Temporary),
            (&["", "其他", "手续不全"], NotClassified),
        ] {
            for text in texts {
                assert_eq!(PayFailure::of(text), kind, "{text}");
            }
        }
    }
}
