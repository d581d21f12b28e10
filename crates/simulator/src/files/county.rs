//! Tables of the whole county: projects, firms, deposits, accounts, boards, nodes, registers.

use chrono::Datelike;
use model::Dataset;

use super::grid::{Cell, Grid, money, some_money};
use crate::days::{date, plus};
use crate::names;
use crate::world::{Entry, Lead, Site, Status};

pub fn tables(sites: &[Site]) -> Vec<Grid> {
    vec![
        projects(sites),
        contractors(sites),
        teams(sites),
        deposits(sites),
        accounts(sites),
        boards(sites),
        nodes(sites),
        inspections(sites),
        leads(sites),
    ]
}

pub fn projects(sites: &[Site]) -> Grid {
    let heads = vec![
        "项目编码",
        "项目名称",
        "项目分类",
        "行业",
        "项目所在地",
        "项目地址",
        "建设单位",
        "建设单位统一社会信用代码",
        "施工总承包单位",
        "总承包单位统一社会信用代码",
        "施工许可证号",
        "施工合同额",
        "总投资",
        "人工费用比例",
        "合同人工费用数额",
        "人工费拨付周期",
        "工资支付日",
        "开工日期",
        "竣工日期",
        "项目状态",
        "停工日期",
        "复工日期",
        "工期",
        "劳资专管员",
        "劳资专管员联系电话",
        "劳资专管员证件号码",
        "在岗开始日期",
        "在岗结束日期",
        "项目经理",
        "项目经理电话",
        "工程款支付担保",
        "支付担保到期日",
        "投资性质",
        "合同签订日期",
        "合同开始日期",
        "合同结束日期",
        "施工许可日期",
        "人工费用拨付日",
        "平台接入日期",
        "计量周期约定",
        "过程结算约定",
        "行业主管部门",
        "建设单位邮箱",
        "总包邮箱",
        "监察员",
    ];
    let mut grid = Grid::new(Dataset::Project, "项目清单", heads);
    grid.rows = sites.iter().map(project).collect();
    grid
}

fn project(s: &Site) -> Vec<Cell> {
    let manager = 700_100 + s.no as u64;
    let day = |d: u32| Cell::Int(i64::from(d));
    let host = |firm: &crate::world::Corp| format!("lz{}@example.com", &firm.code[10..17].to_lowercase());
    let permit = if s.permit_blank { Cell::None } else { s.permit.map_or(Cell::Word("无需办理"), Cell::Date) };
    vec![
        (&s.code).into(),
        (&s.name).into(),
        s.category.into(),
        s.industry.into(),
        "999999".into(),
        (&s.address).into(),
        (&s.owner.name).into(),
        (&s.owner.code).into(),
        (&s.contractor().name).into(),
        (&s.contractor().code).into(),
        s.permit.map_or(Cell::None, |d| Cell::Text(format!("测施字{}{:03}", d.format("%Y%m%d"), s.no + 1))),
        Cell::Money(s.amount),
        // 总投资 is in 万元.
        Cell::Text(format!("{}.{:02}", s.amount * 12 / 10_000_000, s.amount * 12 / 100_000 % 100)),
        if s.terms.ratio { Cell::Text(format!("{}%", s.ratio_percent)) } else { Cell::None },
        money(s.terms.labour_cost),
        s.terms.cycle.into(),
        day(s.pay_day),
        s.start.into(),
        s.completed.into(),
        s.status.chinese().into(),
        s.suspended.into(),
        s.resumed.into(),
        Cell::Int(s.terms.days.unwrap_or((s.ends - s.start).num_days() + 1)),
        (&s.officer.name).into(),
        (&s.officer.phone).into(),
        (&s.officer.id).into(),
        s.officer.from.into(),
        s.officer.to.into(),
        Cell::Text(names::worker_name(manager)),
        Cell::Text(names::phone(manager)),
        if s.terms.guarantee { true.into() } else { Cell::None },
        if s.terms.guarantee { s.terms.guarantee_to.into() } else { Cell::None },
        s.owner_kind.chinese().into(),
        s.signed.into(),
        s.start.into(),
        s.terms.days.map_or(Cell::Date(s.ends), |_| Cell::None),
        permit,
        if s.duty && s.terms.fund_day { day(s.fund_day) } else { Cell::None },
        s.connected.into(),
        s.terms.measure.into(),
        s.terms.settlement.into(),
        "测试县行业主管部门".into(),
        Cell::Text(host(&s.owner)),
        Cell::Text(host(s.contractor())),
        s.inspector.into(),
    ]
}

