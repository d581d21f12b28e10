//! Words of a list: yes and no, statuses, kinds, bank results (file-formats.md §11, §14 quirks 19 and 20; code tables T2, T4, T7).

use model::sheet::{
    AccountStatus, AccountType, ContractKind, CorpType, DepositForm, OwnerKind, PayResult, ProjectStatus, TxnType, WorkUnit, WorkerRole,
};

use super::{CellFault, CellResult, compact, offered};

/// Yes or no. `None`: the word is neither.
pub fn yes_no(raw: &str) -> Option<bool> {
    let text = compact(raw);
    let text = text.trim_end_matches(['。', '.']);
    Some(match text.to_ascii_uppercase().as_str() {
        "是" | "有" | "1" | "1.0" | "Y" | "YES" | "√" | "✓" | "✔" | "☑" | "TRUE" | "T" | "对" | "已" | "已签" | "已签订" | "已签字"
        | "已确认" | "已参加" | "已购买" | "已参保" | "已办理" | "已提供" | "已缴" | "齐全" | "完整" | "合格" | "已结清" | "结清"
        | "具备" | "已张贴" | "已公示" | "公示" | "签订" => true,
        "否" | "无" | "没有" | "0" | "0.0" | "N" | "NO" | "×" | "X" | "✗" | "✘" | "╳" | "☒" | "FALSE" | "F" | "未" | "未签" | "未签订"
        | "未签字" | "未确认" | "未参加" | "未购买" | "未参保" | "未办理" | "未提供" | "未缴" | "不齐全" | "不全" | "不完整" | "不合格"
        | "未结清" | "未结" | "不具备" | "未张贴" | "未公示" | "不是" | "缺失" | "缺" => false,
        _ => return None,
    })
}

/// 工人签字: a word, a name, a thumb print; somebody else's hand is no signature.
pub fn signed(raw: &str) -> bool {
    let text = compact(raw);
    yes_no(&text).unwrap_or_else(|| {
        !text.is_empty() && !["代签", "未", "待", "无", "缺", "-", "/", "—"].iter().any(|no| text.starts_with(no) || text.contains("代签"))
    })
}

/// 在场 / 退场.
pub fn on_site(raw: &str) -> Option<bool> {
    let text = compact(raw);
    Some(match text.as_ref() {
        "在场" | "在岗" | "进场" | "已进场" | "在职" | "正常" | "入场" => true,
        "退场" | "离场" | "已退场" | "已离场" | "离岗" | "离职" | "出场" | "不在场" => false,
        other => return yes_no(other),
    })
}

fn unknown(what: &str, raw: &str, allowed: &[&str]) -> CellFault {
    let shown: String = compact(raw).chars().take(20).collect();
    CellFault::new(format!("{what}“{shown}”无法识别"), format!("请填写：{}", offered::listed(allowed)))
}

pub fn project_status(raw: &str) -> CellResult<ProjectStatus> {
    let text = compact(raw);
    Ok(match text.trim_start_matches('0') {
        "1" | "2" | "筹备" | "立项" | "未开工" | "待开工" | "拟建" | "前期" | "已签约" | "未动工" | "筹建" => {
            ProjectStatus::Planned
        }
        "3" | "在建" | "施工" | "施工中" | "正常施工" | "已开工" | "在施" | "开工" | "复工" | "已复工" | "进行中" | "正常" => {
            ProjectStatus::Active
        }
        "5" | "停工" | "停建" | "缓建" | "暂停" | "停工中" | "暂停施工" => ProjectStatus::Suspended,
        "4" | "完工" | "竣工" | "已完工" | "已竣工" | "已验收" | "竣工验收" => ProjectStatus::Completed,
        "已销户" | "关闭" | "已关闭" | "已结清" | "销户" | "注销" | "已注销" | "已办结" => ProjectStatus::Closed,
        _ => return Err(unknown("项目状态", raw, offered::PROJECT_STATUSES)),
    })
}

pub fn corp_type(raw: &str) -> CorpType {
    let text = compact(raw);
    let code = text.trim_start_matches('0');
    match code {
        "9" => CorpType::GeneralContractor,
        "1" | "6" => CorpType::Subcontractor,
        "8" => CorpType::Owner,
        "7" => CorpType::Supervisor,
        _ if text.contains("总承包") || text.contains("总包") => CorpType::GeneralContractor,
        _ if text.contains("分包") || text.contains("劳务") => CorpType::Subcontractor,
        _ if text.contains("建设单位") || text.contains("业主") => CorpType::Owner,
        _ if text.contains("监理") => CorpType::Supervisor,
        _ => CorpType::Other,
    }
}

