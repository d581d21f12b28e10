//! Rows as they leave: one page of them, secret fields sealed, flags in the chosen spelling, faults of the data.

use platform::{PAGE_SIZE_MAX, Record, Secret, encrypt, is_secret_field};
use serde_json::{Value, json};

use super::Platform;
use super::fault::Fault;
use super::gate::Refusal;
use super::table::Row;

/// Which page of how many rows.
#[derive(Clone, Copy)]
pub struct Paging {
    index: usize,
    size: usize,
}

impl Paging {
    pub fn of(query: Record<'_>, clamp: bool) -> Result<Self, Refusal> {
        let number = |name: &str, otherwise: i64| if query.has(name) { query.integer(name) } else { Some(otherwise) };
        let wrong = |name: &str| Refusal::Field(format!("[{name}]值超出范围或无效!"));
        let index = number("pageIndex", 0).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| wrong("pageIndex"))?;
        let size = number("pageSize", i64::from(PAGE_SIZE_MAX)).and_then(|n| usize::try_from(n).ok());
        let most = PAGE_SIZE_MAX as usize;
        match size {
            Some(size) if (1..=most).contains(&size) => Ok(Self { index, size }),
            Some(size) if size > most && clamp => Ok(Self { index, size: most }),
            Some(size) if size > most => Err(Refusal::Field(format!("[pageSize]不能大于{most}!"))),
            _ => Err(wrong("pageSize")),
        }
    }
}

/// One answer's rows in the making.
pub struct Outgoing<'a> {
    pub platform: &'a Platform,
    pub site: usize,
    pub method: &'static str,
    pub call: u64,
    /// Faults that did happen.
    pub struck: Vec<Fault>,
}

impl Outgoing<'_> {
    fn strikes(&mut self, fault: Fault, by: Option<&str>) -> bool {
        let faults = &self.platform.faults;
        let struck = by.map_or_else(|| faults.in_call(fault, self.call), |row| faults.in_row(fault, row));
        if struck {
            self.struck.push(fault);
        }
        struck
    }

    pub fn page(&mut self, rows: &[Row], paging: Paging) -> Value {
        let code = self.platform.sites[self.site].code.clone();
        // A row slipped in at the front after the first page was read: every later page begins one row earlier.
        let shifted = !rows.is_empty() && self.strikes(Fault::ShiftingPages, Some(&format!("{code}{}", self.method)));
        let total = rows.len() + usize::from(shifted && paging.index > 0);
        let pages = total.div_ceil(paging.size);
        let mut index = paging.index;
        if index > 0 && self.strikes(Fault::DuplicatePages, None) {
            index = (index - 1).min(pages.saturating_sub(1));
        }
        let start = (index * paging.size).saturating_sub(usize::from(shifted && index > 0)).min(rows.len());
        let end = (start + paging.size).min(rows.len());
        let mut shown: Vec<Value> = rows[start..end].iter().map(|row| self.dress(row)).collect();
        if let Some(Value::Object(first)) = shown.first().cloned()
            && first.contains_key("projectCode")
            && self.strikes(Fault::WrongProject, Some(&format!("{code}{}{index}", self.method)))
        {
            let mut foreign = first;
            let other = &self.platform.sites[(self.site + 1) % self.platform.sites.len()].code;
            foreign.insert("projectCode".to_owned(), other.as_str().into());
            shown.push(Value::Object(foreign));
        }
        json!({ "pageIndex": paging.index, "pageSize": paging.size, "pageCount": pages, "totalCount": total, "rows": shown })
    }

    pub fn dress(&mut self, row: &Row) -> Value {
        let text = Value::Object(row.clone()).to_string();
        let mut secret = self.platform.credentials[self.site].secret.clone();
        if self.strikes(Fault::BadDecrypt, Some(&text)) {
            secret = Secret::new("this-secret-is-nobodys-0123456789");
        }
        let unknown_codes = self.strikes(Fault::UnknownCodes, Some(&text));
        self.sealed(&Value::Object(row.clone()), &secret, unknown_codes)
    }

    fn sealed(&self, value: &Value, secret: &Secret, unknown_codes: bool) -> Value {
        match value {
            Value::Object(object) => {
                let field = |(key, value): (&String, &Value)| {
                    let value = match value {
                        Value::String(plain) if is_secret_field(key) => encrypt(plain, secret).map_or(Value::Null, Value::from),
                        Value::String(_) if unknown_codes => unknown(key).map_or_else(|| value.clone(), Value::from),
                        other => self.sealed(other, secret, unknown_codes),
                    };
                    (key.clone(), value)
                };
                Value::Object(object.iter().map(field).collect())
            }
            Value::Array(items) => items.iter().map(|item| self.sealed(item, secret, unknown_codes)).collect(),
            Value::Bool(flag) if !self.platform.options.boolean_flags => i32::from(*flag).into(),
            other => other.clone(),
        }
    }
}

/// A code of no table, for fields that carry codes.
fn unknown(field: &str) -> Option<&'static str> {
    match field {
        "workType" => Some("777"),
        "corpType" | "attendType" => Some("099"),
        "prjStatus" => Some("009"),
        "category" => Some("77"),
        "payRollTopBankCode" | "payRollBankCode" | "payBankCode" | "bankCode" => Some("999"),
        _ => None,
    }
}
