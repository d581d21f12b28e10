//! What brackets in a title hold: the part of the works a name is of, or asides on other days.

use super::{OTHER_DATES, month};

/// A title without what its brackets say of other days: `工资表(4月发放)`, `工资表(2月26日-3月25日)`. Where the month itself stands in
/// brackets the text stays.
pub fn without_asides(text: String) -> String {
    let (mut outside, mut rest, mut has_aside) = (String::new(), text.as_str(), false);
    while let Some((open, close)) = rest.find('(').and_then(|open| Some((open, rest[open..].find(')')? + open + 1))) {
        let inside = &rest[open..close];
        let is_aside = OTHER_DATES.iter().any(|word| inside.contains(word)) || month::is_range_of_days(inside);
        outside.push_str(&rest[..if is_aside { open } else { close }]);
        has_aside |= is_aside;
        rest = &rest[close..];
    }
    outside.push_str(rest);
    if has_aside && month::take(&outside).0.month.is_some() { outside } else { text }
}

/// Stand for brackets that are part of a name while it is taken out of its text.
const OPEN: &str = "\u{e000}";
const CLOSE: &str = "\u{e001}";
/// What such brackets end with: 安置房(一期), 县道改扩建工程(二标段).
const PHASES: &[&str] = &["期", "标", "段", "区", "批", "栋", "楼", "地块"];

/// Whether brackets hold the part of the works a name is of.
pub fn is_phase(inside: &str) -> bool {
    PHASES.iter().any(|phase| inside.trim_end().ends_with(phase))
}

/// A text whose brackets around the part of the works a name is of are no ends of the name.
pub fn phases(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some((open, close)) = rest.find('(').and_then(|open| Some((open, rest[open..].find(')')? + open))) {
        let (before, inside) = (&rest[..open], &rest[open + 1..close]);
        let is_part = is_phase(inside) && before.chars().next_back().is_some_and(char::is_alphanumeric);
        let (left, right) = if is_part { (OPEN, CLOSE) } else { ("(", ")") };
        kept.extend([before, left, inside, right]);
        rest = &rest[close + 1..];
    }
    kept + rest
}

/// A name of a text that [`phases`] prepared, with its brackets.
pub fn shown(name: &str) -> String {
    name.replace(OPEN, "(").replace(CLOSE, ")")
}
