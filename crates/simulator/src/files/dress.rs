//! The clothes of a table: title rows, other words for headings, total rows, footers, and the spelling of dates and money.

use chrono::{Datelike, Weekday};
use model::{Dataset, Date};

use super::grid::{Cell, Grid};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    Iso,
    Slash,
    Dot,
    Chinese,
    /// A real date cell where the format has one.
    Native,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amounts {
    Plain,
    Thousands,
    /// A number cell where the format has one.
    Native,
}

#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of the clerk who keeps the table")]
pub struct Look {
    /// 0: canonical headings.
    pub alias: usize,
    pub dates: Dates,
    pub amounts: Amounts,
    pub yes: &'static str,
    pub no: &'static str,
    pub titles: bool,
    pub totals: bool,
    pub footer: bool,
    pub blank_rows: bool,
    pub weekdays: bool,
    pub preamble: bool,
}

impl Look {
    /// Canonical headings and spelling, nothing around the table but what carries facts.
    pub const PLAIN: Self = Self {
        alias: 0,
        dates: Dates::Iso,
        amounts: Amounts::Plain,
        yes: "是",
        no: "否",
        titles: false,
        totals: false,
        footer: false,
        blank_rows: false,
        weekdays: false,
        preamble: false,
    };

    /// How clerk number `style` keeps his tables.
    pub fn of_clerk(style: usize) -> Self {
        let dates = [Dates::Native, Dates::Slash, Dates::Dot, Dates::Chinese, Dates::Iso][style % 5];
        let amounts = [Amounts::Native, Amounts::Thousands, Amounts::Plain][style % 3];
        let (yes, no) = [("是", "否"), ("有", "无"), ("√", "×"), ("1", "0")][style % 4];
        Self {
            alias: style,
            dates,
            amounts,
            yes,
            no,
            titles: true,
            totals: true,
            footer: style.is_multiple_of(2),
            blank_rows: style % 3 == 1,
            weekdays: style.is_multiple_of(2),
            preamble: true,
        }
    }
}

