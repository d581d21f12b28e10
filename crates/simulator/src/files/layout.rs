//! Which tables a clerk puts into which file, in a mixed county and in the three plain ones.

use model::{Dataset, Month};

use super::dress::Look;
use super::grid::{Cell, Grid};
use super::write::{Encoding, Paper};
use super::{attendance as punched, county, site};
use crate::world::{PayMonth, Site};
use crate::{Format, Options};

/// A file and its path below `inbox`.
#[derive(Debug)]
pub struct Named {
    pub path: String,
    pub paper: Paper,
}

/// Every file of the whole county, or (with a project) of that project.
pub fn papers(sites: &[Site], of: Option<&Site>, options: &Options) -> Vec<Named> {
    let mut named = match (of, options.format) {
        (None, Format::Mixed) => county_mixed(sites),
        (None, plain) => {
            county::tables(sites).into_iter().map(|grid| single(plain, &format!("00_{}", grid.dataset.code()), grid)).collect()
        }
        (Some(site), Format::Mixed) => Mixed { site, style: site.forms.style }.papers(),
        (Some(site), plain) => site_plain(site, plain),
    };
    named.retain_mut(|named| keep(&mut named.paper, &options.without));
    for named in &mut named {
        named.path = format!("{}.{}", named.path, named.paper.extension());
    }
    named
}

fn keep(paper: &mut Paper, without: &[Dataset]) -> bool {
    let wanted = |grid: &Grid| !grid.rows.is_empty() && !without.contains(&grid.dataset);
    match paper {
        Paper::Csv(_, grid, _) => wanted(grid),
        Paper::Xlsx { sheets, .. } => {
            sheets.retain(|(grid, _)| wanted(grid));
            !sheets.is_empty()
        }
    }
}

fn single(format: Format, path: &str, grid: Grid) -> Named {
    let paper = match format {
        Format::Xlsx | Format::Mixed => workbook(vec![(grid, Look::PLAIN)]),
        Format::CsvUtf8 => Paper::Csv(Encoding::Utf8, grid, Look::PLAIN),
        Format::CsvGbk => Paper::Csv(Encoding::Gbk, grid, Look::PLAIN),
    };
    Named { path: path.to_owned(), paper }
}

fn workbook(sheets: Vec<(Grid, Look)>) -> Paper {
    Paper::Xlsx { cover: None, sheets }
}

fn county_mixed(sites: &[Site]) -> Vec<Named> {
    let clerk = Look::of_clerk;
    let mut named = Vec::new();
    let mut firms = Vec::new();
    for grid in county::tables(sites) {
        let paper = match grid.dataset {
            Dataset::Project => Paper::Xlsx {
                cover: Some("填表说明：金额单位为元，日期按年月日填写。"), sheets: vec![(grid, clerk(10))]
            },
            Dataset::Contractor | Dataset::Team => {
                firms.push((grid, Look { titles: false, ..clerk(15) }));
                continue;
            }
            Dataset::Account | Dataset::ProcessSettlement => Paper::Csv(Encoding::Gbk, grid, Look { titles: false, ..clerk(6) }),
            Dataset::Deposit => workbook(vec![(grid, clerk(5))]),
            _ => workbook(vec![(grid, Look { alias: 0, ..clerk(20) })]),
        };
        // File names say nothing; the headings do.
        named.push(Named { path: format!("县局汇总/表{}", named.len() + 1), paper });
    }
    named.push(Named { path: "县局汇总/新建 XLSX 工作表".to_owned(), paper: workbook(firms) });
    named
}

fn pay_months(site: &Site) -> impl Iterator<Item = &PayMonth> {
    site.months.iter().filter(|m| !m.missing)
}

fn employers(site: &Site) -> std::ops::Range<usize> {
    0..site.firms.len()
}

/// All payroll lines in one table, and apart from it the sheets whose total row is wrong.
fn payroll_stack(site: &Site) -> Vec<Grid> {
    let mut grids: Vec<Grid> = Vec::new();
    let mut apart = Vec::new();
    for paid in pay_months(site) {
        for employer in employers(site) {
            let grid = site::payroll(site, paid, employer);
            if grid.total_off != 0 {
                apart.push(grid);
            } else {
                stack(&mut grids, grid);
            }
        }
    }
    grids.extend(apart);
    grids
}

fn stack(grids: &mut Vec<Grid>, grid: Grid) {
    match grids.first_mut() {
        Some(first) => first.rows.extend(grid.rows),
        None => grids.push(Grid { month: None, employer: String::new(), preamble: Vec::new(), ..grid }),
    }
}

