//! Rows of answers as a table under canonical headings: a column is there when any row has its field, a cell is empty where
//! the field is null. So an absent column stays absent, which rules tell from an empty cell (rules.md §6).

use std::collections::HashMap;

use model::{Dataset, Month};
use platform::{
    CORP_ROLE, Column, ID_TYPE, PASSAGE, PROJECT_CATEGORY, PROJECT_STATUS, Record, Secret, Table as Codes, WORK_TYPE, columns, decrypt,
};
use serde_json::Value;

use super::config::Access;
use super::unit::Row;

/// Stands where the wire names a person by number alone and the roster does not know it. Sorts behind every name.
const NAMELESS: &str = "（姓名不明）";
/// Stands for a number that could not be decrypted: it identifies nobody.
const UNREADABLE: &str = "******************";

/// Names that rows lack on the national wire.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// `teamSysNo` → name of the team, its company and credit code.
    teams: HashMap<String, [String; 3]>,
    /// Number of the document → name.
    workers: HashMap<String, String>,
}

impl Known {
    pub(super) fn team(&mut self, row: Record<'_>) {
        let text = |field: &str| row.text(field).unwrap_or_default();
        if let Some(number) = row.text("teamSysNo") {
            self.teams.insert(number, [text("teamName"), text("corpName"), text("corpCode")]);
        }
    }

    pub(super) fn worker(&mut self, row: Record<'_>, secret: &Secret) {
        let number = row.text("idCardNumber").and_then(|sealed| decrypt(&sealed, secret).ok());
        if let (Some(number), Some(name)) = (number, row.text("workerName")) {
            self.workers.insert(number, name);
        }
    }
}

