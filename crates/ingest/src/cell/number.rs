//! Amounts, quantities and shares, read as decimals (file-formats.md §14, quirk 16).

use model::Fen;

use super::{Cell, CellFault, CellResult, compact, error_value, is_error_text, is_scientific, says_nothing};

/// Beyond this an amount is a slip of the pen: ten trillion yuan.
const MAX_FEN: i128 = 1_000_000_000_000_000;

/// What to do with digits behind the last place that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Sums of money: a third decimal is a mistake.
    Refuse,
    /// Rates and quantities.
    Round,
}

/// An amount in yuan, or in 万元 when heading or cell says so. `None`: empty, or a word for nothing.
pub fn money(cell: &Cell<'_>, factor: i64, excess: Excess) -> CellResult<Option<Fen>> {
    let number = match cell {
        Cell::Text(raw) => match plain_fen(raw.as_bytes()) {
            Some(fen) => Some(i128::from(fen) * i128::from(factor)),
            None => decimal(raw, 2, factor, excess)?,
        },
        // A computed cell holds more digits than it shows; what is shown is what was meant.
        other => number_cell(other, 100 * factor)?,
    };
    match number {
        None => Ok(None),
        Some(fen) if fen.abs() > MAX_FEN => Err(CellFault::new("金额大得不合理", "请核对金额和单位（元、万元）")),
        Some(fen) => Ok(i64::try_from(fen).ok().map(Fen)),
    }
}

/// A quantity times `10^places`.
pub fn quantity(cell: &Cell<'_>, places: u32) -> CellResult<Option<i64>> {
    let scaled = match cell {
        Cell::Text(raw) => decimal(raw, places, 1, Excess::Round)?,
        other => number_cell(other, 10_i64.pow(places))?,
    };
    match scaled {
        None => Ok(None),
        Some(value) if value.abs() > 1_000_000_000_000 => Err(CellFault::new("数字大得不合理", "请核对后重新填写")),
        Some(value) => Ok(i64::try_from(value).ok()),
    }
}

/// A share in parts per million: `20%`, `0.2`; from 1 on, percent is meant.
pub fn share_ppm(cell: &Cell<'_>, heading_says_percent: bool) -> CellResult<Option<i64>> {
    let (value, percent) = match cell {
        Cell::Text(raw) => {
            let text = compact(raw);
            let (text, percent) = text.strip_suffix('%').map_or((text.as_ref(), false), |t| (t, true));
            let text = text.strip_prefix("百分之").unwrap_or(text);
            (decimal(text, 6, 1, Excess::Round)?, percent)
        }
        other => (number_cell(other, 1_000_000)?, false),
    };
    let Some(value) = value else { return Ok(None) };
    let ppm = if percent || heading_says_percent && value >= 100_000 || value >= 1_000_000 { value / 100 } else { value };
    if (0..=1_000_000).contains(&ppm) {
        Ok(i64::try_from(ppm).ok())
    } else {
        Err(CellFault::new("比例不在 0 至 100% 之间", "请填写百分数，例如 20%"))
    }
}

/// `1234`, `1234.5`, `1234.56`: what most cells of an export are.
fn plain_fen(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    let (mut value, mut decimals) = (0_i64, None::<u32>);
    for byte in text {
        match (byte, decimals) {
            (b'0'..=b'9', Some(2)) => return None,
            (b'0'..=b'9', _) => {
                value = value * 10 + i64::from(byte - b'0');
                decimals = decimals.map(|d| d + 1);
            }
            (b'.', None) => decimals = Some(0),
            _ => return None,
        }
    }
    if text == b"." { None } else { Some(value * [100, 10, 1][decimals.unwrap_or(0) as usize]) }
}

fn number_cell(cell: &Cell<'_>, scale: i64) -> CellResult<Option<i128>> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Number(number) | Cell::MacNumber(number) => {
            #[expect(clippy::cast_precision_loss, reason = "powers of ten below 10^10 are exact")]
            let scaled = number * scale as f64;
            if scaled.abs() < 1e17 {
                #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
                Ok(Some(scaled.round() as i128))
            } else {
                Err(CellFault::new("数字大得不合理", "请核对后重新填写"))
            }
        }
        Cell::Error(error) => Err(error_value(error)),
        Cell::Moment(_) => Err(CellFault::new("应为数字，单元格却是日期", "请把单元格格式改为数值后重新填写")),
        _ => Err(not_a_number()),
    }
}

/// Texts that a program put in the place of a number.
fn unreadable(text: &str) -> Option<CellFault> {
    if is_error_text(text) {
        return Some(error_value(text));
    }
    is_scientific(text).then(|| CellFault::new("数字是科学计数法，位数已经丢失", "请把单元格格式改为数值后重新填写"))
}

