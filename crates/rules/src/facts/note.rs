//! Months named in free text: `3月工资`, `2024年2、3月`, `202403`, `2024-03`.

use chrono::Datelike;
use model::{Date, Month};

/// Months a note names, ascending. A month without year is the latest one not after `near`;
/// a full date (`3月15日`) names no month.
pub fn months_in(text: &str, near: Option<Date>) -> Vec<Month> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let tokens = tokens(text);
    let mut found = Vec::new();
    let (mut year, mut pending): (Option<i32>, Vec<u32>) = (None, Vec::new());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match (token, tokens.get(at + 1)) {
            (Token::Number(n, 4), Some(Token::Sign('年'))) => {
                (year, pending) = (i32::try_from(*n).ok(), Vec::new());
                at += 1;
            }
            // 2024-03, 2024.03, 2024/03, but not 2024-03-15.
            (Token::Number(n, 4), Some(Token::Sign('-' | '.' | '/'))) => {
                if let (Some(Token::Number(month, 2)), false) =
                    (tokens.get(at + 2), matches!(tokens.get(at + 3), Some(Token::Sign('-' | '.' | '/'))))
                {
                    found.extend(i32::try_from(*n).ok().and_then(|y| Month::new(y, *month)));
                }
                at += 2;
            }
            (Token::Number(n, 6), _) if (190_001..=220_012).contains(n) => {
                found.extend(i32::try_from(*n / 100).ok().and_then(|y| Month::new(y, *n % 100)));
            }
            (Token::Number(n, 1 | 2), Some(Token::Sign('月'))) => {
                at += 1;
                let day = matches!((tokens.get(at + 1), tokens.get(at + 2)), (Some(Token::Number(..)), Some(Token::Sign('日' | '号'))));
                if !day {
                    pending.push(*n);
                    found.extend(pending.iter().filter_map(|month| dated(year, *month, near)));
                }
                pending.clear();
            }
            (Token::Number(n, 1 | 2), Some(Token::Sign('、' | ',' | '，' | '和' | '及' | '/'))) => {
                pending.push(*n);
                at += 1;
            }
            (Token::Number(n, 1 | 2), Some(Token::Sign('-' | '~' | '至' | '—' | '～' | '到'))) => {
                if let Some(Token::Number(to, 1 | 2)) = tokens.get(at + 2) {
                    pending.extend(*n..*to);
                }
                at += 1;
            }
            // `2月、3月`: the separator after 月 joins nothing, both name themselves.
            (Token::Sign('、' | ',' | '，' | '和' | '及' | '份'), _) => {}
            _ => pending.clear(),
        }
        at += 1;
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn dated(year: Option<i32>, month: u32, near: Option<Date>) -> Option<Month> {
    match (year, near) {
        (Some(year), _) => Month::new(year, month),
        (None, Some(near)) => Month::new(if month <= near.month() { near.year() } else { near.year() - 1 }, month),
        (None, None) => None,
    }
}

enum Token {
    /// A number and how many digits it was written with.
    Number(u32, usize),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().filter(|c| !c.is_whitespace()).peekable();
    while let Some(first) = chars.next() {
        let Some(mut number) = first.to_digit(10) else {
            tokens.push(Token::Sign(first));
            continue;
        };
        let mut digits = 1;
        while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(digit);
            digits += 1;
            chars.next();
        }
        tokens.push(Token::Number(number, digits));
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::months_in;

    #[test]
    fn notes_name_months() {
        let near = "2024-05-20".parse().ok();
        for (text, expected) in [
            ("3月工资", vec!["2024-03"]),
            ("2024年2、3月工资", vec!["2024-02", "2024-03"]),
            ("2月、3月工资", vec!["2024-02", "2024-03"]),
            ("2-4月份工资", vec!["2024-02", "2024-03", "2024-04"]),
            ("11月补发", vec!["2023-11"]),
            ("202404代发", vec!["2024-04"]),
            ("2024-04 工资", vec!["2024-04"]),
            ("2024-04-15代发", vec![]),
            ("4月15日发放", vec![]),
            ("第3批", vec![]),
            ("", vec![]),
        ] {
            let months: Vec<String> = months_in(text, near).iter().map(ToString::to_string).collect();
            assert_eq!(months, expected, "{text}");
        }
    }
}
