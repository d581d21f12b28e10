//! One cell to one value (file-formats.md §14, quirks 13–20). What cannot be read is a [`CellFault`], never a guess.

pub mod date;
pub mod number;
pub mod offered;
pub mod words;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::table::{Cell, UNCOMPUTED, is_invisible, number_text};

/// Why a cell could not be read, and what the sender should do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFault {
    pub reason: Cow<'static, str>,
    pub mend: Cow<'static, str>,
    pub kind: FaultKind,
}

/// Faults that are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FaultKind {
    #[default]
    Cell,
    /// Digits of a number are lost (quirk 13).
    Damaged,
    /// The same thing stands there already (quirk 23).
    Duplicate,
}

impl CellFault {
    pub fn new(reason: impl Into<Cow<'static, str>>, mend: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), mend: mend.into(), kind: FaultKind::Cell }
    }

    pub fn of(self, kind: FaultKind) -> Self {
        Self { kind, ..self }
    }
}

pub type CellResult<T> = Result<T, CellFault>;

/// Visible ASCII and common ideographs only, without a text guard: nothing to clean or normalise.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at += match bytes[at] {
            b'!'..=b'~' => 1,
            // U+4000 … U+9FFF; compatibility ideographs and full-width forms lie beyond.
            0xE4..=0xE9 => 3,
            _ => return false,
        };
    }
    !matches!(bytes.first(), Some(b'=' | b'\''))
}

/// Without surrounding blanks, text guards (`'`, `="…"`) and zero-width characters; letters and width as written.
pub fn clean(raw: &str) -> Cow<'_, str> {
    if is_plain(raw) {
        return Cow::Borrowed(raw);
    }
    let mut text = raw.trim_matches(is_invisible);
    if let Some(inner) = text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"')) {
        text = inner.trim_matches(is_invisible);
    }
    text = text.trim_start_matches('\'');
    // A break of two characters is the same break as one of one.
    let hidden = |c: char| c == '\r' || is_invisible(c) && !c.is_whitespace();
    if text.contains(hidden) { Cow::Owned(text.replace(hidden, "")) } else { Cow::Borrowed(text) }
}

/// As [`clean`], then NFKC without any blank: for numbers, dates, codes and words of a list.
pub fn compact(raw: &str) -> Cow<'_, str> {
    let text = clean(raw);
    if is_plain(&text) || text.bytes().all(|b| b.is_ascii_graphic()) {
        return text;
    }
    if text.is_ascii() {
        return Cow::Owned(text.chars().filter(|c| !c.is_whitespace()).collect());
    }
    Cow::Owned(text.nfkc().filter(|c| !is_invisible(*c)).collect())
}

/// Words that say "nothing here" in columns of amounts, dates and the like.
pub fn says_nothing(compacted: &str) -> bool {
    matches!(
        compacted,
        "" | "-" | "--" | "—" | "——" | "–" | "/" | "\\" | "无" | "N/A" | "n/a" | "NA" | "待补" | "空" | "暂无" | "null" | "NULL"
    )
}

/// Free text; an empty cell is `None`.
pub fn text(cell: &Cell<'_>) -> CellResult<Option<String>> {
    Ok(match cell {
        Cell::Empty => None,
        Cell::Text(raw) => {
            let text = clean(raw);
            if is_error_text(&text) {
                return Err(error_value(&text));
            }
            Some(text).filter(|t| !t.is_empty()).map(Cow::into_owned)
        }
        Cell::Error(error) => return Err(error_value(error)),
        other => Some(other.shown().into_owned()),
    })
}

/// Codes and numbers of things: NFKC, no blanks. A number cell with more digits than a double holds is destroyed.
pub fn code<'c>(cell: &'c Cell<'_>) -> CellResult<Option<Cow<'c, str>>> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(raw) => {
            let text = compact(raw);
            if text.is_empty() {
                Ok(None)
            } else if is_error_text(&text) {
                Err(error_value(&text))
            } else if is_scientific(&text) {
                Err(destroyed())
            } else {
                Ok(Some(text))
            }
        }
        Cell::Number(number) if number.abs() >= 1e15 => Err(destroyed()),
        Cell::Number(number) | Cell::MacNumber(number) => Ok(Some(Cow::Owned(number_text(*number)))),
        Cell::Error(error) => Err(error_value(error)),
        other => Ok(Some(other.shown())),
    }
}

