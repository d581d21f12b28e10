//! A worked case → dossier and coverage. Field names are those of the model.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveTime};
use model::identifier::{IdentityKind, mask, resident_check};
use model::sheet::{AttendanceLine, LedgerLine, PayResult, PayoutLine, PayrollLine, Totals, TxnType, Who, WorkUnit};
use model::{AccountNo, AttendedElsewhere, CardElsewhere, CardKey, Date, Dossier, Field, PersonKey, PersonLabel, ProjectCode, Table};

use super::row::{ABSENT, Row};

pub const SOURCE: &str = "county";

/// Reads one list of sheets: head keys on the sheet, `lines` below it.
pub fn sheets<L>(case: &Row, key: &str, as_of: Date, mut line: impl FnMut(&Row, u32) -> L) -> Vec<Arc<Table<L>>> {
    let mut tables: Vec<Arc<Table<L>>> = case.rows(key).into_iter().map(|row| Arc::new(sheet(row, as_of, &mut line))).collect();
    tables.sort_by(|a, b| (a.month, &a.part).cmp(&(b.month, &b.part)));
    tables
}

fn sheet<L>(row: Row, as_of: Date, line: &mut impl FnMut(&Row, u32) -> L) -> Table<L> {
    let mut table = Table {
        source: row.words("source").unwrap_or_else(|| SOURCE.to_owned()),
        received_at: received(row.date("received_on").get().unwrap_or(as_of)),
        month: row.month("month"),
        part: String::new(),
        head: model::SheetHead {
            rejected: row.count("rejected").get().unwrap_or_default(),
            employer: row.words("employer"),
            team: row.words("team"),
            prepared_on: row.date("prepared_on"),
            uploaded_on: row.date("uploaded_on"),
            reviewed_on: row.date("reviewed_on"),
            progress_attached: row.flag("progress_attached"),
            batch_no: row.words("batch_no"),
            account: row.words("account").and_then(|n| AccountNo::parse(&n)),
            range: row.dates("range"),
            stated: (row.has("stated_gross") || row.has("stated_net"))
                .then(|| Totals { gross: row.yuan("stated_gross").get(), net: row.yuan("stated_net").get() }),
            ..model::SheetHead::default()
        },
        lines: Vec::new(),
    };
    table.part = row.words("part").unwrap_or_else(|| format!("{:?}/{:?}/{:?}", table.head.employer, table.head.team, table.head.batch_no));
    let lines = row.rows("lines");
    for (at, item) in lines.into_iter().enumerate() {
        table.lines.push(line(&item, u32::try_from(at).unwrap() + 2));
        item.done();
    }
    row.done();
    table
}

/// One table without months, its rows written directly: `deposits = [{…}, {…}]`.
pub fn rows<L>(case: &Row, key: &str, as_of: Date, mut line: impl FnMut(&Row, u32) -> L) -> Vec<Arc<Table<L>>> {
    let rejected = case.count(&format!("{key}_rejected")).get().unwrap_or_default();
    if !case.has(key) && rejected == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for (at, row) in case.rows(key).into_iter().enumerate() {
        lines.push(line(&row, u32::try_from(at).unwrap() + 2));
        row.done();
    }
    let head = model::SheetHead { rejected, ..model::SheetHead::default() };
    vec![Arc::new(Table { source: SOURCE.to_owned(), received_at: received(as_of), month: None, part: String::new(), head, lines })]
}

pub fn received(on: Date) -> DateTime<chrono::Utc> {
    on.and_time(NaiveTime::MIN).and_utc()
}

/// Persons of a case by their short name: `who = "甲"` with number and card of their own.
#[derive(Default)]
pub struct Persons {
    labels: BTreeMap<PersonKey, PersonLabel>,
}

