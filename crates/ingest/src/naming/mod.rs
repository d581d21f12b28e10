//! What a title, a worksheet name or a file name says: month, project code, project, company.

mod brackets;
mod month;

use model::Month;
use model::identifier::resident_id_is_valid;

use crate::cell::date;
pub use brackets::is_phase;

/// What a title, a worksheet name or a file name says by itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub month: Option<Month>,
    pub bond: Bond,
    /// Month of any date in it: lends its year to dates without one.
    pub near: Option<Month>,
    pub code: Option<String>,
    pub project: Option<String>,
    pub company: Option<String>,
}

/// How closely the month belongs to the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bond {
    /// It stands somewhere.
    #[default]
    Loose,
    /// It stands alone.
    Alone,
    /// The table is named beside it.
    Table,
    /// `2024年3月工资`.
    Wages,
}

/// Words that name the kind of table, longest first where one holds another.
const TABLE_WORDS: &[&str] = &[
    "人员进退场导入模板",
    "人员合同导入模板",
    "人员考勤导入模板",
    "人员工资导入模板",
    "人员导入模板",
    "导入模板",
    "农民工工资支付表",
    "农民工工资发放表",
    "农民工工资结算表",
    "农民工工资专用账户",
    "维权信息告示牌",
    "施工过程结算",
    "退场工资结清",
    "实名制花名册",
    "工资保证金",
    "工资支付表",
    "工资发放表",
    "工资结算表",
    "工资专用账户",
    "工资明细表",
    "工资汇总表",
    "银行代发明细",
    "农民工考勤表",
    "农民工工资表",
    "工人花名册",
    "人员花名册",
    "农民工花名册",
    "考勤明细表",
    "考勤汇总表",
    "考勤记录表",
    "考勤记录",
    "考勤明细",
    "用工书面协议",
    "专用账户",
    "专户流水",
    "交易明细",
    "参建单位",
    "欠薪线索",
    "检查记录",
    "劳动合同",
    "银行代发",
    "代发明细",
    "代发结果",
    "项目清单",
    "班组名单",
    "花名册",
    "考勤表",
    "工资表",
    "工资单",
    "工资册",
    "签到表",
    "登记表",
    "一览表",
    "明细表",
    "汇总表",
    "统计表",
    "结清表",
    "农民工",
    "进城务工人员",
    "民工",
    "工人",
    "考勤",
    "工资",
    "实名制",
    "台账",
    "明细",
    "清单",
    "名册",
    "合同",
    "班组",
    "代发",
    "流水",
    "保证金",
    "保函",
    "告示牌",
    "专户",
    "名单",
    "表",
];

impl Reading {
    pub fn of(text: &str) -> Self {
        let wide: String = unicode_normalization::UnicodeNormalization::nfkc(text).collect();
        let wide = brackets::without_asides(wide);
        let (found, rest) = month::take(&wide);
        let (code, rest) = take_code(&rest);
        let (mut rest, mut is_title) = (rest, false);
        for word in TABLE_WORDS {
            if let Some(at) = rest.find(word) {
                is_title = true;
                rest.replace_range(at..at + word.len(), " ");
            }
        }
        let bond = bond(&wide, &rest, &found);
        let rest = brackets::phases(&rest);
        let name = rest
            .split([' ', '\t', '\u{3000}', '_', '—', '|', '-', '(', ')', '\n'])
            .map(str::trim)
            .filter(|p| p.chars().count() >= 3)
            .max_by_key(|p| p.len());
        let name = name.map(brackets::shown);
        let name =
            name.map(|n| n.trim_end_matches(['月', '年', '的']).to_owned()).filter(|n| n.chars().filter(|c| !c.is_ascii()).count() >= 3);
        let month = found.month.filter(|_| bond.is_some());
        let mut reading = Self { month, bond: bond.unwrap_or_default(), near: found.near, code, ..Self::default() };
        let mut name = name;
        // The company before the project: 测试建筑有限公司测试县安置房一期.
        if let Some((company, project)) = name.as_deref().and_then(after_company) {
            reading.company = Some(company.to_owned());
            name = Some(project.to_owned());
        }
        if let Some(name) = name.filter(|n| is_title || n.contains("项目") || n.contains("工程")) {
            let companies = ["公司", "集团", "局", "劳务队", "处", "站", "中心"];
            if companies.iter().any(|c| name.ends_with(c)) {
                reading.company = Some(name);
            } else {
                let short = name.strip_suffix("项目部").or_else(|| name.strip_suffix("项目")).unwrap_or(&name);
                reading.project = Some(short.to_owned()).filter(|n| n.chars().count() >= 2);
            }
        }
        reading
    }
}

/// A text that names a month without a year, with the year that the texts beside it name: worksheet `3月` of `2024年工资表.xlsx`. `None`
/// where they name none or several.
pub fn with_lent_year(text: &str, beside: &[&str]) -> Option<String> {
    let wide: String = unicode_normalization::UnicodeNormalization::nfkc(text).collect();
    let (at, _) = month::without_year(&wide)?;
    let mut years: Vec<i32> = beside.iter().chain([&text]).flat_map(|text| month::years(text)).collect();
    years.sort_unstable();
    years.dedup();
    let [year] = years[..] else { return None };
    Some(format!("{}{year}年{}", &wide[..at], &wide[at..]))
}

