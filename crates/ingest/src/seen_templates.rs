//! Import templates of a public site-management system, as heading lists with two made-up workers each (file-formats.md §2, 3, 7, 8,
//! 9.1, 10), and canonical tables beside them. Project and month stand in the file name.

use model::Body;

use crate::fixtures::read_bytes;
use crate::reader::ReadFile;

const FIRM: &str = "91999999MA00000154,测试劳务有限公司";

fn read(name: &str, headings: &str, rows: [&str; 2]) -> ReadFile {
    let text = format!("{headings}\n{}\n{}\n", rows[0], rows[1]);
    let found = read_bytes(name, text.as_bytes());
    let report = &found.reports[0];
    assert_eq!((report.kept, report.rejected, report.other), (2, 0, 1), "{name}: {report:#?}");
    assert_eq!(report.projects, ["测试县安置房一期"], "{name}");
    found
}

#[test]
fn contractors() {
    let found = read(
        "测试县安置房一期参建单位.csv",
        "企业统一社会信用代码,企业名称,企业类型,进场时间,退场时间,项目经理名称,项目经理证件号码,项目经理电话",
        [
            &format!("{FIRM},专业分包单位,2024-01-01,,测试经理一,999999199001010016,10000000001"),
            "91999999MA0000023Y,测试建筑有限公司,总承包单位,2024/1/1,2024/12/31,测试经理二,,",
        ],
    );
    let Body::Contractor(lines) = &found.sheets[0].body else { panic!() };
    assert_eq!((lines[0].code.as_deref(), lines[0].manager.as_deref()), (Some("91999999MA00000154"), Some("测试经理一")));
    assert!(lines[1].exit_on.is_given());
}

#[test]
fn teams() {
    let found = read(
        "测试县安置房一期班组名单.csv",
        "企业统一社会信用代码,企业名称,班组名称,责任人姓名,责任人联系电话,责任人证件号码,备注,进场日期,退场日期",
        [&format!("{FIRM},钢筋班组,测试班长一,10000000001,999999199001010016,,2024-01-01,"), &format!("{FIRM},木工班组,测试班长二,,,,,")],
    );
    let Body::Team(lines) = &found.sheets[0].body else { panic!() };
    assert_eq!((lines[0].leader.as_deref(), lines[0].leader_id.is_some(), lines[1].name.as_str()), (Some("测试班长一"), true, "木工班组"));
}

#[test]
fn workers() {
    let found = read(
        "测试县安置房一期项目工人花名册.csv",
        "企业统一社会信用代码,企业名称,班组名称,工人姓名,是否班组长,证件号码,当前工种,工人类型,发放工资银行卡号,发放工资银行名称,发放工资卡银行联号,发放工资卡银行,是否购买工伤或意外伤害保险,民族,住址,政治面貌,加入工会时间,手机号码,文化程度,特长,是否有重大病史,紧急联系人姓名,紧急联系方式,开始工作日期,婚姻状况,发证机关,证件有效期开始日期,证件有效期结束日期",
        [
            &format!(
                "{FIRM},钢筋班组,测试工人一,是,999999199001010016,钢筋工,建筑工人,9999990000000000014,测试银行,,,是,汉,测试县,,,10000000001,,,否,测试亲属,10000000002,2024-03-01,未婚,测试机关,2020-01-01,2040-01-01"
            ),
            &format!("{FIRM},钢筋班组,测试工人二,否,999999198802290025,020,建筑工人,,,,,否,,,,,,,,,,,2024/3/2,,,,"),
        ],
    );
    let Body::Roster(lines) = &found.sheets[0].body else { panic!() };
    assert_eq!((lines[0].is_leader.get(), lines[0].card_given.is_given(), lines[0].has_insurance.get()), (Some(true), true, Some(true)));
    assert_eq!(lines[0].phone.given().map(String::as_str), Some("10000000001"), "not that of a relative");
    assert_eq!(lines[1].entry_on.get().map(|day| day.to_string()).as_deref(), Some("2024-03-02"));
    assert_eq!(lines[1].trade.given().map(String::as_str), Some("钢筋工"), "a code for a name");
}

