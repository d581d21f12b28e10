//! Trials of what stands in the payroll sheets, and of who does not stand there (rules.md §2.3).

use super::{Case, Trial, begun};
use crate::chance::Chance;
use crate::days::{date, month};
use crate::plant::Planter;
use crate::setting::Setting;
use crate::world::{Days, Line, Wage};

pub const TRIALS: &[Trial] = &[
    no_basis,
    one_percent_and_a_fen,
    more_days_than_attended,
    no_progress,
    one_percent,
    unsigned,
    signed_from_afar,
    no_phone,
    incomplete_line,
    phone_on_the_sheet,
    below_minimum,
    below_minimum_by_the_hour,
    just_the_minimum,
    just_the_minimum_by_the_hour,
    not_on_the_sheet,
    half_a_day,
    ghost_not_on_the_roster,
    ghost_without_attendance,
    ghost_long_gone,
    ghost_paid_too_much,
    no_ghost,
];

/// All people of a project stay and come in this month.
const OF: (i32, u32) = (2024, 9);

fn no_basis(chance: &mut Chance) -> Case {
    let kind = chance.index(3);
    Case::usual(move |p| {
        let of = p.settled_month();
        let at = if kind == 0 { p.day_worker() } else { p.piece_worker() };
        let line = p.line(of, at);
        let text = match kind {
            0 => {
                line.rate = None;
                "计日工资未列日工资标准"
            }
            1 => {
                line.price = None;
                "计件工资未列单价"
            }
            _ => {
                line.pieces = None;
                "计件工资未列数量"
            }
        };
        let breach = p.breach_in_sheet("payroll.no_quantity_basis", of);
        p.fault("no-basis", format!("{of} 工资表：{text}"), vec![breach]);
    })
}

/// Pieces times price stay behind gross by one percent of gross and a fen more.
fn one_percent_and_a_fen(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.one_percent_off(1);
        let breach = p.breach_in_sheet("payroll.no_quantity_basis", of);
        p.fault("over-one-percent", format!("{of} 工资表：计件数量乘单价与应发相差1%又一分"), vec![breach]);
    })
}

fn one_percent(_: &mut Chance) -> Case {
    Case::usual(|p| {
        p.one_percent_off(0);
        p.miss("payroll.no_quantity_basis", "计件数量乘单价与应发工资相差正好1%");
    })
}

fn more_days_than_attended(chance: &mut Chance) -> Case {
    let more = chance.pick(&[50, 100, 300]);
    Case::usual(move |p| {
        let of = p.settled_month();
        let at = p.day_worker();
        let line = p.line(of, at);
        line.days = line.days.map(|days| days + more);
        let breach = p.breach_in_sheet("payroll.no_quantity_basis", of);
        p.fault("more-days-than-attended", format!("{of} 工资表出勤天数比考勤多{}.{}天", more / 100, more / 10 % 10), vec![breach]);
    })
}

fn no_progress(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        p.site.month_mut(of).no_progress = true;
        let breach = p.breach_in_sheet("payroll.no_quantity_basis", of);
        p.fault("no-progress", format!("{of} 工资表未附工程进度"), vec![breach]);
    })
}

fn unsigned(chance: &mut Chance) -> Case {
    let count = usize::try_from(chance.between(1, 3)).unwrap_or(1);
    Case::usual(move |p| {
        let of = p.settled_month();
        for at in (0..count).map(|_| p.day_worker()).collect::<Vec<_>>() {
            p.line(of, at).signed = false;
        }
        let breach = p.breach_in_sheet("payroll.unsigned", of).people(count);
        p.fault("unsigned", format!("{of} 工资表有{count}人未签字"), vec![breach]);
    })
}

fn signed_from_afar(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        let at = p.day_worker();
        let line = p.line(of, at);
        (line.signed, line.remark) = (false, "本人不在场，电子签名");
        p.miss("payroll.unsigned", "一人不在场，以电子签名确认");
    })
}

/// No phone anywhere: missing in each month the person is paid.
fn no_phone(_: &mut Chance) -> Case {
    Case::new(begun(date(2024, 7, 9), date(2024, 7, 18)), |p| {
        let at = p.day_worker();
        p.site.workers[at].phone = None;
        let months: Vec<_> = p.site.months.iter().map(|m| m.month).collect();
        let breaches = months.into_iter().map(|m| p.breach_in_sheet("payroll.ledger_incomplete", m)).collect();
        p.fault("no-phone", "花名册和工资表都没有一人的电话".to_owned(), breaches);
    })
}

