//! The JSON Schema of a parameter file, from the list of declared figures: editors complete names and check units with it.

use serde_json::{Value, json};

use super::Unit;
use crate::catalogue::declared;

/// JSON Schema (draft 2020-12) of one file of `rules/`.
pub fn schema() -> Value {
    let figures: Vec<Value> = declared()
        .iter()
        .map(|figure| {
            let value = match figure.unit {
                Unit::Bool => json!({ "type": "boolean" }),
                Unit::Words => json!({ "type": "array", "items": { "type": "string" } }),
                unit => json!({ "type": "integer", "minimum": 0, "maximum": super::parse::most(unit), "description": unit.chinese() }),
            };
            json!({
                "if": { "properties": { "name": { "const": figure.name } } },
                "then": { "properties": {
                    "unit": { "const": figure.unit.code(), "description": figure.unit.chinese() },
                    "values": { "items": { "properties": { "value": value } } },
                } },
            })
        })
        .collect();
    let names: Vec<_> = declared().into_iter().map(|figure| figure.name).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "安薪：规则的标准",
        "type": "object",
        "additionalProperties": false,
        "properties": { "parameter": { "type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["name", "title", "unit", "checked_on", "values"],
            "properties": {
                "name": { "enum": names, "description": "参数名称" },
                "title": { "type": "string", "minLength": 1, "description": "中文名" },
                "unit": { "enum": Unit::ALL.iter().map(|unit| unit.code()).collect::<Vec<_>>(), "description": "单位" },
                "checked_on": { "description": "最近一次核对仍然有效的日期" },
                "policy": { "type": "boolean", "description": "true：本地口径，不是法律规定" },
                "confirmed": { "type": "boolean", "description": "false：出处未核实" },
                "values": { "type": "array", "minItems": 1, "description": "各时期的数值，从早到晚", "items": dated() },
            },
            "allOf": figures,
        } } },
    })
}

fn dated() -> Value {
    let kinds: Vec<&str> = model::sheet::OwnerKind::ALL.iter().map(|kind| kind.chinese()).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["value", "source"],
        "properties": {
            "from": { "description": "生效日期；本地口径可不写" },
            "value": { "description": "数值" },
            "source": { "type": "string", "minLength": 1, "description": "出处" },
            "region": { "type": "string", "description": "只用于这个地区：行政区划名称，或项目编码开头的数字" },
            "owner_kind": { "enum": kinds, "description": "只用于这种投资性质" },
            "unusual": { "type": "boolean", "description": "true：数值与随程序提供的相差很大，确认无误" },
        },
    })
}