#[test]
fn contracts() {
    let found = read(
        "测试县安置房一期劳动合同.csv",
        "企业统一社会信用代码,工人所属企业名称,工人姓名,证件号码,合同期限类型,生效日期,失效日期,计量单位,计量单价",
        [
            &format!("{FIRM},测试工人一,999999199001010016,固定期限合同,2024-01-01,2024-12-31,天,300"),
            &format!("{FIRM},测试工人二,999999198802290025,以完成一定工作为期限的合同,2024/1/1,,平方米,12.50"),
        ],
    );
    let Body::Contract(lines) = &found.sheets[0].body else { panic!() };
    assert_eq!((lines[0].rate.get().map(|fen| fen.0), lines[1].unit.as_deref()), (Some(30_000), Some("平方米")));
}

#[test]
fn punches() {
    let found = read(
        "测试县安置房一期考勤.csv",
        "企业统一社会信用代码,工人所属企业名称,工人所属班组名称,人员姓名,证件号码,刷卡时间,刷卡进出方向,通行方式",
        [
            &format!("{FIRM},钢筋班组,测试工人一,999999199001010016,2024-03-01 07:00:00,入场,人脸识别"),
            &format!("{FIRM},钢筋班组,测试工人二,999999198802290025,2024-03-02 18:00:00,出场,人脸识别"),
        ],
    );
    let Body::Attendance(lines) = &found.sheets[0].body else { panic!() };
    assert_eq!((lines[0].whole_days, lines[1].whole_days), (1, 2));
}

#[test]
fn wages_without_identities() {
    let found = read(
        "测试县安置房一期工资表.csv",
        "企业统一社会信用代码,企业名称,班组名称,员工姓名,发放工资的月份,是否为补发,补发月份,出勤天数,总工时 ,工人工资卡号,应发金额,实发金额,发放日期,第三方工资单编号",
        [
            &format!("{FIRM},钢筋班组,测试工人一,2024-03,否,,22,176,9999990000000000014,6600,6500,2024-04-10,A1"),
            &format!("{FIRM},钢筋班组,测试工人二,2024年3月,是,2024-02,,,9999990000000000022,300,300,,"),
        ],
    );
    let Body::Payroll(lines) = &found.sheets[0].body else { panic!() };
    assert_eq!((lines[0].days.get(), lines[0].hours.get(), lines[0].net.0), (Some(2_200), Some(17_600), 650_000));
    assert_eq!((lines[1].back_pay.get(), lines[1].back_pay_month.get().map(|m| m.to_string()).as_deref()), (Some(true), Some("2024-02")));
    assert!(lines.iter().all(|line| line.who.person.is_none() && line.who.card.is_some()));
}

#[test]
fn a_site_system_with_units_in_its_headings() {
    let title = "测试县安置房一期项目部2024年03月工资支付表";
    let text = format!(
        "{title}\n序号,姓名,岗位,出勤日（日）,基本工资（元）,加班、考核工资（元）,实付金额（元）\n1,测试工人一,钢筋工,22,6000,600,6600\n2,测试工人二,木工,20,5000,,5000\n"
    );
    let found = read_bytes("x.csv", text.as_bytes());
    let Body::Payroll(lines) = &found.sheets[0].body else { panic!("{:?}", found.reports) };
    assert_eq!((lines[0].days.get(), lines[0].overtime.get().map(|fen| fen.0), lines[1].net.0), (Some(2_200), Some(60_000), 500_000));
    assert_eq!(found.sheets[0].month.map(|month| month.to_string()).as_deref(), Some("2024-03"));
}

#[test]
fn comings_and_goings_are_no_roster() {
    let headings = "企业统一社会信用代码,工人所属企业名称,工人所属班组名称,工人姓名,证件号码,进退场日期,类型";
    let text = format!("{headings}\n{FIRM},钢筋班组,测试工人一,999999199001010016,2024-03-01,进场\n");
    let found = read_bytes("测试县安置房一期进退场.csv", text.as_bytes());
    assert!(found.sheets.is_empty(), "the day somebody came is no day of leaving");
    let problem = found.problem.unwrap();
    assert!(problem.what.contains("进退场记录") && problem.mend.contains("花名册"), "{problem:?}");
}
