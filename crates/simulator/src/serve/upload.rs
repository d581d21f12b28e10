//! The write methods: checked at once, handled behind a serial code, then kept in memory (§4.2).

use platform::{Family, Record, Secret, Verb, decrypt, is_secret_field};
use serde_json::{Value, json};

use super::gate::{Call, Refusal};
use super::queue::{Memory, is_same};
use super::shape::{self, Shape};
use super::table::Row;
use super::{Platform, national};

/// The serial code, or why the upload is refused on the spot.
pub fn take(platform: &Platform, call: Call, memory: &mut Memory) -> Result<String, Refusal> {
    let (object, verb) = call.method.name.split_once('.').unwrap_or_default();
    let shape = shape::of(object).ok_or_else(|| Refusal::Field("请求参数无效:method无效!".to_owned()))?;
    let (now, today) = (platform.now(), platform.today());
    let labour = platform.options.profile.family() == Family::Labour;
    let data = Record::new(&call.data);
    let flat = shape.list.is_none_or(|list| data.list(list).is_empty());
    let checked = if call.method.verb == Verb::Update && (shape.list.is_none() || flat) {
        shape::check_update(update_key(object), data, now, today)
    } else if call.method.verb == Verb::Update {
        // Only what changes stands beside the key of each entry.
        shape.list.map_or(Ok(()), |list| data.list(list).iter().try_for_each(|item| shape::check_update("idCardNumber", *item, now, today)))
    } else {
        shape::check(shape, data, now, today, labour)
    };
    checked.map_err(|message| match message.strip_suffix("]不能为空!").and_then(|m| m.strip_prefix('[')) {
        Some(field) if !field.contains('[') => Refusal::Missing(field.to_owned()),
        _ => Refusal::Field(message),
    })?;
    let secret = &platform.credentials[call.site].secret;
    let plain = unseal(Value::Object(call.data), secret, "").map_err(Refusal::Field)?;
    let Value::Object(plain) = plain else { return Err(Refusal::Field("请求参数无效:data不是JSON对象!".to_owned())) };
    let upload = Uploaded { platform, site: call.site, shape, updates: call.method.verb == Verb::Update, data: plain };
    let outcome = upload.handle(memory);
    if let Err(reason) = &outcome
        && labour
        && reason.contains("已存在")
    {
        let refusal = if object == "ProjectWorker" { Refusal::PersonExists } else { Refusal::Duplicate };
        return Err(refusal(reason.clone()));
    }
    Ok(memory.accept(call.site, &prefix(object, verb), now, outcome))
}

fn update_key(object: &str) -> &'static str {
    match object {
        "Team" => "teamSysNo",
        "ProjectWorker" => "idCardNumber",
        "ProjectSubContractor" => "corpCode",
        _ => "projectCode",
    }
}

/// As the platform spells them, one of them wrongly (§4.2).
fn prefix(object: &str, verb: &str) -> String {
    let object = match object {
        "WorkerAttendance" => "workderattendance".to_owned(),
        "ProjectSubContractor" => "subcontractor".to_owned(),
        other => other.to_lowercase(),
    };
    format!("{object}-{}", verb.to_lowercase())
}

/// Secret fields made plain, wherever they stand.
fn unseal(value: Value, secret: &Secret, place: &str) -> Result<Value, String> {
    Ok(match value {
        Value::Object(object) => {
            let mut plain = Row::new();
            for (key, value) in object {
                let value = match value {
                    Value::String(text) if (is_secret_field(&key) || key.eq_ignore_ascii_case("idcard")) && !text.is_empty() => {
                        Value::from(decrypt(&text, secret).map_err(|_| format!("{place}[{key}]参数值不正确!"))?)
                    }
                    other => unseal(other, secret, &format!("{place}[{key}]"))?,
                };
                plain.insert(key, value);
            }
            Value::Object(plain)
        }
        Value::Array(items) => {
            let plain = items.into_iter().enumerate().map(|(at, item)| unseal(item, secret, &format!("{place}[{at}]")));
            Value::Array(plain.collect::<Result<_, _>>()?)
        }
        other => other,
    })
}

