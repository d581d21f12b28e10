//! Which way a figure may be moved without accusing anybody more.

use Direction::{Fact, Lower, Neither, Raise};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Raising it never adds a breach nor makes one graver.
    Raise,
    /// Lowering it never does.
    Lower,
    /// It moves reminders, facts and what is not known; no breach.
    Fact,
    /// No direction is milder: why.
    Neither(&'static str),
}

/// 0 switches the figure off or is no value to judge by; the directions hold between other values.
pub const ZERO_IS_OFF: [&str; 7] = [
    "account.funding_cycle",
    "deposit.cap",
    "deposit.ratio",
    "deposit.ratio_second",
    "realname.age_max",
    "realname.visitor_days",
    "realname.officer_small_works",
];

/// By figure; [`EXCEPT`] says where a rule differs.
pub const DIRECTIONS: &[(&str, Direction)] = &[
    ("account.contract_floor", Raise),
    ("account.period_floor", Raise),
    ("account.period_floor_days", Raise),
    ("account.open_days", Raise),
    ("account.notice_lead", Fact),
    ("account.split_window", Lower),
    ("account.agreement_grace", Raise),
    ("account.file_days", Raise),
    ("account.name_similarity", Lower),
    ("account.close_notice_days", Lower),
    ("account.funding_cycle", Raise),
    ("account.ledger_stale", Lower),
    ("account.funding_tolerance", Raise),
    ("account.balance_lead", Neither("another lead asks for the balance of another day, which may be more or less")),
    ("account.forecast_months", Neither("an average over more months may be more or less")),
    ("account.fee_cap", Raise),
    ("deposit.days", Raise),
    ("deposit.exemption_sum", Raise),
    ("deposit.exemption_lookback", Lower),
    ("deposit.record_lookback", Lower),
    ("deposit.notice_lead", Fact),
    ("deposit.ratio", Lower),
    ("deposit.ratio_min", Neither("a ratio of the row below it gives way to the configured one, or to none")),
    ("deposit.ratio_max", Neither("a ratio of the row above it gives way to the configured one, or to none")),
    ("deposit.ratio_floor", Lower),
    ("deposit.ratio_second", Lower),
    ("deposit.cap", Lower),
    ("deposit.annual_from", Lower),
    ("deposit.factor_good", Lower),
    ("deposit.factor_arrears", Lower),
    ("deposit.factor_listed", Lower),
    ("deposit.factor_lookback", Lower),
    ("deposit.tolerance", Raise),
    ("deposit.supplement_days", Raise),
    ("deposit.expiry_lead", Lower),
    ("deposit.second_reminder", Fact),
    ("deposit.return_notice", Lower),
    ("deposit.guarantee_term", Lower),
    ("deposit.refill_days", Raise),
    ("payroll.window", Raise),
    ("payroll.tolerance", Raise),
    ("payroll.retry", Raise),
    ("payroll.basis_tolerance", Raise),
    ("payroll.ledger_missing_limit", Raise),
    ("payroll.ledger_retention", Lower),
    ("payroll.late_notice", Raise),
    ("payroll.late_order", Raise),
    ("payroll.late_entry_days", Raise),
    ("payroll.piece_cycle", Raise),
    ("payroll.season_days", Fact),
    ("payroll.season_late_order", Raise),
    ("payroll.cash_limit", Raise),
    ("payroll.gap_min_days", Raise),
    ("payroll.gap_limit", Raise),
    ("payroll.gap_order_share", Raise),
    ("payroll.crime_one_months", Raise),
    ("payroll.crime_one_sum", Raise),
    ("payroll.crime_many_workers", Raise),
    ("payroll.crime_many_sum", Raise),
    ("payroll.mass_workers", Fact),
    ("payroll.minimum_monthly", Lower),
    ("payroll.minimum_hourly", Lower),
    ("payroll.minimum_month_days", Raise),
    ("payroll.leaver_window", Raise),
    ("payroll.high_month", Raise),
    ("payroll.high_year", Raise),
    ("payroll.payee_shortest", Lower),
    ("platform.upload_days", Raise),
    ("platform.connect_days", Raise),
    ("platform.attendance_age", Raise),
    ("platform.payroll_age", Raise),
    ("platform.ledger_age", Raise),
    ("platform.rejected_limit", Raise),
    ("platform.rejected_days", Neither("over more days the share of unread rows may be more or less")),
    ("platform.heads_limit", Raise),
    ("platform.feed_stale", Lower),
    ("realname.contract_grace", Raise),
    ("realname.roster_missing_limit", Raise),
    ("realname.registration_grace", Raise),
    ("realname.visitor_days", Raise),
    ("realname.age_min", Lower),
    ("realname.age_max", Raise),
    ("realname.officer_projects", Raise),
    ("realname.officer_small_works", Raise),
    ("realname.officer_absent", Raise),
    ("realname.attendance_days", Raise),
    ("realname.attendance_window", Neither("over more days the share of rostered heads seen may be more or less")),
    ("realname.attendance_share", Lower),
    ("realname.festival_before", Raise),
    ("realname.festival_after", Raise),
    ("site.board_days", Raise),
    ("site.board_photo_months", Raise),
    ("site.board_update_days", Raise),
    ("site.settlement_days", Raise),
    ("site.settlement_paid_share", Lower),
    ("site.payment_guarantee_days", Raise),
];

const BY_WINDOW: Direction = Neither("payouts that name no month belong to the oldest month whose window holds their day");

pub const EXCEPT: &[(&str, &str, Direction)] = &[
    (
        "account.not_opened",
        "account.contract_floor",
        Neither("a contract below the floor is joined with its other parts, and their time together may be long enough"),
    ),
    ("account.not_opened", "account.close_notice_days", Raise),
    ("account.misuse", "account.ledger_stale", Fact),
    ("payroll.not_via_account", "payroll.window", Fact),
    ("payroll.arrears", "payroll.window", BY_WINDOW),
    ("payroll.attendance_gap", "payroll.window", BY_WINDOW),
    ("payroll.bank_mismatch", "payroll.window", BY_WINDOW),
    ("payroll.late", "payroll.window", BY_WINDOW),
    ("payroll.payee_mismatch", "payroll.window", BY_WINDOW),
    ("payroll.late", "payroll.season_days", Lower),
];

/// Monotone by the rule's text, and moved by no worked case: why.
pub const UNMOVED: &[(&str, &str, &str)] = &[
    ("deposit.guarantee_expiring", "deposit.exemption_sum", EXEMPT_BESIDE),
    ("deposit.guarantee_expiring", "deposit.exemption_lookback", EXEMPT_BESIDE),
    ("deposit.guarantee_expiring", "deposit.record_lookback", EXEMPT_BESIDE),
    ("payroll.attendance_gap", "payroll.piece_cycle", "its cases know no piece-work; payroll.late has them"),
    ("payroll.attendance_gap", "payroll.tolerance", BACK_PAY),
    ("payroll.below_minimum", "payroll.tolerance", BACK_PAY),
    ("account.funding_short", "account.funding_cycle", "the cycle only matters without a funding day, and all its cases agree on one"),
    ("platform.not_connected", "account.period_floor", ACCOUNT_DUTY),
    ("platform.not_connected", "account.period_floor_days", ACCOUNT_DUTY),
    ("platform.payroll_not_uploaded", "account.period_floor_days", ACCOUNT_DUTY),
];

const EXEMPT_BESIDE: &str = "nobody claims an exemption and holds a guarantee";
const BACK_PAY: &str = "a fen decides there only whether back pay was paid in full";
const ACCOUNT_DUTY: &str = "the account duty is worked out in the cases of account.not_opened";
