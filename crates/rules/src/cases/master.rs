//! Master tables of a worked case.

use model::sheet::{
    Account, AccountStatus, AccountType, Board, ContractKind, ContractLine, Contractor, CorpType, Deposit, DepositForm, Lead, OwnerKind,
    PermitDate, ProcessSettlement, Project, ProjectStatus, RosterLine, Team, WorkerRole, WorkerSettlement,
};
use model::{AccountNo, Field, PersonKey, ProjectCode};

use super::build::Persons;
use super::row::Row;

/// The project every case starts from; a case overrides single columns.
pub const BASE_PROJECT: &str = r#"
code = "99999920240101001"
name = "测试县安置房一期"
industry = "住建"
owner_name = "测试县城市建设有限公司"
contractor_name = "测试建筑有限公司"
contractor_code = "91999999MA00000154"
contract_amount = 56000000
labour_ratio = 20
pay_day = 15
start_on = 2024-01-02
complete_on = ""
status = "active"
suspended_on = ""
resumed_on = ""
wage_officer = "测试专管员"
owner_kind = "government"
contract_signed_on = 2023-12-20
contract_start = 2024-01-02
contract_end = 2025-06-30
permit_on = 2023-12-28
connected_on = 2024-01-20
"#;

pub fn project(row: &Row) -> Project {
    let statuses = [
        ("planned", ProjectStatus::Planned),
        ("active", ProjectStatus::Active),
        ("suspended", ProjectStatus::Suspended),
        ("completed", ProjectStatus::Completed),
        ("closed", ProjectStatus::Closed),
    ];
    let kinds = [("government", OwnerKind::Government), ("state_owned", OwnerKind::StateOwned), ("private", OwnerKind::Private)];
    let permit_on = if row.value("permit_on").is_some_and(|v| v.as_str() == Some("not_required")) {
        Field::Given(PermitDate::NotRequired)
    } else {
        row.date("permit_on").map(PermitDate::On)
    };
    Project {
        row: 2,
        code: row.words("code").and_then(|code| ProjectCode::parse(&code)).expect("a project has a code"),
        name: row.words("name").unwrap_or_default(),
        category: None,
        industry: row.words("industry"),
        area: row.words("area"),
        address: row.words("address"),
        owner_name: row.words("owner_name"),
        owner_code: row.words("owner_code"),
        contractor_name: row.words("contractor_name"),
        contractor_code: row.words("contractor_code"),
        permit_nos: Vec::new(),
        contract_amount: row.yuan("contract_amount"),
        invest: Field::Absent,
        labour_ratio_ppm: row.percent("labour_ratio"),
        labour_amount: row.yuan("labour_amount"),
        labour_cycle: row.text("labour_cycle"),
        pay_day: row.count("pay_day"),
        start_on: row.date("start_on"),
        complete_on: row.date("complete_on"),
        status: row.choice("status", &statuses).get().unwrap_or(ProjectStatus::Active),
        suspended_on: row.date("suspended_on"),
        resumed_on: row.date("resumed_on"),
        duration_days: row.count("duration_days"),
        wage_officer: row.text("wage_officer"),
        wage_officer_phone: None,
        wage_officer_id: row.words("wage_officer_id").map(|word| PersonKey(super::build::spread(&word))),
        officer_from: row.date("officer_from"),
        officer_to: row.date("officer_to"),
        manager: None,
        manager_phone: None,
        payment_guarantee: row.text("payment_guarantee"),
        payment_guarantee_to: row.date("payment_guarantee_to"),
        owner_kind: row.choice("owner_kind", &kinds),
        contract_signed_on: row.date("contract_signed_on"),
        contract_start: row.date("contract_start"),
        contract_end: row.date("contract_end"),
        permit_on,
        fund_day: row.count("fund_day"),
        connected_on: row.date("connected_on"),
        measure_cycle: row.text("measure_cycle"),
        settlement_terms: row.text("settlement_terms"),
        industry_authority: row.words("industry_authority"),
        owner_emails: Vec::new(),
        contractor_emails: Vec::new(),
        inspector: None,
    }
}

