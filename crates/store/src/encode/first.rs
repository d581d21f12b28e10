//! Sheets as version 1 laid them out: the paying account of a payout stood once, in the head.

use model::sheet::{
    Account, AttendanceLine, Board, ContractLine, Contractor, Deposit, Inspection, Lead, LedgerLine, PayResult, PayrollLine,
    ProcessSettlement, Project, RosterLine, Team, Who, WorkerSettlement,
};
use model::{Date, Fen, Month, Place, SheetHead};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Sheet {
    place: Place,
    month: Option<Month>,
    part: String,
    head: SheetHead,
    body: Body,
}

#[derive(Deserialize)]
struct PayoutLine {
    who: Who,
    bank: Option<String>,
    amount: Fen,
    paid_on: Option<Date>,
    result: PayResult,
    fail_reason: Option<String>,
    serial: Option<String>,
    remark: Option<String>,
}

#[derive(Deserialize)]
enum Body {
    Project(Vec<Project>),
    Contractor(Vec<Contractor>),
    Team(Vec<Team>),
    Deposit(Vec<Deposit>),
    Account(Vec<Account>),
    Ledger(Vec<LedgerLine>),
    Roster(Vec<RosterLine>),
    Contract(Vec<ContractLine>),
    Attendance(Vec<AttendanceLine>),
    Payroll(Vec<PayrollLine>),
    Payout(Vec<PayoutLine>),
    Board(Vec<Board>),
    WorkerSettlement(Vec<WorkerSettlement>),
    ProcessSettlement(Vec<ProcessSettlement>),
    Inspection(Vec<Inspection>),
    Lead(Vec<Lead>),
}

impl From<Sheet> for model::Sheet {
    fn from(Sheet { place, month, part, mut head, body }: Sheet) -> Self {
        let body = match body {
            Body::Project(lines) => model::Body::Project(lines),
            Body::Contractor(lines) => model::Body::Contractor(lines),
            Body::Team(lines) => model::Body::Team(lines),
            Body::Deposit(lines) => model::Body::Deposit(lines),
            Body::Account(lines) => model::Body::Account(lines),
            Body::Ledger(lines) => model::Body::Ledger(lines),
            Body::Roster(lines) => model::Body::Roster(lines),
            Body::Contract(lines) => model::Body::Contract(lines),
            Body::Attendance(lines) => model::Body::Attendance(lines),
            Body::Payroll(lines) => model::Body::Payroll(lines),
            Body::Payout(lines) => model::Body::Payout(payouts(&mut head, lines)),
            Body::Board(lines) => model::Body::Board(lines),
            Body::WorkerSettlement(lines) => model::Body::WorkerSettlement(lines),
            Body::ProcessSettlement(lines) => model::Body::ProcessSettlement(lines),
            Body::Inspection(lines) => model::Body::Inspection(lines),
            Body::Lead(lines) => model::Body::Lead(lines),
        };
        Self { place, month, part, head, body }
    }
}

fn payouts(head: &mut SheetHead, lines: Vec<PayoutLine>) -> Vec<model::sheet::PayoutLine> {
    let paid_from = head.account.take();
    let line = |old: PayoutLine| model::sheet::PayoutLine {
        who: old.who,
        bank: old.bank,
        amount: old.amount,
        paid_on: old.paid_on,
        result: old.result,
        fail_reason: old.fail_reason,
        serial: old.serial,
        remark: old.remark,
        account: paid_from.clone(),
    };
    lines.into_iter().map(line).collect()
}
