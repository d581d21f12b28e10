//! Whether a name the bank shows is the worker's.

use model::identifier::normalise_identity;

/// Marks banks and sheets put between the parts of a name, or leave out.
const DOTS: [char; 8] = ['·', '•', '・', '‧', '∙', '⋅', '.', '●'];

/// What stands for a rare character where a bank cannot show it.
const RARE: [char; 5] = ['?', '□', '■', '〓', '\u{fffd}'];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Same,
    /// Masked or empty: it may be.
    Open,
    Other,
}

/// Width, blanks, letter case and middle dots make no other name.
pub fn normal(name: &str) -> String {
    normalise_identity(name).chars().filter(|c| !DOTS.contains(c)).collect()
}

/// Both names [`normal`]. A payee of at least `shortest` characters with which the worker's name begins is that name, cut off.
pub fn fit(payee: &str, worker: &str, shortest: usize) -> Fit {
    if payee.is_empty() || worker.is_empty() {
        return Fit::Open;
    }
    let cut_off = worker.starts_with(payee) && payee.chars().count() >= shortest;
    if payee == worker || cut_off {
        return Fit::Same;
    }
    let same_length = payee.chars().count() == worker.chars().count();
    let masked = |c: char| c == '*';
    if payee.contains(masked) || worker.contains(masked) {
        let fits = |(a, b): (char, char)| a == b || masked(a) || masked(b);
        return if !same_length || payee.chars().zip(worker.chars()).all(fits) { Fit::Open } else { Fit::Other };
    }
    let known = payee.chars().any(|c| !RARE.contains(&c));
    let shown = |(a, b): (char, char)| a == b || RARE.contains(&a);
    if same_length && known && payee.chars().zip(worker.chars()).all(shown) { Fit::Same } else { Fit::Other }
}

#[cfg(test)]
mod tests {
    use super::{Fit, fit, normal};

    #[test]
    fn spellings_of_one_name_fit_and_other_names_do_not() {
        for (payee, worker, expected) in [
            ("测 试　工人", "测试工人", Fit::Same),
            ("阿卜杜拉•买买提", "阿卜杜拉·买买提", Fit::Same),
            ("阿卜杜拉买买提", "阿卜杜拉・买买提", Fit::Same),
            ("ＡＢＤＵＬ", "abdul", Fit::Same),
            ("阿卜杜拉", "阿卜杜拉·买买提", Fit::Same),
            ("阿卜杜", "阿卜杜拉·买买提", Fit::Other),
            ("阿卜杜拉·买买提", "阿卜杜拉", Fit::Other),
            ("测?甲", "测䶮甲", Fit::Same),
            ("???", "测试甲", Fit::Other),
            ("测*甲", "测试甲", Fit::Open),
            ("测*乙", "测试甲", Fit::Other),
            ("*甲", "测试甲", Fit::Open),
            ("", "测试甲", Fit::Open),
            ("测试乙", "测试甲", Fit::Other),
        ] {
            assert_eq!(fit(&normal(payee), &normal(worker), 4), expected, "{payee} / {worker}");
        }
    }
}