/// The month of a text that names one without its year.
pub fn month_without_year(text: &str) -> Option<u32> {
    month::without_year(text).map(|(_, month)| month)
}

/// Company and what stands behind it, long enough to be a project.
fn after_company(name: &str) -> Option<(&str, &str)> {
    let end = name.rfind("公司")? + "公司".len();
    let (company, rest) = name.split_at(end);
    (rest.chars().count() >= 4 && company.chars().count() >= 4).then_some((company, rest))
}

/// Words that make a month the one of writing, sending or paying: which month the table is of is not said.
const OTHER_DATES: &[&str] = &[
    "编制", "制表", "填报", "填表", "上传", "审核", "打印", "导出", "下载", "报送", "上报", "提交", "更新", "截止", "截至", "备份", "付款",
    "收到", "公示", "公布", "发放", "支付",
];
/// The last of them follow the name of a table too: 工资公示, 工资发放.
const ONLY_DATES: usize = OTHER_DATES.len() - 4;
const PAID: [&str; 2] = ["发放", "支付"];
/// Words of tables that belong to a month.
const MONTHLY: &[&str] = &["工资", "考勤", "出勤", "工时", "签到", "薪"];
/// Longer texts are remarks.
const TITLE_LENGTH: usize = 40;

/// How closely the month of a text belongs to the table; `None` where it is another date. `rest` is the text without months,
/// code and the names of tables.
fn bond(text: &str, rest: &str, found: &month::Found) -> Option<Bond> {
    found.month?;
    if text.contains("补发") || text.chars().count() > TITLE_LENGTH {
        return Some(Bond::Loose);
    }
    let before = found.before.trim_end();
    if before.ends_with(['于']) || ["日期", "时间"].iter().chain(&OTHER_DATES[..ONLY_DATES]).any(|word| before.ends_with(word)) {
        return None;
    }
    let after = found.after.trim_start_matches(['份', '的', ' ']);
    let after = ["进城务工人员", "农民工", "民工", "工人", "人员"].iter().find_map(|who| after.strip_prefix(who)).unwrap_or(after);
    // 工资发放花名册, 工资支付明细: words of the table, not of the day it was paid.
    let is_named = ["工资发放", "工资支付"].iter().any(|name| text.contains(name));
    if after.starts_with("工资") {
        Some(Bond::Wages)
    } else if MONTHLY.iter().any(|word| after.starts_with(word)) {
        Some(Bond::Table)
    } else if OTHER_DATES[..ONLY_DATES].iter().any(|word| text.contains(word))
        || OTHER_DATES.iter().any(|word| rest.contains(word) && !(is_named && PAID.contains(word)))
    {
        None
    } else if MONTHLY.iter().any(|word| text.contains(word)) {
        Some(Bond::Table)
    } else if rest.chars().any(char::is_alphanumeric) {
        Some(Bond::Loose)
    } else {
        Some(Bond::Alone)
    }
}

