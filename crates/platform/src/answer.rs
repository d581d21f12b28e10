//! Answers (§4): envelope, code families, pages, asynchronous results.

use serde_json::{Map, Value};

use crate::record::Record;

/// Which code table an endpoint speaks; `1001` means different things in the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    #[default]
    National,
    /// The labour gateway v2.1 (LS).
    Labour,
}

/// What an answer's code and message say, as far as a client acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Ok,
    /// Parameters missing or wrong.
    BadRequest,
    /// Unknown `appid`, or an expired credential.
    BadCredential,
    BadSignature,
    /// No permission for the method, or source address not allowed.
    NotAllowed,
    RateLimited,
    /// 频繁 or `Internal Error`: the same call may succeed later (§10).
    Retry,
    /// Was uploaded or exists already.
    Duplicate,
    UnknownSerial,
    /// A code of neither table.
    Unknown,
}

impl Kind {
    /// Whether asking again, with new nonce and timestamp, may help.
    pub fn may_retry(self) -> bool {
        match self {
            Self::RateLimited | Self::Retry => true,
            Self::Ok
            | Self::BadRequest
            | Self::BadCredential
            | Self::BadSignature
            | Self::NotAllowed
            | Self::Duplicate
            | Self::UnknownSerial
            | Self::Unknown => false,
        }
    }
}

/// What a body that is no answer is instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAnswer {
    #[error("应答为空")]
    Empty,
    #[error("应答是网页，不是 JSON")]
    Html,
    #[error("应答不是完整的 JSON（第 {line} 行第 {column} 列）")]
    Json { line: usize, column: usize },
    #[error("应答的 JSON 不是对象")]
    NotAnObject,
    #[error("应答里没有 code")]
    NoCode,
}

/// `{"code": 0, "message": "…", "data": {…} | null}`; some gateways put `rows` beside `data`.
#[derive(Debug, Clone)]
pub struct Answer {
    /// As text: it comes as a number or as text.
    pub code: String,
    pub message: String,
    whole: Map<String, Value>,
}