fn incomplete_line(chance: &mut Chance) -> Case {
    let no_deduction = chance.percent(50);
    Case::usual(move |p| {
        let of = p.settled_month();
        if no_deduction {
            let at = p.day_worker();
            let line = p.line(of, at);
            line.net = line.gross - 1;
            let net = line.net;
            p.pay(of, at, net);
        } else {
            let at = p.monthly_worker();
            p.line(of, at).days = None;
        }
        let text = if no_deduction { "应发比实发多0.01元而无扣款项目" } else { "月薪人员未记工作时间" };
        let breach = p.breach_in_sheet("payroll.ledger_incomplete", of);
        p.fault("incomplete-line", format!("{of} 工资台账：{text}"), vec![breach]);
    })
}

fn phone_on_the_sheet(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let at = p.day_worker();
        let phone = p.site.workers[at].phone.take();
        for line in p.site.months.iter_mut().flat_map(|m| &mut m.lines).filter(|l| l.worker == at) {
            line.phone.clone_from(&phone);
        }
        p.miss("payroll.ledger_incomplete", "花名册没有一人的电话，工资表上有");
    })
}

/// The least lawful wage of a number of days: 2,000 yuan for 21.75 of them, in fen rounded up.
fn least(hundredths: i64) -> i64 {
    (200_000 * hundredths + 2_174) / 2_175
}

/// One fen below what the days attended are worth, with or without overtime on top.
fn below_minimum(chance: &mut Chance) -> Case {
    let overtime = chance.pick(&[0, 60_000]);
    Case::usual(move |p| {
        let of = p.settled_month();
        p.paid_at_least(of, -1, overtime);
        let breach = p.breach_in_sheet("payroll.below_minimum", of).people(1);
        let text = if overtime > 0 { "，另有加班工资" } else { "" };
        p.fault("below-minimum", format!("{of} 应发工资比最低工资标准折算数少一分{text}"), vec![breach]);
    })
}

fn just_the_minimum(chance: &mut Chance) -> Case {
    let overtime = chance.pick(&[0, 60_000]);
    Case::usual(move |p| {
        let of = p.settled_month();
        p.paid_at_least(of, 0, overtime);
        p.miss("payroll.below_minimum", "应发工资不低于最低工资标准折算数（多不足一分）");
    })
}

fn below_minimum_by_the_hour(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        p.paid_by_the_hour(of, 1_999);
        let breach = p.breach_in_sheet("payroll.below_minimum", of).people(1);
        p.fault("below-hourly-minimum", format!("{of} 每小时19.99元"), vec![breach]);
    })
}

fn just_the_minimum_by_the_hour(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        p.paid_by_the_hour(of, 2_000);
        p.miss("payroll.below_minimum", "每小时正好20.00元");
    })
}

/// Who attends and stands on no sheet is not paid either. One of ten is a notice, more is an order.
fn not_on_the_sheet(chance: &mut Chance) -> Case {
    let (heads, gone, severity) = chance.pick(&[(10, 1, "notice"), (9, 1, "order"), (11, 2, "order")]);
    Case::new(Setting { heads: Some(heads), ..begun(date(2024, 7, 9), date(2024, 7, 18)) }, move |p| {
        let of = month(OF.0, OF.1);
        for at in (0..gone).map(|_| p.day_worker()).collect::<Vec<_>>() {
            p.strike(of, at);
        }
        let gap = crate::plant::Consequence { severity: severity.to_owned(), ..p.breach_in("payroll.attendance_gap", of) };
        let late = p.breach_after("payroll.late", "order", p.site.month(of).pay_day).of(of);
        let breaches = vec![gap.people(gone), late.people(gone)];
        p.fault("not-on-the-sheet", format!("{of} 有考勤的{heads}人中{gone}人不在工资表上，也未代发"), breaches);
    })
}

/// Half a day is less than the day from which a person must stand on the sheet; who comes on the last day is paid with the next month.
fn half_a_day(_: &mut Chance) -> Case {
    Case::new(begun(date(2024, 7, 9), date(2024, 7, 18)), |p| {
        p.site.forms.punches = false;
        let of = month(OF.0, OF.1);
        let at = p.day_worker();
        let entry = of.last_day();
        for earlier in [month(2024, 7), month(2024, 8), of] {
            p.strike_if_paid(earlier, at);
        }
        let worker = &mut p.site.workers[at];
        worker.attended.retain(|m, _| *m > of);
        worker.attended.insert(of, Days { whole: 0, half: crate::days::bit(entry) });
        (worker.entry, worker.contract, worker.registered) = (entry, Some(entry), Some(entry));
        p.miss("payroll.attendance_gap", "一人月末最后一日进场，只有半天考勤，工资并入次月");
        p.miss("payroll.late", "一人月末最后一日进场，工资并入次月");
    })
}

