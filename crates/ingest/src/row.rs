//! A row seen through the columns of its dataset. Every method reads one cell and says what is wrong with it.

use std::borrow::Cow;

use model::identifier::mask;
use model::{AccountNo, Date, Fen, Field, Month, Place, ProjectCode};

use crate::cell::date::Moment;
use crate::cell::number::{self, Excess};
use crate::cell::{self, CellFault, CellResult, FaultKind, compact, date, words};
use crate::claims::Claims;
use crate::days::DayColumns;
use crate::doubts::{Doubts, is_month_only};
use crate::heading::Mapping;
use crate::stacked::Own;
use crate::table::Cell;
use crate::units;

/// Why a row was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Heading as in the file, else the canonical one.
    pub column: String,
    /// Masked where the column holds identities or cards.
    pub value: String,
    pub reason: Cow<'static, str>,
    pub mend: Cow<'static, str>,
    pub kind: FaultKind,
}

pub type RowResult<T> = Result<T, RowFault>;

/// What stands for a column that the table itself does not have.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    pub cell: Cell<'static>,
    /// Where it was found, as the report says it.
    pub origin: &'static str,
}

/// What all rows of a worksheet share.
pub struct Frame {
    pub mapping: Mapping,
    /// By column of the shape.
    pub constants: Vec<Option<Constant>>,
    /// What its rows may not contradict.
    pub claims: Claims,
    /// What its titles name.
    pub own: Own,
    /// Month that lends its year to dates without one.
    pub month: Option<Month>,
    /// Day columns of a wide attendance matrix.
    pub days: Option<DayColumns>,
    /// Hours of a working day, where hours are given.
    pub day_hours: u32,
    pub doubts: Doubts,
}

pub struct Row<'r, 'a> {
    /// 1 = first row of the worksheet or file.
    pub number: u32,
    pub cells: &'r [Cell<'a>],
    pub frame: &'r Frame,
}

const EMPTY: &Cell<'static> = &Cell::Empty;

impl<'r, 'a> Row<'r, 'a> {
    /// `None` when neither table nor title has the column.
    pub fn cell(&self, column: impl Into<usize>) -> Option<&'r Cell<'a>> {
        let column = column.into();
        match self.frame.mapping.at[column] {
            Some(at) => Some(self.cells.get(at).unwrap_or(EMPTY)),
            None => self.frame.constants[column].as_ref().map(|c| &c.cell),
        }
    }

    pub fn fault(&self, column: impl Into<usize>, fault: CellFault) -> RowFault {
        let column = column.into();
        let declared = &self.frame.mapping.shape.columns[column];
        let heading = self.frame.mapping.headings[column].as_ref().map_or_else(|| declared.canonical.to_owned(), |h| h.0.clone());
        let shown: String = self.cell(column).map(|c| c.shown().chars().take(60).collect()).unwrap_or_default();
        let is_error = matches!(self.cell(column), Some(Cell::Error(_))) || cell::is_error_text(&shown);
        // What stands in the wrong column is not to be seen either; codes of projects are no secret.
        let is_code = declared.canonical == "项目编码";
        let value = match shown {
            shown if declared.secret && !is_error => mask(&shown),
            shown if is_code => shown,
            shown => cell::hide_numbers(&shown).into_owned(),
        };
        let reason = if is_code { fault.reason } else { cell::hide_numbers(&fault.reason).into_owned().into() };
        // Damaged cards and accounts are told like any other fault; damaged identities are counted.
        let identity = declared.canonical.ends_with("证件号码") || declared.canonical == "身份证号";
        let kind = if fault.kind == FaultKind::Damaged && !identity { FaultKind::Cell } else { fault.kind };
        RowFault { column: heading, value, reason, mend: fault.mend, kind }
    }

    fn read<T>(&self, column: usize, read: impl FnOnce(&'r Cell<'a>) -> CellResult<Option<T>>) -> RowResult<Option<T>> {
        match self.cell(column) {
            None => Ok(None),
            Some(cell) => read(cell).map_err(|fault| self.fault(column, fault)),
        }
    }

