//! Names of methods (§5, §8.2) and of the fields that travel encrypted (§3.3).

use model::Dataset;

/// The most rows a page may have (§4.3).
pub const PAGE_SIZE_MAX: u32 = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Query,
    Add,
    Update,
    Upload,
}

impl Verb {
    /// Everything but a query is answered with a serial code and handled later (§4.2).
    pub fn writes(self) -> bool {
        self != Self::Query
    }
}

/// One method. Every query also takes `pageIndex` and `pageSize`.
#[derive(Debug, PartialEq, Eq)]
pub struct Method {
    pub name: &'static str,
    /// `1.1` for the signature test alone.
    pub version: &'static str,
    pub verb: Verb,
    /// Keys of `data` in a query; `!` marks the one without which the national platform refuses.
    pub keys: &'static [&'static str],
    /// What the rows of an extension method are (§8.2): all columns of that dataset. `None`: a national method.
    pub extension: Option<Dataset>,
}

impl Method {
    pub fn is_extension(&self) -> bool {
        self.extension.is_some()
    }

    /// The key that must not be absent.
    pub fn required_keys(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().filter_map(|key| key.strip_suffix('!'))
    }
}

const fn query(name: &'static str, keys: &'static [&'static str]) -> Method {
    Method { name, version: "1.0", verb: Verb::Query, keys, extension: None }
}

const fn writing(name: &'static str, verb: Verb) -> Method {
    Method { name, version: "1.0", verb, keys: &[], extension: None }
}

const fn extension(name: &'static str, dataset: Dataset, keys: &'static [&'static str]) -> Method {
    Method { name, version: "1.0", verb: Verb::Query, keys, extension: Some(dataset) }
}

const PERSON: &[&str] = &["projectCode!", "corpCode", "corpName", "teamSysNo", "teamName", "idCardType", "idCardNumber"];

/// In the order of §5, then §8.2.
pub static METHODS: &[Method] = &[
    Method { name: "CheckSign.Query", version: "1.1", verb: Verb::Query, keys: &[], extension: None },
    writing("Corp.Upload", Verb::Upload),
    query("Corp.Query", &["corpCode", "corpName"]),
    writing("Project.Add", Verb::Add),
    writing("Project.PartUpdate", Verb::Update),
    query("Project.Query", &["projectCode", "contractorCorpCode", "contractorCorpName"]),
    writing("ProjectSubContractor.Add", Verb::Add),
    writing("ProjectSubContractor.Update", Verb::Update),
    writing("ProjectSubContractor.Upload", Verb::Upload),
    query("ProjectSubContractor.Query", &["projectCode!", "corpCode", "corpName"]),
    writing("Team.Add", Verb::Add),
    writing("Team.Update", Verb::Update),
    writing("Team.Upload", Verb::Upload),
    query("Team.Query", &["projectCode!", "teamSysNo", "teamName", "corpCode", "corpName"]),
    writing("ProjectWorker.Add", Verb::Add),
    writing("ProjectWorker.Update", Verb::Update),
    writing("ProjectWorker.Upload", Verb::Upload),
    query("ProjectWorker.Query", PERSON),
    query("Worker.Query", &["idCardType", "idCardNumber!"]),
    writing("WorkerEntryExit.Add", Verb::Add),
    query("WorkerEntryExit.Query", &["projectCode!", "corpCode", "corpName", "teamSysNo", "idCardType", "idCardNumber", "entryExitDate"]),
    writing("WorkerContract.Add", Verb::Add),
    query("WorkerContract.Query", &["projectCode!", "corpCode", "corpName", "idCardType", "idCardNumber"]),
    writing("WorkerAttendance.Add", Verb::Add),
    writing("WorkerAttendance.Upload", Verb::Upload),
    query("WorkerAttendance.Query", &["projectCode!", "date!", "teamSysNo", "idCardType", "idCardNumber"]),
    writing("Payroll.Add", Verb::Add),
    query("Payroll.Query", &["projectCode!", "corpCode", "corpName", "teamSysNo", "payMonth", "payRollCode", "idCardType", "idCardNumber"]),
    writing("ProjectTraining.Add", Verb::Add),
    query("ProjectTraining.Query", &["projectCode!", "trainingDate", "typeCode"]),
    query("AsyncHandleResult.Query", &["requestSerialCode!"]),
    extension("ProjectRegister.Query", Dataset::Project, &["contractorCorpCode"]),
    extension("WagePayroll.Query", Dataset::Payroll, &["projectCode!", "payMonth"]),
    extension("WageAccount.Query", Dataset::Account, &["projectCode!"]),
    extension("WageAccountTransaction.Query", Dataset::Ledger, &["projectCode!", "accountNo", "startDate", "endDate"]),
    extension("WagePayout.Query", Dataset::Payout, &["projectCode!", "payMonth", "batchNo"]),
    extension("WageDeposit.Query", Dataset::Deposit, &["projectCode!"]),
    extension("NoticeBoard.Query", Dataset::Board, &["projectCode!"]),
    extension("WorkerSettlement.Query", Dataset::WorkerSettlement, &["projectCode!"]),
];

/// By its name, whatever its case.
pub fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name.eq_ignore_ascii_case(name))
}

/// Fields that travel encrypted: first those of the national interface (§3.3; `bankNumber` inside `bankInfos`), then
/// identity and card numbers under the names that the extension methods use.
pub static SECRET_FIELDS: &[&str] = &[
    "idCardNumber",
    "legalManIDCardNumber",
    "pmIDCardNumber",
    "teamLeaderIDNumber",
    "responsiblePersonIDNumber",
    "payRollBankCardNumber",
    "payBankCardNumber",
    "bankNumber",
    "idNumber",
    "laborOfficerIdNumber",
    "pmIdNumber",
    "leaderIdNumber",
    "cardNumber",
    "payeeAccount",
    "counterAccount",
];

/// Whatever its case; a nested field is asked for by its own name.
pub fn is_secret_field(name: &str) -> bool {
    SECRET_FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_one_entry() {
        for (at, one) in METHODS.iter().enumerate() {
            assert_eq!(METHODS.iter().position(|other| other.name.eq_ignore_ascii_case(one.name)), Some(at), "{}", one.name);
            assert_eq!(one.verb.writes(), !one.name.ends_with(".Query"), "{}", one.name);
        }
        assert_eq!(METHODS.iter().filter(|m| m.is_extension()).count(), 8);
    }

    #[test]
    fn attendance_wants_a_day() {
        let keys: Vec<&str> = method("workerattendance.query").expect("listed").required_keys().collect();
        assert_eq!(keys, ["projectCode", "date"]);
    }
}
