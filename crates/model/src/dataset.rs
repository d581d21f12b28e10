//! The kinds of table a county hands over (file-formats.md).

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! datasets {
    ($($variant:ident, $code:literal, $chinese:literal;)*) => {
        /// One kind of table. The codes are fixed by rules.md §6, "Import as JSON".
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Dataset { $($variant),* }

        impl Dataset {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            pub fn chinese(self) -> &'static str {
                match self { $(Self::$variant => $chinese),* }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

datasets! {
    Project, "project", "项目清单";
    Contractor, "contractor", "参建单位";
    Team, "team", "班组";
    Deposit, "deposit", "工资保证金";
    Account, "account", "工资专用账户";
    Ledger, "ledger", "专户流水";
    Roster, "roster", "实名制花名册";
    Contract, "contract", "劳动合同";
    Attendance, "attendance", "考勤";
    Payroll, "payroll", "工资表";
    Payout, "payout", "银行代发明细";
    Board, "board", "维权信息告示牌";
    WorkerSettlement, "worker_settlement", "退场工资结清";
    ProcessSettlement, "process_settlement", "施工过程结算";
    Inspection, "inspection", "检查记录";
    Lead, "lead", "欠薪线索";
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