pub fn contractor(row: &Row, at: u32) -> Contractor {
    let kinds = [
        ("general", CorpType::GeneralContractor),
        ("sub", CorpType::Subcontractor),
        ("owner", CorpType::Owner),
        ("supervisor", CorpType::Supervisor),
        ("other", CorpType::Other),
    ];
    Contractor {
        row: at,
        code: row.words("code"),
        name: row.words("name").unwrap_or_default(),
        kind: row.choice("kind", &kinds).get().unwrap_or(CorpType::Subcontractor),
        kind_text: String::new(),
        parent: row.words("parent"),
        contract_amount: row.yuan("contract_amount"),
        entry_on: row.date("entry_on"),
        exit_on: row.date("exit_on"),
        manager: None,
        manager_phone: None,
        payout_agreement: row.flag("payout_agreement"),
        emails: Vec::new(),
    }
}

pub fn team(row: &Row, at: u32) -> Team {
    Team {
        row: at,
        employer: row.words("employer"),
        name: row.words("name").unwrap_or_default(),
        number: None,
        leader: row.words("leader"),
        leader_phone: None,
        leader_id: None,
        trade: row.words("trade"),
        entry_on: row.date("entry_on"),
        exit_on: row.date("exit_on"),
    }
}

pub fn deposit(row: &Row, at: u32) -> Deposit {
    let forms = [
        ("cash", DepositForm::Cash),
        ("guarantee", DepositForm::BankGuarantee),
        ("insurance", DepositForm::Insurance),
        ("surety", DepositForm::Surety),
        ("exempt", DepositForm::Exempt),
    ];
    Deposit {
        row: at,
        payer: row.words("payer").unwrap_or_else(|| "测试建筑有限公司".to_owned()),
        payer_code: row.words("payer_code"),
        form: row.choice("form", &forms).get().unwrap_or(DepositForm::Cash),
        guarantee_no: row.words("guarantee_no"),
        issuer: row.words("issuer"),
        beneficiary: row.text("beneficiary"),
        contract_amount: row.yuan("contract_amount"),
        ratio_ppm: row.percent("ratio"),
        required: row.yuan("required"),
        amount: row.yuan("amount"),
        exempt_reason: row.text("exempt_reason"),
        deposited_on: row.date("deposited_on"),
        valid_from: row.date("valid_from"),
        valid_to: row.date("valid_to"),
        used_amount: row.yuan("used_amount"),
        used_on: row.date("used_on"),
        refilled_on: row.date("refilled_on"),
        refund_status: row.text("refund_status"),
        refunded_on: row.date("refunded_on"),
        refunded_amount: row.yuan("refunded_amount"),
        irrevocable: row.flag("irrevocable"),
        on_demand: row.flag("on_demand"),
    }
}

pub fn account(row: &Row, at: u32) -> Account {
    let kinds = [("special", AccountType::Special), ("deposit", AccountType::Deposit), ("other", AccountType::Other)];
    let statuses = [("normal", AccountStatus::Normal), ("frozen", AccountStatus::Frozen), ("closed", AccountStatus::Closed)];
    let number = row.words("number").unwrap_or_else(|| "9999990000000000014".to_owned());
    Account {
        row: at,
        number: AccountNo::parse(&number).expect("an account has a number"),
        name: row.words("name").unwrap_or_default(),
        bank: row.words("bank"),
        opened_on: row.date("opened_on"),
        tripartite: row.flag("tripartite"),
        tripartite_on: row.date("tripartite_on"),
        status: row.choice("status", &statuses).get().unwrap_or(AccountStatus::Normal),
        closed_on: row.date("closed_on"),
        balance: row.yuan("balance"),
        balance_on: row.date("balance_on"),
        total_in: row.yuan("total_in"),
        total_out: row.yuan("total_out"),
        kind: row.choice("kind", &kinds),
        filed_on: row.date("filed_on"),
        close_notice_from: row.date("close_notice_from"),
    }
}

