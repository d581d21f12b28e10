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

/// A character or predefined entity. Others are refused: what they stand for is declared elsewhere, or grows beyond bounds.
pub fn push_entity(text: &mut String, entity: &BytesRef<'_>) -> Result<(), FileProblem> {
    let name = entity.xml10_content();
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        text.push(c);
    } else if let Some(known) = quick_xml::escape::resolve_predefined_entity(&name) {
        text.push_str(known);
    } else if name == "nbsp" {
        // Not declared in XML, yet written by systems that make it as if it were a page.
        text.push('\u{a0}');
    } else {
        let shown: String = name.chars().take(20).collect();
        return Err(damaged(format!("用了没有定义的实体“{shown}”")));
    }
    Ok(())
}

pub fn damaged(error: impl std::fmt::Display) -> FileProblem {
    FileProblem::new(format!("XML 表格已损坏（{error}）"), "请用 Excel 或 WPS 打开后另存为 .xlsx 再提供")
}