/// A project code: area, date, number.
fn take_code(text: &str) -> (Option<String>, String) {
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|i| i + at) {
        let run = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let code = &text[start..start + run];
        let is_date = || date::plain(format!("{}-{}-{}", &code[6..10], &code[10..12], &code[12..14]).as_bytes()).is_some();
        // A worker's number looks like a code, but carries a check character.
        if (15..=20).contains(&run) && matches!(&code[6..8], "19" | "20") && is_date() && !resident_id_is_valid(code) {
            return (Some(code.to_owned()), format!("{} {}", &text[..start], text[start + run..].trim_start_matches("月份")));
        }
        at = start + run;
    }
    (None, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(text: &str) -> (Option<String>, Option<String>, Option<String>) {
        let reading = Reading::of(text);
        (reading.month.map(|m| m.to_string()), reading.code.or(reading.project), reading.company)
    }

    #[test]
    fn titles_and_file_names() {
        let some = |t: &str| Some(t.to_owned());
        for (text, month, project, company) in [
            ("测试县安置房一期项目部2024年03月农民工工资支付表", some("2024-03"), some("测试县安置房一期"), None),
            ("测试县安置房一期 2024年3月 农民工考勤表", some("2024-03"), some("测试县安置房一期"), None),
            ("测试县安置房一期项目工人花名册", None, some("测试县安置房一期"), None),
            ("99999920240101001_工资表_2024-03", some("2024-03"), some("99999920240101001"), None),
            ("工资表_2024-03", some("2024-03"), None, None),
            ("测试县安置房一期人员合同导入模板", None, some("测试县安置房一期"), None),
            ("07.项目人员工资导入模板", None, None, None),
            ("考勤202403", some("2024-03"), None, None),
            ("银行代发_2024-01", some("2024-01"), None, None),
            ("对公账户交易明细", None, some("对公账户"), None),
            ("测试建筑有限公司2024年3月份工资表", some("2024-03"), None, some("测试建筑有限公司")),
            ("测试建筑有限公司测试县安置房一期2024年3月工资表", some("2024-03"), some("测试县安置房一期"), some("测试建筑有限公司")),
            ("花名册-测试县安置房一期", None, some("测试县安置房一期"), None),
            ("测试县安置房（一期） 2024年3月 农民工考勤表", some("2024-03"), some("测试县安置房(一期)"), None),
            ("测试县县道改扩建工程(二标段)项目部2024年3月工资表", some("2024-03"), some("测试县县道改扩建工程(二标段)"), None),
            ("测试建筑有限公司测试县安置房（A区）2024年3月工资表", some("2024-03"), some("测试县安置房(A区)"), some("测试建筑有限公司")),
            ("测试县安置房一期(钢筋班组)2024年3月工资表", some("2024-03"), some("测试县安置房一期"), None),
            ("Sheet1", None, None, None),
            ("roster", None, None, None),
        ] {
            assert_eq!(reading(text), (month, project, company), "{text}");
        }
    }

    #[test]
    fn a_month_belongs_to_the_table_or_only_stands_there() {
        for (text, month, bond) in [
            ("测试县安置房一期项目部2024年03月农民工工资支付表", "2024-03", Bond::Wages),
            ("2024年3月份工资发放表", "2024-03", Bond::Wages),
            ("2024年3月农民工工资公示表", "2024-03", Bond::Wages),
            ("2024年3月考勤公示", "2024-03", Bond::Table),
            ("测试县安置房一期 2024年3月 农民工考勤表", "2024-03", Bond::Table),
            ("工资表_2024-03", "2024-03", Bond::Table),
            ("2024年3月", "2024-03", Bond::Alone),
            ("202403", "2024-03", Bond::Alone),
            ("测试县安置房一期 2024年4月", "2024-04", Bond::Loose),
            ("2024年4月补发工资表", "2024-04", Bond::Loose),
            ("测试县安置房一期2024年3月工资表（4月发放）", "2024-03", Bond::Wages),
            ("2024年3月工资表（2024年4月15日发放）", "2024-03", Bond::Wages),
            ("2024年3月工资表(2月26日-3月25日)", "2024-03", Bond::Wages),
            ("2024年3月考勤表（2024.2.26～2024.3.25）", "2024-03", Bond::Table),
        ] {
            let reading = Reading::of(text);
            assert_eq!((reading.month.map(|m| m.to_string()).as_deref(), reading.bond), (Some(month), bond), "{text}");
        }
    }

    #[test]
    fn ranges_quarters_days_years_and_dates_of_other_things_name_no_month() {
        for text in [
            "2024年4月发放",
            "工资表（2024年4月公示）",
            "考勤2024年4月导出",
            "2024年4月报送",
            "2024年4月制表",
            "编制日期 2024年4月 工资表",
            "制表2024年4月工资表",
            "2024年1-3月工资表",
            "2024年1月至3月工资表",
            "2024年1月—2024年3月工资表",
            "2024-01至2024-03考勤",
            "2024.1-3工资",
            "2024年1、2月工资表",
            "2024年第一季度工资表",
            "2024年1季度工资表",
            "2024年工资表",
            "2024年1标段工资表",
            "编制日期 2024年4月3日",
            "工资表 2024-04-15",
            "工资表20240415",
            "2024年4月发放3月工资",
            "测试县1号楼工资表",
            "2024年4月发放（3月工资）",
            "工资表（2024年2月26日-2024年3月25日）",
        ] {
            assert_eq!(Reading::of(text).month, None, "{text}");
        }
        assert_eq!(Reading::of("编制日期 2024年4月3日").near.map(|m| m.to_string()).as_deref(), Some("2024-04"));
    }

    #[test]
    fn a_month_without_a_year_takes_the_only_year_beside_it() {
        for (text, beside, filled) in [
            ("3月", &["2024年工资表"][..], Some("2024年3月")),
            ("3月份工资", &["2024年度农民工工资台账", "工资"], Some("2024年3月份工资")),
            ("12月", &["2024年1-12月工资表"], Some("2024年12月")),
            ("测试县安置房一期3月工资表", &["2024年"], Some("测试县安置房一期2024年3月工资表")),
            ("3月", &["工资表"], None),
            ("3月", &["2024年工资表", "2023年工资表"], None),
            ("12月", &["2025年1月5日制表", "2025年1月"], None),
            ("3月26日", &["2024年工资表"], None),
            ("1-3月", &["2024年工资表"], None),
            ("2月、3月", &["2024年工资表"], None),
            ("13月", &["2024年工资表"], None),
            ("2024年3月", &["2023年工资表"], None),
            ("3月（4月发放）", &["2024年工资表"], None),
            ("工资表", &["2024年"], None),
        ] {
            assert_eq!(with_lent_year(text, beside).as_deref(), filled, "{text} {beside:?}");
        }
    }

    #[test]
    fn the_number_of_a_worker_is_no_project() {
        assert_eq!(Reading::of("花名册_999999199001010016").code, None);
        assert_eq!(Reading::of("花名册_99999920240101001").code.as_deref(), Some("99999920240101001"));
    }
}