pub fn board(row: &Row, at: u32) -> Board {
    Board {
        row: at,
        set_on: row.date("set_on"),
        checked_on: row.date("checked_on"),
        location: row.words("location"),
        has_parties: row.flag("has_parties"),
        has_wage_info: row.flag("has_wage_info"),
        has_complaint_info: row.flag("has_complaint_info"),
        monthly_posting: row.text("monthly_posting"),
        photo: row.text("photo"),
    }
}

pub fn process_settlement(row: &Row, at: u32) -> ProcessSettlement {
    ProcessSettlement {
        row: at,
        node: row.words("node").unwrap_or_default(),
        due_on: row.date("due_on"),
        completed_value: row.yuan("completed_value"),
        settled_on: row.date("settled_on"),
        paid: row.yuan("paid"),
    }
}

pub fn lead(row: &Row, at: u32) -> Lead {
    Lead {
        row: at,
        number: row.words("number").unwrap_or_default(),
        received_on: row.date("received_on").get(),
        source: None,
        company: row.words("company"),
        workers: row.count("workers"),
        amount: row.yuan("amount"),
        state: row.words("state"),
        closed_on: row.date("closed_on"),
        result: row.text("result"),
    }
}

/// A roster line with every mandatory field given, unless the case says otherwise.
pub fn roster(row: &Row, at: u32, persons: &mut Persons) -> RosterLine {
    let (who, id_given) = persons.read(row, at);
    let or = |key: &str, default: &str| if row.has(key) { row.text(key) } else { Field::Given(default.to_owned()) };
    let roles = [("manager", WorkerRole::Manager), ("worker", WorkerRole::Worker)];
    RosterLine {
        card_given: if row.has("card_given") { row.flag("card_given").map(|_| ()) } else { Field::Given(()) },
        who,
        id_given,
        employer: or("employer", "测试劳务有限公司"),
        team: or("team", "钢筋班组"),
        phone: or("phone", "10000000001"),
        trade: or("trade", "钢筋工"),
        role: row.choice("role", &roles),
        is_leader: row.flag("is_leader"),
        card_bank: None,
        entry_on: if row.has("entry_on") { row.date("entry_on") } else { Field::Given("2024-01-02".parse().unwrap()) },
        exit_on: row.date("exit_on"),
        on_site: row.flag("on_site"),
        has_contract: row.flag("has_contract"),
        has_insurance: row.flag("has_insurance"),
        trained_on: row.date("trained_on"),
        registered_on: row.date("registered_on"),
    }
}

pub fn contract(row: &Row, at: u32, persons: &mut Persons) -> ContractLine {
    let (who, _) = persons.read(row, at);
    let kinds = [("labour", ContractKind::Labour), ("agreement", ContractKind::WorkAgreement)];
    ContractLine {
        who,
        employer: row.words("employer"),
        number: None,
        kind: row.choice("kind", &kinds),
        period_kind: None,
        signed_on: row.date("signed_on"),
        start_on: row.date("start_on"),
        end_on: row.date("end_on"),
        wage_form: row.words("wage_form"),
        rate: row.yuan("rate"),
        unit: row.words("unit"),
        pay_day: row.count("pay_day"),
    }
}

pub fn worker_settlement(row: &Row, at: u32, persons: &mut Persons) -> WorkerSettlement {
    let (who, _) = persons.read(row, at);
    WorkerSettlement {
        who,
        entry_on: row.date("entry_on"),
        exit_on: row.date("exit_on"),
        gross_total: row.yuan("gross_total").get().unwrap_or_default(),
        paid_total: row.yuan("paid_total").get().unwrap_or_default(),
        unpaid: row.yuan("unpaid").get().unwrap_or_default(),
        settled: row.flag("settled").get().unwrap_or_default(),
        settled_on: row.date("settled_on"),
        signed: row.flag("signed"),
    }
}
