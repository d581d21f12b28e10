//! 工资保证金.

pub mod clock;
pub mod exemption;
pub mod exemption_unsupported;
pub mod guarantee_expired;
pub mod guarantee_expiring;
pub mod guarantee_invalid;
pub mod guarantees;
pub mod not_replenished;
pub mod standing;
pub mod sum;
pub mod underpaid;
pub mod unpaid;

use crate::law::{Declared, Unit, declared};
use crate::rule::Rule;

/// 条例 55(2): what follows when an order about the deposit is not obeyed.
const CONSEQUENCE: &str = "逾期不改正的，依据《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款；情节严重的，给予施工单位限制承接新工程、降低资质等级、吊销资质证书等处罚。";

/// Rules of the family, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[
    &unpaid::Unpaid,
    &underpaid::Underpaid,
    &guarantee_expiring::GuaranteeExpiring,
    &guarantee_expired::GuaranteeExpired,
    &guarantee_invalid::GuaranteeInvalid,
    &not_replenished::NotReplenished,
    &exemption_unsupported::ExemptionUnsupported,
];

/// Dated figures of the family, in `config/rules/deposit.toml`.
pub static PARAMETERS: &[Declared] = &[
    declared("deposit.days", Unit::Wd),
    declared("deposit.exemption_sum", Unit::Fen),
    declared("deposit.exemption_lookback", Unit::Mo),
    declared("deposit.record_lookback", Unit::Mo),
    declared("deposit.notice_lead", Unit::Wd),
    declared("deposit.ratio", Unit::Ppm),
    declared("deposit.ratio_min", Unit::Ppm),
    declared("deposit.ratio_max", Unit::Ppm),
    declared("deposit.ratio_floor", Unit::Ppm),
    declared("deposit.ratio_second", Unit::Ppm),
    declared("deposit.cap", Unit::Fen),
    declared("deposit.annual_from", Unit::Mo),
    declared("deposit.factor_good", Unit::Ppm),
    declared("deposit.factor_arrears", Unit::Ppm),
    declared("deposit.factor_listed", Unit::Ppm),
    declared("deposit.factor_lookback", Unit::Mo),
    declared("deposit.tolerance", Unit::Fen),
    declared("deposit.supplement_days", Unit::Wd),
    declared("deposit.expiry_lead", Unit::Mo),
    declared("deposit.second_reminder", Unit::Wd),
    declared("deposit.return_notice", Unit::Cd),
    declared("deposit.guarantee_term", Unit::Mo),
    declared("deposit.test_term", Unit::Bool),
    declared("deposit.test_contract_end", Unit::Bool),
    declared("deposit.test_amount", Unit::Bool),
    declared("deposit.test_beneficiary", Unit::Bool),
    declared("deposit.test_irrevocable", Unit::Bool),
    declared("deposit.test_on_demand", Unit::Bool),
    declared("deposit.test_form", Unit::Bool),
    declared("deposit.beneficiaries", Unit::Words),
    declared("deposit.issuers", Unit::Words),
    declared("deposit.refill_days", Unit::Wd),
];