fn payout_stack(site: &Site) -> Vec<Grid> {
    let mut grids = Vec::new();
    for batch in &site.batches {
        stack(&mut grids, site::payout(site, batch));
    }
    grids
}

fn attendance(site: &Site, marks: punched::Marks) -> Vec<Grid> {
    if site.forms.punches {
        return vec![punched::punches(site)];
    }
    punched::attended_months(site).into_iter().map(|month| punched::matrix(site, month, marks)).collect()
}

fn site_plain(site: &Site, format: Format) -> Vec<Named> {
    let mut grids = vec![site::roster(site), site::contracts(site), site::ledger(site)];
    grids.extend(payroll_stack(site));
    grids.extend(payout_stack(site));
    grids.extend(attendance(site, ("1", "0.5", "")));
    for (at, grid) in grids.iter_mut().enumerate() {
        grid.name = sheet_name(grid, at);
    }
    let folder = format!("{:02}", site.no + 1);
    if format == Format::Xlsx {
        let sheets = grids.into_iter().filter(|g| !g.rows.is_empty()).map(|grid| (grid, Look::PLAIN)).collect();
        return vec![Named { path: folder, paper: workbook(sheets) }];
    }
    let named = |grid: Grid| single(format, &format!("{folder}/{}", grid.name.clone()), grid);
    grids.into_iter().map(named).collect()
}

fn sheet_name(grid: &Grid, at: usize) -> String {
    let month = grid.month.map(|m: Month| m.to_string()).unwrap_or_default();
    format!("{at:02}_{}{month}", grid.dataset.code())
}

/// A project's files as its own clerk keeps them.
struct Mixed<'a> {
    site: &'a Site,
    style: usize,
}

impl Mixed<'_> {
    fn papers(&self) -> Vec<Named> {
        if !self.site.has_people() {
            return Vec::new();
        }
        let mut papers = self.people();
        papers.extend(self.attendance());
        papers.extend(self.payroll());
        papers.extend(self.payout());
        papers.push(self.ledger());
        let folder = if self.style.is_multiple_of(2) { self.site.name.clone() } else { format!("{:02}标", self.site.no + 1) };
        let named = |(at, paper): (usize, Paper)| {
            let name = [format!("数据{}", at + 1), format!("导出({at})"), format!("2024年报送{}", at + 1)][self.style % 3].clone();
            Named { path: format!("{folder}/{name}"), paper }
        };
        papers.into_iter().enumerate().map(named).collect()
    }

    fn look(&self) -> Look {
        Look::of_clerk(self.style)
    }

    fn people(&self) -> Vec<Paper> {
        let (roster, contracts) = (site::roster(self.site), site::contracts(self.site));
        let bare = Look { titles: false, ..self.look() };
        match self.style % 4 {
            0 => vec![workbook(vec![(roster, self.look()), (contracts, bare)])],
            1 => vec![Paper::Csv(Encoding::Gbk, roster, bare), Paper::Csv(Encoding::Gbk, contracts, bare)],
            2 => vec![workbook(vec![(roster, self.look())]), Paper::Csv(Encoding::Utf8Bom, contracts, bare)],
            _ => vec![Paper::Xlsx {
                cover: Some("字段填写说明：带*的为必填项。"), sheets: vec![(roster, bare), (contracts, bare)]
            }],
        }
    }

    fn attendance(&self) -> Vec<Paper> {
        let marks = [("√", "0.5", ""), ("1", "0.5", "0"), ("✓", "半", "休"), ("出", "半", "/")][self.style % 4];
        let mut grids = attendance(self.site, marks);
        if self.site.forms.punches {
            let encoding = if self.style.is_multiple_of(2) { Encoding::Gbk } else { Encoding::Utf8Bom };
            let punches = grids.remove(0);
            return vec![Paper::Csv(encoding, punches, Look { titles: false, dates: super::dress::Dates::Iso, ..self.look() })];
        }
        let sheets = grids.into_iter().map(|grid| {
            let name = grid.month.map(Month::chinese).unwrap_or_default();
            // Project and month stand in the title alone.
            (Grid { name, ..grid.without(&["项目编码"]) }, self.look())
        });
        vec![workbook(sheets.collect())]
    }

    fn payroll(&self) -> Vec<Paper> {
        let bare = Look { titles: false, totals: false, footer: false, ..self.look() };
        if self.style >= 4 && self.style != 6 {
            let encoding = if self.style == 7 { Encoding::Utf8Bom } else { Encoding::Gbk };
            return payroll_stack(self.site).into_iter().map(|grid| Paper::Csv(encoding, grid, bare)).collect();
        }
        let book = |employer| {
            let sheets = pay_months(self.site).map(|paid| {
                let grid = site::payroll(self.site, paid, employer);
                let grid = Grid { name: paid.month.chinese(), ..grid };
                // Half of the clerks leave to the title what every row would repeat.
                (if self.style < 2 { grid.without(&site::PAYROLL_CONSTANTS) } else { grid }, self.look())
            });
            workbook(sheets.filter(|(grid, _)| !grid.rows.is_empty()).collect())
        };
        employers(self.site).map(book).collect()
    }

    fn payout(&self) -> Vec<Paper> {
        let bare = Look { titles: false, totals: false, preamble: false, ..self.look() };
        if self.style < 3 {
            let sheets = self.site.batches.iter().map(|batch| {
                let grid = site::payout(self.site, batch);
                let grid = Grid { name: batch.no.clone(), ..grid };
                // The bank's return file names batch and payer above the table; who has no account of the project needs its code.
                let above: &[&str] = if self.site.account.is_some() && !batch.elsewhere {
                    &["项目编码", "代发批次号", "付款账号", "付款户名"]
                } else {
                    &["代发批次号"]
                };
                (grid.without(above), self.look())
            });
            return vec![workbook(sheets.collect())];
        }
        payout_stack(self.site).into_iter().map(|grid| Paper::Csv(Encoding::Gbk, grid, bare)).collect()
    }

    fn ledger(&self) -> Paper {
        let grid = site::ledger(self.site);
        let look = Look { titles: false, ..self.look() };
        if self.site.forms.ledger_nature {
            return if self.style.is_multiple_of(2) { workbook(vec![(grid, look)]) } else { Paper::Csv(Encoding::Gbk, grid, look) };
        }
        Paper::Csv(Encoding::Gbk, bank_export(grid, self.style), Look { alias: 0, ..look })
    }
}

