//! What a template says of a column: whether it must be filled, how, and an example.

use crate::layout::{Column, Shape};

/// Project code of the example row. Its date part is no date, so no project can have it.
pub const EXAMPLE_CODE: &str = "99999900000000000";

/// Whether a project code marks the example row of a template.
pub fn is_example_code(text: &str) -> bool {
    // The length first: this is asked of every row.
    text.len() >= EXAMPLE_CODE.len() && text.trim_matches(crate::table::is_invisible) == EXAMPLE_CODE
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Without it the row is refused, or checks cannot be made.
    Must,
    /// In some cases.
    Case,
    May,
}

impl Need {
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Must => "必填",
            Self::Case => "视情况",
            Self::May => "选填",
        }
    }
}

/// How cells of a column are formatted and filled.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Text,
    /// Identities, cards, accounts, codes, telephones: always text, or a worksheet destroys their digits.
    Code,
    Date,
    /// Date and time of day.
    Moment,
    Month,
    Money,
    Number,
    Share,
    /// One word of a list; others are refused while typing.
    Words(&'static [&'static str]),
    /// Words that help to write alike; others may be written.
    Suggest(&'static [&'static str]),
    /// Trades: the list is too long for a cell and stands on the page of explanation.
    Trade,
}

impl Kind {
    /// What to write, in plain words.
    pub fn chinese(self) -> String {
        match self {
            Self::Text | Self::Trade => "文字".to_owned(),
            Self::Code => "文本格式的号码，不要变成数字".to_owned(),
            Self::Date => "日期，如 2024-03-01".to_owned(),
            Self::Moment => "日期和时间，如 2024-03-01 07:05:00".to_owned(),
            Self::Month => "月份，如 2024-03".to_owned(),
            Self::Money => "金额，单位：元".to_owned(),
            Self::Number => "数字".to_owned(),
            Self::Share => "百分比，如 20%".to_owned(),
            Self::Words(words) => format!("从下拉列表选：{}", words.join("、")),
            Self::Suggest(words) => format!("可从下拉列表选：{}", words.join("、")),
        }
    }
}

/// One column of a template.
#[derive(Debug)]
pub struct Entry {
    /// In the columns of the shape.
    pub column: usize,
    pub need: Need,
    pub kind: Kind,
    /// As the importer reads it; empty where the example has nothing to say.
    pub example: &'static str,
    pub hint: &'static str,
}

impl Entry {
    pub fn of<'s>(&self, shape: &'s Shape) -> &'s Column {
        &shape.columns[self.column]
    }
}

macro_rules! entries {
    ($module:ident: $($column:ident $need:ident $kind:expr, $example:expr, $hint:literal;)*) => {
        &[$($crate::templates::content::Entry {
            column: $crate::layout::$module::Col::$column as usize,
            need: $crate::templates::content::Need::$need,
            kind: $kind,
            example: $example,
            hint: $hint,
        }),*]
    };
}
pub(crate) use entries;
