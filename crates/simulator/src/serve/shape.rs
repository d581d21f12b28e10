//! What an upload must hold (§5), and what the platform says when it does not (§4.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDateTime;
use model::{Date, Month};
use platform::Record;

/// The fields an object's upload must have.
pub struct Shape {
    pub object: &'static str,
    /// Key of the list, where one call carries several.
    pub list: Option<&'static str>,
    head: &'static [&'static str],
    each: &'static [&'static str],
}

const SHAPES: &[Shape] = &[
    Shape { object: "Corp", list: None, head: &["corpCode", "corpName", "areaCode"], each: &[] },
    Shape {
        object: "Project",
        list: None,
        head: &["contractorCorpCode", "contractorCorpName", "name", "category", "areaCode", "prjStatus"],
        each: &[],
    },
    Shape { object: "ProjectSubContractor", list: None, head: &["projectCode", "corpCode", "corpName", "corpType"], each: &[] },
    Shape { object: "Team", list: None, head: &["projectCode", "corpCode", "corpName", "teamName"], each: &[] },
    Shape {
        object: "ProjectWorker",
        list: Some("workerList"),
        head: &["projectCode", "corpCode", "corpName", "teamSysNo", "teamName"],
        each: &[
            "workerName",
            "isTeamLeader",
            "idCardType",
            "idCardNumber",
            "workType",
            "workRole",
            "nation",
            "address",
            "politicsType",
            "cellPhone",
            "grantOrg",
            "headImage",
        ],
    },
    Shape {
        object: "WorkerEntryExit",
        list: Some("workerList"),
        head: &["projectCode", "corpCode", "corpName", "teamSysNo"],
        each: &["idCardType", "idCardNumber", "date", "type"],
    },
    Shape {
        object: "WorkerContract",
        list: Some("contractList"),
        head: &["projectCode"],
        each: &["corpCode", "corpName", "idCardType", "idCardNumber", "contractPeriodType", "startDate", "endDate"],
    },
    Shape {
        object: "WorkerAttendance",
        list: Some("dataList"),
        head: &["projectCode", "teamSysNo"],
        each: &["idCardType", "idCardNumber", "date", "direction"],
    },
    Shape {
        object: "Payroll",
        list: Some("detailList"),
        head: &["projectCode", "corpCode", "corpName", "teamSysNo", "payMonth"],
        each: &[
            "idCardType",
            "idCardNumber",
            "payRollBankCardNumber",
            "payRollBankCode",
            "payRollBankName",
            "payBankCardNumber",
            "payBankCode",
            "payBankName",
            "totalPayAmount",
            "actualAmount",
            "isBackPay",
            "balanceDate",
            "thirdPayRollCode",
        ],
    },
    Shape {
        object: "ProjectTraining",
        list: None,
        head: &["projectCode", "trainingDate", "trainingDuration", "trainingName", "trainingTypeCode"],
        each: &[],
    },
];

pub fn of(object: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.object == object)
}

/// Largest head image, decoded.
const IMAGE_BYTES: usize = 50 * 1024;
/// Most entries of a list on the labour gateway.
const LABOUR_WORKERS: usize = 5;
const LABOUR_PUNCHES: usize = 20;

/// Spelling of the labour gateway for a field, where it has one.
fn also(field: &str) -> &str {
    match field {
        "idCardNumber" => "idcard",
        "cellPhone" => "tel",
        "headImage" => "facePic",
        other => other,
    }
}

pub fn text(record: Record<'_>, field: &str) -> Option<String> {
    record.text(field).or_else(|| record.text(also(field)))
}

/// Checks an upload of a whole object; the message of the first fault.
pub fn check(shape: &Shape, data: Record<'_>, now: NaiveDateTime, today: Date, labour: bool) -> Result<(), String> {
    for field in shape.head {
        text(data, field).ok_or_else(|| format!("[{field}]不能为空!"))?;
    }
    formats(data, "", now, today)?;
    let Some(list) = shape.list else { return Ok(()) };
    let items = data.list(list);
    if items.is_empty() {
        return Err(format!("[{list}]不能为空!"));
    }
    let most = if shape.object == "WorkerAttendance" { LABOUR_PUNCHES } else { LABOUR_WORKERS };
    if labour && matches!(shape.object, "WorkerAttendance" | "ProjectWorker") && items.len() > most {
        return Err(format!("[{list}]一次最多{most}条!"));
    }
    for (at, item) in items.iter().enumerate() {
        let place = format!("[{list}][{at}]");
        for field in shape.each {
            text(*item, field).ok_or_else(|| format!("{place}[{field}]不能为空!"))?;
        }
        if shape.object == "Payroll" && item.flag("isBackPay") == Some(true) && item.text("backPayMonth").is_none() {
            return Err(format!("{place}[backPayMonth]不能为空!"));
        }
        formats(*item, &place, now, today)?;
    }
    Ok(())
}

/// An update names what it changes: the key and fields that are well formed.
pub fn check_update(key: &str, data: Record<'_>, now: NaiveDateTime, today: Date) -> Result<(), String> {
    text(data, key).ok_or_else(|| format!("[{key}]不能为空!"))?;
    formats(data, "", now, today)
}

/// Days, amounts and texts that have a form; whatever is absent is no fault here.
fn formats(record: Record<'_>, place: &str, now: NaiveDateTime, today: Date) -> Result<(), String> {
    let day = |field: &str| match record.text(field) {
        None => Ok(None),
        Some(text) => parse_day(&text).map(Some).ok_or_else(|| format!("{place}[{field}]格式不正确!")),
    };
    if day("date")?.is_some_and(|date| date > today) {
        return Err(format!("{place}[date]不能大于当天!"));
    }
    if day("balanceDate")?.is_some_and(|date| date > today) {
        return Err(format!("{place}[balanceDate]发放日期不能大于今天"));
    }
    if day("exitTime")?.is_some_and(|date| date > now.date().max(today)) {
        return Err(format!("{place}[exitTime]最晚为当前时间!"));
    }
    for field in ["entryTime", "startDate", "endDate", "trainingDate"] {
        day(field)?;
    }
    if let Some(text) = record.text("payMonth") {
        let month: Month = text.get(..7).and_then(|m| m.parse().ok()).ok_or_else(|| format!("{place}[payMonth]格式不正确!"))?;
        if month.first_day() > today {
            return Err(format!("{place}[payMonth]不能大于今天!"));
        }
    }
    for field in ["totalPayAmount", "actualAmount", "unitPrice", "trainingDuration"] {
        if record.text(field).is_some_and(|text| text.parse::<f64>().is_err()) {
            return Err(format!("{place}[{field}]格式不正确!"));
        }
    }
    if record.text("areaCode").is_some_and(|code| code.len() != 6 || code.bytes().any(|b| !b.is_ascii_digit())) {
        return Err(format!("{place}[areaCode]参数值不正确,请参见行政区划字典表!"));
    }
    if record.text("webSite").is_some_and(|site| !site.starts_with("http://") && !site.starts_with("https://")) {
        return Err(format!("{place}[webSite]格式不正确!"));
    }
    if let Some(image) = text(record, "headImage") {
        let bytes = STANDARD.decode(image.replace(char::is_whitespace, "")).map_err(|_| format!("{place}[headImage]格式不正确!"))?;
        if bytes.len() > IMAGE_BYTES {
            return Err(format!("{place}[headImage]大小超过限制50KB!"));
        }
    }
    Ok(())
}

/// The day of a `D` or `DT`.
pub fn parse_day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}