/// Text as a decimal scaled by `10^places * factor`.
fn decimal(raw: &str, places: u32, factor: i64, excess: Excess) -> CellResult<Option<i128>> {
    let text = compact(raw);
    if says_nothing(&text) {
        return Ok(None);
    }
    if let Some(fault) = unreadable(&text) {
        return Err(fault);
    }
    let mut text: &str = &text;
    let mut negative = false;
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        (text, negative) = (inner, true);
    }
    let mut factor = i128::from(factor);
    text = text.trim_start_matches(['¥', '￥', '+']);
    for (suffix, times) in [
        ("万元", 10_000),
        ("万", 10_000),
        ("元整", 1),
        ("元", 1),
        ("RMB", 1),
        ("天", 1),
        ("日", 1),
        ("小时", 1),
        ("工日", 1),
        ("个月", 1),
        ("人", 1),
    ] {
        if let Some(rest) = text.strip_suffix(suffix) {
            text = rest;
            factor *= times;
            break;
        }
    }
    if let Some(rest) = text.strip_prefix(['-', '−', '－', '–']) {
        (text, negative) = (rest, !negative);
    }
    text = text.trim_start_matches(['¥', '￥', '+']);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = ungroup(whole).ok_or_else(not_a_number)?;
    if whole.is_empty() && fraction.is_empty() || whole.len() > 17 || fraction.len() > 20 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(not_a_number());
    }
    let mut value = 0_i128;
    for byte in whole.bytes() {
        value = value * 10 + i128::from(byte - b'0');
    }
    value *= factor * 10_i128.pow(places);
    let (mut weight, mut rest) = (factor * 10_i128.pow(places), 0);
    for byte in fraction.bytes() {
        let digit = i128::from(byte - b'0');
        if weight % 10 == 0 {
            weight /= 10;
            value += digit * weight;
        } else if rest == 0 {
            // The first digit that finds no place decides the rounding.
            rest = digit;
            weight = 1;
            if digit != 0 && excess == Excess::Refuse {
                return Err(CellFault::new("金额超过两位小数", "请按元填写，保留两位小数"));
            }
            value += i128::from(digit >= 5);
            rest = rest.max(1);
        } else if digit != 0 && excess == Excess::Refuse {
            return Err(CellFault::new("金额超过两位小数", "请按元填写，保留两位小数"));
        }
    }
    Ok(Some(if negative { -value } else { value }))
}

/// Removes thousands separators that stand where they may.
fn ungroup(whole: &str) -> Option<String> {
    if whole.bytes().all(|b| b.is_ascii_digit()) {
        return Some(whole.to_owned());
    }
    let groups: Vec<&str> = whole.split([',', '\'']).collect();
    let fits = |(at, group): (usize, &&str)| {
        group.bytes().all(|b| b.is_ascii_digit())
            && if at == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 || group.len() == 4 }
    };
    groups.iter().enumerate().all(fits).then(|| groups.concat())
}

fn not_a_number() -> CellFault {
    CellFault::new("应为数字，却不是", "请填写阿拉伯数字，例如 1234.50")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use model::Fen;
    use proptest::prelude::*;

    use super::{Cell, Excess, money, quantity, share_ppm};

    fn text(t: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(t))
    }

    fn fen(t: &str) -> Option<i64> {
        money(&text(t), 1, Excess::Refuse).unwrap().map(|f| f.0)
    }

    #[test]
    fn amounts_as_counties_write_them() {
        for (written, expected) in [
            ("1,234.50", 123_450),
            ("1，234.50", 123_450),
            ("￥5，250.50", 525_050),
            ("¥100", 10_000),
            ("300元", 30_000),
            ("1.5万元", 1_500_000),
            ("+267.10", 26_710),
            ("(120.00)", -12_000),
            ("-120", -12_000),
            ("¥-3.2", -320),
            (" 1 234 ", 123_400),
            ("１２３．４０", 12_340),
            ("0.10", 10),
            (".5", 50),
            ("12.3400", 1_234),
            ("56,000,000.00", 5_600_000_000),
        ] {
            assert_eq!(fen(written), Some(expected), "{written}");
        }
        for empty in ["", " ", "-", "—", "/", "无", "N/A", "待补"] {
            assert_eq!(fen(empty), None, "{empty}");
        }
        for bad in ["12.345", "1,23.4", "abc", "1e308", "1.2.3", "12元3角", "9999999999999999", "--5"] {
            assert!(money(&text(bad), 1, Excess::Refuse).is_err(), "{bad}");
        }
        assert_eq!(money(&text("12.345"), 1, Excess::Round).unwrap(), Some(Fen(1_235)));
        assert_eq!(money(&text("6200.12345"), 10_000, Excess::Refuse).unwrap(), Some(Fen(6_200_123_450)));
        assert_eq!(money(&Cell::Number(2_333.330_000_000_000_4), 1, Excess::Refuse).unwrap(), Some(Fen(233_333)));
        assert!(money(&Cell::Number(1e308), 1, Excess::Refuse).is_err());
    }

    #[test]
    fn shares_and_quantities() {
        for (written, ppm) in
            [("20%", 200_000), ("0.2", 200_000), ("1.5%", 15_000), ("1.5", 15_000), ("20", 200_000), ("0.015", 15_000), ("0.5%", 5_000)]
        {
            assert_eq!(share_ppm(&text(written), false).unwrap(), Some(ppm), "{written}");
        }
        assert_eq!(share_ppm(&text("0.5"), true).unwrap(), Some(5_000), "the heading says percent");
        assert_eq!(share_ppm(&Cell::Number(0.2), false).unwrap(), Some(200_000));
        assert!(share_ppm(&text("120%"), false).is_err());
        assert_eq!(quantity(&text("17.5天"), 2).unwrap(), Some(1_750));
        assert_eq!(quantity(&Cell::Number(21.75), 2).unwrap(), Some(2_175));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(amount in -100_000_000_000_i64..100_000_000_000) {
            prop_assert_eq!(fen(&Fen(amount).yuan()), Some(amount));
        }
    }
}