/// Field names as §5 spells them: clients differ in case, the labour gateway in words.
fn spelled(row: Row) -> Row {
    const NAMES: [&str; 20] = [
        "projectCode",
        "corpCode",
        "corpName",
        "teamSysNo",
        "teamName",
        "workerName",
        "isTeamLeader",
        "idCardType",
        "idCardNumber",
        "pmIDCardNumber",
        "workType",
        "workRole",
        "cellPhone",
        "headImage",
        "payMonth",
        "detailList",
        "payRollBankCardNumber",
        "payBankCardNumber",
        "date",
        "direction",
    ];
    let canonical = |key: String| match key.as_str() {
        "idcard" => "idCardNumber".to_owned(),
        "tel" => "cellPhone".to_owned(),
        "facePic" => "headImage".to_owned(),
        _ => NAMES.iter().find(|name| name.eq_ignore_ascii_case(&key)).map_or(key, |name| (*name).to_owned()),
    };
    row.into_iter().map(|(key, value)| (canonical(key), value)).collect()
}

struct Uploaded<'a> {
    platform: &'a Platform,
    site: usize,
    shape: &'static Shape,
    updates: bool,
    data: Row,
}

impl Uploaded<'_> {
    /// The result text, or the reason of the failure; nothing is kept of an upload that fails.
    fn handle(&self, memory: &mut Memory) -> Result<String, String> {
        match self.shape.object {
            "Project" => Ok(self.project(memory)),
            "ProjectSubContractor" => self.contractor(memory),
            "Team" => self.team(memory),
            "ProjectWorker" => self.workers(memory),
            "WorkerEntryExit" => self.movements(memory),
            "Payroll" => self.payroll(memory),
            "WorkerContract" | "WorkerAttendance" => {
                let items = self.people_of_list(memory)?;
                for row in items {
                    memory.keep(self.site, self.shape.object, row);
                }
                Ok(String::new())
            }
            object => {
                memory.keep(self.site, object, spelled(self.data.clone()));
                Ok(String::new())
            }
        }
    }

    fn record(&self) -> Record<'_> {
        Record::new(&self.data)
    }

    fn rows(&self, memory: &Memory, object: &str) -> Vec<Row> {
        let (site, today) = (&self.platform.sites[self.site], self.platform.today());
        let base = match object {
            "Project" => national::projects(site, today),
            "ProjectSubContractor" => national::contractors(site, today),
            "Team" => national::teams(site, today),
            "ProjectWorker" => national::workers(site, today),
            "WorkerEntryExit" => national::movements(site, today),
            _ => Vec::new(),
        };
        memory.merged(self.site, object, base)
    }

    fn project(&self, memory: &mut Memory) -> String {
        let mut row = spelled(self.data.clone());
        if self.updates {
            memory.keep(self.site, "Project", row);
            return String::new();
        }
        let area = self.record().text("areaCode").unwrap_or_default();
        let code = format!("{area}{}9{:02}", self.platform.today().format("%Y%m%d"), memory.issue() % 100);
        row.insert("projectCode".to_owned(), code.clone().into());
        memory.keep(self.site, "Project", row);
        json!({ "projectCode": code }).to_string()
    }

    fn contractor(&self, memory: &mut Memory) -> Result<String, String> {
        let row = spelled(self.data.clone());
        if !self.updates && self.rows(memory, "ProjectSubContractor").iter().any(|known| is_same("ProjectSubContractor", known, &row)) {
            return Err("参建单位已存在".to_owned());
        }
        memory.keep(self.site, "ProjectSubContractor", row);
        Ok(String::new())
    }

    fn team(&self, memory: &mut Memory) -> Result<String, String> {
        let mut row = spelled(self.data.clone());
        let teams = self.rows(memory, "Team");
        let number = |team: &Row| Record::new(team).text("teamSysNo").unwrap_or_default();
        if self.updates {
            let wanted = self.record().text("teamSysNo").unwrap_or_default();
            teams.iter().find(|team| number(team) == wanted).ok_or("[teamSysNo]值超出范围或无效!")?;
            row.insert("teamSysNo".to_owned(), wanted.parse::<u64>().map_or(Value::Null, Value::from));
            memory.keep(self.site, "Team", row);
            return Ok(String::new());
        }
        let same = |team: &&Row| ["corpCode", "teamName"].iter().all(|key| Record::new(team).text(key) == self.record().text(key));
        if let Some(known) = teams.iter().find(same) {
            return Err(format!("班组已存在,已存在班组编号为:{}", number(known)));
        }
        let issued = 1_600_000_000 + memory.issue();
        row.insert("teamSysNo".to_owned(), issued.into());
        memory.keep(self.site, "Team", row);
        Ok(json!({ "teamSysNo": issued }).to_string())
    }

    /// The team of the upload is one of the project's.
    fn known_team(&self, memory: &Memory) -> Result<(), String> {
        let Some(wanted) = self.record().text("teamSysNo") else { return Ok(()) };
        let known = self.rows(memory, "Team").iter().any(|team| Record::new(team).text("teamSysNo").as_deref() == Some(&wanted));
        if known { Ok(()) } else { Err("[teamSysNo]值超出范围或无效!".to_owned()) }
    }

    /// Each entry of the list with the fields of the head; a flat upload is one entry.
    fn items(&self) -> Vec<Row> {
        let list = self.shape.list.unwrap_or_default();
        let mut head = spelled(self.data.clone());
        head.retain(|key, _| !key.eq_ignore_ascii_case(list));
        let items = self.record().list(list);
        if items.is_empty() {
            return vec![head];
        }
        let with_head = |item: Record<'_>| {
            let mut row = head.clone();
            row.extend(spelled(item.object().clone()));
            row
        };
        items.into_iter().map(with_head).collect()
    }

    fn workers(&self, memory: &mut Memory) -> Result<String, String> {
        self.known_team(memory)?;
        let known = self.rows(memory, "ProjectWorker");
        let mut items = self.items();
        for item in &mut items {
            item.entry("projectCode").or_insert_with(|| self.platform.sites[self.site].code.clone().into());
            item.entry("idCardType").or_insert_with(|| "01".into());
            let id = Record::new(item).text("idCardNumber").unwrap_or_default();
            match (known.iter().any(|worker| is_same("ProjectWorker", worker, item)), self.updates) {
                (true, false) => return Err(format!("项目中已存在身份证为{id}的工人")),
                (false, true) => return Err(format!("项目中不存在身份证为{id}的工人")),
                _ => {}
            }
        }
        for row in items {
            memory.keep(self.site, "ProjectWorker", row);
        }
        Ok(String::new())
    }

    /// Entries of people who are on the project.
    fn people_of_list(&self, memory: &Memory) -> Result<Vec<Row>, String> {
        self.known_team(memory)?;
        let known = self.rows(memory, "ProjectWorker");
        let items = self.items();
        for item in &items {
            on_project(&known, item)?;
        }
        Ok(items)
    }

    fn movements(&self, memory: &mut Memory) -> Result<String, String> {
        let items = self.people_of_list(memory)?;
        let earlier = self.rows(memory, "WorkerEntryExit");
        let day = |row: &Row| Record::new(row).text("date").and_then(|text| shape::parse_day(&text));
        let id = |row: &Row| Record::new(row).text("idCardNumber");
        for item in &items {
            if earlier.iter().filter(|known| id(known) == id(item)).any(|known| day(known) > day(item)) {
                return Err("[date]不能小于历史进退场时间!".to_owned());
            }
        }
        for mut item in items {
            let record = Record::new(&item);
            let time = record.text("date").map_or(Value::Null, |day| format!("{} 00:00:00", day.get(..10).unwrap_or(&day)).into());
            let (field, gone) = if record.flag("type") == Some(true) { ("entryTime", Value::Null) } else { ("exitTime", time.clone()) };
            let mut worker: Row = ["projectCode", "idCardType", "idCardNumber"]
                .iter()
                .filter_map(|key| item.get(*key).map(|value| ((*key).to_owned(), value.clone())))
                .collect();
            worker.insert(field.to_owned(), time);
            worker.insert("exitTime".to_owned(), gone);
            memory.keep(self.site, "ProjectWorker", worker);
            item.insert("entryExitId".to_owned(), memory.issue().to_string().into());
            memory.keep(self.site, "WorkerEntryExit", item);
        }
        Ok(String::new())
    }

    fn payroll(&self, memory: &mut Memory) -> Result<String, String> {
        self.people_of_list(memory)?;
        let mut row = spelled(self.data.clone());
        let details = self.record().list("detailList").into_iter().map(|item| Value::Object(spelled(item.object().clone())));
        row.insert("detailList".to_owned(), details.collect::<Vec<_>>().into());
        let code = format!("PR{}U{:06}", self.platform.sites[self.site].code, memory.issue());
        row.insert("payRollCode".to_owned(), code.clone().into());
        memory.keep(self.site, "Payroll", row);
        Ok(json!([{ "payrollCode": code }]).to_string())
    }
}

fn on_project(known: &[Row], person: &Row) -> Result<(), String> {
    let id = |row: &Row| Record::new(row).text("idCardNumber");
    let there = known.iter().any(|worker| id(worker) == id(person));
    if there { Ok(()) } else { Err(format!("项目中不存在身份证为{}的工人", id(person).unwrap_or_default())) }
}