/// How the value of a national field becomes a cell.
#[derive(Debug, Clone, Copy)]
enum As {
    Text,
    /// Encrypted.
    Number,
    Code(&'static Codes),
    /// 是 or 否.
    Flag,
    /// Words for the two values of a code.
    Words(&'static [(&'static str, &'static str)]),
    /// The day of a moment.
    Day,
    /// The month of a day.
    Month,
    /// Numbers of the licences of `builderLicenses`.
    Licences,
    /// Name of the team.
    Team,
    /// Company of the team.
    Company,
    /// Name of the person of the number.
    Name,
}

type National = (&'static str, &'static str, As);

const WORK_ROLE: &[(&str, &str)] = &[("10", "管理人员"), ("20", "建筑工人")];
const GENDER: &[(&str, &str)] = &[("0", "男"), ("1", "女")];
const DIRECTION: &[(&str, &str)] = &[("01", "入场"), ("02", "出场"), ("1", "入场"), ("2", "出场")];
const PERIOD: &[(&str, &str)] = &[("0", "固定期限"), ("00", "固定期限"), ("1", "以完成一定工作为期限"), ("01", "以完成一定工作为期限")];
const UNIT: &[(&str, &str)] = &[("80", "米"), ("81", "平方米"), ("82", "立方米")];

static PROJECT: &[National] = &[
    ("项目名称", "name", As::Text),
    ("项目分类", "category", As::Code(&PROJECT_CATEGORY)),
    ("项目状态", "prjStatus", As::Code(&PROJECT_STATUS)),
    ("施工许可证号", "builderLicenses", As::Licences),
    ("工资支付日", "salaryDay", As::Text),
    ("工期", "timeLimit", As::Text),
    ("项目经理", "linkMan", As::Text),
    ("项目经理电话", "linkPhone", As::Text),
];

static CONTRACTOR: &[National] = &[
    ("参建类型", "corpType", As::Code(&CORP_ROLE)),
    ("进场时间", "entryTime", As::Day),
    ("退场时间", "exitTime", As::Day),
    ("项目经理证件号码", "pmIDCardNumber", As::Number),
];

static TEAM: &[National] = &[
    ("班组长", "teamLeaderName", As::Text),
    ("班组长证件号码", "teamLeaderIDNumber", As::Number),
    ("责任人证件号码", "responsiblePersonIDNumber", As::Number),
    ("进场日期", "entryTime", As::Day),
    ("退场日期", "exitTime", As::Day),
];

static ROSTER: &[National] = &[
    ("证件类型", "idCardType", As::Code(&ID_TYPE)),
    ("证件号码", "idCardNumber", As::Number),
    ("性别", "gender", As::Words(GENDER)),
    ("手机号码", "cellPhone", As::Text),
    ("工种", "workType", As::Code(&WORK_TYPE)),
    ("工人类型", "workRole", As::Words(WORK_ROLE)),
    ("是否班组长", "isTeamLeader", As::Flag),
    ("工资卡号", "payRollBankCardNumber", As::Number),
    ("开户行", "payRollBankName", As::Text),
    ("进场时间", "entryTime", As::Day),
    ("退场时间", "exitTime", As::Day),
    ("是否签订劳动合同", "hasContract", As::Flag),
    ("是否参加工伤保险", "hasBuyInsurance", As::Flag),
];

static CONTRACT: &[National] = &[
    ("工人姓名", "idCardNumber", As::Name),
    ("证件号码", "idCardNumber", As::Number),
    ("合同期限类型", "contractPeriodType", As::Words(PERIOD)),
    ("生效日期", "startDate", As::Day),
    ("失效日期", "endDate", As::Day),
    ("计量单位", "unit", As::Words(UNIT)),
    ("工资标准", "unitPrice", As::Text),
];

static ATTENDANCE: &[National] = &[
    ("企业名称", "teamSysNo", As::Company),
    ("班组名称", "teamSysNo", As::Team),
    ("姓名", "idCardNumber", As::Name),
    ("证件号码", "idCardNumber", As::Number),
    ("考勤时间", "date", As::Text),
    ("进出方向", "direction", As::Words(DIRECTION)),
    ("通行方式", "attendType", As::Code(&PASSAGE)),
];

static PAYROLL: &[National] = &[
    ("班组名称", "teamSysNo", As::Team),
    ("姓名", "idCardNumber", As::Name),
    ("身份证号", "idCardNumber", As::Number),
    ("出勤工时", "workHours", As::Text),
    ("工资卡号", "payRollBankCardNumber", As::Number),
    ("开户行", "payRollBankName", As::Text),
    ("应发工资", "totalPayAmount", As::Text),
    ("实发工资", "actualAmount", As::Text),
    ("是否补发", "isBackPay", As::Flag),
    ("补发月份", "backPayMonth", As::Month),
    ("发放日期", "balanceDate", As::Text),
];

/// Heading, field, and how it reads (platform-api.md §5). Fields of the extension methods stand in [`columns`].
fn national(dataset: Dataset) -> &'static [National] {
    match dataset {
        Dataset::Project => PROJECT,
        Dataset::Contractor => CONTRACTOR,
        Dataset::Team => TEAM,
        Dataset::Roster => ROSTER,
        Dataset::Contract => CONTRACT,
        Dataset::Attendance => ATTENDANCE,
        Dataset::Payroll => PAYROLL,
        _ => &[],
    }
}

/// A table as CSV text.
pub(super) struct Table {
    pub(super) content: Vec<u8>,
    pub(super) lines: usize,
    /// Numbers that travel encrypted, and those that could not be decrypted.
    pub(super) numbers: u32,
    pub(super) unreadable: u32,
}

/// Rows in the order of their text, so that the same data are the same bytes; a ledger keeps the order of the bank.
pub(super) fn table(dataset: Dataset, rows: &[Row], known: &Known, access: &Access, month: Option<Month>) -> Table {
    let flat = if dataset == Dataset::Payroll { flatten(rows) } else { rows.to_vec() };
    let mut reading = Reading { known, access, numbers: 0, unreadable: 0 };
    let records: Vec<Record<'_>> = flat.iter().map(Record::new).collect();
    let national = national(dataset);
    let own = |column: &&Column| !national.iter().any(|(heading, field, _)| *heading == column.heading && any_has(&records, field));
    let own: Vec<&Column> = columns(dataset).iter().filter(own).filter(|column| any_has(&records, column.field)).collect();
    let wire: Vec<&National> = national.iter().filter(|(_, field, _)| any_has(&records, field)).collect();
    let code = own.iter().any(|column| column.heading == "项目编码");
    let mut heads: Vec<&str> = if code { Vec::new() } else { vec!["项目编码"] };
    heads.extend(own.iter().map(|column| column.heading).chain(wire.iter().map(|(heading, ..)| *heading)));
    let mut lines: Vec<Vec<String>> = Vec::with_capacity(records.len());
    for record in &records {
        let mut line: Vec<String> = if code { Vec::new() } else { vec![access.project.to_string()] };
        line.extend(own.iter().map(|column| reading.plain(*record, column)));
        line.extend(wire.iter().map(|(_, field, how)| reading.cell(*record, field, *how)));
        lines.push(line);
    }
    if let (Some(month), false) = (month.filter(|_| dataset == Dataset::Payroll), heads.contains(&"工资所属月份")) {
        heads.push("工资所属月份");
        for line in &mut lines {
            line.push(month.to_string());
        }
    }
    if dataset != Dataset::Ledger {
        lines.sort_unstable();
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(&heads).and_then(|()| lines.iter().try_for_each(|line| writer.write_record(line)));
    written.expect("writing to memory, all rows as long as the first");
    let content = writer.into_inner().expect("writing to memory");
    Table { content, lines: lines.len(), numbers: reading.numbers, unreadable: reading.unreadable }
}

fn any_has(records: &[Record<'_>], field: &str) -> bool {
    records.iter().any(|record| record.has(field))
}

/// A payroll comes as a header with its lines below; lines come flat from the extension method.
fn flatten(rows: &[Row]) -> Vec<Row> {
    let mut flat = Vec::new();
    for row in rows {
        let record = Record::new(row);
        if !record.has("detailList") {
            flat.push(row.clone());
            continue;
        }
        for line in record.list("detailList") {
            let mut whole: Row = row
                .iter()
                .filter(|(key, _)| !key.eq_ignore_ascii_case("detailList") && !key.eq_ignore_ascii_case("attachments"))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            whole.extend(line.object().iter().map(|(key, value)| (key.clone(), value.clone())));
            flat.push(whole);
        }
    }
    flat
}

struct Reading<'k> {
    known: &'k Known,
    access: &'k Access,
    numbers: u32,
    unreadable: u32,
}

impl Reading<'_> {
    /// A field of an extension method: as it stands, decrypted where it travels encrypted.
    fn plain(&mut self, record: Record<'_>, column: &Column) -> String {
        if column.is_secret() {
            return self.number(record, column.field);
        }
        match record.get(column.field) {
            Some(Value::Bool(flag)) => word(*flag).to_owned(),
            _ => record.text(column.field).unwrap_or_default(),
        }
    }

    fn cell(&mut self, record: Record<'_>, field: &str, how: As) -> String {
        let text = || record.text(field).unwrap_or_default();
        match how {
            As::Text => text(),
            As::Number => self.number(record, field),
            As::Code(codes) => codes.name(&text()).map_or_else(text, str::to_owned),
            As::Flag => record.flag(field).map_or_else(text, |flag| word(flag).to_owned()),
            As::Words(words) => words.iter().find(|(code, _)| *code == text()).map_or_else(text, |(_, word)| (*word).to_owned()),
            As::Day => text().split([' ', 'T']).next().unwrap_or_default().to_owned(),
            As::Month => text().chars().take(7).collect(),
            As::Licences => {
                let numbers = record.list(field).into_iter().filter_map(|licence| licence.text("builderLicenseNum"));
                numbers.collect::<Vec<_>>().join("、")
            }
            As::Team => self.known.teams.get(&text()).map_or_else(|| record.text("teamName").unwrap_or_default(), |team| team[0].clone()),
            As::Company => self.known.teams.get(&text()).map_or_else(String::new, |team| team[1].clone()),
            As::Name => {
                let number = record.text(field).and_then(|sealed| decrypt(&sealed, &self.access.secret).ok());
                let name = number.and_then(|number| self.known.workers.get(&number).cloned());
                record.text("workerName").or(name).unwrap_or_else(|| NAMELESS.to_owned())
            }
        }
    }

    fn number(&mut self, record: Record<'_>, field: &str) -> String {
        let Some(sealed) = record.text(field) else { return String::new() };
        self.numbers += 1;
        decrypt(&sealed, &self.access.secret).unwrap_or_else(|_| {
            self.unreadable += 1;
            UNREADABLE.to_owned()
        })
    }
}

fn word(flag: bool) -> &'static str {
    if flag { "是" } else { "否" }
}

