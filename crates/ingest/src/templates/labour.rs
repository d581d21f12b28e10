//! Templates of workers, their days and their wages.

use super::content::Kind::{Code, Date, Moment, Money, Month, Number, Suggest, Text, Trade, Words};
use super::content::{EXAMPLE_CODE, Entry, entries};
use crate::cell::offered;

pub const LEDGER: &[Entry] = entries! { ledger:
    Code May Code, EXAMPLE_CODE, "一个账户供几个项目用的填写";
    Account Must Code, "999999000000000001", "";
    AccountName May Text, "测试建筑有限公司示例项目农民工工资专用账户", "";
    Date Must Date, "2024-03-05", "";
    Time May Text, "09:30:00", "";
    Credit Case Money, "500000.00", "进账的填写；一行只填一边";
    Debit Case Money, "", "出账的填写；一行只填一边";
    Balance May Money, "1200000.00", "这一笔之后的余额";
    CounterName Must Text, "测试建设投资有限公司", "";
    CounterAccount May Code, "999999000000000099", "";
    CounterBank May Text, "", "";
    Summary May Text, "人工费", "";
    Purpose May Text, "", "";
    Remark May Text, "", "";
    Serial May Code, "LS20240305001", "";
    Batch May Code, "", "代发工资的填写批次号";
    Nature May Words(offered::TXN_TYPES), "人工费拨付", "";
};

pub const ROSTER: &[Entry] = entries! { roster:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Employer Must Text, "测试劳务有限公司", "";
    EmployerCode May Code, "91999999MA00000Y52", "";
    Team Must Text, "钢筋班组", "";
    Name Must Text, "测试工人一", "";
    IdType May Suggest(offered::ID_TYPES), "居民身份证", "";
    Id Must Code, "999999199001010016", "";
    Gender May Suggest(offered::GENDERS), "男", "";
    Nation May Text, "汉族", "";
    Phone May Code, "10000000004", "";
    Trade Must Trade, "钢筋工", "";
    Role May Words(offered::WORKER_ROLES), "建筑工人", "";
    Leader May Words(offered::YES_NO), "否", "";
    Card Must Code, "9999990000000000022", "";
    CardBank May Text, "测试银行", "";
    Entry Must Date, "2024-01-10", "";
    Exit May Date, "", "已退场的填写";
    OnSite May Words(offered::ON_SITE), "在场", "";
    Contract May Words(offered::YES_NO), "是", "";
    Insurance May Words(offered::YES_NO), "是", "";
    Address May Text, "测试县测试村", "";
    Trained May Date, "2024-01-10", "";
    Registered May Date, "2024-01-10", "";
};

pub const CONTRACT: &[Entry] = entries! { contract:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Name Must Text, "测试工人一", "";
    Id Must Code, "999999199001010016", "";
    Employer Must Text, "测试劳务有限公司", "";
    EmployerCode May Code, "91999999MA00000Y52", "";
    Team May Text, "钢筋班组", "";
    Number May Code, "HT20240001", "";
    Kind May Words(offered::CONTRACT_KINDS), "劳动合同", "";
    PeriodKind Must Suggest(offered::PERIOD_KINDS), "以完成一定工作为期限", "";
    Signed May Date, "2024-01-10", "";
    Start Must Date, "2024-01-10", "";
    End Must Date, "2024-12-31", "";
    WageForm Must Suggest(offered::WAGE_FORMS), "计时（日）", "";
    Rate Must Money, "300.00", "";
    Unit Case Suggest(offered::UNITS), "天", "";
    PayDay May Number, "25", "每月几日发工资，1 至 31";
};

pub const PUNCHES: &[Entry] = entries! { attendance:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Employer May Text, "测试劳务有限公司", "";
    EmployerCode May Code, "91999999MA00000Y52", "";
    Team May Text, "钢筋班组", "";
    Name Must Text, "测试工人一", "";
    Id Must Code, "999999199001010016", "";
    Time Must Moment, "2024-03-01 07:05:00", "";
    Direction May Suggest(offered::DIRECTIONS), "入场", "";
    Channel May Text, "人脸识别", "";
    Source May Suggest(offered::SOURCES), "系统生成", "";
};

