//! The national methods' rows (§5), from the same tables as the files. What the interface does not carry is left out:
//! signing days and wage forms of contracts, halves of attended days, trades of teams, agreements about payout.

use std::slice::from_ref;

use model::{Date, Month};
use platform::{BANK, CORP_ROLE, ID_TYPE, PASSAGE, PROJECT_CATEGORY, PROJECT_STATUS, Record, Table, WORK_TYPE};
use serde_json::{Value, json};

use super::table::{Line, Row, known_on, lines};
use crate::files::{attendance as punched, county, site as tables};
use crate::names;
use crate::world::{PayMonth, Site};

/// The platform numbers teams with ten digits; a file's number is the end of it.
const FIRST_TEAM: u64 = 1_500_000_000;

fn row(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}

/// A code where the table has one; else the text as it stands.
fn coded(table: Table, text: &str) -> Value {
    match table.code(text) {
        Some(code) => code.into(),
        None if text.is_empty() => Value::Null,
        None => text.into(),
    }
}

/// `DT` of a field that the tables know by the day.
fn midnight(day: Option<Date>) -> Value {
    day.map_or(Value::Null, |day| format!("{day} 00:00:00").into())
}

pub fn team_number(file_number: &str) -> Value {
    file_number.parse::<u64>().map_or(Value::Null, |number| (FIRST_TEAM + number).into())
}

fn team_of(site: &Site, name: &str) -> Value {
    let at = site.teams.iter().position(|team| team.name == name);
    at.map_or(Value::Null, |at| team_number(&format!("{}{:02}", site.no + 1, at + 1)))
}

/// Bank code of the one of the county's banks that the name is of.
fn bank_code(name: &str) -> Value {
    let known = names::BANKS.iter().find(|(bank, _)| *bank == name).map(|(_, code)| *code);
    known.filter(|code| BANK.has(code)).map_or(Value::Null, Value::from)
}

pub fn projects(site: &Site, _: Date) -> Vec<Row> {
    let grid = county::projects(from_ref(site));
    let project = |line: Line<'_>| {
        let licences = match line.text("施工许可证号") {
            number if number.is_empty() => json!([]),
            number => json!([{"prjName": line.value("项目名称"), "builderLicenseNum": number}]),
        };
        row(json!({
            "projectCode": line.value("项目编码"),
            "contractorCorpCode": line.value("总承包单位统一社会信用代码"),
            "contractorCorpName": line.value("施工总承包单位"),
            "name": line.value("项目名称"),
            "category": coded(PROJECT_CATEGORY, &line.text("项目分类")),
            "areaCode": line.value("项目所在地"),
            "prjStatus": coded(PROJECT_STATUS, &line.text("项目状态")),
            "builderLicenses": licences,
            "buildCorpName": line.value("建设单位"),
            "buildCorpCode": line.value("建设单位统一社会信用代码"),
            "invest": line.text("总投资").parse::<f64>().map_or(Value::Null, Value::from),
            "startDate": line.value("开工日期"),
            "completeDate": line.value("竣工日期"),
            "linkMan": line.value("项目经理"),
            "linkPhone": line.value("项目经理电话"),
            "address": line.value("项目地址"),
        }))
    };
    lines(&grid).map(project).collect()
}

/// The firms of the project and its owner.
pub fn corps(site: &Site, _: Date) -> Vec<Row> {
    let corp = |firm: &crate::world::Corp| row(json!({"corpCode": firm.code, "corpName": firm.name, "areaCode": "999999"}));
    site.firms.iter().chain([&site.owner]).map(corp).collect()
}

pub fn contractors(site: &Site, _: Date) -> Vec<Row> {
    let grid = county::contractors(from_ref(site));
    let accounts = county::accounts(from_ref(site));
    let banks = |line: Line<'_>| json!({"bankCode": line.value("银行代码"), "bankName": line.value("开户银行"), "bankNumber": line.value("专户账号")});
    let contractor = |(at, line): (usize, Line<'_>)| {
        // The interface knows accounts of a firm, not that one of them is the special one.
        let accounts: Vec<Value> = if at == 0 { lines(&accounts).map(banks).collect() } else { Vec::new() };
        row(json!({
            "projectCode": line.value("项目编码"),
            "corpCode": line.value("统一社会信用代码"),
            "corpName": line.value("企业名称"),
            "corpType": coded(CORP_ROLE, &line.text("参建类型")),
            "entryTime": midnight(line.date("进场时间")),
            "exitTime": midnight(line.date("退场时间")),
            "bankInfos": accounts,
            "pmName": line.value("项目经理"),
            "pmPhone": line.value("电话"),
        }))
    };
    lines(&grid).enumerate().map(contractor).collect()
}

