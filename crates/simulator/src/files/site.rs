//! Tables of one project: roster, contracts, payroll, payouts, account entries.

use model::Dataset;

use super::grid::{Cell, Grid, money, some_money};
use crate::names;
use crate::world::{Batch, Line, PayMonth, Site, Wage, Worker};

pub fn roster(site: &Site) -> Grid {
    let heads = vec![
        "项目编码",
        "企业名称",
        "统一社会信用代码",
        "班组名称",
        "工人姓名",
        "证件类型",
        "证件号码",
        "手机号码",
        "工种",
        "工人类型",
        "是否班组长",
        "工资卡号",
        "开户行",
        "进场时间",
        "退场时间",
        "在场状态",
        "是否签订劳动合同",
        "是否参加工伤保险",
        "家庭住址",
        "安全培训日期",
        "实名登记日期",
    ];
    let mut grid = about(site, Grid::new(Dataset::Roster, "花名册", heads));
    for worker in site.workers.iter().filter(|w| w.on_roster) {
        let team = &site.teams[worker.team];
        let firm = &site.firms[team.employer];
        grid.rows.push(vec![
            (&site.code).into(),
            (&firm.name).into(),
            (&firm.code).into(),
            (&team.name).into(),
            (&worker.name).into(),
            "居民身份证".into(),
            (&worker.id).into(),
            worker.phone.as_deref().into(),
            if worker.roster_trade { team.trade.into() } else { Cell::None },
            if worker.wage == Wage::Month { "管理人员" } else { "建筑工人" }.into(),
            false.into(),
            if worker.roster_card { (&worker.card).into() } else { Cell::None },
            names::BANKS[worker.bank].0.into(),
            worker.entry.into(),
            worker.exit.into(),
            if worker.exit.is_some() { "退场" } else { "在场" }.into(),
            worker.roster_says_contract.into(),
            true.into(),
            "测试县测试镇".into(),
            worker.entry.into(),
            worker.registered.into(),
        ]);
    }
    grid
}

pub fn contracts(site: &Site) -> Grid {
    let heads = vec![
        "项目编码",
        "证件号码",
        "工人姓名",
        "企业名称",
        "合同编号",
        "合同类型",
        "合同期限类型",
        "签订日期",
        "生效日期",
        "失效日期",
        "计酬方式",
        "工资标准",
        "计量单位",
        "工资支付日",
    ];
    let mut grid = about(site, Grid::new(Dataset::Contract, "劳动合同", heads));
    for (at, worker) in site.workers.iter().enumerate() {
        let Some(signed) = worker.contract else { continue };
        let (form, unit) = match worker.wage {
            Wage::Day => ("计时(日)", "天"),
            Wage::Piece => ("计件", "平方米"),
            Wage::Month => ("计时(月)", "月"),
        };
        grid.rows.push(vec![
            (&site.code).into(),
            (&worker.id).into(),
            (&worker.name).into(),
            (&site.firms[site.employer_of(at)].name).into(),
            Cell::Text(format!("HT{}{:04}", &site.code[6..], at + 1)),
            if at % 5 == 4 { "用工书面协议" } else { "劳动合同" }.into(),
            "以完成一定工作为期限".into(),
            signed.into(),
            signed.max(worker.entry).into(),
            site.ends.into(),
            form.into(),
            Cell::Money(worker.rate),
            unit.into(),
            Cell::Int(i64::from(site.pay_day)),
        ]);
    }
    grid
}

pub fn about(site: &Site, mut grid: Grid) -> Grid {
    grid.project.clone_from(&site.name);
    grid
}

pub const PAYROLL_CONSTANTS: [&str; 5] = ["项目编码", "项目名称", "施工单位", "工资所属月份", "序号"];

pub fn payroll(site: &Site, paid: &PayMonth, employer: usize) -> Grid {
    let heads = vec![
        "项目编码",
        "项目名称",
        "施工单位",
        "工资所属月份",
        "序号",
        "班组名称",
        "姓名",
        "身份证号",
        "工种",
        "计量方式",
        "出勤天数",
        "日工资",
        "计件数量",
        "计件单价",
        "加班工资",
        "应发工资",
        "借支",
        "扣款",
        "实发工资",
        "工资卡号",
        "开户行",
        "工人签字",
        "发放日期",
        "编制日期",
        "上传日期",
        "总包审核日期",
        "工程进度附件",
        "出勤工时",
        "小时工资",
        "联系电话",
        "备注",
    ];
    let mut grid = about(site, Grid::new(Dataset::Payroll, "工资表", heads));
    grid.month = Some(paid.month);
    grid.employer.clone_from(&site.firms[employer].name);
    grid.total_off = if employer == 0 { paid.total_off } else { 0 };
    for line in paid.lines.iter().filter(|l| site.employer_of(l.worker) == employer) {
        let number = grid.rows.len() + 1;
        grid.rows.push(payroll_row(site, paid, employer, number, line));
    }
    // All sheets of a project have the same columns: those that something stands in.
    let used = |fills: fn(&Line) -> bool| site.months.iter().flat_map(|m| &m.lines).any(fills);
    let mut absent = Vec::new();
    if !used(|l| l.hours.is_some()) {
        absent.extend(["出勤工时", "小时工资"]);
    }
    if !used(|l| l.phone.is_some()) {
        absent.push("联系电话");
    }
    if !used(|l| !l.remark.is_empty()) {
        absent.push("备注");
    }
    grid.without(&absent)
}

