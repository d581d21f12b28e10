//! Trials that rest on several projects: one officer for many, one person in two places, one contract cut in parts.

use super::{Case, Trial};
use crate::build::Ground;
use crate::chance::Chance;
use crate::days::{bit, date, month};
use crate::plant::{Fault, NearMiss, Planter};
use crate::setting::Setting;
use crate::world::Site;

pub const TRIALS: &[Trial] = &[
    plain,
    plain,
    plain,
    plain,
    plain,
    plain,
    plain,
    plain,
    plain,
    plain,
    plain,
    first_part,
    second_part,
    first_part_below,
    second_part_below,
];

/// How many projects stand at the end with nothing of their own planted.
const PLAIN: usize = 11;
const PARTS: usize = 4;

fn plain(_: &mut Chance) -> Case {
    Case::usual(|_| {})
}

fn part(amount: i64, twin: bool) -> Case {
    let setting = Setting {
        amount: Some(amount),
        twin,
        signed: Some(date(2024, 7, 8)),
        start: Some(date(2024, 7, 18)),
        days: Some((3, 15)),
        ..Setting::default()
    };
    Case::new(setting, |p| p.site.connected = Some(date(2024, 7, 22)))
}

fn first_part(_: &mut Chance) -> Case {
    part(200_000_000, false)
}

fn second_part(_: &mut Chance) -> Case {
    part(200_000_000, true)
}

fn first_part_below(_: &mut Chance) -> Case {
    part(200_000_000, false)
}

fn second_part_below(_: &mut Chance) -> Case {
    part(199_999_999, true)
}

pub fn plant(sites: &mut [Site], ground: &Ground, seed: u64, faults: &mut Vec<Fault>, near: &mut Vec<NearMiss>) {
    let (plain, parts) = {
        let from = sites.len() - PARTS - PLAIN;
        sites[from..].split_at_mut(PLAIN)
    };
    let mut chance = Chance::new(seed, 900);
    let mut all = Cross { ground, chance: &mut chance, faults, near };
    all.officers(&mut plain[..4], true);
    all.officers(&mut plain[4..7], false);
    all.two_places(&mut plain[7..9], true);
    all.two_places(&mut plain[9..], false);
    let group = format!("group:{}", parts[0].code);
    for part in &mut parts[..2] {
        all.on(part, |p| {
            let due = p.ground.almanac.cd(p.site.signed, 30);
            let breach = p.breach_after("account.not_opened", "order", due).about(group.clone());
            p.one_fault("account-split", "同一工程拆成两份合同，合计正好400万元，未开户", breach);
        });
    }
    for part in &mut parts[2..] {
        all.on(part, |p| p.miss("account.not_opened", "两份合同合计3,999,999.99元"));
    }
}

struct Cross<'a> {
    ground: &'a Ground<'a>,
    chance: &'a mut Chance,
    faults: &'a mut Vec<Fault>,
    near: &'a mut Vec<NearMiss>,
}

impl Cross<'_> {
    fn on(&mut self, site: &mut Site, plant: impl FnOnce(&mut Planter)) {
        let mut planter = Planter { site, ground: self.ground, chance: self.chance, faults: Vec::new(), near: Vec::new() };
        plant(&mut planter);
        self.faults.append(&mut planter.faults);
        self.near.append(&mut planter.near);
    }

    /// All have the officer of the first.
    fn officers(&mut self, sites: &mut [Site], too_many: bool) {
        let officer = sites[0].officer.clone();
        for site in sites {
            (site.officer.name, site.officer.id) = (officer.name.clone(), officer.id.clone());
            self.on(site, |p| {
                if too_many {
                    let breach = p.breach("realname.no_wage_officer", "notice");
                    p.one_fault("officer-of-four", "同一人在四个在建项目任劳资专管员", breach);
                } else {
                    p.miss("realname.no_wage_officer", "同一人在三个在建项目任劳资专管员");
                }
            });
        }
    }

    /// Somebody of the first is also at the second on one day: for the whole of it, or for half of it at both.
    fn two_places(&mut self, sites: &mut [Site], whole: bool) {
        let (december, day) = (month(2024, 12), bit(date(2024, 12, 18)));
        let (first, second) = sites.split_at_mut(1);
        let (first, second) = (&mut first[0], &mut second[0]);
        (first.forms.punches, second.forms.punches) = (false, false);
        let mut person = None;
        self.on(first, |p| {
            let at = p.day_worker();
            let worker = &mut p.site.workers[at];
            let days = worker.attended.entry(december).or_default();
            (days.whole, days.half) = (days.whole | day, days.half & !day);
            if !whole {
                (days.whole, days.half) = (days.whole & !day, days.half | day);
            }
            person = Some((worker.name.clone(), worker.id.clone(), worker.card.clone(), worker.phone.clone()));
        });
        self.on(second, |p| {
            let at = p.newcomer(date(2024, 12, 18));
            let worker = &mut p.site.workers[at];
            (worker.name, worker.id, worker.card, worker.phone) = person.clone().expect("the person of the first project");
            worker.attended.clear();
            let days = worker.attended.entry(december).or_default();
            if whole { days.whole = day } else { days.half = day }
        });
        for site in [first, second] {
            self.on(site, |p| {
                if whole {
                    let breach = p.breach("realname.id_anomaly", "notice").people(1);
                    p.one_fault("two-places", "同一人2024-12-18在两个项目都有整日考勤", breach);
                } else {
                    p.miss("realname.id_anomaly", "同一人同日在两个项目各半日");
                }
            });
        }
    }
}