impl Answer {
    pub fn parse(body: &[u8]) -> Result<Self, NotAnAnswer> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
        match body.first() {
            None => return Err(NotAnAnswer::Empty),
            Some(b'<') => return Err(NotAnAnswer::Html),
            Some(_) => {}
        }
        let value: Value = serde_json::from_slice(body).map_err(|e| NotAnAnswer::Json { line: e.line(), column: e.column() })?;
        let Value::Object(whole) = value else { return Err(NotAnAnswer::NotAnObject) };
        let record = Record::new(&whole);
        let code = record.text("code").ok_or(NotAnAnswer::NoCode)?;
        let message = record.text("message").or_else(|| record.text("msg")).unwrap_or_default();
        Ok(Self { code, message, whole })
    }

    pub fn kind(&self, family: Family) -> Kind {
        let code: Option<i64> = self.code.parse().ok();
        if code == Some(0) {
            return Kind::Ok;
        }
        if self.message.contains("频繁") || self.message.contains("Internal Error") {
            return Kind::Retry;
        }
        match family {
            Family::National => match code {
                Some(-1) if self.message.contains("appid无效") => Kind::BadCredential,
                Some(-1 | 1001 | 9999) => Kind::BadRequest,
                Some(-2) => Kind::BadSignature,
                Some(-3 | -4) => Kind::NotAllowed,
                Some(-5) => Kind::RateLimited,
                _ => Kind::Unknown,
            },
            Family::Labour => match code {
                Some(1001 | 1002) => Kind::BadCredential,
                Some(1003) => Kind::BadSignature,
                Some(2001 | 2003) => Kind::BadRequest,
                Some(2002) => Kind::Retry,
                Some(2005) => Kind::RateLimited,
                Some(2006) => Kind::UnknownSerial,
                Some(2007 | 1086) => Kind::Duplicate,
                _ => Kind::Unknown,
            },
        }
    }

    /// `data` where it is an object.
    pub fn data(&self) -> Option<Record<'_>> {
        Record::new(&self.whole).get("data").and_then(Record::of)
    }

    /// Rows and paging: from `data.rows`, else from `rows` at top level, else `data` itself as a list or as the single
    /// row (§4.3); null and absent rows are an empty page.
    pub fn page(&self) -> Page<'_> {
        let top = Record::new(&self.whole);
        let data = top.get("data");
        let inner = data.and_then(Record::of);
        let heads = inner.filter(|d| d.has("rows") || d.has("totalCount")).or(Some(top));
        let number = |name: &str| heads.and_then(|h| h.integer(name)).and_then(|n| u64::try_from(n).ok());
        let rows = match (inner, data) {
            (Some(inner), _) if inner.has("rows") => inner.list("rows"),
            _ if top.has("rows") => top.list("rows"),
            (_, Some(Value::Array(items))) => items.iter().filter_map(Record::of).collect(),
            (Some(inner), _) if !inner.has("totalCount") && !inner.object().is_empty() => vec![inner],
            _ => Vec::new(),
        };
        Page { rows, total: number("totalCount"), pages: number("pageCount"), index: number("pageIndex"), size: number("pageSize") }
    }

    /// Whether the rows are given as a list, be it empty: null or no rows at all may also be a fault of the gateway.
    pub fn lists_rows(&self) -> bool {
        let top = Record::new(&self.whole);
        let data = top.get("data");
        let of = |record: Record<'_>| record.get("rows").is_some_and(Value::is_array);
        data.is_some_and(Value::is_array) || data.and_then(Record::of).is_some_and(of) || of(top)
    }

    /// `data.requestSerialCode` of a write (§4.2).
    pub fn serial(&self) -> Option<String> {
        self.data()?.text("requestSerialCode")
    }

    /// State and `result` text of a polled write; `None` when the answer holds no state.
    pub fn outcome(&self, family: Family) -> Option<(AsyncState, String)> {
        let data = self.data()?;
        let result = match data.get("result") {
            // It should be a string that holds JSON; some gateways send the JSON itself.
            Some(value @ (Value::Object(_) | Value::Array(_))) => value.to_string(),
            _ => data.text("result").unwrap_or_default(),
        };
        Some((AsyncState::parse(&data.text("status")?, family)?, result))
    }
}

/// One page. `total` is a hint: rows may change between pages (§10).
#[derive(Debug, Clone)]
pub struct Page<'a> {
    pub rows: Vec<Record<'a>>,
    pub total: Option<u64>,
    pub pages: Option<u64>,
    pub index: Option<u64>,
    pub size: Option<u64>,
}

/// State of an asynchronous write (§4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsyncState {
    Pending,
    Failed,
    Succeeded,
}

impl AsyncState {
    /// National 0, 10, 20; labour 01, 02, 03.
    pub fn parse(status: &str, family: Family) -> Option<Self> {
        match (family, status.trim().parse::<u32>().ok()?) {
            (Family::National, 0) | (Family::Labour, 1) => Some(Self::Pending),
            (Family::National, 10) | (Family::Labour, 2) => Some(Self::Failed),
            (Family::National, 20) | (Family::Labour, 3) => Some(Self::Succeeded),
            _ => None,
        }
    }