/// On a sheet and paid, but on no roster: nor registered, and without a phone anywhere.
fn ghost_not_on_the_roster(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        let at = p.newcomer(crate::days::last_day());
        let worker = &mut p.site.workers[at];
        (worker.on_roster, worker.contract, worker.wage, worker.team) = (false, None, Wage::Month, 0);
        worker.attended.clear();
        p.further_line(of, Line { days: Some(0), ..p.plain_line(at, 520_000) });
        let ghost = p.breach_in_sheet("payroll.ghost_worker", of).people(1);
        let incomplete = p.breach_in_sheet("payroll.ledger_incomplete", of);
        let unregistered = p.breach("realname.not_registered", "order").people(1);
        p.fault("ghost-not-on-the-roster", format!("{of} 工资表上有一人不在花名册"), vec![ghost, incomplete, unregistered]);
    })
}

fn ghost_without_attendance(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        let at = p.monthly_worker();
        p.site.workers[at].attended.remove(&of);
        p.line(of, at).days = Some(0);
        let breach = p.breach_in_sheet("payroll.ghost_worker", of).people(1);
        p.fault("ghost-without-attendance", format!("{of} 一名月薪人员全月无考勤而有工资"), vec![breach]);
    })
}

fn ghost_long_gone(_: &mut Chance) -> Case {
    Case::new(begun(date(2024, 7, 5), date(2024, 7, 15)), |p| {
        let of = month(2024, 10);
        p.paid_after_leaving(of);
        let breach = p.breach_in_sheet("payroll.ghost_worker", of).people(1);
        p.fault("ghost-long-gone", "2024-07-31离场，10月工资表上仍有工资".to_owned(), vec![breach]);
    })
}

fn ghost_paid_too_much(_: &mut Chance) -> Case {
    Case::usual(|p| {
        let of = p.settled_month();
        let at = p.monthly_worker();
        p.wages(of, at, 5_000_001);
        let breach = p.breach_in_sheet("payroll.ghost_worker", of).people(1);
        p.fault("ghost-paid-too-much", format!("{of} 一人实发50,000.01元"), vec![breach]);
    })
}

fn no_ghost(chance: &mut Chance) -> Case {
    if chance.percent(50) {
        return Case::usual(|p| {
            let of = p.settled_month();
            let at = p.monthly_worker();
            p.wages(of, at, 5_000_000);
            p.miss("payroll.ghost_worker", "一人实发正好50,000.00元");
        });
    }
    Case::new(begun(date(2024, 7, 5), date(2024, 7, 15)), |p| {
        p.paid_after_leaving(month(OF.0, OF.1));
        p.miss("payroll.ghost_worker", "2024-07-31离场，最后结算在9月工资表上");
    })
}

impl Planter<'_> {
    /// A sheet on which pieces times price are one percent of gross, and so many fen more, below gross.
    fn one_percent_off(&mut self, more: i64) -> model::Month {
        let of = self.settled_month();
        let at = self.piece_worker();
        let line = self.line(of, at);
        let price = line.price.unwrap_or(0);
        line.pieces = Some(198_000);
        self.wages(of, at, 200 * price + more);
        of
    }

    /// Gross without overtime is the least lawful wage and so many fen more.
    fn paid_at_least(&mut self, of: model::Month, more: i64, overtime: i64) {
        let at = self.day_worker();
        let days = self.site.workers[at].attended[&of].hundredths();
        self.wages(of, at, least(days) + more + overtime);
        self.line(of, at).overtime = overtime;
    }

    /// Eight hours a day attended.
    fn paid_by_the_hour(&mut self, of: model::Month, price: i64) {
        let at = self.day_worker();
        let line = self.line(of, at);
        let hours = line.days.unwrap_or(0) * 8;
        (line.hours, line.rate, line.overtime) = (Some((hours, price)), None, 0);
        self.wages(of, at, hours * price / 100);
    }

    fn plain_line(&self, worker: usize, fen: i64) -> Line {
        let some = &self.site.months[0].lines[0];
        Line { worker, rate: None, pieces: None, price: None, overtime: 0, gross: fen, advance: 0, deduction: 0, net: fen, ..some.clone() }
    }

    /// A monthly worker left at the end of July and is paid once more.
    fn paid_after_leaving(&mut self, of: model::Month) {
        let at = self.monthly_worker();
        self.leave(at, date(2024, 7, 31));
        let line = self.plain_line(at, 300_000);
        self.further_line(of, Line { days: Some(0), ..line });
    }

    fn strike_if_paid(&mut self, of: model::Month, worker: usize) {
        if self.site.months.iter().any(|m| m.month == of) {
            self.strike(of, worker);
        }
    }
}