pub fn deposit_form(raw: &str) -> CellResult<DepositForm> {
    let text = compact(raw);
    let has = |word: &str| text.contains(word);
    Ok(if has("免存") || has("免缴") || has("免交") {
        DepositForm::Exempt
    } else if has("保险") || has("保单") {
        DepositForm::Insurance
    } else if has("工程担保") || has("担保公司") || has("担保") && !has("银行") {
        DepositForm::Surety
    } else if has("保函") || has("银行") {
        DepositForm::BankGuarantee
    } else if has("现金") || has("电汇") || has("转账") || has("存款") || has("货币") {
        DepositForm::Cash
    } else {
        return Err(unknown("保证金形式", raw, offered::DEPOSIT_FORMS));
    })
}

pub fn account_status(raw: &str) -> CellResult<AccountStatus> {
    let text = compact(raw);
    Ok(match text.as_ref() {
        "正常" | "启用" | "已开户" | "有效" | "使用中" | "在用" | "活动" | "未销户" | "开立" => AccountStatus::Normal,
        "冻结" | "已冻结" | "止付" | "部分冻结" | "司法冻结" => AccountStatus::Frozen,
        "销户" | "已销户" | "注销" | "已注销" | "关闭" | "已撤销" => AccountStatus::Closed,
        _ => return Err(unknown("账户状态", raw, offered::ACCOUNT_STATUSES)),
    })
}

pub fn account_type(raw: &str) -> AccountType {
    let text = compact(raw);
    // 0/1/2 is the flag of bank cores for farmer accounts: 1 wages, 2 deposit.
    if text == "1" || text.contains("专户") || text.contains("专用账户") || text.contains("工资") && !text.contains("保证金") {
        AccountType::Special
    } else if text == "2" || text.contains("保证金") {
        AccountType::Deposit
    } else {
        AccountType::Other
    }
}

pub fn owner_kind(raw: &str) -> CellResult<OwnerKind> {
    let text = compact(raw);
    let has = |word: &str| text.contains(word);
    Ok(if has("政府") || has("财政") || has("机关") || has("事业单位") {
        OwnerKind::Government
    } else if has("国有") || has("国企") || has("央企") || has("国资") {
        OwnerKind::StateOwned
    } else if has("社会") || has("民营") || has("私") || has("民间") || has("自筹") || has("外资") || has("外商") {
        OwnerKind::Private
    } else {
        return Err(unknown("投资性质", raw, offered::OWNER_KINDS));
    })
}

pub fn work_unit(raw: &str) -> Option<WorkUnit> {
    let text = compact(raw);
    let has = |word: &str| text.contains(word);
    Some(if has("计件") || has("计量") || has("包工") || has("平方") || has("立方") || text == "米" {
        WorkUnit::Piece
    } else if has("月") {
        WorkUnit::Month
    } else if has("计日") || has("日薪") || has("天") || has("日") || has("点工") {
        WorkUnit::Day
    } else if has("时") {
        WorkUnit::Hour
    } else {
        return None;
    })
}

pub fn contract_kind(raw: &str) -> ContractKind {
    let text = compact(raw);
    if text.contains("协议") { ContractKind::WorkAgreement } else { ContractKind::Labour }
}

pub fn worker_role(raw: &str) -> WorkerRole {
    let text = compact(raw);
    if text.contains("管理") { WorkerRole::Manager } else { WorkerRole::Worker }
}

/// Known words only; anything else stays a text nobody has classified.
pub fn pay_result(raw: &str) -> PayResult {
    let text = compact(raw);
    match text.as_ref() {
        "成功" | "交易成功" | "已发放" | "已入账" | "处理成功" | "支付成功" | "代发成功" | "发放成功" | "入账成功" | "0000" | "20" => {
            PayResult::Success
        }
        "失败" | "交易失败" | "代发失败" | "发放失败" | "退回" | "退票" | "已退汇" | "退汇" | "支付失败" | "处理失败" | "入账失败"
        | "30" => PayResult::Failed,
        "" | "处理中" | "待处理" | "未发放" | "重新发放中" | "银行处理中" | "0" | "40" => PayResult::Pending,
        _ => PayResult::Unknown(super::clean(raw).into_owned()),
    }
}

