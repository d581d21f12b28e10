//! Tolerant access to JSON objects (§2, §5): keys in any case, numbers as text, flags as booleans, numbers or text.

use serde_json::{Map, Value};

/// One JSON object of an answer or of `data`.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a>(&'a Map<String, Value>);

impl<'a> Record<'a> {
    pub fn new(object: &'a Map<String, Value>) -> Self {
        Self(object)
    }

    /// `None` when the value is no object.
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// The value under the name, in the given spelling first, else in any case. JSON null counts as absent.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        let found = self.0.get(name).or_else(|| self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value));
        found.filter(|value| !value.is_null())
    }

    /// Whether the key is there at all, null or not: a column that is absent differs from one left empty.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name) || self.0.keys().any(|key| key.eq_ignore_ascii_case(name))
    }

    /// Text, number or boolean as trimmed text; empty text, objects and arrays as absent.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = match self.get(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// A whole number, also one written as text.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// `true`, `1`, `"1"`, `"01"`, `"true"`, `"是"` and their opposites; anything else is not a flag.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name)?.to_ascii_lowercase().as_str() {
            "true" | "1" | "01" | "是" | "y" => Some(true),
            "false" | "0" | "00" | "否" | "n" => Some(false),
            _ => None,
        }
    }

    /// Objects of an array; a single object stands for an array of one; null and absent for an empty one.
    pub fn list(&self, name: &str) -> Vec<Record<'a>> {
        match self.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Record::of).collect(),
            Some(Value::Object(object)) => vec![Record(object)],
            _ => Vec::new(),
        }
    }

    pub fn object(&self) -> &'a Map<String, Value> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_match_in_any_case_and_the_exact_spelling_wins() {
        let value = json!({"PayMonth": "2024-03", "idCardNumber": "a", "idcardnumber": "b", "empty": " ", "none": null});
        let record = Record::of(&value).expect("an object");
        assert_eq!(record.text("payMonth").as_deref(), Some("2024-03"));
        assert_eq!(record.text("idCardNumber").as_deref(), Some("a"));
        assert_eq!((record.text("empty"), record.text("none")), (None, None));
        assert!(record.has("NONE") && !record.has("absent"));
    }

    #[test]
    fn numbers_may_be_text_and_flags_may_be_anything() {
        let value = json!({"teamSysNo": "1500151464", "totalPayAmount": 6500.5, "a": true, "b": 0, "c": "1", "d": "也许"});
        let record = Record::of(&value).expect("an object");
        assert_eq!(record.integer("teamSysNo"), Some(1_500_151_464));
        assert_eq!(record.text("totalPayAmount").as_deref(), Some("6500.5"));
        let flags = ["a", "b", "c", "d"].map(|name| record.flag(name));
        assert_eq!(flags, [Some(true), Some(false), Some(true), None]);
    }

    #[test]
    fn a_single_object_is_a_list_of_one() {
        let value = json!({"one": {"x": 1}, "two": [{"x": 1}, 5, {"x": 2}], "none": null});
        let record = Record::of(&value).expect("an object");
        assert_eq!((record.list("one").len(), record.list("two").len(), record.list("none").len()), (1, 2, 0));
    }
}