pub fn teams(site: &Site, _: Date) -> Vec<Row> {
    let grid = county::teams(from_ref(site));
    let team = |line: Line<'_>| {
        row(json!({
            "teamSysNo": team_number(&line.text("班组编号")),
            "projectCode": line.value("项目编码"),
            "corpCode": line.value("统一社会信用代码"),
            "corpName": line.value("企业名称"),
            "teamName": line.value("班组名称"),
            "teamLeaderName": line.value("班组长"),
            "teamLeaderPhone": line.value("责任人联系电话"),
            "teamLeaderIDCardType": "01",
            "teamLeaderIDNumber": line.value("班组长证件号码"),
            "responsiblePersonName": line.value("班组长"),
            "responsiblePersonPhone": line.value("责任人联系电话"),
            "entryTime": line.value("进场日期"),
            "exitTime": line.value("退场日期"),
        }))
    };
    lines(&grid).map(team).collect()
}

pub fn workers(site: &Site, today: Date) -> Vec<Row> {
    let grid = known_on(tables::roster(site), today);
    let worker = |line: Line<'_>| {
        let id = line.text("证件号码");
        let odd = id.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1);
        let born = id.get(6..14).and_then(|text| Date::parse_from_str(text, "%Y%m%d").ok());
        row(json!({
            "projectCode": line.value("项目编码"),
            "corpCode": line.value("统一社会信用代码"),
            "corpName": line.value("企业名称"),
            "teamSysNo": team_of(site, &line.text("班组名称")),
            "teamName": line.value("班组名称"),
            "workerName": line.value("工人姓名"),
            "isTeamLeader": line.value("是否班组长"),
            "idCardType": coded(ID_TYPE, &line.text("证件类型")),
            "idCardNumber": id,
            // 0 is a man here (T16).
            "gender": i32::from(!odd),
            "birthday": born.map(|day| day.to_string()),
            "workType": coded(WORK_TYPE, &line.text("工种")),
            "workRole": if line.text("工人类型") == "管理人员" { 10 } else { 20 },
            "address": line.value("家庭住址"),
            "cellPhone": line.value("手机号码"),
            "payRollBankCardNumber": line.value("工资卡号"),
            "payRollBankName": line.value("开户行"),
            "payRollTopBankCode": bank_code(&line.text("开户行")),
            "hasBuyInsurance": line.value("是否参加工伤保险"),
            "hasContract": line.value("是否签订劳动合同"),
            "entryTime": midnight(line.date("进场时间")),
            "exitTime": midnight(line.date("退场时间")),
        }))
    };
    lines(&grid).map(worker).collect()
}

pub fn movements(site: &Site, today: Date) -> Vec<Row> {
    let grid = known_on(tables::roster(site), today);
    let mut rows = Vec::new();
    for (at, line) in lines(&grid).enumerate() {
        for (heading, kind) in [("进场时间", 1), ("退场时间", 0)] {
            let Some(day) = line.date(heading) else { continue };
            rows.push(row(json!({
                "projectCode": line.value("项目编码"),
                "corpCode": line.value("统一社会信用代码"),
                "corpName": line.value("企业名称"),
                "teamSysNo": team_of(site, &line.text("班组名称")),
                "idCardType": coded(ID_TYPE, &line.text("证件类型")),
                "idCardNumber": line.value("证件号码"),
                "date": day.to_string(),
                "dateTime": midnight(Some(day)),
                "type": kind,
                "entryExitId": format!("{}{:05}{kind}", &site.code, at + 1),
            })));
        }
    }
    rows
}