pub fn txn_type(raw: &str) -> TxnType {
    let text = compact(raw);
    let has = |word: &str| text.contains(word);
    if has("退回") || has("退汇") || has("退票") {
        TxnType::PayoutReturn
    } else if has("人工费") || has("拨付") {
        TxnType::LabourCost
    } else if has("代发") || has("工资") {
        TxnType::Wages
    } else if has("结息") || has("利息") {
        TxnType::Interest
    } else if has("手续费") || has("工本费") || has("账户管理费") {
        TxnType::Fee
    } else if has("划转") || has("专户间") {
        TxnType::Transfer
    } else {
        TxnType::Other
    }
}

/// Table T7: code and name.
pub const TRADES: &[(u32, &str)] = &[
    (10, "砌筑工"),
    (20, "钢筋工"),
    (30, "架子工"),
    (40, "混凝土工"),
    (50, "模板工"),
    (60, "机械设备安装工"),
    (70, "通风工"),
    (80, "安装起重工"),
    (90, "安装钳工"),
    (100, "电气设备安装调试工"),
    (110, "管道工"),
    (120, "变电安装工"),
    (130, "建筑电工"),
    (140, "司泵工"),
    (150, "挖掘铲运和桩工机械司机"),
    (160, "桩机操作工"),
    (170, "起重信号工"),
    (180, "建筑起重机械安装拆卸工"),
    (190, "装饰装修工"),
    (200, "室内成套设施安装工"),
    (210, "建筑门窗幕墙安装工"),
    (220, "幕墙制作工"),
    (230, "防水工"),
    (240, "木工"),
    (250, "石工"),
    (270, "电焊工"),
    (280, "爆破工"),
    (290, "除尘工"),
    (300, "测量放线工"),
    (310, "线路架设工"),
    (320, "古建石工"),
    (330, "古建瓦工"),
    (340, "古建彩画工"),
    (350, "古建木工"),
    (360, "古建油工"),
    (380, "金属工"),
    (390, "杂工"),
    (900, "管理人员"),
    (1000, "其他"),
];

/// 工种 by code of table T7 (lost zeros allowed) or by name.
pub fn trade(raw: &str) -> String {
    let text = super::clean(raw);
    let by_code = text.parse::<u32>().ok().and_then(|code| TRADES.iter().find(|(c, _)| *c == code));
    by_code.map_or_else(|| text.into_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use model::sheet::{CorpType, DepositForm, PayResult, ProjectStatus};

    use super::*;

    #[test]
    fn yes_and_no_in_every_writing() {
        for yes in ["是", "有", "1", "y", "√", "true", " 已签 ", "Ｙ"] {
            assert_eq!(yes_no(yes), Some(true), "{yes}");
        }
        for no in ["否", "无", "0", "N", "×", "false", "未签订"] {
            assert_eq!(yes_no(no), Some(false), "{no}");
        }
        assert_eq!(yes_no("也许"), None);
        assert!(signed("测试工人一") && signed("手印") && !signed("代签") && !signed("×") && !signed("未签") && !signed("由妻子代签"));
    }

    #[test]
    fn codes_and_names_mean_the_same() {
        assert_eq!(corp_type("009"), corp_type("总承包单位"));
        assert_eq!(corp_type("9"), CorpType::GeneralContractor);
        assert_eq!(corp_type("劳务分包"), CorpType::Subcontractor);
        assert_eq!(project_status("003"), Ok(ProjectStatus::Active));
        assert_eq!(project_status("停工"), Ok(ProjectStatus::Suspended));
        assert!(project_status("外星").is_err());
        assert_eq!(trade("20"), "钢筋工");
        assert_eq!(trade("020"), "钢筋工");
        assert_eq!(trade("塔吊司机"), "塔吊司机");
        assert_eq!(deposit_form("电子保函"), Ok(DepositForm::BankGuarantee));
        assert_eq!(deposit_form("保证保险"), Ok(DepositForm::Insurance));
    }

    #[test]
    fn words_of_the_bank() {
        for ok in ["成功", "已入账", "0000", "20"] {
            assert_eq!(pay_result(ok), PayResult::Success);
        }
        for bad in ["失败", "退票", "已退汇", "30"] {
            assert_eq!(pay_result(bad), PayResult::Failed);
        }
        for open in ["", " ", "处理中", "0", "40"] {
            assert_eq!(pay_result(open), PayResult::Pending);
        }
        assert_eq!(pay_result("部分成功"), PayResult::Unknown("部分成功".to_owned()));
    }
}
