//! Attendance of one project: single punches, or a sheet a month with a column for each day.

use model::{Dataset, Date, Month};

use super::grid::{Cell, Grid};
use super::site::about;
use crate::world::Site;

/// Months in which anybody was there.
pub fn attended_months(site: &Site) -> Vec<Month> {
    let months: std::collections::BTreeSet<Month> =
        site.workers.iter().flat_map(|w| w.attended.iter().filter(|(_, d)| d.any() != 0).map(|(m, _)| *m)).collect();
    months.into_iter().collect()
}

/// One punch in, one out, for every day.
pub fn punches(site: &Site) -> Grid {
    let mut grid = no_punches(site);
    for (at, worker) in site.workers.iter().enumerate() {
        for (month, days) in &worker.attended {
            for day in (1..=31).filter(|d| days.any() >> (d - 1) & 1 == 1) {
                grid.rows.extend(punches_of(site, at, month.day(day)));
            }
        }
    }
    grid
}

/// The punches of one calendar day.
pub fn punches_on(site: &Site, day: Date) -> Grid {
    let mut grid = no_punches(site);
    for (at, worker) in site.workers.iter().enumerate() {
        if worker.attended.get(&Month::of(day)).is_some_and(|days| days.any() & crate::days::bit(day) != 0) {
            grid.rows.extend(punches_of(site, at, day));
        }
    }
    grid
}

fn no_punches(site: &Site) -> Grid {
    let heads = vec!["项目编码", "企业名称", "班组名称", "姓名", "证件号码", "考勤时间", "进出方向", "通行方式", "考勤来源"];
    about(site, Grid::new(Dataset::Attendance, "考勤", heads))
}

fn punches_of(site: &Site, at: usize, day: Date) -> [Vec<Cell>; 2] {
    let worker = &site.workers[at];
    let team = &site.teams[worker.team];
    let number = usize::try_from(chrono::Datelike::day(&day)).unwrap_or(0);
    let shift = u32::try_from((at * 7 + number * 13) % 40).unwrap_or(0);
    [(6 * 60 + 40 + shift, "入场"), (17 * 60 + 20 + shift, "出场")].map(|(minute, way)| {
        vec![
            (&site.code).into(),
            (&site.firms[team.employer].name).into(),
            (&team.name).into(),
            (&worker.name).into(),
            (&worker.id).into(),
            Cell::Stamp(day, minute),
            Cell::Word(way),
            Cell::Word("人脸"),
            Cell::Word("实时数据"),
        ]
    })
}

const DAYS: [&str; 31] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24",
    "25", "26", "27", "28", "29", "30", "31",
];

/// How a wide sheet marks a whole day, half a day, none.
pub type Marks = (&'static str, &'static str, &'static str);

pub fn matrix(site: &Site, month: Month, marks: Marks) -> Grid {
    let mut heads = vec!["项目编码", "序号", "姓名", "身份证号", "工种", "班组"];
    heads.extend(DAYS);
    heads.push("出勤天数");
    let mut grid = about(site, Grid::new(Dataset::Attendance, "考勤", heads));
    (grid.month, grid.wide) = (Some(month), true);
    for worker in &site.workers {
        let Some(days) = worker.attended.get(&month).filter(|d| d.any() != 0) else { continue };
        let team = &site.teams[worker.team];
        let number = i64::try_from(grid.rows.len()).unwrap_or(0) + 1;
        let mut row: Vec<Cell> = vec![
            (&site.code).into(),
            Cell::Int(number),
            (&worker.name).into(),
            (&worker.id).into(),
            team.trade.into(),
            (&team.name).into(),
        ];
        row.extend((0..31).map(|at| match (days.whole >> at & 1, days.half >> at & 1) {
            (1, _) => Cell::Word(marks.0),
            (_, 1) => Cell::Word(marks.1),
            _ if marks.2.is_empty() || at >= chrono::Datelike::day(&month.last_day()) => Cell::None,
            _ => Cell::Word(marks.2),
        }));
        row.push(Cell::Days(days.hundredths()));
        grid.rows.push(row);
    }
    grid
}
