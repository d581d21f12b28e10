//! Trials of roster, contracts and attendance (rules.md §2.4).

use super::{Case, Trial, begun};
use crate::chance::Chance;
use crate::days::{self, as_of, date, last_day, month, plus};
use crate::names;
use crate::plant::Planter;
use crate::setting::Setting;

pub const TRIALS: &[Trial] = &[
    no_contract,
    contract_in_time,
    not_registered,
    registering_today,
    registered_late,
    record_incomplete,
    record_of_a_leaver,
    wrong_id,
    two_names,
    too_young,
    just_sixteen,
    no_officer,
    officer_gone,
    officer_goes_today,
    officer_away,
    officer_there,
    attendance_missing,
    too_few,
    attendance_missing_tomorrow,
    just_half,
];

fn no_contract(chance: &mut Chance) -> Case {
    let kind = chance.index(4);
    Case::usual(move |p| {
        if kind < 3 {
            p.no_contract(kind);
            return;
        }
        // Signed one day after coming.
        let at = p.newcomer(date(2024, 12, 11));
        p.site.workers[at].contract = Some(date(2024, 12, 12));
        let breach = p.breach("realname.no_contract", "notice").people(1).from(date(2024, 12, 11));
        p.one_fault("contract-a-day-late", "劳动合同在首次考勤次日签订", breach);
    })
}

fn contract_in_time(chance: &mut Chance) -> Case {
    let kind = chance.index(2);
    Case::usual(move |p| {
        let at = p.newcomer(date(2024, 12, 11));
        if kind == 1 {
            let worker = &mut p.site.workers[at];
            (worker.contract, worker.roster_says_contract) = (None, false);
            worker.attended.clear();
        }
        p.miss("realname.no_contract", ["劳动合同在首次考勤当日签订", "没有签合同的人还没有来过"][kind]);
    })
}

/// First seen on 2024-12-18: to be registered by the 19th.
fn not_registered(chance: &mut Chance) -> Case {
    let kind = chance.index(2);
    Case::usual(move |p| {
        let at = p.newcomer(date(2024, 12, 18));
        let worker = &mut p.site.workers[at];
        (worker.on_roster, worker.registered) = (kind == 1, None);
        let breach = p.breach_after("realname.not_registered", "order", date(2024, 12, 19)).people(1);
        p.one_fault("not-registered", ["2024-12-18首次考勤，花名册没有", "2024-12-18首次考勤，未填实名登记日期"][kind], breach);
    })
}

fn registering_today(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let at = p.newcomer(last_day());
        p.site.workers[at].on_roster = false;
        let next_day = p.breach_after("realname.not_registered", "order", as_of()).people(1);
        p.missed_once("realname.not_registered", "2024-12-19首次考勤，次一工作日正是2024-12-20", vec![next_day]);
    })
}

fn registered_late(chance: &mut Chance) -> Case {
    let late = chance.percent(50);
    Case::usual(move |p| {
        let at = p.newcomer(date(2024, 12, 10));
        p.site.workers[at].registered = Some(date(2024, 12, if late { 13 } else { 11 }));
        p.miss("realname.not_registered", if late { "实名登记迟两个工作日，已补" } else { "首次考勤次一工作日登记" });
    })
}

fn record_incomplete(chance: &mut Chance) -> Case {
    let kind = chance.index(2);
    Case::usual(move |p| p.record_incomplete(kind))
}

fn record_of_a_leaver(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let at = p.piece_worker();
        p.leave(at, date(2024, 10, 31));
        p.site.workers[at].roster_trade = false;
        p.miss("realname.record_incomplete", "缺工种的人已经退场");
    })
}

/// The same wrong number in every table.
fn wrong_id(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let at = p.piece_worker();
        let id = &mut p.site.workers[at].id;
        let last = if id.pop() == Some('1') { '2' } else { '1' };
        id.push(last);
        let breach = p.breach("realname.id_anomaly", "notice").people(1);
        p.one_fault("wrong-id", "一人身份证号码校验不符", breach);
    })
}

fn two_names(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let one = p.piece_worker();
        let id = p.site.workers[one].id.clone();
        let other = p.newcomer(date(2024, 12, 11));
        let worker = &mut p.site.workers[other];
        worker.id = id;
        worker.attended.clear();
        let breach = p.breach("realname.id_anomaly", "notice").people(1);
        p.one_fault("two-names", "同一证件号码登记了两个姓名", breach);
    })
}

fn too_young(chance: &mut Chance) -> Case {
    let birth = chance.pick(&[date(2008, 12, 20), date(2009, 5, 1)]);
    Case::usual(move |p| {
        let at = p.newcomer(last_day());
        p.site.workers[at].id = names::id_of_birth(birth, p.site.no as u64);
        let breach = p.breach("realname.id_anomaly", "escalate").people(1);
        p.fault("too-young", format!("{birth}出生，2024-12-19出勤时未满16周岁"), vec![breach]);
    })
}