pub fn contractors(sites: &[Site]) -> Grid {
    let heads = vec![
        "项目编码",
        "统一社会信用代码",
        "企业名称",
        "参建类型",
        "上级单位",
        "分包合同额",
        "进场时间",
        "退场时间",
        "项目经理",
        "电话",
        "委托代发",
        "联系邮箱",
    ];
    let mut grid = Grid::new(Dataset::Contractor, "参建单位", heads);
    for site in sites.iter().filter(|s| s.status != Status::Planned) {
        for (at, firm) in site.firms.iter().enumerate() {
            let person = 710_000 + site.no as u64 * 5 + at as u64;
            grid.rows.push(vec![
                (&site.code).into(),
                (&firm.code).into(),
                (&firm.name).into(),
                if at == 0 { "总承包单位" } else { "劳务分包" }.into(),
                if at == 0 { Cell::None } else { (&site.contractor().code).into() },
                if at == 0 { Cell::None } else { Cell::Money(site.amount / 100 * 8) },
                site.start.into(),
                Cell::None,
                Cell::Text(names::worker_name(person)),
                Cell::Text(names::phone(person)),
                if at == 0 { Cell::None } else { true.into() },
                Cell::Text(format!("lz{}@example.com", firm.code[10..17].to_lowercase())),
            ]);
        }
    }
    grid
}

pub fn teams(sites: &[Site]) -> Grid {
    let heads = vec![
        "项目编码",
        "统一社会信用代码",
        "企业名称",
        "班组编号",
        "班组名称",
        "班组长",
        "班组长证件号码",
        "责任人联系电话",
        "工种",
        "进场日期",
        "退场日期",
    ];
    let mut grid = Grid::new(Dataset::Team, "班组", heads);
    for site in sites {
        for (at, team) in site.teams.iter().enumerate() {
            let firm = &site.firms[team.employer];
            grid.rows.push(vec![
                (&site.code).into(),
                (&firm.code).into(),
                (&firm.name).into(),
                Cell::Text(format!("{}{:02}", site.no + 1, at + 1)),
                (&team.name).into(),
                (&team.leader).into(),
                (&team.leader_id).into(),
                (&team.leader_phone).into(),
                team.trade.into(),
                site.start.into(),
                Cell::None,
            ]);
        }
    }
    grid
}

pub fn deposits(sites: &[Site]) -> Grid {
    let heads = vec![
        "项目编码",
        "缴存单位",
        "缴存单位信用代码",
        "形式",
        "保函编号",
        "出具机构",
        "受益人",
        "保证金账户账号",
        "施工合同额",
        "存储比例",
        "应缴金额",
        "实缴金额",
        "减免情形",
        "缴存日期",
        "生效日期",
        "失效日期",
        "动用金额",
        "动用日期",
        "补足日期",
        "退还状态",
        "退还日期",
        "退还金额",
        "不可撤销",
        "见索即付",
    ];
    let mut grid = Grid::new(Dataset::Deposit, "工资保证金", heads);
    for (site, d) in sites.iter().flat_map(|s| s.deposit.iter().chain(&s.second_deposit).map(move |d| (s, d))) {
        let (cash, exempt) = (d.form == "现金", d.form == "免存");
        let paper = !cash && !exempt;
        grid.rows.push(vec![
            (&site.code).into(),
            (&site.contractor().name).into(),
            (&site.contractor().code).into(),
            d.form.into(),
            if paper { (&d.number).into() } else { Cell::None },
            if paper { "测试农商银行".into() } else { Cell::None },
            if exempt { Cell::None } else { d.beneficiary.into() },
            if cash { (&d.number).into() } else { Cell::None },
            Cell::Money(d.of_sum.unwrap_or(site.amount)),
            if exempt { Cell::None } else { d.ratio.into() },
            Cell::Money(d.amount),
            Cell::Money(d.amount),
            d.exempt.into(),
            d.stored.into(),
            d.valid.map(|v| v.0).into(),
            d.valid.map(|v| v.1).into(),
            money(d.used.map(|u| u.0)),
            d.used.map(|u| u.1).into(),
            d.refilled.into(),
            match d.used {
                _ if exempt => Cell::None,
                Some(_) => "已动用".into(),
                None => "已缴存".into(),
            },
            Cell::None,
            Cell::None,
            if paper { d.irrevocable.into() } else { Cell::None },
            if paper { d.on_demand.into() } else { Cell::None },
        ]);
    }
    grid
}

