//! Months in a text: `2024年3月(份)`, `2024-03`, `2024.3`, `202403`. Ranges, quarters and whole dates are no month.

use model::Month;

#[derive(Debug, Default)]
pub struct Found {
    /// The only month the text names.
    pub month: Option<Month>,
    /// Month of the first date of any kind.
    pub near: Option<Month>,
    /// What stands before the month, and what behind it.
    pub before: String,
    pub after: String,
}

/// A month with the place where it stands.
struct Mention {
    month: Month,
    from: usize,
    to: usize,
    /// A whole date, or an end of a range.
    is_other: bool,
}

/// What stands behind a number that is no month.
const COUNTED: &[char] = &['季', '个', '期', '标', '号', '班', '批', '次', '栋', '区', '组', '队', '人', '元'];
const RANGE: &[char] = &['-', '—', '–', '~', '至', '到', '、', '及', '和', '与', ',', '&'];

/// The month of a text, and the text without its dates.
pub fn take(text: &str) -> (Found, String) {
    let mentions = mentions(text);
    let mut found = Found { near: mentions.first().map(|m| m.month), ..Found::default() };
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for mention in &mentions {
        rest.push_str(&text[at..mention.from]);
        rest.push(' ');
        at = mention.to;
    }
    rest.push_str(&text[at..]);
    let months: Vec<&Mention> = mentions.iter().filter(|m| !m.is_other).collect();
    if let Some(first) = months.first()
        && months.iter().all(|m| m.month == first.month)
        && !names_other_month(&rest, first.month)
    {
        found.month = Some(first.month);
        text[..first.from].clone_into(&mut found.before);
        text[first.to..].clone_into(&mut found.after);
    }
    (found, rest)
}

/// `2024年4月发放3月工资`: a second month without a year.
fn names_other_month(rest: &str, month: Month) -> bool {
    let mut last = "";
    for part in rest.split('月') {
        let digits = last.len() - last.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let number = last[last.len() - digits..].parse::<u32>().ok().filter(|n| (1..=12).contains(n));
        if number.is_some_and(|number| number != month.month()) {
            return true;
        }
        last = part;
    }
    false
}

/// Two days with a dash between: `2月26日-3月25日`, `2024.2.26～2024.3.25`.
pub fn is_range_of_days(text: &str) -> bool {
    let ends = |part: &str| part.chars().filter(char::is_ascii_digit).count() >= 2 && part.contains(['月', '.', '/', '-']);
    RANGE.iter().any(|sign| {
        let mut parts = text.splitn(2, *sign);
        matches!((parts.next(), parts.next()), (Some(from), Some(to)) if ends(from) && ends(to))
    })
}

/// The only month of a text and where it stands, if it has no year: `3月`, `3月份工资表`.
pub fn without_year(text: &str) -> Option<(usize, u32)> {
    let mut months = text.match_indices('月').map(|(at, _)| at);
    let (Some(end), None) = (months.next(), months.next()) else { return None };
    let before = text[..end].trim_end_matches(|c: char| c.is_ascii_digit());
    let month = text[before.len()..end].parse::<u32>().ok().filter(|month| (1..=12).contains(month))?;
    let is_more = before.trim_end().ends_with(['年', '.']) || before.trim_end().ends_with(RANGE);
    let is_day = text[end + '月'.len_utf8()..].trim_start().starts_with(|c: char| c.is_ascii_digit());
    (!is_more && !is_day).then_some((before.len(), month))
}

/// Years a text names by themselves or with a range of months: `2024年`, `2024年1-12月`; not those of a month or a day.
pub fn years(text: &str) -> Vec<i32> {
    let mut found = Vec::new();
    for (end, _) in text.match_indices('年') {
        let digits = text[..end].len() - text[..end].trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let Some(year) = text[end - digits..end].parse().ok().filter(|year| digits == 4 && (1990..=2100).contains(year)) else { continue };
        let rest = &text[end + '年'.len_utf8()..];
        let behind = rest.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
        if behind.len() == rest.trim_start().len() || behind.trim_start().starts_with(RANGE) {
            found.push(year);
        }
    }
    found
}

fn mentions(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|i| i + at) {
        let run = digits(&text[start..]);
        match mention(text, start, run) {
            Some(mention) => {
                at = mention.to;
                found.push(mention);
            }
            None => at = start + run,
        }
    }
    // Both ends of a range are written out: 2024年1月—2024年3月.
    for index in 1..found.len() {
        let between = text[found[index - 1].to..found[index].from].trim();
        if !between.is_empty() && between.chars().all(|c| RANGE.contains(&c)) {
            // 2024年3月1日至2024年3月31日 is that month; the second end is enough to say so.
            let is_other = found[index - 1].month != found[index].month;
            found[index - 1].is_other = is_other;
            found[index].is_other = is_other;
        }
    }
    found
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn mention(text: &str, from: usize, run: usize) -> Option<Mention> {
    let year = text.get(from..from + 4)?.parse::<i32>().ok().filter(|y| (1990..=2100).contains(y))?;
    let month = |number: &str| number.parse().ok().and_then(|m| Month::new(year, m));
    let end = from + run;
    match run {
        6 => {
            let to = text.len() - text[end..].trim_start_matches("月份").trim_start_matches('月').len();
            Some(Mention { month: month(&text[from + 4..end])?, from, to, is_other: false })
        }
        8 => {
            let is_day = text[from + 6..end].parse::<u32>().is_ok_and(|day| (1..=31).contains(&day));
            Some(Mention { month: month(&text[from + 4..from + 6])?, from, to: end, is_other: true }).filter(|_| is_day)
        }
        4 => {
            let rest = text[end..].trim_start();
            let separator = rest.chars().next().filter(|c| matches!(c, '年' | '-' | '.' | '/' | '_'))?;
            let rest = rest[separator.len_utf8()..].trim_start();
            let length = digits(rest);
            let month = month(rest.get(..length).filter(|_| length <= 2)?)?;
            behind(&rest[length..], separator).map(|(left, is_other)| Mention { month, from, to: text.len() - left.len(), is_other })
        }
        _ => None,
    }
}

/// What is left behind year and month, and whether they were part of a date or a range. `None`: the number was no month.
fn behind(rest: &str, separator: char) -> Option<(&str, bool)> {
    let after = rest.trim_start();
    let is_named = after.starts_with('月');
    if !is_named && after.starts_with(COUNTED) {
        return None;
    }
    let after = after.strip_prefix("月份").or_else(|| after.strip_prefix('月')).unwrap_or(rest);
    let next = after.trim_start();
    let number = |text: &str| text.get(..digits(text)).and_then(|n| n.parse::<u32>().ok());
    if is_named && number(next).is_some_and(|day| (1..=31).contains(&day)) && next[digits(next)..].starts_with(['日', '号']) {
        let day = digits(next);
        return Some((next[day..].trim_start_matches(['日', '号']), true));
    }
    let Some(sign) = next.chars().next().filter(|c| RANGE.contains(c) || *c == separator && !is_named && *c != '_') else {
        return Some((after, false));
    };
    let second = next[sign.len_utf8()..].trim_start();
    let length = digits(second);
    let left = &second[length..];
    match number(second) {
        Some(1..=12) if left.starts_with('月') => Some((left.trim_start_matches("月份").trim_start_matches('月'), true)),
        Some(1..=31) if length <= 2 && !is_named && !left.starts_with(COUNTED) => {
            Some((left.strip_prefix(['日', '号']).unwrap_or(left), true))
        }
        _ => Some((after, false)),
    }
}