/// Other words for a heading, from file-formats.md; never one that a second column of the same table also goes by.
fn aliases(dataset: Dataset, head: &str) -> &'static [&'static str] {
    match (dataset, head) {
        (Dataset::Project, "项目编码") => &["项目编号", "项目代码"],
        (Dataset::Project, "项目名称") => &["工程名称", "工程项目"],
        (Dataset::Project, "建设单位") => &["建设单位名称", "业主单位"],
        (Dataset::Project, "施工总承包单位") => &["总承包单位名称", "总包单位"],
        (Dataset::Project, "施工合同额") => &["签约合同价", "合同金额"],
        (Dataset::Project, "项目状态") => &["工程状态"],
        (Dataset::Project, "工资支付日") => &["每月发薪日", "工资发放日"],
        (Dataset::Project, "合同签订日期") => &["签约日期", "合同签约日期"],
        (Dataset::Project, "投资性质") => &["投资主体", "资金来源"],
        (Dataset::Deposit, "形式") => &["保证金形式", "缴存方式"],
        (Dataset::Deposit, "实缴金额") => &["保证金金额", "保函金额"],
        (Dataset::Deposit, "缴存单位") => &["存储单位", "施工总承包单位"],
        (Dataset::Account, "专户账号") => &["专用账户账号", "银行账号"],
        (Dataset::Account, "专户户名") => &["账户名称", "户名"],
        (Dataset::Account, "开户银行") => &["开户行", "银行名称"],
        (Dataset::Account, "开户日期") => &["开立日期", "开户时间"],
        (Dataset::Roster, "企业名称") => &["所在企业", "用工单位"],
        (Dataset::Roster, "班组名称") => &["所在班组", "所属班组"],
        (Dataset::Roster | Dataset::Contract, "工人姓名") => &["姓名", "人员姓名"],
        (Dataset::Roster | Dataset::Contract, "证件号码") => &["身份证号", "身份证号码"],
        (Dataset::Roster, "手机号码") => &["联系电话", "电话"],
        (Dataset::Roster, "工种") => &["当前工种", "岗位"],
        (Dataset::Roster, "工资卡号") => &["发放工资银行卡号", "银行卡号"],
        (Dataset::Roster, "进场时间") => &["进场日期", "入场时间"],
        (Dataset::Contract, "签订日期") => &["签约日期"],
        (Dataset::Contract, "企业名称") => &["工人所属企业名称", "用人单位"],
        (Dataset::Attendance, "考勤时间") => &["刷卡时间", "打卡时间"],
        (Dataset::Attendance, "身份证号") => &["身份证号码", "证件号码"],
        (Dataset::Attendance, "出勤天数") => &["合计", "实际出勤天数"],
        (Dataset::Payroll, "姓名") => &["工人姓名", "员工姓名"],
        (Dataset::Payroll, "身份证号") => &["证件号码", "身份证号码"],
        (Dataset::Payroll, "出勤天数") => &["出勤日（日）", "工作天数"],
        (Dataset::Payroll, "日工资") => &["日薪（元）", "日工资标准"],
        (Dataset::Payroll, "计件数量") => &["完成数量", "工程量"],
        (Dataset::Payroll, "应发工资") => &["应发金额", "应发工资（元）"],
        (Dataset::Payroll, "实发工资") => &["实发金额", "实付金额（元）"],
        (Dataset::Payroll, "工资卡号") => &["银行卡号", "工人工资卡号"],
        (Dataset::Payroll, "工人签字") => &["签字", "签名"],
        (Dataset::Payroll, "施工单位") => &["用工单位"],
        (Dataset::Payroll, "工资所属月份") => &["所属期间", "发放工资的月份"],
        (Dataset::Payout, "收款人姓名") => &["收款户名"],
        (Dataset::Payout, "收款账号") => &["收款人账号", "银行账号"],
        (Dataset::Payout, "金额") => &["代发金额", "发放金额"],
        (Dataset::Payout, "处理结果") => &["交易状态", "处理状态"],
        (Dataset::Payout, "失败原因") => &["错误信息", "返回信息"],
        (Dataset::Ledger, "收入金额") => &["贷方发生额", "转入金额"],
        (Dataset::Ledger, "支出金额") => &["借方发生额", "转出金额"],
        (Dataset::Ledger, "对方户名") => &["对方名称", "对方单位名称"],
        (Dataset::Ledger, "余额") => &["账户余额", "交易后余额"],
        (Dataset::ProcessSettlement, "结算节点") | (_, _) => &[],
    }
}