#[cfg(test)]
mod tests {
    use model::ProjectCode;
    use platform::encrypt;
    use serde_json::json;

    use super::*;

    fn access() -> Access {
        let project = ProjectCode::parse("99999920240101001").unwrap();
        Access { app_id: project.to_string(), project, secret: Secret::new("0123456789abcdef0123456789abcdef") }
    }

    fn rows(value: &Value) -> Vec<Row> {
        value.as_array().unwrap().iter().map(|row| row.as_object().unwrap().clone()).collect()
    }

    fn text(dataset: Dataset, value: &Value, known: &Known, month: Option<Month>) -> String {
        String::from_utf8(table(dataset, &rows(value), known, &access(), month).content).unwrap()
    }

    #[test]
    fn a_payroll_of_the_national_wire_becomes_lines_with_names() {
        let access = access();
        let sealed = |plain: &str| encrypt(plain, &access.secret).unwrap();
        let mut known = Known::default();
        let id = sealed("999999199001010016");
        for row in &rows(&json!([{ "teamSysNo": 1_500_000_001, "teamName": "钢筋班", "corpName": "测试劳务有限公司" }])) {
            known.team(Record::new(row));
        }
        for row in &rows(&json!([{ "idCardNumber": id, "workerName": "测试工人一" }])) {
            known.worker(Record::new(row), &access.secret);
        }
        let detail = json!([{ "idCardType": "01", "idCardNumber": id, "days": 22, "totalPayAmount": "6500", "actualAmount": 6400.5, "isBackPay": false, "balanceDate": "2024-04-25" }]);
        let row = json!([{ "projectCode": "99999920240101001", "corpName": "测试劳务有限公司", "teamSysNo": "1500000001", "payMonth": "2024-03", "detailList": detail }]);
        let text = text(Dataset::Payroll, &row, &known, Some("2024-03".parse().unwrap()));
        assert_eq!(
            text,
            "项目编码,施工单位,工资所属月份,出勤天数,班组名称,姓名,身份证号,应发工资,实发工资,是否补发,发放日期\n\
             99999920240101001,测试劳务有限公司,2024-03,22,钢筋班,测试工人一,999999199001010016,6500,6400.5,否,2024-04-25\n"
        );
    }

    #[test]
    fn what_cannot_be_decrypted_identifies_nobody_and_the_row_stays() {
        let row = json!([{ "idCardNumber": "bad", "workerName": "测试工人一", "hasContract": null, "isTeamLeader": true }]);
        let made = table(Dataset::Roster, &rows(&row), &Known::default(), &access(), None);
        assert_eq!(made.unreadable, 1);
        let text = String::from_utf8(made.content).unwrap();
        assert_eq!(text, "项目编码,工人姓名,证件号码,是否班组长,是否签订劳动合同\n99999920240101001,测试工人一,******************,是,\n");
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter_but_in_a_ledger() {
        let row = |name: &str| json!({ "serialNo": name, "summary": name });
        let both = |dataset| {
            let of = |one, other| text(dataset, &json!([row(one), row(other)]), &Known::default(), None);
            of("a", "b") == of("b", "a")
        };
        assert_eq!([Dataset::Payout, Dataset::Ledger].map(both), [true, false]);
    }
}
