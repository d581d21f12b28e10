//! From the body of a request to the body of its answer.

use std::sync::PoisonError;

use model::Dataset;
use platform::{Form, Record, decrypt, is_secret_field};
use serde_json::{Value, json};

use super::fault::Fault;
use super::gate::{self, Call, Refusal};
use super::output::{Outgoing, Paging};
use super::queue::{Counts, Memory};
use super::table::Row;
use super::{Platform, extension, national, shape, upload};

/// What goes back, and after how long.
#[derive(Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub html: bool,
    pub location: Option<&'static str>,
    pub body: Vec<u8>,
    pub wait_ms: u64,
}

const ELSEWHERE: &str = "http://elsewhere.invalid/open.api";
const OVERSIZE_BYTES: usize = 96 * 1024 * 1024;
const HTML: &str = "<!DOCTYPE html><html><head><title>系统维护</title></head><body>系统维护中，请稍后访问。</body></html>";

impl Platform {
    pub fn counts(&self) -> Counts {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).counts.clone()
    }

    /// One POST of a form.
    pub fn exchange(&self, body: &[u8]) -> Reply {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.counts.calls += 1;
        let call = memory.counts.calls;
        let form = Form::parse(body);
        let named = platform::method(form.get("method").unwrap_or_default()).map_or("?", |method| method.name);
        *memory.counts.methods.entry(named.to_owned()).or_default() += 1;
        let mut struck = Vec::new();
        let mut reply = self.reply(&form, call, &mut memory, &mut struck);
        reply.wait_ms += self.options.latency_ms;
        if self.faults.in_call(Fault::Slow, call) {
            struck.push(Fault::Slow);
            reply.wait_ms += self.options.slow_ms;
        }
        for fault in struck {
            *memory.counts.faults.entry(fault.name()).or_default() += 1;
        }
        reply
    }

    fn reply(&self, form: &Form, call: u64, memory: &mut Memory, struck: &mut Vec<Fault>) -> Reply {
        let strikes = |fault| self.faults.in_call(fault, call);
        if let Some(fault) = [Fault::Redirect, Fault::ServerError, Fault::Html].into_iter().find(|fault| strikes(*fault)) {
            struck.push(fault);
            *memory.counts.answers.entry("http".to_owned()).or_default() += 1;
            return match fault {
                Fault::Redirect => Reply { status: 302, location: Some(ELSEWHERE), ..Reply::default() },
                Fault::ServerError => Reply { status: if call.is_multiple_of(2) { 502 } else { 500 }, html: true, ..Reply::default() },
                _ => Reply { status: 200, html: true, body: HTML.as_bytes().to_vec(), ..Reply::default() },
            };
        }
        let mut answer = match self.serve_call(form, call, memory, struck) {
            Ok(data) => json!({ "code": self.code(0), "message": "成功", "data": data }),
            Err(refusal) => {
                json!({ "code": self.code(refusal.code(self.options.profile.family())), "message": refusal.message(), "data": null })
            }
        };
        if answer["data"].get("rows").is_some() {
            if strikes(Fault::RowsNull) {
                struck.push(Fault::RowsNull);
                answer["data"]["rows"] = Value::Null;
            }
            if strikes(Fault::DataNull) {
                struck.push(Fault::DataNull);
                answer["data"] = Value::Null;
            }
        }
        let code = &answer["code"];
        *memory.counts.answers.entry(code.as_str().map_or_else(|| code.to_string(), str::to_owned)).or_default() += 1;
        let mut body = answer.to_string().into_bytes();
        if strikes(Fault::Truncated) {
            struck.push(Fault::Truncated);
            body.truncate(body.len() * 3 / 5);
        } else if strikes(Fault::Oversized) {
            struck.push(Fault::Oversized);
            body.resize(OVERSIZE_BYTES, b' ');
        }
        Reply { status: 200, body, ..Reply::default() }
    }

    /// A number on the national platform, text on the labour gateway; clients must take both.
    fn code(&self, code: i64) -> Value {
        match self.options.profile.family() {
            platform::Family::National => code.into(),
            platform::Family::Labour => code.to_string().into(),
        }
    }

    fn serve_call(&self, form: &Form, call: u64, memory: &mut Memory, struck: &mut Vec<Fault>) -> Result<Value, Refusal> {
        let passed = gate::pass(self, form, memory)?;
        for (fault, refusal) in
            [(Fault::ExpiredNonce, Refusal::Nonce), (Fault::RateLimit, Refusal::RateLimit), (Fault::Busy, Refusal::Busy)]
        {
            if self.faults.in_call(fault, call) {
                struck.push(fault);
                return Err(refusal);
            }
        }
        if dataset_of(passed.method.name).is_some_and(|dataset| self.options.county.without.contains(&dataset)) {
            return Err(Refusal::NotOpened);
        }
        if passed.method.verb.writes() {
            return upload::take(self, passed, memory).map(|serial| json!({ "requestSerialCode": serial }));
        }
        self.query(&passed, call, memory, struck)
    }

    fn query(&self, call: &Call, number: u64, memory: &mut Memory, struck: &mut Vec<Fault>) -> Result<Value, Refusal> {
        let query = Record::new(&call.data);
        for key in call.method.required_keys() {
            query.text(key).ok_or_else(|| Refusal::Missing(key.to_owned()))?;
        }
        let mut outgoing = Outgoing { platform: self, site: call.site, method: call.method.name, call: number, struck: Vec::new() };
        let answered = match call.method.name {
            "CheckSign.Query" => Ok(json!({ "result": true })),
            "AsyncHandleResult.Query" => {
                let serial = query.text("requestSerialCode").unwrap_or_default();
                let (state, result) = memory.poll(call.site, &serial).ok_or(Refusal::UnknownSerial)?;
                Ok(json!({ "requestSerialCode": serial, "status": state.wire(self.options.profile.family()), "result": result }))
            }
            // One person: the object itself, without rows.
            "Worker.Query" => {
                let rows = self.rows(call, memory)?;
                Ok(rows.first().map_or(Value::Null, |row| outgoing.dress(row)))
            }
            _ => {
                let paging = Paging::of(query, self.options.clamp_pages)?;
                let rows = self.rows(call, memory)?;
                match rows.as_slice() {
                    [row] if call.method.name == "Payroll.Query" && query.text("payRollCode").is_some() => Ok(outgoing.dress(row)),
                    rows => Ok(outgoing.page(rows, paging)),
                }
            }
        };
        struck.append(&mut outgoing.struck);
        answered
    }

    fn rows(&self, call: &Call, memory: &Memory) -> Result<Vec<Row>, Refusal> {
        let (site, today, query) = (&self.sites[call.site], self.today(), Record::new(&call.data));
        if let Some(dataset) = call.method.extension {
            return Ok(extension::rows(site, dataset, query, today));
        }
        let object = call.method.name.split('.').next().unwrap_or_default();
        let (object, base) = match object {
            "Project" => ("Project", national::projects(site, today)),
            "Corp" => ("Corp", national::corps(site, today)),
            "ProjectSubContractor" => ("ProjectSubContractor", national::contractors(site, today)),
            "Team" => ("Team", national::teams(site, today)),
            "ProjectWorker" | "Worker" => ("ProjectWorker", national::workers(site, today)),
            "WorkerEntryExit" => ("WorkerEntryExit", national::movements(site, today)),
            "WorkerContract" => ("WorkerContract", national::contracts(site, today)),
            "WorkerAttendance" => ("WorkerAttendance", national::attendance(site, today, query)),
            "Payroll" => ("Payroll", national::payrolls(site, today, query)),
            other => (other, Vec::new()),
        };
        if object == "Project" && !["projectCode", "contractorCorpCode", "contractorCorpName"].iter().any(|key| query.text(key).is_some()) {
            return Err(Refusal::Missing("contractorCorpCode".to_owned()));
        }
        let wanted = self.wanted(call)?;
        let mut rows = memory.merged(call.site, object, base);
        rows.retain_mut(|row| wanted.iter().all(|(key, value)| fits(row, key, value)));
        Ok(rows)
    }

    /// The keys a query is narrowed by, secret ones made plain.
    fn wanted(&self, call: &Call) -> Result<Vec<(&'static str, String)>, Refusal> {
        let query = Record::new(&call.data);
        let mut wanted = Vec::new();
        for key in call.method.keys.iter().map(|key| key.trim_end_matches('!')) {
            let Some(text) = shape::text(query, key) else { continue };
            let plain = if is_secret_field(key) {
                let secret = &self.credentials[call.site].secret;
                decrypt(&text, secret).map_err(|_| Refusal::Field(format!("[{key}]参数值不正确!")))?
            } else {
                text
            };
            wanted.push((key, plain));
        }
        Ok(wanted)
    }
}

