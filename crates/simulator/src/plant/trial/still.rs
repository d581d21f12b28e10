//! Projects at which nothing is done any more: most duties rest, some do not (rules.md §2, column "Status").

use super::{Case, Trial, begun};
use crate::chance::Chance;
use crate::days::{date, plus};
use crate::plant::Planter;
use crate::setting::Setting;

pub const TRIALS: &[Trial] = &[resting, lawless_but_completed, suspended_without_deposit, suspended_with_an_old_guarantee];

/// Begun on 2024-07-18.
fn started(setting: Setting) -> Setting {
    let Setting { signed, start, .. } = begun(date(2024, 7, 9), date(2024, 7, 18));
    Setting { signed, start, ..setting }
}

const ACTIVE_ONLY: [&str; 12] = [
    "deposit.underpaid",
    "deposit.guarantee_invalid",
    "account.agreement_missing",
    "account.not_filed",
    "account.name_mismatch",
    "realname.record_incomplete",
    "realname.no_contract",
    "realname.no_wage_officer",
    "platform.not_connected",
    "site.board_missing",
    "site.payment_guarantee_missing",
    "realname.attendance_missing",
];

fn resting(_: &mut Chance) -> Case {
    let setting = Setting { suspended: Some(date(2024, 10, 16)), cash: Some(false), ..Setting::default() };
    Case::new(started(setting), |p| p.break_everything("停工"))
}

fn lawless_but_completed(_: &mut Chance) -> Case {
    let setting = Setting { completed: Some(date(2024, 10, 28)), cash: Some(false), ..Setting::default() };
    Case::new(started(setting), |p| p.break_everything("完工"))
}

/// The deposit does not rest.
fn suspended_without_deposit(_: &mut Chance) -> Case {
    Case::new(started(Setting { suspended: Some(date(2024, 10, 16)), ..Setting::default() }), |p| {
        let breach = p.breach_after("deposit.unpaid", "order", p.deposit_due());
        p.site.deposit = None;
        p.one_fault("deposit-unpaid-suspended", "停工项目未存储工资保证金", breach);
    })
}

fn suspended_with_an_old_guarantee(_: &mut Chance) -> Case {
    let setting = Setting { suspended: Some(date(2024, 10, 16)), cash: Some(false), ..Setting::default() };
    Case::new(started(setting), |p| {
        let to = date(2024, 12, 19);
        let deposit = p.site.deposit.as_mut().expect("a guarantee");
        deposit.valid = deposit.valid.map(|(from, _)| (from, to));
        let breaches = p.lapsed(to);
        p.fault("guarantee-expired-suspended", format!("停工项目的保函{to}失效，未续保"), breaches);
    })
}

impl Planter<'_> {
    fn break_everything(&mut self, why: &str) {
        let site = &mut *self.site;
        if let Some(deposit) = &mut site.deposit {
            deposit.amount /= 2;
            deposit.irrevocable = false;
            deposit.valid = deposit.valid.map(|(from, _)| (from, plus(from, 300)));
        }
        if let Some(account) = &mut site.account {
            (account.filed, account.agreement, account.name) = (None, None, Some("农民工工资专户".to_owned()));
        }
        (site.board, site.connected, site.terms.guarantee) = (None, None, false);
        site.officer.name.clear();
        site.officer.phone.clear();
        site.officer.id.clear();
        let worker = &mut site.workers[0];
        (worker.roster_card, worker.contract, worker.roster_says_contract) = (false, None, false);
        for rule in ACTIVE_ONLY {
            self.miss(rule, &format!("{why}项目不查"));
        }
    }
}
