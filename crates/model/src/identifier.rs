//! Check digits of identity numbers, credit codes and cards (file-formats.md §16). Nothing is ever repaired.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Date;

/// What an identity cell turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum IdentityKind {
    /// 18 characters with a right check character (resident ID, residence permits), or a 15-digit one.
    Valid,
    /// Of the right form, but birth date or check character is wrong. Kept as it stands.
    BadCheck,
    /// Digits hidden by `*`.
    Masked,
    /// A hexadecimal digest.
    Digest,
    /// Passports and other documents without a check.
    Other,
    /// No identity given.
    Missing,
}

/// NFKC, without blanks, zero-width characters, leading `'` and BOM; upper case.
pub fn normalise_identity(raw: &str) -> String {
    plain(raw).unwrap_or_else(|| thorough(raw))
}

fn thorough(raw: &str) -> String {
    let clean = |c: &char| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2060}');
    // What is left out, and upper case, can bring parts of letters together: what is normalised once stays as it is.
    let text: String = raw.nfkc().filter(clean).flat_map(char::to_uppercase).nfkc().collect();
    text.trim_start_matches('\'').to_owned()
}

/// The same for texts of ASCII and common Chinese characters only, which NFKC leaves alone: nearly every name there is.
fn plain(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            c if c.is_ascii() && c.is_whitespace() => {}
            '\'' if text.is_empty() => {}
            '\0'..='\x7f' => text.push(c.to_ascii_uppercase()),
            '\u{4e00}'..='\u{9fff}' => text.push(c),
            _ => return None,
        }
    }
    Some(text)
}

/// Classifies a normalised identity ([`normalise_identity`]).
pub fn classify_identity(id: &str) -> IdentityKind {
    let bytes = id.as_bytes();
    if id.is_empty() {
        IdentityKind::Missing
    } else if id.contains('*') {
        IdentityKind::Masked
    } else if bytes.len() >= 32 && bytes.iter().all(u8::is_ascii_hexdigit) {
        IdentityKind::Digest
    } else if is_id18_form(bytes) {
        if resident_id_is_valid(id) { IdentityKind::Valid } else { IdentityKind::BadCheck }
    } else if bytes.len() == 15 && bytes.iter().all(u8::is_ascii_digit) {
        if expand_id15(id).is_some() { IdentityKind::Valid } else { IdentityKind::BadCheck }
    } else if bytes.len() >= 15 && bytes.iter().filter(|b| b.is_ascii_digit()).count() + 1 >= bytes.len() {
        IdentityKind::BadCheck
    } else {
        IdentityKind::Other
    }
}

fn is_id18_form(bytes: &[u8]) -> bool {
    bytes.len() == 18 && bytes[..17].iter().all(u8::is_ascii_digit) && (bytes[17].is_ascii_digit() || bytes[17] == b'X')
}

/// GB 11643: form, a real birth date, check character. The area code is not looked up.
pub fn resident_id_is_valid(id: &str) -> bool {
    let bytes = id.as_bytes();
    is_id18_form(bytes) && birth_date(id).is_some() && resident_check(&bytes[..17]) == bytes[17]
}

/// Check character over the first 17 digits.
pub fn resident_check(digits: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = WEIGHTS.iter().zip(digits).map(|(w, d)| w * u32::from(d - b'0')).sum();
    b"10X98765432"[(sum % 11) as usize]
}

/// Birth date of an 18-character number; `None` when it is not a real date.
pub fn birth_date(id: &str) -> Option<Date> {
    let part = id.get(6..14)?;
    Date::from_ymd_opt(part.get(..4)?.parse().ok()?, part.get(4..6)?.parse().ok()?, part.get(6..)?.parse().ok()?)
}

/// The 18-character form of a 15-digit number: `19` before the year, then the check character.
pub fn expand_id15(id: &str) -> Option<String> {
    if id.len() != 15 || !id.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut long = format!("{}19{}", &id[..6], &id[6..]);
    long.push(char::from(resident_check(long.as_bytes())));
    birth_date(&long).map(|_| long)
}

/// First six and last four characters, the rest as `*`; short texts keep only their last character.
pub fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (head, tail) = match chars.len() {
        0..=4 => (0, chars.len().min(1)),
        5..=10 => (0, 4),
        _ => (6, 4),
    };
    chars.iter().enumerate().map(|(at, c)| if at < head || at + tail >= chars.len() { *c } else { '*' }).collect()
}

const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// GB 32100: alphabet, organisation check (GB 11714) and check character.
pub fn credit_code_is_valid(code: &str) -> bool {
    let bytes = code.as_bytes();
    if bytes.len() != 18 || !bytes.iter().all(|b| CREDIT_ALPHABET.contains(b)) {
        return false;
    }
    organisation_check(&bytes[8..16]) == Some(bytes[16]) && credit_check(&bytes[..17]) == Some(bytes[17])
}

