//! The account's book: credits by the funding of each month, one debit a batch, returns, interest; and the settlement of nodes.

use chrono::Datelike;
use model::{Date, Month};

use crate::build::paid_months;
use crate::days::{self, Almanac, date, plus};
use crate::names;
use crate::world::{Entry, Funding, Node, Site, Status};

const THIRD_PARTY: &str = "测试融资担保有限公司";
const MORNING: u32 = 9 * 60 + 30;
const AFTERNOON: u32 = 15 * 60;

/// Agreed nodes at the end of each quarter, forty-five days after the start at the earliest.
pub fn nodes(site: &mut Site) {
    if site.status == Status::Planned {
        return;
    }
    let quarters = [(3, 31, "第一季度"), (6, 30, "第二季度"), (9, 30, "第三季度"), (12, 31, "第四季度")];
    for (month, day, name) in quarters {
        let due = date(2024, month, day);
        let over = site.completed.or(site.suspended).is_some_and(|end| due > plus(end, 30));
        if due < plus(site.start, 45) || over {
            continue;
        }
        let settled = (due <= days::last_day()).then(|| plus(due, 20));
        site.nodes.push(Node { name: format!("2024年{name}"), due, completed: None, settled, paid: None });
    }
}

pub fn keep(site: &mut Site, almanac: &Almanac) {
    if let Some(account) = site.account.clone()
        && site.has_people()
    {
        let mut entries = credits(site, almanac);
        entries.extend(payouts(site));
        if site.interest {
            entries.extend(interest(site, account.opened));
        }
        entries.extend(site.entries.iter().cloned());
        let last = account.closed.map_or(site.ledger_until, |c| plus(c.1, -1)).min(site.ledger_until);
        entries.retain(|e| e.date <= last);
        entries.sort_by_key(|e| (e.date, e.minute));
        balance(site, &mut entries);
        site.ledger = entries;
    }
    settle_nodes(site);
}

pub fn blank(date: Date, minute: u32, amount: i64) -> Entry {
    Entry {
        date,
        minute,
        amount,
        balance: 0,
        name: String::new(),
        account: String::new(),
        summary: "",
        purpose: String::new(),
        nature: "",
        batch: String::new(),
        serial: String::new(),
        labour_cost: false,
    }
}

/// Wages whose pay-day lies in `month`, before deductions.
fn due(site: &Site, month: Month) -> i64 {
    site.months.iter().filter(|m| m.month.next() == month).flat_map(|m| &m.lines).map(|l| l.gross).sum()
}

fn credits(site: &Site, almanac: &Almanac) -> Vec<Entry> {
    let exact = matches!(site.role, crate::cast::Role::Funding(_) | crate::cast::Role::Trial(_));
    let mut entries = Vec::new();
    entries.extend(float(site, almanac));
    if let Some((day, amount)) = site.opening_advance {
        entries.push(labour_cost(site, day, amount));
    }
    entries.extend(site.top_ups.iter().map(|(day, amount)| own_money(site, *day, *amount)));
    for month in paid_months(site).map(Month::next) {
        let due = due(site, month);
        if due == 0 {
            continue;
        }
        let rounded = if exact { due } else { (due + 99_999) / 100_000 * 100_000 };
        let usual = almanac.fund_usual(month, site.fund_day);
        match site.funding.get(&month) {
            None => entries.push(labour_cost(site, usual, rounded)),
            Some(Funding::On(day)) => entries.push(labour_cost(site, *day, rounded)),
            Some(Funding::Double) => entries.push(labour_cost(site, usual, rounded + self::due(site, month.next()))),
            Some(Funding::Short(short)) => {
                entries.push(labour_cost(site, usual, due - short));
                entries.push(own_money(site, usual, *short));
            }
            Some(Funding::Own) => entries.push(own_money(site, usual, due)),
            Some(Funding::Third) => {
                let account = names::account_no(39_999);
                let base = blank(usual, MORNING + 7, due);
                let name = THIRD_PARTY.to_owned();
                entries.push(Entry { name, account, summary: "转账", purpose: "代偿垫付".to_owned(), nature: "其他", ..base });
            }
            Some(Funding::Nothing | Funding::Covered) => {}
        }
    }
    entries
}

/// The contractor keeps some money of its own in the account: wages of a month differ from those of the last.
fn float(site: &Site, almanac: &Almanac) -> Option<Entry> {
    let largest = site.months.iter().map(|m| m.lines.iter().map(|l| l.gross).sum::<i64>()).max()?;
    let opened = site.account.as_ref()?.opened;
    let amount = site.float.unwrap_or((largest * 3 / 10 + 99_999) / 100_000 * 100_000);
    (amount > 0).then(|| own_money(site, almanac.wd(opened, 1), amount))
}