pub fn contracts(site: &Site, today: Date) -> Vec<Row> {
    let grid = known_on(tables::contracts(site), today);
    let contract = |line: Line<'_>| {
        let firm = site.firms.iter().find(|firm| firm.name == line.text("企业名称"));
        let unit = match line.text("计量单位").as_str() {
            "米" => 80.into(),
            "平方米" => 81.into(),
            "立方米" => 82.into(),
            _ => Value::Null,
        };
        let price = if unit.is_null() { Value::Null } else { line.value("工资标准") };
        row(json!({
            "projectCode": line.value("项目编码"),
            "corpCode": firm.map(|firm| firm.code.as_str()),
            "corpName": line.value("企业名称"),
            "idCardType": "01",
            "idCardNumber": line.value("证件号码"),
            "contractPeriodType": i32::from(line.text("合同期限类型") != "固定期限"),
            "startDate": line.value("生效日期"),
            "endDate": line.value("失效日期"),
            "unit": unit,
            "unitPrice": price,
        }))
    };
    lines(&grid).map(contract).collect()
}

/// One calendar day.
pub fn attendance(site: &Site, today: Date, query: Record<'_>) -> Vec<Row> {
    let asked = query.text("date").and_then(|text| text.get(..10).and_then(|day| day.parse::<Date>().ok()));
    let Some(day) = asked.filter(|day| *day <= today) else { return Vec::new() };
    let grid = punched::punches_on(site, day);
    let punch = |line: Line<'_>| {
        row(json!({
            "projectCode": line.value("项目编码"),
            "teamSysNo": team_of(site, &line.text("班组名称")),
            "idCardType": "01",
            "idCardNumber": line.value("证件号码"),
            "date": line.value("考勤时间"),
            "direction": if line.text("进出方向") == "出场" { "02" } else { "01" },
            "channel": "1",
            "attendType": coded(PASSAGE, &line.text("通行方式")),
        }))
    };
    lines(&grid).map(punch).collect()
}

/// One row for each month, firm and team.
pub fn payrolls(site: &Site, today: Date, query: Record<'_>) -> Vec<Row> {
    let month: Option<Month> = query.text("payMonth").and_then(|text| text.get(..7).and_then(|month| month.parse().ok()));
    let months = site.months.iter().filter(|paid| !paid.missing && month.is_none_or(|month| month == paid.month));
    months.flat_map(|paid| (0..site.firms.len()).flat_map(move |employer| month_of(site, paid, employer, today))).collect()
}

fn month_of(site: &Site, paid: &PayMonth, employer: usize, today: Date) -> Vec<Row> {
    let grid = known_on(tables::payroll(site, paid, employer), today);
    let firm = &site.firms[employer];
    let mut rows: Vec<Row> = Vec::new();
    for line in lines(&grid) {
        let team = team_of(site, &line.text("班组名称"));
        let detail = payroll_line(site, paid, employer, line);
        if let Some(Value::Array(details)) =
            rows.iter_mut().find(|row| row.get("teamSysNo") == Some(&team)).and_then(|row| row.get_mut("detailList"))
        {
            details.push(detail);
            continue;
        }
        rows.push(row(json!({
            "projectCode": site.code,
            "corpCode": firm.code,
            "corpName": firm.name,
            "teamSysNo": team,
            "teamName": line.value("班组名称"),
            "payMonth": paid.month.to_string(),
            "payRollCode": format!("PR{}{}{team}", site.code, paid.month.to_string().replace('-', "")),
            "detailList": [detail],
        })));
    }
    rows
}

fn payroll_line(site: &Site, paid: &PayMonth, employer: usize, line: Line<'_>) -> Value {
    let payer = site.account.as_ref().map(|account| (account.number.as_str(), names::BANKS[account.bank]));
    json!({
        "idCardType": "01",
        "idCardNumber": line.value("身份证号"),
        "days": line.value("出勤天数"),
        "workHours": line.value("出勤工时"),
        "payRollBankCardNumber": line.value("工资卡号"),
        "payRollBankCode": bank_code(&line.text("开户行")),
        "payRollBankName": line.value("开户行"),
        "payBankCardNumber": payer.map(|(number, _)| number),
        "payBankCode": payer.map(|(_, bank)| bank.1),
        "payBankName": payer.map(|(_, bank)| bank.0),
        "totalPayAmount": line.value("应发工资"),
        "actualAmount": line.value("实发工资"),
        "isBackPay": 0,
        "balanceDate": line.value("发放日期"),
        "thirdPayRollCode": format!("{}{}{:04}", paid.month.to_string().replace('-', ""), employer, line.text("序号").parse::<u32>().unwrap_or(0)),
    })
}
