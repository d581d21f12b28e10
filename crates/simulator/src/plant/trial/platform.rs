//! Trials of the monitoring platform and of the data themselves (rules.md §2.5).

use model::Date;

use super::{Case, Trial, begun, december};
use crate::books;
use crate::cast::Quality;
use crate::chance::Chance;
use crate::days::{as_of, date, month};
use crate::people;
use crate::setting::Setting;

pub const TRIALS: &[Trial] = &[
    not_connected,
    connecting_today,
    connected_late,
    not_uploaded,
    sheet_missing,
    uploading_today,
    uploaded_late,
    heads_differ,
    a_tenth_differs,
    total_is_wrong,
    balance_gap,
    old_statement,
    old_payroll,
    payroll_of_five_weeks,
    stale,
    a_week_old,
];

/// Ten working days after 2024-12-05 is the day before the county is looked at.
fn not_connected(chance: &mut Chance) -> Case {
    let lately = chance.percent(50);
    let fresh = Setting { opened: Some(date(2024, 12, 5)), ..december() };
    Case::new(if lately { fresh } else { Setting::default() }, |p| {
        p.not_connected();
    })
}

fn connecting_today(_: &mut Chance) -> Case {
    Case::new(december(), |p| {
        p.site.connected = None;
        let next_day = p.breach_after("platform.not_connected", "notice", as_of());
        p.missed_once("platform.not_connected", "开户后第10个工作日正是2024-12-20", vec![next_day]);
    })
}

fn connected_late(chance: &mut Chance) -> Case {
    let after = chance.pick(&[10, 14]);
    Case::usual(move |p| {
        let opened = p.site.account.as_ref().expect("an account").opened;
        p.site.connected = Some(p.ground.almanac.wd(opened, after));
        p.miss("platform.not_connected", if after == 10 { "开户后第10个工作日接入" } else { "迟四个工作日接入，已补办" });
    })
}

/// November's wages on the 12th: to be on the platform by 2024-12-19. October's sheet came as late as it may.
fn not_uploaded(_: &mut Chance) -> Case {
    Case::new(Setting { days: Some((3, 12)), ..Setting::default() }, |p| {
        let of = month(2024, 11);
        p.uploaded_last_thing(month(2024, 10));
        p.site.month_mut(of).uploaded = None;
        let breach = p.breach_after("platform.payroll_not_uploaded", "notice", date(2024, 12, 19)).of(of);
        p.one_fault("not-uploaded", "11月工资表到2024-12-19未上传", breach);
    })
}

/// Nobody has seen the sheet; the wages were paid.
fn sheet_missing(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = month(2024, 9);
        p.site.month_mut(of).missing = true;
        let due = p.ground.almanac.wd(p.site.month(of).pay_day, 5);
        let uploaded = p.breach_after("platform.payroll_not_uploaded", "notice", due).of(of);
        let breaches = vec![uploaded];
        p.fault("sheet-missing", "9月工资表没有报送".to_owned(), breaches);
    })
}

fn uploading_today(_: &mut Chance) -> Case {
    Case::new(Setting { days: Some((3, 13)), ..Setting::default() }, |p| {
        let of = month(2024, 11);
        p.uploaded_last_thing(month(2024, 10));
        p.site.month_mut(of).uploaded = None;
        let next_day = p.breach_after("platform.payroll_not_uploaded", "notice", as_of()).of(of);
        p.missed_once("platform.payroll_not_uploaded", "发薪日后第5个工作日正是2024-12-20", vec![next_day]);
    })
}

fn uploaded_late(chance: &mut Chance) -> Case {
    let after = chance.pick(&[5, 8]);
    Case::usual(move |p| {
        let of = month(2024, 10);
        let on = p.ground.almanac.wd(p.site.month(of).pay_day, after);
        p.site.month_mut(of).uploaded = Some(on);
        p.miss("platform.payroll_not_uploaded", if after == 5 { "发薪日后第5个工作日上传" } else { "迟三个工作日上传，已补传" });
    })
}

/// One on the roster never came: of nine and him that is a tenth, of eight and him more.
fn heads(count: u32) -> Setting {
    Setting { heads: Some(count), ..begun(date(2024, 7, 9), date(2024, 7, 18)) }
}

fn heads_differ(_: &mut Chance) -> Case {
    Case::new(heads(8), |p| {
        people::add_ghosts(p.site, 1, p.ground, p.chance);
        let breach = p.breach("platform.data_quality", "notice");
        p.one_fault("roster-heads", "花名册九人，一人从未考勤", breach);
    })
}

fn a_tenth_differs(_: &mut Chance) -> Case {
    Case::new(heads(9), |p| {
        people::add_ghosts(p.site, 1, p.ground, p.chance);
        p.miss("platform.data_quality", "花名册十人，一人从未考勤，正好10%");
    })
}

fn total_is_wrong(_: &mut Chance) -> Case {
    Case::usual(|p| p.data_quality(Quality::Total))
}

fn balance_gap(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.balance_gap();
    })
}

/// Of what came into the account later nothing can be said.
fn old_statement(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let until = date(2024, 11, 14);
        p.site.ledger_until = until;
        p.site.interest = false;
        let some = books::own_money(p.site, until, 100);
        p.site.entries.push(some);
        let breach = p.breach_after("platform.data_quality", "notice", p.ground.almanac.cd(until, 35));
        p.one_fault("statement-old", "专户流水到2024-11-14为止，已超过35日", breach);
    })
}

/// October's sheet was the last that came, before its pay-day at the end of November; November's is not due yet.
fn last_sheet(on: Date) -> Case {
    let setting = Setting { days: Some((5, 30)), ..begun(date(2024, 7, 11), date(2024, 7, 22)) };
    Case::new(setting, move |p| {
        p.site.month_mut(month(2024, 10)).uploaded = Some(on);
        p.site.month_mut(month(2024, 11)).missing = true;
        let due = p.ground.almanac.cd(on, 35);
        let breach = p.breach_after("platform.data_quality", "notice", due);
        if due < as_of() {
            p.fault("payroll-old", format!("最近一次上传工资表是{on}，已超过35日"), vec![breach]);
        } else {
            p.missed_once("platform.data_quality", "最近一次上传工资表正好35日前", vec![breach]);
        }
    })
}

fn old_payroll(_: &mut Chance) -> Case {
    last_sheet(date(2024, 11, 14))
}

fn payroll_of_five_weeks(_: &mut Chance) -> Case {
    last_sheet(date(2024, 11, 15))
}

/// Attendance that no longer comes is missing before it is stale.
fn stale(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.nobody_after(date(2024, 12, 12));
        let stale = p.breach_after("platform.data_quality", "notice", date(2024, 12, 19));
        let missing = p.breach_after("realname.attendance_missing", "notice", date(2024, 12, 17));
        p.fault("attendance-stale", "2024-12-12之后没有考勤数据".to_owned(), vec![stale, missing]);
    })
}

fn a_week_old(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.nobody_after(date(2024, 12, 13));
        let next_day = p.breach_after("platform.data_quality", "notice", as_of());
        let missing = p.breach_after("realname.attendance_missing", "notice", date(2024, 12, 18));
        p.fault("attendance-missing-for-days", "2024-12-13之后没有考勤数据".to_owned(), vec![missing]);
        p.missed_once("platform.data_quality", "最近的考勤正好七日前", vec![next_day]);
    })
}
