//! The words a sender is offered for a column: in drop-down lists of the templates and in messages.
//!
//! [`super::words`] reads many more; every word here is one of them, and each means something else.

pub const YES_NO: &[&str] = &["是", "否"];
pub const ON_SITE: &[&str] = &["在场", "退场"];
pub const PROJECT_STATUSES: &[&str] = &["筹备", "在建", "停工", "完工", "关闭"];
pub const CORP_TYPES: &[&str] = &["总承包单位", "分包单位", "建设单位", "监理单位", "其他"];
pub const DEPOSIT_FORMS: &[&str] = &["现金", "银行保函", "保险", "工程担保", "免存"];
pub const ACCOUNT_STATUSES: &[&str] = &["正常", "冻结", "销户"];
pub const ACCOUNT_TYPES: &[&str] = &["专户", "保证金户", "其他"];
pub const OWNER_KINDS: &[&str] = &["政府投资", "国有企业", "社会投资"];
/// 计量 and 计件 are paid alike; both are common words.
pub const WORK_UNITS: &[&str] = &["计日", "计时", "计件", "计量", "月薪"];
pub const CONTRACT_KINDS: &[&str] = &["劳动合同", "用工书面协议"];
pub const WORKER_ROLES: &[&str] = &["建筑工人", "管理人员"];
pub const PAY_RESULTS: &[&str] = &["成功", "失败", "处理中"];
pub const TXN_TYPES: &[&str] = &["人工费拨付", "工资代发", "代发退回", "结息", "手续费", "专户间划转", "其他"];
/// Marks of a day in a matrix; numbers of days or hours are read too.
pub const DAY_MARKS: &[&str] = &["√", "半", "×"];

/// Kept as written: these lists only help to write alike.
pub const INDUSTRIES: &[&str] = &["住建", "交通", "水利", "其他"];
pub const PERIOD_KINDS: &[&str] = &["固定期限", "以完成一定工作为期限", "无固定期限"];
pub const WAGE_FORMS: &[&str] = &["计时（日）", "计时（月）", "计件"];
pub const UNITS: &[&str] = &["天", "月", "米", "平方米", "立方米"];
pub const REFUND_STATUSES: &[&str] = &["已缴存", "退还申请中", "已退还", "已动用"];
pub const DIRECTIONS: &[&str] = &["入场", "出场"];
pub const SOURCES: &[&str] = &["系统生成", "实时数据", "补录"];
pub const ID_TYPES: &[&str] = &["居民身份证", "港澳居民居住证", "台湾居民居住证", "外国人永久居留身份证", "护照"];
pub const GENDERS: &[&str] = &["男", "女"];

/// `筹备、在建、停工、完工或关闭`, as messages say it.
pub fn listed(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}或{last}", rest.join("、")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fmt::Debug;

    use model::sheet::{PayResult, WorkUnit};

    use super::*;
    use crate::cell::words;
    use crate::days;

    fn all_differ<T: Debug>(offered: &[&str], read: impl Fn(&str) -> T) {
        let values: HashSet<String> = offered.iter().map(|word| format!("{:?}", read(word))).collect();
        assert_eq!(values.len(), offered.len(), "{offered:?}: {values:?}");
    }

    #[test]
    fn every_offered_word_is_read_and_means_something_else() {
        all_differ(YES_NO, |w| words::yes_no(w).unwrap());
        all_differ(ON_SITE, |w| words::on_site(w).unwrap());
        all_differ(PROJECT_STATUSES, |w| words::project_status(w).unwrap());
        all_differ(CORP_TYPES, words::corp_type);
        all_differ(DEPOSIT_FORMS, |w| words::deposit_form(w).unwrap());
        all_differ(ACCOUNT_STATUSES, |w| words::account_status(w).unwrap());
        all_differ(ACCOUNT_TYPES, words::account_type);
        all_differ(OWNER_KINDS, |w| words::owner_kind(w).unwrap());
        all_differ(CONTRACT_KINDS, words::contract_kind);
        all_differ(WORKER_ROLES, words::worker_role);
        all_differ(TXN_TYPES, words::txn_type);
        assert!(PAY_RESULTS.iter().all(|w| !matches!(words::pay_result(w), PayResult::Unknown(_))));
        all_differ(PAY_RESULTS, words::pay_result);
        let units: Vec<_> = WORK_UNITS.iter().map(|w| words::work_unit(w).unwrap()).collect();
        assert_eq!(units, [WorkUnit::Day, WorkUnit::Hour, WorkUnit::Piece, WorkUnit::Piece, WorkUnit::Month]);
        all_differ(DAY_MARKS, |w| days::mark_of(w).unwrap());
    }

    #[test]
    fn lists_are_said_as_people_say_them() {
        assert_eq!(listed(PROJECT_STATUSES), "筹备、在建、停工、完工或关闭");
        assert_eq!(listed(&["是"]), "是");
    }
}