    /// As it travels: a number in the national family, text in the other.
    pub fn wire(self, family: Family) -> Value {
        match (family, self) {
            (Family::National, Self::Pending) => 0.into(),
            (Family::National, Self::Failed) => 10.into(),
            (Family::National, Self::Succeeded) => 20.into(),
            (Family::Labour, Self::Pending) => "01".into(),
            (Family::Labour, Self::Failed) => "02".into(),
            (Family::Labour, Self::Succeeded) => "03".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        Answer::parse(text.as_bytes()).expect("an answer")
    }

    #[test]
    fn a_code_is_a_number_or_text_and_means_what_its_family_says() {
        assert_eq!(answer(r#"{"code":"0","message":"成功","data":null}"#).kind(Family::National), Kind::Ok);
        let both = answer(r#"{"code":1001,"message":"x"}"#);
        assert_eq!((both.kind(Family::National), both.kind(Family::Labour)), (Kind::BadRequest, Kind::BadCredential));
        assert_eq!(answer(r#"{"code":-5}"#).kind(Family::National), Kind::RateLimited);
        assert_eq!(answer(r#"{"code":-1,"message":"请求参数无效:appid无效!"}"#).kind(Family::National), Kind::BadCredential);
        assert_eq!(answer(r#"{"code":2003,"message":"操作过于频繁"}"#).kind(Family::Labour), Kind::Retry);
        assert!(answer(r#"{"code":-1,"message":"Internal Error"}"#).kind(Family::National).may_retry());
        assert_eq!(answer(r#"{"code":"E77"}"#).kind(Family::National), Kind::Unknown);
    }

    #[test]
    fn rows_stand_in_data_at_the_top_or_are_data_itself() {
        let cases = [
            (r#"{"code":0,"data":{"rows":[{"a":1},{"a":2}],"totalCount":"7","pageIndex":0}}"#, 2, Some(7)),
            (r#"{"code":0,"rows":[{"a":1}],"totalCount":1}"#, 1, Some(1)),
            (r#"{"code":0,"data":{"payRollCode":"1","detailList":[]}}"#, 1, None),
            (r#"{"code":0,"data":[{"a":1}]}"#, 1, None),
            (r#"{"code":0,"data":{"rows":null,"totalCount":0}}"#, 0, Some(0)),
            (r#"{"code":0,"data":{"totalCount":0}}"#, 0, Some(0)),
            (r#"{"code":0,"data":{}}"#, 0, None),
            (r#"{"code":0,"data":null}"#, 0, None),
            (r#"{"code":0,"data":null,"rows":null}"#, 0, None),
            (r#"{"code":0,"data":{"Rows":{"a":1}}}"#, 1, None),
        ];
        for (text, rows, total) in cases {
            let answer = answer(text);
            assert_eq!((answer.page().rows.len(), answer.page().total), (rows, total), "{text}");
        }
    }

    #[test]
    fn what_is_no_answer_says_what_it_is() {
        assert_eq!(Answer::parse(b" \n").err(), Some(NotAnAnswer::Empty));
        assert_eq!(Answer::parse(b"<html></html>").err(), Some(NotAnAnswer::Html));
        assert!(matches!(Answer::parse(br#"{"code":0,"data":{"rows":[{"#).err(), Some(NotAnAnswer::Json { .. })));
        assert_eq!(Answer::parse(b"[]").err(), Some(NotAnAnswer::NotAnObject));
        assert_eq!(Answer::parse(b"{}").err(), Some(NotAnAnswer::NoCode));
    }

    #[test]
    fn the_outcome_of_a_write_is_read_in_both_families() {
        let national = answer(r#"{"code":0,"data":{"requestSerialCode":"team-add-1","status":"20","result":"{\"teamSysNo\":1}"}}"#);
        assert_eq!(national.serial().as_deref(), Some("team-add-1"));
        assert_eq!(national.outcome(Family::National), Some((AsyncState::Succeeded, r#"{"teamSysNo":1}"#.to_owned())));
        let labour = answer(r#"{"code":0,"data":{"status":"02","result":"失败"}}"#);
        assert_eq!(labour.outcome(Family::Labour), Some((AsyncState::Failed, "失败".to_owned())));
        for (family, state) in [(Family::National, AsyncState::Pending), (Family::Labour, AsyncState::Succeeded)] {
            let wire = state.wire(family);
            let text = wire.as_str().map_or_else(|| wire.to_string(), str::to_owned);
            assert_eq!(AsyncState::parse(&text, family), Some(state));
        }
    }
}
