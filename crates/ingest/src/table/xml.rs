//! What the two XML readers share: attributes by local name, texts with their entities, one message for damage.

use quick_xml::events::{BytesRef, BytesStart};

use crate::FileProblem;

pub fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned))
}

pub fn number(tag: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(tag, name)?.trim().parse().ok()
}

/// A character or predefined entity; others are dropped, as nothing declares them.
pub fn push_entity(text: &mut String, entity: &BytesRef<'_>) {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        text.push(c);
    } else if let Some(known) = quick_xml::escape::resolve_predefined_entity(&entity.xml10_content()) {
        text.push_str(known);
    }
}

pub fn damaged(error: impl std::fmt::Display) -> FileProblem {
    FileProblem::new(format!("XML 表格已损坏（{error}）"), "请用 Excel 或 WPS 打开后另存为 .xlsx 再提供")
}