impl Persons {
    /// `who`: the name. `id`: another word for the number behind it, `""` empty, `"-"` no such column.
    /// `card`: a word for the card; none without it. `born`: the birth date in the number (1990-01-01 without it).
    /// `identity`: what the number turned out to be, `valid` without it.
    pub fn read(&mut self, row: &Row, at: u32) -> (Who, Field<()>) {
        let name = row.words("who").unwrap_or_default();
        let id = row.text("id");
        let (word, given) = match &id {
            Field::Given(word) => (Some(word.clone()), Field::Given(())),
            Field::Empty => (None, Field::Empty),
            Field::Absent if row.value("id").is_some_and(|v| v.as_str() == Some(ABSENT)) => (None, Field::Absent),
            Field::Absent => (Some(name.clone()), Field::Given(())),
        };
        let person = word.map(|word| self.person(&word, &name));
        if let (Some(key), Field::Given(born)) = (person, row.date("born")) {
            self.labels.entry(key).and_modify(|label| label.born_on = Some(born));
        }
        let kinds = [("valid", IdentityKind::Valid), ("bad_check", IdentityKind::BadCheck), ("other", IdentityKind::Other)];
        let said = row.choice("identity", &kinds).get();
        let identity = said.unwrap_or(if person.is_some() { IdentityKind::Valid } else { IdentityKind::Missing });
        let card = row.words("card").map(|word| CardKey(spread(&word)));
        (Who { person, identity, name, card, row: at }, given)
    }

    fn person(&mut self, word: &str, name: &str) -> PersonKey {
        let key = PersonKey(spread(word));
        self.labels.entry(key).or_insert_with(|| {
            let number = u32::from_le_bytes([key.0[0], key.0[1], key.0[2], 0]) % 1000;
            let digits = format!("99999919900101{number:03}");
            let full = format!("{digits}{}", char::from(resident_check(digits.as_bytes())));
            PersonLabel { name: name.to_owned(), masked_id: mask(&full), born_on: Date::from_ymd_opt(1990, 1, 1) }
        });
        key
    }

    pub fn finish(self, dossier: &mut Dossier) {
        dossier.persons = Arc::new(self.labels);
    }
}

/// `attended_elsewhere = [{ who = "甲", month = "2024-04", project = "…", days = 3 }]`, days as in [`attendance`].
pub fn attended_elsewhere(row: &Row, persons: &mut Persons) -> AttendedElsewhere {
    let line = attendance(row, 0, persons);
    AttendedElsewhere {
        person: line.who.person.expect("a person with a number"),
        month: row.month("month").expect("a month"),
        project: row.words("project").and_then(|code| ProjectCode::parse(&code)).expect("another project"),
        whole_days: line.whole_days,
        half_days: line.half_days,
    }
}

/// `cards_elsewhere = [{ who = "乙", card = "甲卡", project = "…" }]`.
pub fn card_elsewhere(row: &Row, persons: &mut Persons) -> CardElsewhere {
    let (who, _) = persons.read(row, 0);
    CardElsewhere {
        card: who.card.expect("a card"),
        project: row.words("project").and_then(|code| ProjectCode::parse(&code)).expect("another project"),
        person: who.person.expect("a person with a number"),
    }
}

/// A word spread over 16 bytes, as a keyed hash would.
pub fn spread(word: &str) -> [u8; 16] {
    let mut state = 0xCBF2_9CE4_8422_2325_u64;
    let mut bytes = [0; 16];
    for (at, byte) in bytes.iter_mut().enumerate() {
        for b in word.bytes() {
            state = (state ^ u64::from(b) ^ (at as u64)).wrapping_mul(0x0100_0000_01B3);
        }
        *byte = state.to_le_bytes()[4];
    }
    bytes
}