pub fn accounts(sites: &[Site]) -> Grid {
    let heads = vec![
        "项目编码",
        "专户账号",
        "专户户名",
        "开户银行",
        "银行代码",
        "开户日期",
        "三方协议",
        "三方协议签订日期",
        "账户状态",
        "销户日期",
        "账户余额",
        "余额日期",
        "累计拨付",
        "累计代发",
        "账户类型",
        "备案日期",
        "注销公示开始日期",
    ];
    let mut grid = Grid::new(Dataset::Account, "专用账户", heads);
    for (site, a) in sites.iter().flat_map(|s| s.account.iter().chain(&s.spare).map(move |a| (s, a))) {
        let ledger: &[Entry] = if site.account.as_ref().is_some_and(|own| own.number == a.number) { &site.ledger } else { &[] };
        let paid = |sign: i64| ledger.iter().filter(|e| e.amount.signum() == sign).map(|e| e.amount.abs()).sum();
        grid.rows.push(vec![
            (&site.code).into(),
            (&a.number).into(),
            Cell::Text(site.account_name()),
            names::BANKS[a.bank].0.into(),
            names::BANKS[a.bank].1.into(),
            a.opened.into(),
            a.agreement.is_some().into(),
            a.agreement.into(),
            if a.closed.is_some() { "销户" } else { "正常" }.into(),
            a.closed.map(|c| c.1).into(),
            Cell::Money(ledger.last().map_or(0, |e| e.balance)),
            site.ledger_until.into(),
            Cell::Money(paid(1)),
            Cell::Money(paid(-1)),
            a.kind.into(),
            a.filed.into(),
            a.closed.map(|c| c.0).into(),
        ]);
    }
    grid
}

pub fn boards(sites: &[Site]) -> Grid {
    let heads = vec![
        "项目编码",
        "设立日期",
        "检查日期",
        "位置",
        "公示建设单位、总包、项目部、分包、监管部门、劳资专管员",
        "公示最低工资标准、工资支付日期",
        "公示投诉举报电话、调解仲裁、法律援助、公共法律服务热线",
        "按月公示考勤与工资",
        "照片",
    ];
    let mut grid = Grid::new(Dataset::Board, "维权信息告示牌", heads);
    for site in sites {
        let Some(board) = &site.board else { continue };
        grid.rows.push(vec![
            (&site.code).into(),
            board.set.into(),
            board.checked.into(),
            "项目大门".into(),
            board.items[0].into(),
            board.items[1].into(),
            board.items[2].into(),
            board.monthly.into(),
            Cell::Text(format!("IMG_{}{:03}.jpg", board.checked.format("%Y%m%d"), site.no)),
        ]);
    }
    grid
}

fn nodes(sites: &[Site]) -> Grid {
    let heads = vec!["项目编码", "结算节点", "约定日期", "完成产值", "结算日期", "已付工程款"];
    let mut grid = Grid::new(Dataset::ProcessSettlement, "施工过程结算", heads);
    for site in sites {
        for n in &site.nodes {
            grid.rows.push(vec![(&site.code).into(), (&n.name).into(), n.due.into(), money(n.completed), n.settled.into(), money(n.paid)]);
        }
    }
    grid
}

/// Forty-one projects were visited, four weeks before the county is looked at.
fn inspections(sites: &[Site]) -> Grid {
    let mut grid = Grid::new(Dataset::Inspection, "检查记录", vec!["项目编码", "检查日期", "专项行动", "监察员", "检查结果"]);
    for site in sites.iter().filter(|s| s.status == Status::Active).take(41) {
        let day = plus(date(2024, 11, 18), i64::try_from(site.no % 5).unwrap_or(0));
        debug_assert_eq!(day.month(), 11);
        grid.rows.push(vec![(&site.code).into(), day.into(), "惠民强企、利剑安薪".into(), site.inspector.into(), "已检查".into()]);
    }
    grid
}

/// Leads that proved unfounded, which must not count against anybody, and those that a project has.
fn leads(sites: &[Site]) -> Grid {
    let heads = vec!["线索编号", "接收日期", "来源", "项目编码", "单位", "涉及人数", "涉及金额", "办理状态", "办结日期", "处理结果"];
    let mut grid = Grid::new(Dataset::Lead, "欠薪线索", heads);
    let unfounded =
        Lead { received: date(2024, 8, 12), closed: Some(date(2024, 8, 26)), people: 3, amount: 1_250_000, result: "不属实" };
    let unfounded = sites.iter().filter(|s| s.status == Status::Active).step_by(9).map(|s| (s, &unfounded));
    let own = sites.iter().flat_map(|s| s.leads.iter().map(move |l| (s, l)));
    for (at, (site, lead)) in unfounded.chain(own).enumerate() {
        grid.rows.push(vec![
            Cell::Text(format!("XS2024{:04}", at + 1)),
            lead.received.into(),
            "网络平台".into(),
            (&site.code).into(),
            (&site.contractor().name).into(),
            Cell::Int(lead.people),
            some_money(lead.amount),
            if lead.closed.is_some() { "已办结" } else { "办理中" }.into(),
            lead.closed.into(),
            lead.result.into(),
        ]);
    }
    grid
}
