//! Templates of what is known of a project and its accounts.

use super::content::Kind::{Code, Date, Money, Number, Share, Suggest, Text, Trade, Words};
use super::content::{EXAMPLE_CODE, Entry, entries};
use crate::cell::offered;

pub const PROJECT: &[Entry] = entries! { project:
    Code Must Code, EXAMPLE_CODE, "";
    Name Must Text, "示例项目", "";
    Category May Text, "房屋建筑工程", "";
    Industry Must Suggest(offered::INDUSTRIES), "住建", "";
    IndustryAuthority May Text, "测试县住房和城乡建设局", "";
    Area Must Code, "999999", "六位区划代码或名称";
    Address May Text, "测试县测试路1号", "";
    Owner Must Text, "测试建设投资有限公司", "";
    OwnerCode May Code, "91999999MA0000023Y", "";
    Contractor Must Text, "测试建筑有限公司", "";
    ContractorCode Must Code, "91999999MA00000154", "";
    Permits May Code, "", "有几个的，用、隔开";
    ContractAmount Must Money, "56000000.00", "";
    Invest May Money, "6200", "单位：万元";
    LabourRatio May Share, "0.2", "";
    LabourAmount May Money, "11200000.00", "";
    LabourCycle May Text, "1个月", "";
    FundDay May Number, "10", "每月几日拨付人工费用，1 至 31";
    PayDay May Number, "25", "每月几日发工资，1 至 31";
    Start Must Date, "2024-01-01", "实际开工的日期";
    Complete May Date, "", "";
    Status Must Words(offered::PROJECT_STATUSES), "在建", "";
    Suspended Case Date, "", "停工的项目填写";
    Resumed Case Date, "", "复工的项目填写";
    Duration May Number, "365", "单位：天";
    Officer Must Text, "测试专管员", "";
    OfficerPhone Must Code, "10000000001", "劳资专管员的电话";
    OfficerId Must Code, "999999198512311115", "劳资专管员的证件号码";
    OfficerFrom May Date, "2024-01-01", "劳资专管员到岗的日期";
    OfficerTo May Date, "", "劳资专管员离岗的日期";
    Manager May Text, "测试经理", "";
    ManagerPhone May Code, "10000000002", "项目经理的电话";
    Guarantee May Suggest(offered::YES_NO), "是", "";
    GuaranteeTo May Date, "2025-12-31", "";
    OwnerKind May Words(offered::OWNER_KINDS), "政府投资", "";
    Signed May Date, "2023-12-15", "";
    ContractStart May Date, "2024-01-01", "";
    ContractEnd May Date, "2024-12-31", "";
    Permit May Date, "2023-12-28", "不用办理的，填写“无需办理”";
    Connected May Date, "2024-01-10", "接入实名制平台的日期";
    MeasureCycle May Text, "按月", "";
    SettlementTerms May Suggest(offered::YES_NO), "是", "";
    OwnerEmail May Text, "", "有几个的，用；隔开";
    ContractorEmail May Text, "", "有几个的，用；隔开";
    Inspector May Text, "", "";
};

pub const CONTRACTOR: &[Entry] = entries! { contractor:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    CorpCode Must Code, "91999999MA00000154", "";
    Name Must Text, "测试建筑有限公司", "";
    Kind Must Words(offered::CORP_TYPES), "总承包单位", "";
    Parent May Text, "", "分包单位填写发包给它的单位";
    Amount May Money, "", "";
    Entry May Date, "2024-01-01", "";
    Exit May Date, "", "";
    Manager May Text, "测试经理", "";
    ManagerId May Code, "999999197506153144", "项目经理的证件号码";
    ManagerPhone May Code, "10000000002", "项目经理的电话";
    Agreement Case Words(offered::YES_NO), "是", "分包单位填写：是否签有委托总包代发工资的协议";
    Email May Text, "", "";
};

pub const TEAM: &[Entry] = entries! { team:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    CorpCode May Code, "91999999MA00000154", "";
    Employer Must Text, "测试建筑有限公司", "";
    Name Must Text, "钢筋班组", "";
    Number May Code, "", "";
    Leader Must Text, "测试班长", "";
    LeaderPhone May Code, "10000000003", "";
    LeaderId May Code, "999999198802290025", "";
    Trade May Trade, "钢筋工", "";
    Entry May Date, "2024-01-05", "";
    Exit May Date, "", "";
    Remark May Text, "", "";
};

