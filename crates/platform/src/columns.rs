//! Which `field` a canonical heading has in the rows of the extension methods (§8.2; file-formats.md §1–13, §18).
//! The one table both sides use: the mock turns headings into fields, the client fields into headings.

use model::Dataset;

use crate::method::is_secret_field;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub heading: &'static str,
    pub field: &'static str,
}

impl Column {
    /// Whether the value travels encrypted.
    pub fn is_secret(self) -> bool {
        is_secret_field(self.field)
    }
}

macro_rules! table {
    ($name:ident: $($heading:literal $field:literal),* $(,)?) => {
        const $name: &[Column] = &[$(Column { heading: $heading, field: $field }),*];
    };
}

table! { PROJECT:
    "项目编码" "projectCode", "项目名称" "projectName", "项目分类" "category", "行业" "industry",
    "项目所在地" "areaCode", "项目地址" "address", "建设单位" "buildCorpName",
    "建设单位统一社会信用代码" "buildCorpCode", "施工总承包单位" "contractorCorpName",
    "总承包单位统一社会信用代码" "contractorCorpCode", "施工许可证号" "builderLicenseNum",
    "施工合同额" "contractAmount", "总投资" "invest", "人工费用比例" "laborRatio", "合同人工费用数额" "laborAmount",
    "人工费拨付周期" "laborFundCycle", "工资支付日" "payDay", "开工日期" "startDate", "竣工日期" "completeDate",
    "项目状态" "status", "停工日期" "suspendDate", "复工日期" "resumeDate", "工期" "durationDays",
    "劳资专管员" "laborOfficerName", "劳资专管员联系电话" "laborOfficerPhone",
    "劳资专管员证件号码" "laborOfficerIdNumber", "在岗开始日期" "officerFrom", "在岗结束日期" "officerTo",
    "项目经理" "pmName", "项目经理电话" "pmPhone", "工程款支付担保" "paymentGuarantee",
    "支付担保到期日" "paymentGuaranteeTo", "投资性质" "ownerKind", "合同签订日期" "contractSignDate",
    "合同开始日期" "contractStart", "合同结束日期" "contractEnd", "施工许可日期" "permitDate",
    "人工费用拨付日" "fundDay", "平台接入日期" "platformConnectedOn", "计量周期约定" "measureCycle",
    "过程结算约定" "settlementTerms", "行业主管部门" "industryAuthority", "建设单位邮箱" "ownerEmail",
    "总包邮箱" "contractorEmail", "监察员" "inspector",
}
table! { CONTRACTOR:
    "项目编码" "projectCode", "统一社会信用代码" "corpCode", "企业名称" "corpName", "参建类型" "corpType",
    "上级单位" "parentCorpCode", "分包合同额" "subContractAmount", "进场时间" "entryTime", "退场时间" "exitTime",
    "项目经理" "pmName", "项目经理证件号码" "pmIdNumber", "电话" "pmPhone", "委托代发" "payoutAgreement",
    "联系邮箱" "email",
}
table! { TEAM:
    "项目编码" "projectCode", "统一社会信用代码" "corpCode", "企业名称" "corpName", "班组编号" "teamSysNo",
    "班组名称" "teamName", "班组长" "leaderName", "班组长证件号码" "leaderIdNumber",
    "责任人姓名" "responsiblePersonName", "责任人联系电话" "responsiblePersonPhone",
    "责任人证件号码" "responsiblePersonIDNumber", "工种" "workType", "备注" "remark", "进场日期" "entryDate",
    "退场日期" "exitDate",
}
table! { DEPOSIT:
    "项目编码" "projectCode", "缴存单位" "payerCorpName", "缴存单位信用代码" "payerCorpCode", "形式" "form",
    "保函编号" "guaranteeNo", "出具机构" "issuer", "受益人" "beneficiary", "保证金账户账号" "accountNo",
    "施工合同额" "contractAmount", "存储比例" "ratio", "应缴金额" "requiredAmount", "实缴金额" "amount",
    "减免情形" "exemptReason", "缴存日期" "depositDate", "生效日期" "validFrom", "失效日期" "validTo",
    "动用金额" "usedAmount", "动用日期" "usedDate", "补足日期" "refillDate", "退还状态" "refundStatus",
    "退还日期" "refundDate", "退还金额" "refundAmount", "不可撤销" "irrevocable", "见索即付" "onDemand",
}
table! { ACCOUNT:
    "项目编码" "projectCode", "专户账号" "accountNo", "专户户名" "accountName", "开户银行" "bankName",
    "银行代码" "bankCode", "联号" "bankLinkNumber", "开户日期" "openDate", "三方协议" "tripartite",
    "三方协议签订日期" "tripartiteOn", "账户状态" "status", "销户日期" "closeDate", "账户余额" "balance",
    "余额日期" "balanceDate", "累计拨付" "totalIn", "累计代发" "totalOut", "账户类型" "accountType",
    "备案日期" "filedOn", "注销公示开始日期" "closeNoticeFrom",
}
table! { LEDGER:
    "项目编码" "projectCode", "本方账号" "accountNo", "本方户名" "accountName", "交易日期" "tradeDate",
    "交易时间" "tradeTime", "收入金额" "creditAmount", "支出金额" "debitAmount", "余额" "balance",
    "对方户名" "counterName", "对方账号" "counterAccount", "对方开户行" "counterBank", "摘要" "summary",
    "用途" "purpose", "附言" "remark", "交易流水号" "serialNo", "代发批次号" "batchNo", "款项性质" "txnType",
}
table! { ROSTER:
    "项目编码" "projectCode", "企业名称" "corpName", "统一社会信用代码" "corpCode", "班组名称" "teamName",
    "工人姓名" "workerName", "证件类型" "idType", "证件号码" "idNumber", "性别" "gender", "民族" "nation",
    "年龄" "age", "手机号码" "phone", "工种" "workType", "工人类型" "workRole", "是否班组长" "isLeader",
    "工资卡号" "cardNumber", "开户行" "cardBank", "进场时间" "entryDate", "退场时间" "exitDate",
    "在场状态" "onSite", "是否签订劳动合同" "hasContract", "是否参加工伤保险" "hasInsurance",
    "家庭住址" "address", "安全培训日期" "trainedOn", "实名登记日期" "registeredOn",
}
table! { CONTRACT:
    "项目编码" "projectCode", "证件号码" "idNumber", "工人姓名" "workerName", "企业名称" "corpName",
    "合同编号" "contractNo", "合同类型" "contractType", "合同期限类型" "periodType", "签订日期" "signDate",
    "生效日期" "startDate", "失效日期" "endDate", "计酬方式" "wageForm", "工资标准" "wageRate", "计量单位" "unit",
    "工资支付日" "payDay",
}
table! { ATTENDANCE:
    "项目编码" "projectCode", "企业名称" "corpName", "班组名称" "teamName", "姓名" "workerName",
    "证件号码" "idNumber", "考勤时间" "punchTime", "进出方向" "direction", "通行方式" "channel",
    "考勤来源" "source",
}
table! { PAYROLL:
    "项目编码" "projectCode", "项目名称" "projectName", "施工单位" "corpName", "班组名称" "teamName",
    "工资所属月份" "payMonth", "工资周期开始" "periodStart", "工资周期结束" "periodEnd", "是否补发" "isBackPay",
    "补发月份" "backPayMonth", "编制日期" "preparedDate", "公示日期" "postedDate", "上传日期" "uploadedOn",
    "总包审核日期" "reviewedOn", "工程进度附件" "progressAttached", "序号" "seq", "姓名" "workerName",
    "身份证号" "idNumber", "工种" "workType", "计量方式" "workUnit", "出勤天数" "days", "出勤工时" "hours",
    "日工资" "dayRate", "小时工资" "hourRate", "计件数量" "pieces", "计件单价" "pieceRate", "基本工资" "base",
    "加班工资" "overtime", "奖金补贴" "bonus", "应发工资" "gross", "借支" "advance", "扣款" "deduction",
    "实发工资" "net", "工资卡号" "cardNumber", "开户行" "bankName", "工人签字" "signed", "发放日期" "payDate",
    "第三方工资单编号" "thirdPayRollCode", "联系电话" "phone", "备注" "remark",
}
table! { PAYOUT:
    "项目编码" "projectCode", "代发批次号" "batchNo", "付款账号" "payAccount", "付款户名" "payName",
    "工资所属月份" "payMonth", "收款人姓名" "payeeName", "收款账号" "payeeAccount", "收款开户行" "payeeBank",
    "证件号码" "idNumber", "金额" "amount", "交易日期" "payDate", "处理结果" "result", "失败原因" "failReason",
    "返回码" "resultCode", "代发流水号" "serialNo", "备注" "remark",
}
table! { BOARD:
    "项目编码" "projectCode", "设立日期" "setDate", "检查日期" "checkDate", "位置" "location",
    "公示建设单位、总包、项目部、分包、监管部门、劳资专管员" "hasParties",
    "公示最低工资标准、工资支付日期" "hasWageInfo",
    "公示投诉举报电话、调解仲裁、法律援助、公共法律服务热线" "hasComplaintInfo", "按月公示考勤与工资" "monthlyPosting",
    "照片" "photo",
}
table! { WORKER_SETTLEMENT:
    "项目编码" "projectCode", "姓名" "workerName", "证件号码" "idNumber", "进场日期" "entryDate",
    "退场日期" "exitDate", "应发总额" "grossTotal", "已发总额" "paidTotal", "未付金额" "unpaid",
    "是否结清" "settled", "结清日期" "settledDate", "工人签字" "signed",
}
table! { PROCESS_SETTLEMENT:
    "项目编码" "projectCode", "结算节点" "node", "约定日期" "dueOn", "完成产值" "completedValue",
    "结算日期" "settledOn", "已付工程款" "paid",
}

