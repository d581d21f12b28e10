//! Names and numbers that cannot belong to anybody (file-formats.md §16.4).

use chrono::{Days, NaiveDate};
use model::identifier::{credit_check, luhn_is_valid, organisation_check, resident_check};

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const RARE: [char; 3] = ['䶮', '㛃', '𠅤'];
/// Birth days used: 1964-01-01 and the 14,000 days after it, so that everybody is of working age in 2024.
const BIRTH_DAYS: u64 = 14_000;

/// 测试工人 and a number in characters; every 997th carries a rare character.
pub fn worker_name(number: u64) -> String {
    let digits: String = number.to_string().bytes().map(|b| DIGITS[usize::from(b - b'0')]).collect();
    match usize::try_from(number / 997 % 3) {
        Ok(rare) if number.is_multiple_of(997) => rare_name(rare, &digits),
        _ => format!("测试工人{digits}"),
    }
}

fn rare_name(rare: usize, digits: &str) -> String {
    format!("测试{}工人{digits}", RARE[rare % RARE.len()])
}

/// A name with one of the three rare characters.
pub fn rare_worker_name(number: u64) -> String {
    let digits: String = number.to_string().bytes().map(|b| DIGITS[usize::from(b - b'0')]).collect();
    rare_name(usize::try_from(number % 3).unwrap_or(0), &digits)
}

/// Resident ID number of person `number` (below two million); different numbers give different IDs.
pub fn resident_id(number: u64, shift: u64) -> String {
    let day = (number * 7_919 + shift) % BIRTH_DAYS;
    let birth = NaiveDate::from_ymd_opt(1964, 1, 1).expect("a real day") + Days::new(day);
    let mut id = format!("999999{}{:03}", birth.format("%Y%m%d"), (number / BIRTH_DAYS) % 999 + 1);
    id.push(char::from(resident_check(id.as_bytes())));
    id
}

/// Resident ID number of somebody born on that day, after everybody [`resident_id`] knows.
pub fn id_of_birth(birth: NaiveDate, sequence: u64) -> String {
    let mut id = format!("999999{}{:03}", birth.format("%Y%m%d"), sequence % 999 + 1);
    id.push(char::from(resident_check(id.as_bytes())));
    id
}

/// Nineteen digits with a right Luhn digit.
pub fn card(number: u64) -> String {
    let body = format!("999999{number:012}");
    (0..10).map(|last| format!("{body}{last}")).find(|card| luhn_is_valid(card)).expect("one of ten digits fits")
}

pub fn account_no(number: u64) -> String {
    format!("999999{number:013}")
}

pub fn phone(number: u64) -> String {
    format!("100{:08}", number * 7_919 % 100_000_000)
}

pub fn credit_code(number: u64) -> String {
    let organisation = format!("MA{number:06}");
    let check = organisation_check(organisation.as_bytes()).expect("letters and digits only");
    let mut code = format!("91999999{organisation}{}", char::from(check));
    let last = credit_check(code.as_bytes()).expect("characters of the alphabet only");
    code.push(char::from(last));
    code
}

const OWNERS: [&str; 5] = ["城市建设投资", "交通发展", "水利开发", "教育后勤", "产业园区运营"];
const BUILDERS: [&str; 6] = ["建筑", "市政工程", "建设集团", "路桥", "水电安装", "园林工程"];
const AREAS: [&str; 12] = ["东城", "西城", "河东", "河西", "北山", "南岸", "高新", "桂溪", "长龙", "新民", "沙坪", "高峰"];

/// A company of exactly sixty characters, as registered names of joint ventures can be.
pub fn longest_company() -> String {
    let name = "测试县城乡基础设施建设与生态环境综合治理及公共服务配套工程施工总承包联合体牵头单位测试建筑工程集团第一建设有限责任公司";
    let mut name: String = name.chars().take(56).collect();
    while name.chars().count() < 56 {
        name.push('甲');
    }
    name + "有限公司"
}

pub fn owner_name(number: usize) -> String {
    format!("测试县{}{}有限公司", AREAS[number % AREAS.len()], OWNERS[number % OWNERS.len()])
}

pub fn builder_name(number: usize) -> String {
    let builder = BUILDERS[number / AREAS.len() % BUILDERS.len()];
    let nth = ["", "第二", "第三"][number / (AREAS.len() * BUILDERS.len()) % 3];
    format!("测试{}{nth}{builder}有限公司", AREAS[number % AREAS.len()])
}

pub fn labour_company_name(number: usize) -> String {
    let ten = ["", "十", "二十"][number / AREAS.len() / 9 % 3];
    format!("测试{}第{ten}{}建筑劳务有限公司", AREAS[number % AREAS.len()], DIGITS[number / AREAS.len() % 9 + 1])
}

const WORKS: [(&str, &str, &str); 10] = [
    ("安置房", "房屋建筑工程", "住建"),
    ("中心小学教学楼", "房屋建筑工程", "住建"),
    ("产业园标准厂房", "房屋建筑工程", "住建"),
    ("污水管网改造", "市政公用工程", "住建"),
    ("县道改扩建", "公路工程", "交通"),
    ("河道治理", "水利水电工程", "水利"),
    ("卫生院业务楼", "房屋建筑工程", "住建"),
    ("老旧小区改造", "房屋建筑工程", "住建"),
    ("水库除险加固", "水利水电工程", "水利"),
    ("农产品交易市场", "房屋建筑工程", "其他"),
];

/// Name, category and industry of works; unique below 120.
pub fn works(number: usize) -> (String, &'static str, &'static str) {
    let (kind, category, industry) = WORKS[number % WORKS.len()];
    let area = AREAS[(number / WORKS.len() + number) % AREAS.len()];
    (format!("测试县{area}{kind}工程{}标段", DIGITS[number / WORKS.len() % 9 + 1]), category, industry)
}

pub const INSPECTORS: [&str; 4] = ["测试监察员甲", "测试监察员乙", "测试监察员丙", "测试监察员丁"];

pub const BANKS: [(&str, &str); 4] = [("测试农商银行", "314"), ("测试工商银行", "102"), ("测试建设银行", "105"), ("测试村镇银行", "320")];

#[cfg(test)]
mod tests {
    use super::*;
    use model::identifier::{credit_code_is_valid, resident_id_is_valid};
    use std::collections::BTreeSet;

    #[test]
    fn every_number_is_valid_and_used_once() {
        let ids: BTreeSet<String> = (0..40_000).map(|n| resident_id(n, 17)).collect();
        assert_eq!(ids.len(), 40_000);
        assert!(ids.iter().all(|id| resident_id_is_valid(id)));
        assert!((0..2_000).all(|n| luhn_is_valid(&card(n)) && credit_code_is_valid(&credit_code(n))));
    }

    #[test]
    fn the_longest_company_has_sixty_characters() {
        assert_eq!(longest_company().chars().count(), 60);
    }

    #[test]
    fn works_have_names_of_their_own() {
        let names: BTreeSet<String> = (0..80).map(|n| works(n).0).collect();
        assert_eq!(names.len(), 80);
    }
}