pub const DEPOSIT: &[Entry] = entries! { deposit:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Payer Must Text, "测试建筑有限公司", "";
    PayerCode May Code, "91999999MA00000154", "";
    Form Must Words(offered::DEPOSIT_FORMS), "银行保函", "";
    GuaranteeNo Case Code, "BH20240001", "不是现金的填写";
    Issuer Case Text, "测试银行测试县支行", "不是现金的填写";
    Beneficiary May Text, "测试县人力资源和社会保障局", "";
    AccountNo Case Code, "", "现金的填写";
    ContractAmount Must Money, "56000000.00", "";
    Ratio May Share, "0.015", "";
    Required May Money, "840000.00", "";
    Amount Must Money, "840000.00", "免存的填写 0";
    ExemptReason Case Text, "", "减存、免存的填写理由";
    Deposited Case Date, "2024-01-10", "免存的不用填写";
    From Case Date, "2024-01-10", "不是现金的填写";
    To Case Date, "2025-12-31", "不是现金的填写";
    UsedAmount Case Money, "", "动用过的填写";
    UsedOn Case Date, "", "动用过的填写";
    Refilled Case Date, "", "动用后补足的填写";
    RefundStatus May Suggest(offered::REFUND_STATUSES), "已缴存", "";
    RefundedOn Case Date, "", "已退还的填写";
    RefundedAmount Case Money, "", "已退还的填写";
    Irrevocable May Words(offered::YES_NO), "是", "";
    OnDemand May Words(offered::YES_NO), "是", "";
};

pub const ACCOUNT: &[Entry] = entries! { account:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Number Must Code, "999999000000000001", "";
    Name Must Text, "测试建筑有限公司示例项目农民工工资专用账户", "";
    Bank Must Text, "测试银行测试县支行", "";
    BankCode May Code, "", "";
    BankLink May Code, "", "";
    Opened Must Date, "2024-01-08", "";
    Tripartite May Words(offered::YES_NO), "是", "";
    TripartiteOn May Date, "2024-01-08", "";
    Status Must Words(offered::ACCOUNT_STATUSES), "正常", "";
    Closed Case Date, "", "已销户的填写";
    Balance May Money, "1200000.00", "";
    BalanceOn Case Date, "2024-03-31", "填了账户余额的填写";
    TotalIn May Money, "3000000.00", "";
    TotalOut May Money, "1800000.00", "";
    Kind May Words(offered::ACCOUNT_TYPES), "专户", "";
    Filed May Date, "2024-01-10", "";
    NoticeFrom Case Date, "", "申请注销的填写";
};

pub const BOARD: &[Entry] = entries! { board:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    SetOn Must Date, "2024-01-05", "";
    CheckedOn May Date, "2024-03-20", "";
    Location May Text, "施工现场大门", "";
    Parties Must Words(offered::YES_NO), "是", "";
    WageInfo Must Words(offered::YES_NO), "是", "";
    ComplaintInfo Must Words(offered::YES_NO), "是", "";
    Monthly May Suggest(offered::YES_NO), "是", "也可填写公示过的月份";
    Photo May Text, "", "照片的文件名";
};

pub const PROCESS_SETTLEMENT: &[Entry] = entries! { process_settlement:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Node Must Text, "基础完工", "";
    Due Must Date, "2024-04-30", "";
    Completed Must Money, "8000000.00", "";
    SettledOn May Date, "2024-05-10", "";
    Paid May Money, "6000000.00", "";
};

pub const INSPECTION: &[Entry] = entries! { inspection:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Date Must Date, "2024-03-20", "";
    Campaign May Text, "冬季专项行动", "";
    Inspector May Text, "测试监察员", "";
    Result May Text, "未发现问题", "";
};

pub const LEAD: &[Entry] = entries! { lead:
    Number Must Code, "XS20240001", "";
    Received Must Date, "2024-03-05", "";
    Source May Text, "来访", "";
    Code May Code, EXAMPLE_CODE, "不知道是哪个项目的，可以不填";
    Project May Text, "示例项目", "";
    Company May Text, "测试建筑有限公司", "";
    Workers May Number, "3", "";
    Amount May Money, "45000.00", "";
    State May Text, "办理中", "";
    Closed Case Date, "", "已办结的填写";
    Result May Text, "", "";
};