/// Whether a row is one of those asked for; of a payroll only the lines of the person asked for remain.
fn fits(row: &mut Row, key: &str, wanted: &str) -> bool {
    let field = match key {
        "entryExitDate" => "date",
        "trainingDate" => "trainingDate",
        "typeCode" => "trainingTypeCode",
        other => other,
    };
    if let Some(Value::Array(details)) = row.get_mut("detailList")
        && matches!(field, "idCardNumber" | "idCardType")
    {
        details.retain(|line| Record::of(line).and_then(|line| line.text(field)).as_deref() == Some(wanted));
        return !details.is_empty();
    }
    let text = Record::new(row).text(field).unwrap_or_default();
    match field {
        // A day is asked for, a time is stored; a month is asked for, some clients send its first day.
        "date" | "trainingDate" => text.get(..10) == wanted.get(..10),
        "payMonth" => text.get(..7) == wanted.get(..7),
        _ => text == wanted,
    }
}

fn dataset_of(method: &str) -> Option<Dataset> {
    if let Some(dataset) = platform::method(method).and_then(|method| method.extension) {
        return Some(dataset);
    }
    match method.split('.').next()? {
        "Project" => Some(Dataset::Project),
        "ProjectSubContractor" => Some(Dataset::Contractor),
        "Team" => Some(Dataset::Team),
        "ProjectWorker" | "Worker" | "WorkerEntryExit" => Some(Dataset::Roster),
        "WorkerContract" => Some(Dataset::Contract),
        "WorkerAttendance" => Some(Dataset::Attendance),
        "Payroll" => Some(Dataset::Payroll),
        _ => None,
    }
}