pub fn payroll(row: &Row, at: u32, persons: &mut Persons) -> PayrollLine {
    let (who, id_given) = persons.read(row, at);
    let net = row.yuan("net").get().unwrap_or_default();
    PayrollLine {
        who,
        id_given,
        team: row.words("team"),
        trade: row.text("trade"),
        work_unit: row.choice(
            "work_unit",
            &[("day", WorkUnit::Day), ("hour", WorkUnit::Hour), ("piece", WorkUnit::Piece), ("month", WorkUnit::Month)],
        ),
        days: row.hundredths("days"),
        hours: row.hundredths("hours"),
        day_rate: row.yuan("day_rate"),
        hour_rate: row.yuan("hour_rate"),
        pieces: row.thousandths("pieces"),
        piece_rate: row.yuan("piece_rate"),
        base: row.yuan("base"),
        overtime: row.yuan("overtime"),
        bonus: row.yuan("bonus"),
        gross: if row.has("gross") { row.yuan("gross") } else { Field::Given(net) },
        advance: row.yuan("advance"),
        deduction: row.yuan("deduction"),
        net,
        phone: row.text("phone"),
        signed: row.flag("signed"),
        paid_on: row.date("paid_on"),
        pay_mode: row.text("pay_mode"),
        wage_slip: row.text("wage_slip"),
        back_pay: row.flag("back_pay"),
        back_pay_month: row.month("back_pay_month").map_or(Field::Absent, Field::Given),
        remark: row.words("remark"),
    }
}

/// `account` on a sheet is the paying account of all lines that name none of their own.
pub fn payouts(case: &Row, as_of: Date, persons: &mut Persons) -> Vec<Arc<Table<PayoutLine>>> {
    let mut tables = sheets(case, "payouts", as_of, |line, at| payout(line, at, persons));
    for table in &mut tables {
        let table = Arc::get_mut(table).unwrap();
        let account = table.head.account.take();
        for line in table.lines.iter_mut().filter(|line| line.account.is_none()) {
            line.account.clone_from(&account);
        }
    }
    tables
}

fn payout(row: &Row, at: u32, persons: &mut Persons) -> PayoutLine {
    let (who, _) = persons.read(row, at);
    let result = match row.words("result").as_deref() {
        None | Some("ok") => PayResult::Success,
        Some("failed") => PayResult::Failed,
        Some("pending") => PayResult::Pending,
        Some(word) => PayResult::Unknown(word.to_owned()),
    };
    PayoutLine {
        who,
        bank: None,
        amount: row.yuan("amount").get().unwrap_or_default(),
        paid_on: row.date("paid_on").get(),
        result,
        fail_reason: row.words("fail_reason"),
        serial: row.words("serial"),
        remark: row.words("remark"),
        account: row.words("account").and_then(|n| AccountNo::parse(&n)),
    }
}

/// `days = 22`: the first 22 days of the month; or `mask = [3, 4, 17]`: these days; `half = [5]`: half days.
pub fn attendance(row: &Row, at: u32, persons: &mut Persons) -> AttendanceLine {
    let (who, _) = persons.read(row, at);
    let days = row.count::<u32>("days").get().unwrap_or_default();
    let bits = |key: &str| {
        let items = row.value(key).and_then(|v| v.as_array().cloned()).unwrap_or_default();
        items.iter().filter_map(toml::Value::as_integer).fold(0_u32, |mask, day| mask | 1 << (day - 1))
    };
    let first = u32::try_from((1_u64 << days) - 1).unwrap();
    AttendanceLine {
        who,
        team: row.words("team"),
        trade: row.words("trade"),
        whole_days: first | bits("mask"),
        half_days: bits("half"),
        hours: row.hundredths("hours"),
        stated_days: row.hundredths("stated_days"),
    }
}

pub fn ledger(row: &Row, at: u32) -> LedgerLine {
    let natures = [
        ("labour_cost", TxnType::LabourCost),
        ("wages", TxnType::Wages),
        ("payout_return", TxnType::PayoutReturn),
        ("interest", TxnType::Interest),
        ("fee", TxnType::Fee),
        ("transfer", TxnType::Transfer),
        ("other", TxnType::Other),
    ];
    LedgerLine {
        row: at,
        date: row.date("date").get().expect("an entry has a date"),
        time: None,
        credit: row.yuan("credit").get().unwrap_or_default(),
        debit: row.yuan("debit").get().unwrap_or_default(),
        balance: row.yuan("balance").get(),
        counter_name: row.words("counter_name"),
        counter_account: row.words("counter_account"),
        text: row.words("text").unwrap_or_default(),
        serial: row.words("serial"),
        batch_no: row.words("batch_no"),
        nature: row.choice("nature", &natures),
        project: row.words("project").and_then(|code| ProjectCode::parse(&code)),
    }
}