fn heading(dataset: Dataset, head: &'static str, alias: usize) -> &'static str {
    let others = aliases(dataset, head);
    match alias % (others.len() + 1) {
        0 => head,
        n => others[n - 1],
    }
}

/// The whole sheet, top to bottom.
pub fn lines(grid: &Grid, look: Look) -> Vec<Vec<Cell>> {
    let mut lines = Vec::with_capacity(grid.rows.len() + 6);
    if let Some(title) = title(grid, look) {
        lines.push(vec![Cell::Text(title)]);
    }
    if look.titles && !grid.employer.is_empty() && !grid.heads.contains(&"施工单位") {
        lines.push(vec![Cell::Text(format!("施工单位：{}", grid.employer))]);
    }
    if look.preamble {
        for (key, value) in &grid.preamble {
            lines.push(vec![Cell::Text(format!("{key}：")), Cell::Text(value.clone())]);
        }
    }
    lines.push(grid.heads.iter().map(|h| Cell::Word(heading(grid.dataset, h, look.alias))).collect());
    if look.weekdays
        && let Some(month) = grid.month.filter(|_| grid.wide)
    {
        lines.push(grid.heads.iter().map(|h| h.parse::<u32>().map_or(Cell::None, |d| weekday(month.day(d), d))).collect());
    }
    let middle = grid.rows.len() / 2;
    for (at, row) in grid.rows.iter().enumerate() {
        if look.blank_rows && at == middle && at > 8 {
            lines.push(Vec::new());
        }
        lines.push(row.clone());
    }
    if grid.total_off != 0 || (look.totals && matches!(grid.dataset, Dataset::Payroll | Dataset::Payout)) {
        lines.extend(total(grid));
    }
    if look.footer && (grid.wide || grid.dataset == Dataset::Payroll) {
        lines.push(Vec::new());
        lines.push(vec![Cell::Word("制表："), Cell::None, Cell::Word("劳资专管员："), Cell::None, Cell::Word("项目经理：")]);
    }
    lines
}

fn title(grid: &Grid, look: Look) -> Option<String> {
    let month = grid.month.map(model::Month::chinese).unwrap_or_default();
    match grid.dataset {
        Dataset::Attendance if grid.wide => Some(format!("{} {month} 农民工考勤表", grid.project)),
        _ if !look.titles => None,
        Dataset::Payroll => Some(format!("{} {month} 农民工工资支付表", grid.project)),
        Dataset::Payout if look.preamble => Some("代发业务批量处理回单".to_owned()),
        Dataset::Roster => Some(format!("{}项目工人花名册", grid.project)),
        Dataset::Project | Dataset::Deposit | Dataset::Account | Dataset::Board => Some(format!("测试县{}汇总表", grid.name)),
        _ => None,
    }
}

fn weekday(day: Date, number: u32) -> Cell {
    if day.day() != number {
        return Cell::None;
    }
    Cell::Word(match day.weekday() {
        Weekday::Mon => "一",
        Weekday::Tue => "二",
        Weekday::Wed => "三",
        Weekday::Thu => "四",
        Weekday::Fri => "五",
        Weekday::Sat => "六",
        Weekday::Sun => "日",
    })
}

const SUMMED: [&str; 4] = ["应发工资", "实发工资", "金额", "加班工资"];

/// One total row, `合计` in the first column.
fn total(grid: &Grid) -> Option<Vec<Cell>> {
    let mut row: Vec<Cell> = vec![Cell::None; grid.heads.len()];
    for (at, head) in grid.heads.iter().enumerate().filter(|(_, h)| SUMMED.contains(h)) {
        let sum: i64 = grid.rows.iter().map(|r| if let Cell::Money(fen) = r[at] { fen } else { 0 }).sum();
        row[at] = Cell::Money(if *head == "实发工资" { sum + grid.total_off } else { sum });
    }
    *row.first_mut()? = Cell::Word("合计");
    Some(row)
}

/// The text of a cell in a file without types.
pub fn text(cell: &Cell, look: Look, out: &mut String) {
    use std::fmt::Write as _;
    out.clear();
    let written = match cell {
        Cell::None => Ok(()),
        Cell::Text(text) => out.write_str(text),
        Cell::Word(text) => out.write_str(text),
        Cell::Money(fen) => match look.amounts {
            Amounts::Thousands => out.write_str(&model::Fen(*fen).yuan()),
            Amounts::Plain | Amounts::Native => {
                write!(out, "{}{}.{:02}", if *fen < 0 { "-" } else { "" }, fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
            }
        },
        Cell::Days(hundredths) => match hundredths % 100 {
            0 => write!(out, "{}", hundredths / 100),
            50 => write!(out, "{}.5", hundredths / 100),
            rest => write!(out, "{}.{rest:02}", hundredths / 100),
        },
        Cell::Pieces(thousandths) => match thousandths % 1_000 {
            0 => write!(out, "{}", thousandths / 1_000),
            rest => write!(out, "{}.{rest:03}", thousandths / 1_000),
        },
        Cell::Int(number) => write!(out, "{number}"),
        Cell::Date(date) => match look.dates {
            Dates::Iso => write!(out, "{}", date.format("%Y-%m-%d")),
            Dates::Slash | Dates::Native => write!(out, "{}/{}/{}", date.year(), date.month(), date.day()),
            Dates::Dot => write!(out, "{}.{}.{}", date.year(), date.month(), date.day()),
            Dates::Chinese => write!(out, "{}年{}月{}日", date.year(), date.month(), date.day()),
        },
        Cell::Month(month) if look.dates == Dates::Chinese => out.write_str(&month.chinese()),
        Cell::Month(month) => write!(out, "{month}"),
        Cell::Stamp(date, minute) => {
            let mark = if matches!(look.dates, Dates::Iso | Dates::Native) { '-' } else { '/' };
            write!(out, "{}{mark}{:02}{mark}{:02} {:02}:{:02}:00", date.year(), date.month(), date.day(), minute / 60, minute % 60)
        }
        Cell::Flag(true) => out.write_str(look.yes),
        Cell::Flag(false) => out.write_str(look.no),
    };
    written.expect("writing to a string always works");
}
