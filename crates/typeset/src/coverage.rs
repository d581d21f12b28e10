//! Characters the loaded fonts can print. What they cannot is shown as its code point, never dropped.

use std::collections::BTreeMap;

use serde_json::Value;
use typst::text::Font;

pub(crate) struct Coverage {
    /// Inclusive ranges of covered code points, sorted, apart from each other.
    ranges: Vec<(u32, u32)>,
}

impl Coverage {
    pub(crate) fn of(fonts: &[Font]) -> Self {
        let mut points: Vec<u32> = fonts.iter().flat_map(|font| font.info().coverage.iter()).collect();
        points.sort_unstable();
        points.dedup();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for point in points {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == point => *last = point,
                _ => ranges.push((point, point)),
            }
        }
        Self { ranges }
    }

    fn contains(&self, c: char) -> bool {
        let point = u32::from(c);
        let after = self.ranges.partition_point(|(first, _)| *first <= point);
        after > 0 && point <= self.ranges[after - 1].1
    }

    /// Replaces what cannot be printed in every string of `value`; one warning for each such character.
    pub(crate) fn make_printable(&self, value: &mut Value) -> Vec<String> {
        let mut missing = BTreeMap::new();
        self.walk(value, &mut missing);
        missing
            .into_iter()
            .map(|(c, count)| {
                let shown = shown(c);
                format!("已装字体没有字符 U+{:04X}，文书中印作{shown}（{count} 处）；请安装含该字的字体并重新生成", u32::from(c))
            })
            .collect()
    }

    fn walk(&self, value: &mut Value, missing: &mut BTreeMap<char, usize>) {
        match value {
            Value::String(text) => {
                if text.chars().any(|c| !self.is_printable(c)) {
                    *text = self.replaced(text, missing);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.walk(value, missing)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.walk(value, missing)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn is_printable(&self, c: char) -> bool {
        matches!(c, '\n' | '\t') || is_invisible(c) || (!c.is_control() && self.contains(c))
    }

    fn replaced(&self, text: &str, missing: &mut BTreeMap<char, usize>) -> String {
        let mut printable = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            if self.is_printable(c) {
                printable.push(c);
            } else {
                *missing.entry(c).or_default() += 1;
                printable.push_str(&shown(c));
            }
        }
        printable
    }
}

fn shown(c: char) -> String {
    format!("〔U+{:04X}〕", u32::from(c))
}

/// Joiners, marks and variation selectors have no glyph of their own.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn strings_are_replaced_at_any_depth_and_nothing_else_changes() {
        let coverage = Coverage { ranges: vec![(0x20, 0x7e), (0x4e00, 0x9fff)] };
        let mut value = json!({ "a": ["王\u{20164}", 3, null], "b": { "c": "好\u{1}\u{20164}", "d": true } });
        let warnings = coverage.make_printable(&mut value);
        assert_eq!(value, json!({ "a": ["王〔U+20164〕", 3, null], "b": { "c": "好〔U+0001〕〔U+20164〕", "d": true } }));
        assert_eq!(warnings.len(), 2);
    }
}