    fn field<T>(&self, column: usize, read: impl FnOnce(&'r Cell<'a>) -> CellResult<Option<T>>) -> RowResult<Field<T>> {
        match self.cell(column) {
            None => Ok(Field::Absent),
            Some(cell) => match read(cell).map_err(|fault| self.fault(column, fault))? {
                Some(value) => Ok(Field::Given(value)),
                None => Ok(Field::Empty),
            },
        }
    }

    fn must<T>(&self, column: usize, value: Option<T>) -> RowResult<T> {
        value.ok_or_else(|| {
            let name = self.frame.mapping.shape.columns[column].canonical;
            self.fault(column, CellFault::new(format!("缺少{name}"), format!("请填写{name}")))
        })
    }

    fn factor(&self, column: usize) -> i64 {
        let declared = self.frame.mapping.shape.columns[column].factor;
        match &self.frame.mapping.headings[column] {
            Some((_, unit)) if unit.contains('万') => 10_000,
            Some((_, unit)) if unit.contains('元') => 1,
            _ => declared,
        }
    }

    pub fn text(&self, column: impl Into<usize>) -> RowResult<Option<String>> {
        self.read(column.into(), cell::text)
    }

    pub fn text_field(&self, column: impl Into<usize>) -> RowResult<Field<String>> {
        self.field(column.into(), cell::text)
    }

    pub fn must_text(&self, column: impl Into<usize>) -> RowResult<String> {
        let column = column.into();
        let value = self.text(column)?;
        self.must(column, value)
    }

    /// Codes, phone numbers, serial numbers: NFKC without blanks.
    pub fn code(&self, column: impl Into<usize>) -> RowResult<Option<String>> {
        self.read(column.into(), |c| Ok(cell::code(c)?.filter(|t| !cell::says_nothing(t)).map(Cow::into_owned)))
    }

    pub fn code_field(&self, column: impl Into<usize>) -> RowResult<Field<String>> {
        self.field(column.into(), |c| Ok(cell::code(c)?.filter(|t| !cell::says_nothing(t)).map(Cow::into_owned)))
    }