/// Columns of a dataset with their field names; none for inspections and leads, whose fields are not named.
pub fn columns(dataset: Dataset) -> &'static [Column] {
    match dataset {
        Dataset::Project => PROJECT,
        Dataset::Contractor => CONTRACTOR,
        Dataset::Team => TEAM,
        Dataset::Deposit => DEPOSIT,
        Dataset::Account => ACCOUNT,
        Dataset::Ledger => LEDGER,
        Dataset::Roster => ROSTER,
        Dataset::Contract => CONTRACT,
        Dataset::Attendance => ATTENDANCE,
        Dataset::Payroll => PAYROLL,
        Dataset::Payout => PAYOUT,
        Dataset::Board => BOARD,
        Dataset::WorkerSettlement => WORKER_SETTLEMENT,
        Dataset::ProcessSettlement => PROCESS_SETTLEMENT,
        Dataset::Inspection | Dataset::Lead => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_and_a_field_name_each_other() {
        for dataset in Dataset::ALL {
            for (at, column) in columns(*dataset).iter().enumerate() {
                let same = |other: &Column| other.heading == column.heading || other.field == column.field;
                assert_eq!(columns(*dataset).iter().position(same), Some(at), "{dataset}: {column:?}");
            }
        }
    }

    #[test]
    fn identity_and_card_numbers_travel_encrypted_in_every_table() {
        for column in Dataset::ALL.iter().flat_map(|dataset| columns(*dataset)) {
            let named = ["证件号码", "身份证号", "工资卡号", "收款账号", "对方账号"].iter().any(|part| column.heading.contains(part));
            assert_eq!(column.is_secret(), named, "{column:?}");
        }
    }
}