/// Digits of an identity or a card hidden, wherever they stand in a text that people and logs see.
pub fn hide_numbers(text: &str) -> Cow<'_, str> {
    const SHORTEST: usize = 15;
    let mut hidden = String::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| at + from) {
        let length = text[start..].bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'X' | b'x')).count();
        let (run, end) = (&text[start..start + length], start + length);
        hidden.push_str(&text[from..start]);
        if length >= SHORTEST {
            hidden.push_str(&model::identifier::mask(run));
        } else {
            hidden.push_str(run);
        }
        from = end;
    }
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    hidden.push_str(&text[from..]);
    Cow::Owned(hidden)
}

/// `4.13026E+17`: what a spreadsheet shows for a long number.
pub fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    mantissa.contains('.') && mantissa.parse::<f64>().is_ok() && !exponent.is_empty() && exponent.bytes().all(|b| b.is_ascii_digit())
        || mantissa.len() == 1 && mantissa.bytes().all(|b| b.is_ascii_digit()) && text.contains("E+")
}

fn destroyed() -> CellFault {
    CellFault::new("号码被当作数字存放，末尾几位已经丢失", "把该列设为文本后重新填写").of(FaultKind::Damaged)
}

/// `#REF!` and the like where an export wrote them as text, and the signs that stand for a number in too narrow a column.
pub fn is_error_text(text: &str) -> bool {
    text.starts_with('#')
        && (matches!(text, "#REF!" | "#N/A" | "#VALUE!" | "#DIV/0!" | "#NAME?" | "#NUM!" | "#NULL!")
            || text.len() >= 3 && text.bytes().all(|b| b == b'#'))
}

pub fn error_value(error: &str) -> CellFault {
    if error.ends_with('#') {
        return CellFault::new(format!("单元格只有“{error}”：列太窄，内容没有导出"), "请加宽该列后重新导出，或直接填写");
    }
    if error == UNCOMPUTED {
        return CellFault::new("公式没有保存计算结果", "请用 Excel 或 WPS 打开后保存，或直接填写数值，再重新提供");
    }
    CellFault::new(format!("单元格是公式错误值 {error}"), "请改正公式或直接填写数值")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Cell, clean, code, compact, hide_numbers, is_scientific};

    #[test]
    fn long_numbers_are_hidden_wherever_they_stand() {
        assert_eq!(hide_numbers("“999999199001010016”不是日期"), "“999999********0016”不是日期");
        assert_eq!(hide_numbers("失败 99999919900101001X 户名不符 2024"), "失败 999999********001X 户名不符 2024");
        assert_eq!(hide_numbers("2024年4月，第 12 行"), "2024年4月，第 12 行");
        assert_eq!(hide_numbers("没有数字"), "没有数字");
    }

    #[test]
    fn guards_and_invisible_characters_go() {
        assert_eq!(clean(" '00123\t"), "00123");
        assert_eq!(clean("=\"999999\""), "999999");
        assert_eq!(clean("代领\r\n已核"), "代领\n已核");
        assert_eq!(clean("\u{feff}测试\u{200b}工人\u{a0}"), "测试工人");
        assert_eq!(compact(" １２３，４ x "), "123,4x");
    }

    #[test]
    fn a_number_too_long_for_a_double_is_destroyed() {
        assert!(code(&Cell::Number(999_999_198_512_311_115.0)).is_err());
        assert!(code(&Cell::Text(Cow::Borrowed("4.13026E+17"))).is_err());
        assert_eq!(code(&Cell::Number(123_456.0)).unwrap().unwrap(), "123456");
        assert!(is_scientific("4E+17") && is_scientific("4.13e17") && !is_scientific("E12345678") && !is_scientific("DF2E5"));
    }
}