pub fn labour_cost(site: &Site, day: Date, amount: i64) -> Entry {
    Entry {
        name: site.owner.name.clone(),
        account: names::account_no(30_000 + site.no as u64),
        summary: "转账",
        purpose: format!("{}人工费", Month::of(day).chinese()),
        nature: "人工费拨付",
        labour_cost: true,
        ..blank(day, MORNING, amount)
    }
}

/// No word of the purpose may read like labour cost.
pub fn own_money(site: &Site, day: Date, amount: i64) -> Entry {
    Entry {
        name: site.contractor().name.clone(),
        account: names::account_no(40_000 + site.no as u64),
        summary: "转账",
        purpose: "项目周转资金".to_owned(),
        nature: "其他",
        ..blank(day, MORNING + 11, amount)
    }
}

fn payouts(site: &Site) -> Vec<Entry> {
    let mut entries: Vec<Entry> = site
        .batches
        .iter()
        .filter(|b| b.success_sum() > 0 && !b.elsewhere)
        .map(|b| Entry {
            name: "代发工资批量清算".to_owned(),
            summary: "代发工资",
            purpose: format!("{}农民工工资", b.month.chinese()),
            nature: "工资代发",
            batch: b.no.clone(),
            ..blank(b.date, AFTERNOON, -b.success_sum())
        })
        .collect();
    for (worker, amount, day) in &site.returns {
        let worker = &site.workers[*worker];
        entries.push(Entry {
            name: worker.name.clone(),
            account: worker.card.clone(),
            summary: "退汇",
            purpose: format!("代发退回{}", worker.name),
            nature: "代发退回",
            ..blank(*day, MORNING + 40, *amount)
        });
    }
    entries
}

/// Something stands in the statement each month, whatever else happens.
fn interest(site: &Site, opened: Date) -> Vec<Entry> {
    let bank = names::BANKS[site.account.as_ref().map_or(0, |a| a.bank)].0;
    let entry = |month: Month| Entry {
        name: bank.to_owned(),
        summary: "结息",
        purpose: "存款利息".to_owned(),
        nature: "结息",
        ..blank(month.day(21), 23 * 60, 1_200 + i64::from(month.month()) * 37)
    };
    Month::of(opened).next().through(days::month(2024, 12)).map(entry).collect()
}

fn balance(site: &Site, entries: &mut [Entry]) {
    let mut balance = 0;
    let gap_from = entries.len() / 2;
    for (at, entry) in entries.iter_mut().enumerate() {
        balance += entry.amount;
        if at == gap_from {
            balance += site.balance_gap.unwrap_or(0);
        }
        entry.balance = balance;
        entry.serial = format!("{}{:03}{:05}", entry.date.format("%Y%m%d"), site.no + 1, at + 1);
    }
}

/// What was completed stays well below what the labour cost paid in would cover, so that only planted gaps are gaps.
fn settle_nodes(site: &mut Site) {
    let mut left = site.amount * 9 / 10;
    let mut nodes = std::mem::take(&mut site.nodes);
    for node in &mut nodes {
        let last = Month::of(node.due);
        let quarter = last.plus(-2).through(last);
        let credited: i64 = if site.account.is_some() && site.has_people() {
            site.ledger.iter().filter(|e| e.labour_cost && quarter.clone().any(|m| m.contains(e.date))).map(|e| e.amount).sum()
        } else {
            quarter.clone().map(|m| due(site, m)).sum()
        };
        // Six tenths of the credits over the ratio, in full yuan.
        let value = (credited * 6 / 10 * 100 / site.ratio_percent / 100 * 100).min(left / 2);
        if node.due > days::last_day() || value <= 0 {
            if node.due <= days::last_day() {
                node.completed = Some(0);
                node.paid = Some(0);
            }
            continue;
        }
        left -= value;
        node.completed = Some(value);
        node.paid = Some(match node.paid {
            Some(-1) => value * 79 / 100,
            Some(-2) => value * 80 / 100,
            Some(-3) => value * 80 / 100 - 1,
            _ => value * 86 / 100,
        });
    }
    // A node without value says nothing of progress.
    nodes.retain(|n| n.completed != Some(0) || n.settled.is_none());
    site.nodes = nodes;
    debug_assert!(site.nodes.iter().all(|n| n.due.year() == 2024));
}