/// Check character of an organisation code's first eight characters.
pub fn organisation_check(part: &[u8]) -> Option<u8> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (weight, byte) in WEIGHTS.iter().zip(part) {
        sum += weight * char::from(*byte).to_digit(36)?;
    }
    Some(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        n => b'0' + u8::try_from(n).ok()?,
    })
}

/// Check character of a credit code's first seventeen characters.
pub fn credit_check(part: &[u8]) -> Option<u8> {
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let mut sum = 0;
    for (weight, byte) in WEIGHTS.iter().zip(part) {
        sum += weight * CREDIT_ALPHABET.iter().position(|a| a == byte)?;
    }
    Some(CREDIT_ALPHABET[(31 - sum % 31) % 31])
}

/// Luhn sum of a card number; a failure is a warning only.
pub fn luhn_is_valid(card: &str) -> bool {
    if card.is_empty() || !card.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = card
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            match (at % 2, digit) {
                (0, d) => d,
                (_, d) if d > 4 => d * 2 - 9,
                (_, d) => d * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 5] = ["999999199001010016", "999999198802290025", "999999198512311115", "999999197506153144", "99999919900101018X"];

    #[test]
    fn what_is_normalised_once_stays_as_it_is() {
        // A diaeresis of its own is a blank and a combining mark; without the blank it joins the letter before it.
        for raw in ["99工\u{0}9MA\u{a8}9", "\u{149}ab", "'９９９ 99\u{2060}9"] {
            let once = normalise_identity(raw);
            assert_eq!(normalise_identity(&once), once, "{raw}");
        }
    }

    #[test]
    fn the_short_way_ends_where_the_long_one_does() {
        for c in ('\0'..='\u{ff}').chain('\u{4e00}'..='\u{9fff}') {
            for raw in [format!("{c}工a{c}"), format!("' '{c}")] {
                assert!(plain(&raw).is_none_or(|text| text == thorough(&raw)), "{raw:?}");
            }
        }
        assert_eq!(plain(" '测试 a工'"), Some("测试A工'".to_owned()));
    }

    #[test]
    fn resident_id_vectors_hold_and_any_other_last_character_fails() {
        for id in IDS {
            assert!(resident_id_is_valid(id), "{id}");
            for last in "0123456789X".chars().filter(|c| !id.ends_with(*c)) {
                assert!(!resident_id_is_valid(&format!("{}{last}", &id[..17])), "{id} with {last}");
            }
        }
    }

    #[test]
    fn a_birth_date_must_exist() {
        let mut digits = b"99999919900230001".to_vec();
        digits.push(resident_check(&digits));
        assert!(!resident_id_is_valid(std::str::from_utf8(&digits).unwrap()));
    }

    #[test]
    fn credit_code_vectors_hold_and_one_changed_character_fails() {
        for code in ["91999999MA00000154", "91999999MA0000023Y", "91999999MA00000Y52"] {
            assert!(credit_code_is_valid(code), "{code}");
            assert!(!credit_code_is_valid(&code.replacen("91", "92", 1)));
        }
        assert_eq!(organisation_check(b"MA000001"), Some(b'5'));
    }

    #[test]
    fn luhn_vectors_hold() {
        for card in ["9999990000000000014", "9999990000000000022", "9999990000000030"] {
            assert!(luhn_is_valid(card), "{card}");
        }
        assert!(!luhn_is_valid("9999990000000000015"));
    }

    #[test]
    fn identities_are_told_apart() {
        assert_eq!(classify_identity(&normalise_identity(" ９９９９９９19900101018x\u{feff}")), IdentityKind::Valid);
        assert_eq!(classify_identity("999999199001010017"), IdentityKind::BadCheck);
        assert_eq!(classify_identity("3301**********0016"), IdentityKind::Masked);
        assert_eq!(classify_identity("d41d8cd98f00b204e9800998ecf8427e"), IdentityKind::Digest);
        assert_eq!(classify_identity("E12345678"), IdentityKind::Other);
        assert_eq!(classify_identity(""), IdentityKind::Missing);
        assert_eq!(classify_identity("999999900101001"), IdentityKind::Valid);
    }

    #[test]
    fn masks_keep_the_ends_only() {
        assert_eq!(mask("999999199001010016"), "999999********0016");
        assert_eq!(mask("9999990000000000014"), "999999*********0014");
        assert_eq!(mask("12345"), "*2345");
        assert_eq!(mask("12"), "*2");
    }
}