/// Followed by the columns of the days.
pub const MATRIX: &[Entry] = entries! { attendance:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Employer May Text, "测试劳务有限公司", "";
    Team Must Text, "钢筋班组", "";
    Month Must Month, "2024-03", "";
    Name Must Text, "测试工人一", "";
    Id Must Code, "999999199001010016", "";
    Trade May Trade, "钢筋工", "";
};

/// Behind the columns of the days.
pub const MATRIX_END: &[Entry] = entries! { attendance:
    Stated May Number, "21.5", "";
    Signed May Text, "", "";
    Remark May Text, "", "";
};

pub const PAYROLL: &[Entry] = entries! { payroll:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Employer Must Text, "测试劳务有限公司", "";
    EmployerCode May Code, "91999999MA00000Y52", "";
    Team May Text, "钢筋班组", "";
    Month Must Month, "2024-03", "";
    From May Date, "2024-03-01", "";
    To May Date, "2024-03-31", "";
    BackPay May Words(offered::YES_NO), "否", "";
    BackPayMonth Case Month, "", "补发的填写";
    Prepared May Date, "2024-04-02", "";
    Posted May Date, "2024-04-03", "";
    Uploaded May Date, "2024-04-05", "";
    Reviewed May Date, "2024-04-06", "";
    Progress May Words(offered::YES_NO), "是", "随表附有工程进度的填“是”";
    Seq May Number, "1", "";
    Name Must Text, "测试工人一", "";
    Id Must Code, "999999199001010016", "";
    Trade May Trade, "钢筋工", "";
    WorkUnit May Words(offered::WORK_UNITS), "计日", "";
    Days Case Number, "21.5", "按日、按时计酬的填写";
    Hours Case Number, "", "按时计酬的填写";
    DayRate Case Money, "300.00", "按日计酬的填写";
    HourRate Case Money, "", "按时计酬的填写";
    Pieces Case Number, "", "计件的填写";
    PieceRate Case Money, "", "计件的填写";
    Base May Money, "6450.00", "";
    Overtime May Money, "", "";
    Bonus May Money, "", "";
    Gross Must Money, "6450.00", "";
    Advance May Money, "", "";
    Deduction May Money, "50.00", "";
    Net Must Money, "6400.00", "";
    Card Must Code, "9999990000000000022", "";
    Bank May Text, "测试银行", "";
    Phone May Code, "10000000004", "";
    Signed May Text, "测试工人一", "";
    Paid May Date, "2024-04-10", "";
    PayMode May Text, "银行代发", "";
    Slip May Suggest(offered::YES_NO), "是", "";
    Number May Code, "", "";
    Remark May Text, "", "";
};

pub const PAYOUT: &[Entry] = entries! { payout:
    Code May Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Batch Must Code, "DF20240410001", "";
    PayAccount Must Code, "999999000000000001", "农民工工资专用账户的账号";
    PayName May Text, "测试建筑有限公司示例项目农民工工资专用账户", "";
    Month Must Month, "2024-03", "";
    Name Must Text, "测试工人一", "";
    Account Must Code, "9999990000000000022", "";
    Bank May Text, "测试银行", "";
    Id May Code, "999999199001010016", "";
    Amount Must Money, "6400.00", "";
    Date Must Date, "2024-04-10", "银行处理的日期";
    Result Must Words(offered::PAY_RESULTS), "成功", "";
    Reason Case Text, "", "失败的填写";
    ResultCode May Code, "", "";
    Serial May Code, "LS20240410001", "";
    Remark May Text, "", "";
};

pub const WORKER_SETTLEMENT: &[Entry] = entries! { worker_settlement:
    Code Must Code, EXAMPLE_CODE, "";
    Project May Text, "示例项目", "";
    Employer May Text, "测试劳务有限公司", "";
    Team May Text, "钢筋班组", "";
    Name Must Text, "测试工人一", "";
    Id Must Code, "999999199001010016", "";
    Card May Code, "9999990000000000022", "";
    Entry May Date, "2024-01-10", "";
    Exit Must Date, "2024-06-30", "";
    Gross Must Money, "36000.00", "";
    Paid Must Money, "36000.00", "";
    Unpaid Must Money, "0.00", "";
    Settled Must Words(offered::YES_NO), "是", "";
    SettledOn Case Date, "2024-07-05", "已结清的填写";
    Signed May Text, "测试工人一", "";
};
