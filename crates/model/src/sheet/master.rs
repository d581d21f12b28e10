//! Projects, companies, deposits, accounts, boards and the registers about them (file-formats.md §1–5, §12, §18).

use serde::{Deserialize, Serialize};

use crate::{AccountNo, Date, Fen, Field, PersonKey, ProjectCode};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OwnerKind {
    /// 政府投资
    Government,
    /// 国有企业
    StateOwned,
    /// 社会投资
    Private,
}

impl OwnerKind {
    pub const ALL: [Self; 3] = [Self::Government, Self::StateOwned, Self::Private];

    pub fn chinese(self) -> &'static str {
        match self {
            Self::Government => "政府投资",
            Self::StateOwned => "国有企业",
            Self::Private => "社会投资",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectStatus {
    Planned,
    Active,
    /// 停工
    Suspended,
    /// 完工 / 竣工
    Completed,
    /// Settled, account closed.
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PermitDate {
    On(Date),
    /// 无需办理
    NotRequired,
}

/// One row of 项目清单.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub row: u32,
    pub code: ProjectCode,
    pub name: String,
    pub category: Option<String>,
    /// 行业 as written (住建/交通/水利/其他).
    pub industry: Option<String>,
    pub area: Option<String>,
    pub address: Option<String>,
    pub owner_name: Option<String>,
    pub owner_code: Option<String>,
    pub contractor_name: Option<String>,
    pub contractor_code: Option<String>,
    pub permit_nos: Vec<String>,
    pub contract_amount: Field<Fen>,
    /// 总投资, in fen.
    pub invest: Field<Fen>,
    /// 人工费用比例 in parts per million.
    pub labour_ratio_ppm: Field<i64>,
    /// 合同人工费用数额.
    pub labour_amount: Field<Fen>,
    pub labour_cycle: Field<String>,
    /// 1–31.
    pub pay_day: Field<u32>,
    pub start_on: Field<Date>,
    pub complete_on: Field<Date>,
    pub status: ProjectStatus,
    pub suspended_on: Field<Date>,
    pub resumed_on: Field<Date>,
    pub duration_days: Field<u32>,
    pub wage_officer: Field<String>,
    pub wage_officer_phone: Option<String>,
    pub wage_officer_id: Option<PersonKey>,
    pub officer_from: Field<Date>,
    pub officer_to: Field<Date>,
    pub manager: Option<String>,
    pub manager_phone: Option<String>,
    /// 工程款支付担保: 是/否 or a guarantee number, as written.
    pub payment_guarantee: Field<String>,
    pub payment_guarantee_to: Field<Date>,
    pub owner_kind: Field<OwnerKind>,
    pub contract_signed_on: Field<Date>,
    pub contract_start: Field<Date>,
    pub contract_end: Field<Date>,
    pub permit_on: Field<PermitDate>,
    /// 人工费用拨付日, 1–31.
    pub fund_day: Field<u32>,
    pub connected_on: Field<Date>,
    pub measure_cycle: Field<String>,
    /// 过程结算约定, as written.
    pub settlement_terms: Field<String>,
    pub industry_authority: Option<String>,
    pub owner_emails: Vec<String>,
    pub contractor_emails: Vec<String>,
    pub inspector: Option<String>,
}

impl Project {
    /// A project of which nothing is known but code, name and status.
    pub fn bare(code: ProjectCode, name: String, status: ProjectStatus) -> Self {
        Self {
            row: 0,
            code,
            name,
            category: None,
            industry: None,
            area: None,
            address: None,
            owner_name: None,
            owner_code: None,
            contractor_name: None,
            contractor_code: None,
            permit_nos: Vec::new(),
            contract_amount: Field::Absent,
            invest: Field::Absent,
            labour_ratio_ppm: Field::Absent,
            labour_amount: Field::Absent,
            labour_cycle: Field::Absent,
            pay_day: Field::Absent,
            start_on: Field::Absent,
            complete_on: Field::Absent,
            status,
            suspended_on: Field::Absent,
            resumed_on: Field::Absent,
            duration_days: Field::Absent,
            wage_officer: Field::Absent,
            wage_officer_phone: None,
            wage_officer_id: None,
            officer_from: Field::Absent,
            officer_to: Field::Absent,
            manager: None,
            manager_phone: None,
            payment_guarantee: Field::Absent,
            payment_guarantee_to: Field::Absent,
            owner_kind: Field::Absent,
            contract_signed_on: Field::Absent,
            contract_start: Field::Absent,
            contract_end: Field::Absent,
            permit_on: Field::Absent,
            fund_day: Field::Absent,
            connected_on: Field::Absent,
            measure_cycle: Field::Absent,
            settlement_terms: Field::Absent,
            industry_authority: None,
            owner_emails: Vec::new(),
            contractor_emails: Vec::new(),
            inspector: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CorpType {
    GeneralContractor,
    Subcontractor,
    Owner,
    Supervisor,
    Other,
}

/// One row of 参建单位.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contractor {
    pub row: u32,
    pub code: Option<String>,
    pub name: String,
    pub kind: CorpType,
    /// 参建类型 as written.
    pub kind_text: String,
    pub parent: Option<String>,
    pub contract_amount: Field<Fen>,
    pub entry_on: Field<Date>,
    pub exit_on: Field<Date>,
    pub manager: Option<String>,
    pub manager_phone: Option<String>,
    pub payout_agreement: Field<bool>,
    pub emails: Vec<String>,
}

/// One row of 班组.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub row: u32,
    pub employer: Option<String>,
    pub name: String,
    pub number: Option<String>,
    pub leader: Option<String>,
    pub leader_phone: Option<String>,
    pub leader_id: Option<PersonKey>,
    pub trade: Option<String>,
    pub entry_on: Field<Date>,
    pub exit_on: Field<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositForm {
    Cash,
    BankGuarantee,
    Insurance,
    /// 工程担保
    Surety,
    /// 免存
    Exempt,
}

/// One row of 工资保证金.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    pub row: u32,
    pub payer: String,
    pub payer_code: Option<String>,
    pub form: DepositForm,
    pub guarantee_no: Option<String>,
    pub issuer: Option<String>,
    pub beneficiary: Field<String>,
    pub contract_amount: Field<Fen>,
    /// 存储比例 in parts per million.
    pub ratio_ppm: Field<i64>,
    pub required: Field<Fen>,
    pub amount: Field<Fen>,
    pub exempt_reason: Field<String>,
    pub deposited_on: Field<Date>,
    pub valid_from: Field<Date>,
    pub valid_to: Field<Date>,
    pub used_amount: Field<Fen>,
    pub used_on: Field<Date>,
    pub refilled_on: Field<Date>,
    /// 退还状态 as written.
    pub refund_status: Field<String>,
    pub refunded_on: Field<Date>,
    pub refunded_amount: Field<Fen>,
    pub irrevocable: Field<bool>,
    pub on_demand: Field<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountType {
    /// 专户
    Special,
    /// 保证金户
    Deposit,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountStatus {
    Normal,
    Frozen,
    Closed,
}

/// One row of 农民工工资专用账户.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub row: u32,
    pub number: AccountNo,
    pub name: String,
    pub bank: Option<String>,
    pub opened_on: Field<Date>,
    /// 三方协议: whether there is one.
    pub tripartite: Field<bool>,
    pub tripartite_on: Field<Date>,
    pub status: AccountStatus,
    pub closed_on: Field<Date>,
    pub balance: Field<Fen>,
    pub balance_on: Field<Date>,
    pub total_in: Field<Fen>,
    pub total_out: Field<Fen>,
    pub kind: Field<AccountType>,
    pub filed_on: Field<Date>,
    pub close_notice_from: Field<Date>,
}

/// One row of 维权信息告示牌.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    pub row: u32,
    pub set_on: Field<Date>,
    pub checked_on: Field<Date>,
    pub location: Option<String>,
    pub has_parties: Field<bool>,
    pub has_wage_info: Field<bool>,
    pub has_complaint_info: Field<bool>,
    pub monthly_posting: Field<String>,
    pub photo: Field<String>,
}

/// One row of 施工过程结算.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessSettlement {
    pub row: u32,
    pub node: String,
    pub due_on: Field<Date>,
    pub completed_value: Field<Fen>,
    pub settled_on: Field<Date>,
    pub paid: Field<Fen>,
}

/// One row of 检查记录.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    pub row: u32,
    pub inspected_on: Date,
    pub campaign: Option<String>,
    pub inspector: Option<String>,
    pub result: Option<String>,
}

/// One row of 欠薪线索.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    pub row: u32,
    pub number: String,
    pub received_on: Option<Date>,
    pub source: Option<String>,
    pub company: Option<String>,
    pub workers: Field<u32>,
    pub amount: Field<Fen>,
    pub state: Option<String>,
    pub closed_on: Field<Date>,
    pub result: Field<String>,
}