    /// Identity and card columns: borrowed where nothing had to be cleaned.
    pub fn secret(&self, column: impl Into<usize>) -> RowResult<Option<Cow<'r, str>>> {
        self.read(column.into(), |c| Ok(cell::code(c)?.filter(|t| !cell::says_nothing(t))))
    }

    pub fn account(&self, column: impl Into<usize>) -> RowResult<Option<AccountNo>> {
        self.read(column.into(), |c| Ok(cell::code(c)?.filter(|t| !cell::says_nothing(t)).and_then(|t| AccountNo::parse(&t))))
    }

    pub fn date(&self, column: impl Into<usize>) -> RowResult<Option<Date>> {
        self.read(column.into(), |c| date::date(c, self.frame.month))
    }

    /// Dates the dataset cannot do without.
    pub fn needed_date_field(&self, column: impl Into<usize>) -> RowResult<Field<Date>> {
        self.field(column.into(), |c| date::date(c, self.frame.month))
    }

    /// Dates that may be left out: a month without its day is not known, and told, but refuses no row.
    pub fn date_field(&self, column: impl Into<usize>) -> RowResult<Field<Date>> {
        let column = column.into();
        if self.cell(column).is_some_and(is_month_only) {
            self.doubt(column, "只写到月，没有写到日：行已保留，这个日期按不知道处理", "请填写到日，例如 2024-03-01");
            return Ok(Field::Absent);
        }
        self.needed_date_field(column)
    }

    /// Keeps the row without what a cell says, and tells so.
    pub fn doubt(&self, column: impl Into<usize>, what: &'static str, mend: &'static str) {
        self.frame.doubts.add(self.number, self.fault(column, CellFault::new(what, mend)));
    }

    pub fn moment(&self, column: impl Into<usize>) -> RowResult<Option<Moment>> {
        self.read(column.into(), |c| date::moment(c, self.frame.month))
    }

    pub fn month(&self, column: impl Into<usize>) -> RowResult<Option<Month>> {
        self.read(column.into(), |c| date::month(c, self.frame.month))
    }

    pub fn month_field(&self, column: impl Into<usize>) -> RowResult<Field<Month>> {
        self.field(column.into(), |c| date::month(c, self.frame.month))
    }

    /// Sums of money: a third decimal is refused.
    pub fn money(&self, column: impl Into<usize>) -> RowResult<Option<Fen>> {
        let column = column.into();
        self.read(column, |c| number::money(c, self.factor(column), Excess::Refuse))
    }

    pub fn money_field(&self, column: impl Into<usize>) -> RowResult<Field<Fen>> {
        let column = column.into();
        self.field(column, |c| number::money(c, self.factor(column), Excess::Refuse))
    }

    pub fn must_money(&self, column: impl Into<usize>) -> RowResult<Fen> {
        let column = column.into();
        let value = self.money(column)?;
        self.must(column, value)
    }

    /// Unit prices: rounded to fen.
    pub fn rate_field(&self, column: impl Into<usize>) -> RowResult<Field<Fen>> {
        let column = column.into();
        self.field(column, |c| number::money(c, self.factor(column), Excess::Round))
    }

    pub fn hundredths_field(&self, column: impl Into<usize>) -> RowResult<Field<i32>> {
        self.field(column.into(), |c| {
            let value = number::quantity(c, 2)?;
            value.map(|v| i32::try_from(v).map_err(|_| CellFault::new("数字大得不合理", "请核对后重新填写"))).transpose()
        })
    }

    /// Hundredths of days; of hours where the heading says so, which are told in days.
    pub fn days_field(&self, column: impl Into<usize>) -> RowResult<Field<i32>> {
        let column = column.into();
        let value = self.hundredths_field(column)?;
        let heading = self.frame.mapping.headings[column].as_ref();
        if !heading.is_some_and(|(_, unit)| units::is_hours(unit)) {
            return Ok(value);
        }
        let hours = i64::from(self.frame.day_hours.max(1));
        Ok(value.map(|value| i32::try_from((i64::from(value) + hours / 2).div_euclid(hours)).unwrap_or(i32::MAX)))
    }

    pub fn thousandths_field(&self, column: impl Into<usize>) -> RowResult<Field<i64>> {
        self.field(column.into(), |c| number::quantity(c, 3))
    }

    pub fn count_field(&self, column: impl Into<usize>) -> RowResult<Field<u32>> {
        self.field(column.into(), |c| {
            let value = number::quantity(c, 0)?;
            value.map(|v| u32::try_from(v).map_err(|_| CellFault::new("应为不小于 0 的整数", "请核对后重新填写"))).transpose()
        })
    }

    /// Day of the month: `25`, `25日`, `每月25号`, `次月15日`.
    pub fn day_field(&self, column: impl Into<usize>) -> RowResult<Field<u32>> {
        self.field(column.into(), |c| {
            let shown = c.shown();
            let text = compact(&shown);
            if cell::says_nothing(&text) {
                return Ok(None);
            }
            let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit()).trim_end_matches(['日', '号', '前']).trim_end_matches(".0");
            match digits.parse::<u32>() {
                Ok(day) if (1..=31).contains(&day) => Ok(Some(day)),
                _ => Err(CellFault::new("不是每月的某一日", "请填写 1 至 31 的数字")),
            }
        })
    }

    pub fn share_field(&self, column: impl Into<usize>) -> RowResult<Field<i64>> {
        let column = column.into();
        let percent = self.frame.mapping.headings[column].as_ref().is_some_and(|(_, unit)| unit.contains('%'));
        self.field(column, |c| number::share_ppm(c, percent))
    }

    pub fn bool_field(&self, column: impl Into<usize>) -> RowResult<Field<bool>> {
        self.field(column.into(), |c| {
            let shown = c.shown();
            let text = compact(&shown);
            if matches!(text.as_ref(), "" | "-" | "—" | "/") {
                return Ok(None);
            }
            words::yes_no(&text).map(Some).ok_or_else(|| CellFault::new("既不是“是”也不是“否”", "请填写 是 或 否"))
        })
    }

    /// A word of a list; `read` gets the text of a filled cell.
    pub fn word_field<T>(&self, column: impl Into<usize>, read: impl FnOnce(&str) -> CellResult<T>) -> RowResult<Field<T>> {
        self.field(column.into(), |c| {
            if let Cell::Error(error) = c {
                return Err(cell::error_value(error));
            }
            let shown = c.shown();
            let text = cell::clean(&shown);
            if cell::says_nothing(&compact(&text)) { Ok(None) } else { read(&text).map(Some) }
        })
    }

    /// Several values in one cell, separated by 、 ; or a line end.
    pub fn list(&self, column: impl Into<usize>) -> RowResult<Vec<String>> {
        let text = self.text(column)?.unwrap_or_default();
        let parts = text.split(['、', ';', '；', ',', '，', '\n']).map(str::trim).filter(|p| !p.is_empty());
        Ok(parts.map(str::to_owned).collect())
    }

    /// The project: the row's own code, then its name; else what the title, the worksheet or the file says.
    pub fn place(&self, code: impl Into<usize>, name: impl Into<usize>) -> RowResult<Option<Place>> {
        let (code, name) = (code.into(), name.into());
        let parse = |c: &Cell<'_>| -> CellResult<Option<ProjectCode>> {
            Ok(cell::code(c)?.filter(|t| !cell::says_nothing(t)).and_then(|t| ProjectCode::parse(&t)))
        };
        let agreed = |own: Option<&ProjectCode>| self.frame.claims.code_fault(own).map_or(Ok(()), |fault| Err(self.fault(code, fault)));
        if self.frame.mapping.has(code)
            && let Some(found) = self.read(code, parse)?
        {
            agreed(Some(&found))?;
            return Ok(Some(Place::Code(found)));
        }
        if self.frame.mapping.has(name)
            && let Some(found) = self.text(name)?
        {
            return Ok(Some(Place::Name(found)));
        }
        agreed(None)?;
        let constant = |column: usize| self.frame.constants[column].as_ref().map(|c| &c.cell);
        if let Some(found) = constant(code).and_then(|c| parse(c).ok().flatten()) {
            return Ok(Some(Place::Code(found)));
        }
        Ok(constant(name).and_then(|c| cell::text(c).ok().flatten()).map(Place::Name))
    }

    pub fn must_place(&self, code: impl Into<usize>, name: impl Into<usize>) -> RowResult<Place> {
        let (code, name) = (code.into(), name.into());
        self.place(code, name)?.ok_or_else(|| {
            self.fault(
                code,
                CellFault::new(
                    "不知道属于哪个项目：表中、标题、工作表名和文件名都没有项目编码或项目名称",
                    "请加一列“项目编码”，或在标题中写明项目名称",
                ),
            )
        })
    }

    /// The month of the row, else of the title, the worksheet or the file; none of them may say another one.
    pub fn must_month(&self, column: impl Into<usize>) -> RowResult<Month> {
        let column = column.into();
        let own = if self.frame.mapping.has(column) { self.month(column)? } else { None };
        self.agrees_on_month(column, own)?;
        self.must_any_month(column)
    }

    /// Refuses a month that a title, the worksheet or the file contradicts.
    pub fn agrees_on_month(&self, column: impl Into<usize>, own: Option<Month>) -> RowResult<()> {
        self.frame.claims.month_fault(own).map_or(Ok(()), |fault| Err(self.fault(column, fault)))
    }

    /// As [`Self::must_month`], for rows that may be of another month than the table.
    pub fn must_any_month(&self, column: impl Into<usize>) -> RowResult<Month> {
        let column = column.into();
        let own = self.month(column)?;
        let lent = || self.frame.constants[column].as_ref().and_then(|c| date::month(&c.cell, None).ok().flatten());
        own.or_else(lent).ok_or_else(|| {
            if self.frame.mapping.has(column) {
                return self.fault(column, CellFault::new("该行没有写月份，标题中也没有", "请填写月份，例如 2024-03"));
            }
            self.fault(
                column,
                CellFault::new(
                    "不知道是哪个月：表中、标题、工作表名和文件名都没有月份",
                    "请加一列“工资所属月份”，或在标题中写明，例如 2024年3月",
                ),
            )
        })
    }
}