fn payroll_row(site: &Site, paid: &PayMonth, employer: usize, number: usize, line: &Line) -> Vec<Cell> {
    let worker: &Worker = &site.workers[line.worker];
    let team = &site.teams[worker.team];
    let unit = match worker.wage {
        _ if line.hours.is_some() => "计时",
        Wage::Day => "计日",
        Wage::Piece => "计件",
        Wage::Month => "月薪",
    };
    vec![
        (&site.code).into(),
        (&site.name).into(),
        (&site.firms[employer].name).into(),
        Cell::Month(paid.month),
        Cell::Int(i64::try_from(number).unwrap_or(0)),
        (&team.name).into(),
        (&worker.name).into(),
        (&worker.id).into(),
        team.trade.into(),
        unit.into(),
        line.days.map_or(Cell::None, Cell::Days),
        money(line.rate),
        line.pieces.map_or(Cell::None, Cell::Pieces),
        money(line.price),
        some_money(line.overtime),
        Cell::Money(line.gross),
        some_money(line.advance),
        some_money(line.deduction),
        Cell::Money(line.net),
        (&worker.card).into(),
        names::BANKS[worker.bank].0.into(),
        if line.signed { Cell::Flag(true) } else { Cell::None },
        paid.pay_day.into(),
        paid.prepared.into(),
        paid.uploaded.into(),
        paid.prepared.into(),
        (!(paid.no_progress && employer == 0)).into(),
        line.hours.map_or(Cell::None, |h| Cell::Days(h.0)),
        money(line.hours.map(|h| h.1)),
        line.phone.as_deref().into(),
        line.remark.into(),
    ]
}

pub fn payout(site: &Site, batch: &Batch) -> Grid {
    let mut heads = vec![
        "项目编码",
        "代发批次号",
        "付款账号",
        "付款户名",
        "工资所属月份",
        "收款人姓名",
        "收款账号",
        "收款开户行",
        "证件号码",
        "金额",
        "交易日期",
        "处理结果",
        "失败原因",
        "代发流水号",
    ];
    heads.push("备注");
    let mut grid = about(site, Grid::new(Dataset::Payout, "代发明细", heads));
    grid.month = Some(batch.month);
    let (account, name) = match &site.account {
        Some(account) if !batch.elsewhere => (account.number.clone(), site.account_name()),
        // Without a special account wages come from the contractor's own.
        _ => (names::account_no(40_000 + site.no as u64), site.contractor().name.clone()),
    };
    grid.preamble = vec![
        ("批次号", batch.no.clone()),
        ("付款账号", account.clone()),
        ("付款户名", name.clone()),
        ("总笔数", batch.lines.len().to_string()),
    ];
    for (at, line) in batch.lines.iter().enumerate() {
        let worker = &site.workers[line.worker];
        grid.rows.push(vec![
            (&site.code).into(),
            (&batch.no).into(),
            (&account).into(),
            (&name).into(),
            Cell::Month(batch.month),
            (&line.name).into(),
            line.card.as_ref().unwrap_or(&worker.card).into(),
            names::BANKS[worker.bank].0.into(),
            (&worker.id).into(),
            Cell::Money(line.amount),
            batch.date.into(),
            if line.ok { "成功" } else { "失败" }.into(),
            line.reason.into(),
            Cell::Text(format!("{}{:05}", batch.no, at + 1)),
            Cell::Text(format!("{}工资", batch.month.chinese())),
        ]);
    }
    let mut absent = Vec::new();
    if !site.forms.payout_ids {
        absent.push("证件号码");
    }
    if !site.forms.payout_month {
        absent.push("工资所属月份");
    }
    grid.without(&absent)
}

pub fn ledger(site: &Site) -> Grid {
    let heads = vec![
        "本方账号",
        "本方户名",
        "交易日期",
        "交易时间",
        "收入金额",
        "支出金额",
        "余额",
        "对方户名",
        "对方账号",
        "摘要",
        "用途",
        "交易流水号",
        "代发批次号",
        "款项性质",
    ];
    let mut grid = about(site, Grid::new(Dataset::Ledger, "专户流水", heads));
    let Some(account) = &site.account else { return grid };
    let from = site.ledger.first().map_or(account.opened, |e| e.date);
    grid.preamble = vec![("账号", account.number.clone()), ("户名", site.account_name())];
    if site.forms.ledger_range {
        grid.preamble.push(("查询期间", format!("{from}至{}", site.ledger_until)));
    }
    for entry in &site.ledger {
        grid.rows.push(vec![
            (&account.number).into(),
            Cell::Text(site.account_name()),
            entry.date.into(),
            Cell::Text(format!("{:02}:{:02}:00", entry.minute / 60, entry.minute % 60)),
            if entry.amount > 0 { Cell::Money(entry.amount) } else { Cell::None },
            if entry.amount < 0 { Cell::Money(-entry.amount) } else { Cell::None },
            Cell::Money(entry.balance),
            (&entry.name).into(),
            (&entry.account).into(),
            entry.summary.into(),
            (&entry.purpose).into(),
            (&entry.serial).into(),
            (&entry.batch).into(),
            entry.nature.into(),
        ]);
    }
    if site.forms.ledger_nature { grid } else { grid.without(&["代发批次号", "款项性质"]) }
}
