//! Scenario `county-rules`: small lawful projects, each with one fault or one near miss of one rule.
//!
//! Every rule of the catalogue has at least one of both; which form of it, which day and which sum, the seed decides.
//! What follows under other rules is listed with the fault.

mod account;
mod cross;
mod deposit;
mod funding;
mod hands;
mod payout;
mod payroll;
mod platform;
mod realname;
mod site;
mod still;

use model::Date;

use super::{Fault, NearMiss, Planter};
use crate::Options;
use crate::books;
use crate::build::{self, Ground};
use crate::cast::Role;
use crate::chance::Chance;
use crate::days::{Almanac, date};
use crate::setting::Setting;
use crate::table::Planted;
use crate::world::Site;

/// One small project: what it is like, and what is planted in it.
pub struct Case {
    setting: Setting,
    plant: Box<dyn FnOnce(&mut Planter)>,
}

impl Case {
    fn new(setting: Setting, plant: impl FnOnce(&mut Planter) + 'static) -> Self {
        Self { setting, plant: Box::new(plant) }
    }

    /// In a project like any other.
    fn usual(plant: impl FnOnce(&mut Planter) + 'static) -> Self {
        Self::new(Setting::default(), plant)
    }
}

/// Draws the form of a fault or near miss.
type Trial = fn(&mut Chance) -> Case;

const FAMILIES: [&[Trial]; 10] = [
    deposit::TRIALS,
    account::TRIALS,
    funding::TRIALS,
    payroll::TRIALS,
    payout::TRIALS,
    realname::TRIALS,
    site::TRIALS,
    platform::TRIALS,
    still::TRIALS,
    cross::TRIALS,
];

pub fn county(options: &Options, almanac: &Almanac) -> (Vec<Site>, Planted) {
    let ground = Ground { almanac, seed: options.seed % 10_000, workers: options.workers.unwrap_or_default() };
    let (mut sites, mut faults, mut near): (Vec<Site>, Vec<Fault>, Vec<NearMiss>) = (Vec::new(), Vec::new(), Vec::new());
    for (no, trial) in FAMILIES.concat().into_iter().enumerate() {
        let mut chance = Chance::new(options.seed, no as u64 + 1);
        let Case { setting, plant } = trial(&mut chance);
        let mut site = build::site(no, Role::Trial(setting), &ground, &mut chance);
        if let Some(before) = sites.last().filter(|_| setting.twin) {
            site.owner = before.owner.clone();
            site.owner_kind = before.owner_kind;
            site.firms[0] = before.firms[0].clone();
            site.address.clone_from(&before.address);
        }
        books::nodes(&mut site);
        let mut planter = Planter { site: &mut site, ground: &ground, chance: &mut chance, faults: Vec::new(), near: Vec::new() };
        plant(&mut planter);
        faults.append(&mut planter.faults);
        near.append(&mut planter.near);
        sites.push(site);
    }
    cross::plant(&mut sites, &ground, options.seed, &mut faults, &mut near);
    for site in &mut sites {
        books::keep(site, almanac);
    }
    let planted = Planted::new(options, &sites, faults, near, Vec::new());
    (sites, planted)
}

/// A project begun so late that what is due after ten or twenty working days falls on the day the county is looked at.
fn begun(signed: Date, start: Date) -> Setting {
    Setting { signed: Some(signed), start: Some(start), ..Setting::default() }
}

/// Signed on 2024-11-15, so that the account is opened on the 20th; works began on the 25th.
fn november() -> Setting {
    Setting { permit: Some(date(2024, 11, 22)), ..begun(date(2024, 11, 15), date(2024, 11, 25)) }
}

/// Signed on 2024-12-03, account on the 6th, works on the 9th.
fn december() -> Setting {
    begun(date(2024, 12, 3), date(2024, 12, 9))
}
