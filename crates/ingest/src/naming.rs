//! What a title, a worksheet name or a file name says: month, project code, project, company.

use model::Month;

use crate::cell::date;

/// What a title, a worksheet name or a file name says by itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub month: Option<Month>,
    pub code: Option<String>,
    pub project: Option<String>,
    pub company: Option<String>,
}

/// Words that name the kind of table, longest first where one holds another.
const TABLE_WORDS: &[&str] = &[
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
        let (month, rest) = take_month(&wide);
        let (code, rest) = take_code(&rest);
        let (mut rest, mut is_title) = (rest, false);
        for word in TABLE_WORDS {
            if let Some(at) = rest.find(word) {
                is_title = true;
                rest.replace_range(at..at + word.len(), " ");
            }
        }
        let name = rest
            .split([' ', '\t', '\u{3000}', '_', '—', '|', '-', '(', ')', '\n'])
            .map(str::trim)
            .filter(|p| p.chars().count() >= 3)
            .max_by_key(|p| p.len());
        let name =
            name.map(|n| n.trim_end_matches(['月', '年', '的']).to_owned()).filter(|n| n.chars().filter(|c| !c.is_ascii()).count() >= 3);
        let mut reading = Self { month, code, ..Self::default() };
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

/// `2024年3月(份)`, `2024-03`, `2024.3`, `202403`; the text without it.
fn take_month(text: &str) -> (Option<Month>, String) {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|i| i + at) {
        let run = digits(start);
        let year = text.get(start..start + 4).and_then(|y| y.parse::<i32>().ok()).filter(|y| (1990..=2100).contains(y));
        if let Some(year) = year {
            if run == 6
                && let Some(month) = text[start + 4..start + 6].parse().ok().and_then(|m| Month::new(year, m))
            {
                return (Some(month), without(text, start, start + 6));
            }
            if run == 4 {
                let rest = text[start + 4..].trim_start();
                if let Some(after) = rest.strip_prefix(['年', '-', '.', '/', '_']) {
                    let after = after.trim_start();
                    let length = after.bytes().take_while(u8::is_ascii_digit).count();
                    let month = after.get(..length).and_then(|m| m.parse().ok()).filter(|_| length <= 2).and_then(|m| Month::new(year, m));
                    if let Some(month) = month {
                        let tail = after[length..].trim_start().trim_start_matches("月份").trim_start_matches('月');
                        return (Some(month), format!("{} {tail}", &text[..start]));
                    }
                }
            }
        }
        at = start + run;
    }
    (None, text.to_owned())
}

fn without(text: &str, from: usize, to: usize) -> String {
    format!("{} {}", &text[..from], text[to..].trim_start_matches("月份"))
}

/// A project code: area, date, number.
fn take_code(text: &str) -> (Option<String>, String) {
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|i| i + at) {
        let run = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        let code = &text[start..start + run];
        if (15..=20).contains(&run) && date::plain(format!("{}-{}-{}", &code[6..10], &code[10..12], &code[12..14]).as_bytes()).is_some() {
            return (Some(code.to_owned()), without(text, start, start + run));
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
            ("考勤202403", some("2024-03"), None, None),
            ("银行代发_2024-01", some("2024-01"), None, None),
            ("对公账户交易明细", None, some("对公账户"), None),
            ("测试建筑有限公司2024年3月份工资表", some("2024-03"), None, some("测试建筑有限公司")),
            ("花名册-测试县安置房一期", None, some("测试县安置房一期"), None),
            ("Sheet1", None, None, None),
            ("roster", None, None, None),
        ] {
            assert_eq!(reading(text), (month, project, company), "{text}");
        }
    }
}
