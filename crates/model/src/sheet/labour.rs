//! People on site: roster, contracts, final settlements (file-formats.md §7, §8, §13).

use serde::{Deserialize, Serialize};

use super::Who;
use crate::{Date, Fen, Field};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkerRole {
    /// 管理人员
    Manager,
    /// 建筑工人
    Worker,
}

/// One row of 实名制花名册. Employer and team stand in the line where the sheet mixes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterLine {
    pub who: Who,
    /// Whether the sheet has an identity column, and what it holds.
    pub id_given: Field<()>,
    pub employer: Field<String>,
    pub team: Field<String>,
    pub phone: Field<String>,
    pub trade: Field<String>,
    pub role: Field<WorkerRole>,
    pub is_leader: Field<bool>,
    /// Whether a wage card is given (the card itself is in `who`).
    pub card_given: Field<()>,
    pub card_bank: Option<String>,
    pub entry_on: Field<Date>,
    pub exit_on: Field<Date>,
    pub on_site: Field<bool>,
    pub has_contract: Field<bool>,
    pub has_insurance: Field<bool>,
    pub trained_on: Field<Date>,
    pub registered_on: Field<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContractKind {
    /// 劳动合同
    Labour,
    /// 用工书面协议
    WorkAgreement,
}

/// One row of 劳动合同 / 用工书面协议.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractLine {
    pub who: Who,
    pub employer: Option<String>,
    pub number: Option<String>,
    pub kind: Field<ContractKind>,
    /// 固定期限 / 以完成一定工作为期限, as written.
    pub period_kind: Option<String>,
    pub signed_on: Field<Date>,
    pub start_on: Field<Date>,
    pub end_on: Field<Date>,
    pub wage_form: Option<String>,
    pub rate: Field<Fen>,
    pub unit: Option<String>,
    pub pay_day: Field<u32>,
}

/// One row of 退场工资结清.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerSettlement {
    pub who: Who,
    pub entry_on: Field<Date>,
    pub exit_on: Field<Date>,
    pub gross_total: Fen,
    pub paid_total: Fen,
    pub unpaid: Fen,
    pub settled: bool,
    pub settled_on: Field<Date>,
    pub signed: Field<bool>,
}
