//! Money in fen. Never a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// An amount in fen (0.01 yuan). Sums saturate instead of wrapping: a saturated amount is absurd and visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    pub const ZERO: Self = Self(0);

    pub const fn from_yuan(yuan: i64) -> Self {
        Self(yuan * 100)
    }

    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// A share of the amount in parts per million, rounded half up (away from zero).
    #[must_use]
    pub fn share_ppm(self, ppm: i64) -> Self {
        let product = i128::from(self.0) * i128::from(ppm);
        let half = if product >= 0 { 500_000 } else { -500_000 };
        Self(i64::try_from((product + half) / 1_000_000).unwrap_or(i64::MAX))
    }

    /// `1,234.50`: yuan with thousands separators and two decimals.
    pub fn yuan(self) -> String {
        let digits = (self.0.unsigned_abs() / 100).to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 4);
        if self.0 < 0 {
            text.push('-');
        }
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        let cents = self.0.unsigned_abs() % 100;
        format!("{text}.{cents:02}")
    }

    /// `壹仟贰佰叁拾肆元伍角整`: the capital form official papers use.
    pub fn capital(self) -> String {
        const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
        const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
        const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];
        let fen = self.0.unsigned_abs();
        let (yuan, jiao, cents) = (fen / 100, fen / 10 % 10, fen % 10);
        let digit = |n: u64| DIGITS[usize::try_from(n % 10).unwrap_or(0)];
        let mut text = String::from(if self.0 < 0 { "负" } else { "" });
        let (mut gap, mut wrote) = (false, false);
        for group in (0..5).rev() {
            let part = yuan / 10_u64.pow(4 * group) % 10_000;
            if part == 0 {
                gap |= wrote;
                continue;
            }
            for place in (0..4).rev() {
                let n = part / 10_u64.pow(place) % 10;
                if n == 0 {
                    gap |= wrote;
                    continue;
                }
                if gap {
                    text.push('零');
                    gap = false;
                }
                text.push(digit(n));
                text.push_str(PLACES[place as usize]);
                wrote = true;
            }
            text.push_str(GROUPS[group as usize]);
        }
        if wrote {
            text.push('元');
        }
        match (jiao, cents) {
            (0, 0) if wrote => text.push('整'),
            (0, 0) => text.push_str("零元整"),
            (0, c) => {
                if wrote {
                    text.push('零');
                }
                text.push(digit(c));
                text.push('分');
            }
            (j, c) => {
                if wrote && yuan % 10 == 0 {
                    text.push('零');
                }
                text.push(digit(j));
                text.push('角');
                if c == 0 {
                    text.push('整');
                } else {
                    text.push(digit(c));
                    text.push('分');
                }
            }
        }
        text
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.yuan())
    }
}

impl Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Fen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Fen {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Fen {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Fen;

    #[test]
    fn yuan_has_separators_and_two_decimals() {
        assert_eq!(Fen(123_456_789).yuan(), "1,234,567.89");
        assert_eq!(Fen(-5).yuan(), "-0.05");
        assert_eq!(Fen(100_000).yuan(), "1,000.00");
    }

    #[test]
    fn capital_form_follows_bank_practice() {
        for (fen, text) in [
            (0, "零元整"),
            (100, "壹元整"),
            (1_010_000, "壹万零壹佰元整"),
            (123_450, "壹仟贰佰叁拾肆元伍角整"),
            (100_005, "壹仟元零伍分"),
            (10_000_000_000, "壹亿元整"),
            (100_010_000_000, "壹拾亿零壹拾万元整"),
            (1_000_500, "壹万零伍元整"),
            (5, "伍分"),
            (107_000_053, "壹佰零柒万元零伍角叁分"),
        ] {
            assert_eq!(Fen(fen).capital(), text, "{fen}");
        }
    }

    #[test]
    fn a_share_rounds_half_up() {
        assert_eq!(Fen(101).share_ppm(500_000), Fen(51));
        assert_eq!(Fen(5_600_000_000).share_ppm(15_000), Fen(84_000_000));
    }
}
