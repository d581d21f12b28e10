//! 工资支付: payrolls against the bank, their basis, their completeness.

use crate::law::{Declared, Unit, declared};

/// Dated figures of the family, in `config/rules/payroll.toml`.
pub static PARAMETERS: &[Declared] = &[declared("payroll.pay_in_same_month", Unit::Bool), declared("payroll.window", Unit::Wd)];