/// The headings of four banks' customer exports (file-formats.md §6).
fn bank_export(grid: Grid, style: usize) -> Grid {
    let names: [(&str, &str); 10] = match style % 4 {
        0 => [
            ("交易流水号", "流水号"),
            ("交易日期", "交易日"),
            ("交易时间", "交易时间"),
            ("对方户名", "收(付)方名称"),
            ("对方账号", "收(付)方账号"),
            ("摘要", "业务摘要"),
            ("用途", "用途"),
            ("支出金额", "借方金额"),
            ("收入金额", "贷方金额"),
            ("余额", "余额"),
        ],
        1 => [
            ("交易流水号", "交易流水号"),
            ("交易日期", "交易日期"),
            ("交易时间", "交易时间"),
            ("对方户名", "对方账户名称"),
            ("对方账号", "对方账户"),
            ("摘要", "摘要"),
            ("用途", "用途"),
            ("支出金额", "借"),
            ("收入金额", "贷"),
            ("余额", "账户余额"),
        ],
        2 => [
            ("交易流水号", "银行流水号"),
            ("交易日期", "交易日期"),
            ("交易时间", "交易时间"),
            ("对方户名", "对方户名"),
            ("对方账号", "对方账号"),
            ("摘要", "摘要"),
            ("用途", "用途"),
            ("支出金额", "借方金额(支出)"),
            ("收入金额", "贷方金额(收入)"),
            ("余额", "账户余额"),
        ],
        _ => return signed_export(grid),
    };
    let at = |head: &str| grid.heads.iter().position(|h| *h == head).expect("the ledger has this column");
    let columns: Vec<usize> = names.iter().map(|(head, _)| at(head)).collect();
    let rows = grid.rows.iter().map(|row| columns.iter().map(|c| row[*c].clone()).collect()).collect();
    Grid { heads: names.iter().map(|(_, name)| *name).collect(), rows, ..grid }
}

/// One amount column and a mark for its direction.
fn signed_export(grid: Grid) -> Grid {
    let at = |head: &str| grid.heads.iter().position(|h| *h == head).expect("the ledger has this column");
    let rest = [at("交易流水号"), at("交易日期"), at("交易时间"), at("对方户名"), at("对方账号"), at("摘要"), at("用途"), at("余额")];
    let (credit, debit) = (at("收入金额"), at("支出金额"));
    let heads = vec!["交易流水号", "交易日期", "交易时间", "对方户名", "对方账号", "摘要", "用途", "余额", "发生额", "借贷标志"];
    let rows = grid.rows.iter().map(|row| {
        let mut cells: Vec<Cell> = rest.iter().map(|c| row[*c].clone()).collect();
        let (amount, side) = if row[credit] == Cell::None { (debit, "借") } else { (credit, "贷") };
        cells.extend([row[amount].clone(), Cell::Word(side)]);
        cells
    });
    Grid { rows: rows.collect(), heads, ..grid }
}