fn just_sixteen(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let at = p.newcomer(last_day());
        p.site.workers[at].id = names::id_of_birth(date(2008, 12, 19), p.site.no as u64);
        p.miss("realname.id_anomaly", "16周岁生日当天首次出勤");
    })
}

fn no_officer(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let officer = &mut p.site.officer;
        officer.name.clear();
        officer.phone.clear();
        officer.id.clear();
        let breach = p.breach("realname.no_wage_officer", "notice");
        p.one_fault("no-officer", "未填劳资专管员", breach);
    })
}

fn officer_gone(chance: &mut Chance) -> Case {
    let to = chance.pick(&[last_day(), date(2024, 12, 2)]);
    Case::usual(move |p| {
        p.site.officer.to = Some(to);
        let breach = p.breach("realname.no_wage_officer", "notice").from(plus(to, 1));
        p.fault("officer-gone", format!("劳资专管员{to}离岗，没有接任的"), vec![breach]);
    })
}

fn officer_goes_today(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.site.officer.to = Some(as_of());
        let next_day = p.breach("realname.no_wage_officer", "notice").from(plus(as_of(), 1));
        p.missed_once("realname.no_wage_officer", "劳资专管员2024-12-20离岗，当日仍在岗", vec![next_day]);
    })
}

fn officer_away(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.officer_last_seen(date(2024, 11, 15));
        let breach = p.breach("realname.no_wage_officer", "notice");
        p.one_fault("officer-away", "劳资专管员2024-11-15之后没有考勤", breach);
    })
}

fn officer_there(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.officer_last_seen(date(2024, 12, 12));
        p.miss("realname.no_wage_officer", "劳资专管员缺勤五个工作日");
    })
}

fn attendance_missing(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.nobody_after(date(2024, 12, 16));
        let breach = p.breach_after("realname.attendance_missing", "notice", last_day());
        p.one_fault("attendance-missing", "2024-12-16之后三个工作日没有考勤", breach);
    })
}

fn attendance_missing_tomorrow(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.nobody_after(date(2024, 12, 17));
        let next_day = p.breach_after("realname.attendance_missing", "notice", as_of());
        p.missed_once("realname.attendance_missing", "2024-12-17之后到2024-12-19只有两个工作日没有考勤", vec![next_day]);
    })
}

/// Five of ten in ten working days are half; four are too few.
fn too_few(_: &mut Chance) -> Case {
    Case::new(few(), |p| {
        p.only_come(4);
        let breach = p.breach("realname.attendance_missing", "notice");
        p.one_fault("too-few", "十个工作日内十人中只有四人考勤", breach);
    })
}

fn just_half(_: &mut Chance) -> Case {
    Case::new(few(), |p| {
        p.only_come(5);
        p.miss("realname.attendance_missing", "十个工作日内十人中正好五人考勤");
    })
}

fn few() -> Setting {
    Setting { heads: Some(10), ..begun(date(2024, 7, 9), date(2024, 7, 18)) }
}

impl Planter<'_> {
    /// The officer is one of the monthly staff, and comes to the site until that day.
    fn officer_last_seen(&mut self, last: model::Date) {
        let at = self.monthly_worker();
        let worker = &self.site.workers[at];
        (self.site.officer.name, self.site.officer.id) = (worker.name.clone(), worker.id.clone());
        self.seen_until(at, last);
        let of = month(2024, 11);
        let days = self.site.workers[at].attended.get(&of).map_or(0, |d| d.hundredths());
        self.line(of, at).days = Some(days);
    }

    /// Attends on that day, and not later.
    fn seen_until(&mut self, worker: usize, last: model::Date) {
        let of = model::Month::of(last);
        let attended = &mut self.site.workers[worker].attended;
        attended.retain(|m, _| *m <= of);
        let days = attended.entry(of).or_default();
        let keep = (days::bit(last) << 1).wrapping_sub(1);
        (days.whole, days.half) = (days.whole & keep | days::bit(last), days.half & keep & !days::bit(last));
    }

    /// The last attendance of the project.
    pub(super) fn nobody_after(&mut self, last: model::Date) {
        self.site.attendance_until = last;
        for at in 0..self.site.workers.len() {
            self.seen_until(at, last);
        }
    }

    /// In the ten working days to 2024-12-19 only so many come.
    fn only_come(&mut self, count: usize) {
        for at in 0..self.site.workers.len() {
            self.seen_until(at, if at < count { last_day() } else { date(2024, 12, 5) });
        }
    }
}
