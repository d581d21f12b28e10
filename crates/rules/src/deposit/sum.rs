//! How much must be stored (65号 第11、12条): contract sum × ratio, with factor, floor and cap.

use model::sheet::Deposit;
use model::{Date, Fen};

use super::exemption::{Arrears, arrears};
use super::standing::{Standing, event, rows};
use crate::duty::reaches;
use crate::rule::{CALENDAR_GAP, COLUMN_ABSENT, CheckContext, LAW_GAP, Unknown};

/// The sum to store and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Required {
    pub sum: Fen,
    pub base: Fen,
    /// `contract` or `annual`.
    pub base_of: &'static str,
    pub ratio_ppm: i64,
    /// `row` or `configured`.
    pub ratio_of: &'static str,
    pub capped: bool,
}

/// Rows whose money is there on the as-of day.
pub fn in_force<'a>(cx: &CheckContext<'a>) -> Result<Vec<&'a Deposit>, Unknown> {
    let mut kept = Vec::new();
    for row in rows(cx) {
        if let Standing::Stored { .. } = Standing::of_row(cx, row)? {
            kept.push(row);
        }
    }
    Ok(kept)
}

pub fn required(cx: &CheckContext, rows: &[&Deposit]) -> Result<Required, Unknown> {
    let event = event(cx)?;
    let (base, base_of) = base(cx, rows, event)?;
    let (ratio_ppm, ratio_of) = ratio(cx, rows, event)?;
    let full = base.share_ppm(ratio_ppm);
    // Nought stands for: no cap is set.
    let cap = cx.law.fen("deposit.cap", event)?;
    let capped = cap > Fen::ZERO && full > cap;
    Ok(Required { sum: if capped { cap } else { full }, base, base_of, ratio_ppm, ratio_of, capped })
}

/// The contract sum; for works over more than a year the smaller sum the register states, as that of the year.
fn base(cx: &CheckContext, rows: &[&Deposit], event: Date) -> Result<(Fen, &'static str), Unknown> {
    let project = &cx.dossier.project;
    let stated = rows.iter().filter_map(|row| row.contract_amount.get()).filter(|sum| *sum > Fen::ZERO).max();
    let Some(whole) = project.contract_amount.get() else { return Ok((stated.ok_or(COLUMN_ABSENT)?, "contract")) };
    let Some(annual) = stated.filter(|sum| *sum < whole) else { return Ok((whole, "contract")) };
    let (Some(start), Some(end)) = (project.contract_start.get(), project.contract_end.get()) else { return Err(COLUMN_ABSENT) };
    // Longer than a year: the day after the year still belongs to the works.
    let months = cx.law.count("deposit.annual_from", event)?;
    let long = end.pred_opt().is_some_and(|before| reaches(start, before, months));
    Ok(if long { (annual, "annual") } else { (whole, "contract") })
}

/// The ratio of the register where it lies in the range of the law, else the configured one with its factor.
fn ratio(cx: &CheckContext, rows: &[&Deposit], event: Date) -> Result<(i64, &'static str), Unknown> {
    let reduced = rows.iter().any(|row| row.exempt_reason.given().is_some_and(|reason| says_reduced(reason)));
    let second = has_other_project(cx);
    let floor = cx.law.ppm("deposit.ratio_floor", event)?;
    let lowest = if reduced || second { floor } else { cx.law.ppm("deposit.ratio_min", event)? };
    let highest = cx.law.ppm("deposit.ratio_max", event)?;
    let stated = rows.iter().filter_map(|row| row.ratio_ppm.get()).filter(|ratio| (lowest..=highest).contains(ratio)).max();
    if let Some(ratio) = stated {
        return Ok((ratio, "row"));
    }
    let mut configured = cx.law.ppm("deposit.ratio", event)?;
    if configured == 0 {
        return Err(LAW_GAP);
    }
    if second {
        let own = cx.law.ppm("deposit.ratio_second", event)?;
        configured = if own > 0 { configured.min(own) } else { configured };
    }
    let whole = i128::from(configured) * i128::from(factor(cx, rows, event)?) / 1_000_000;
    Ok((i64::try_from(whole).map_err(|_| LAW_GAP)?.max(floor), "configured"))
}

/// Differentiated storing: a claimed reduction halves, founded arrears add, the list of grave defaulters doubles.
fn factor(cx: &CheckContext, rows: &[&Deposit], event: Date) -> Result<i64, Unknown> {
    let said = |words: &[&str]| {
        let mut reasons = rows.iter().filter_map(|row| row.exempt_reason.given());
        reasons.any(|reason| words.iter().any(|word| reason.contains(word)))
    };
    if said(&["失信", "黑名单"]) {
        return cx.law.ppm("deposit.factor_listed", event);
    }
    let Some(signed) = cx.dossier.project.contract_signed_on.get() else { return Err(COLUMN_ABSENT) };
    match arrears(cx, signed, cx.law.count("deposit.factor_lookback", event)?)? {
        Arrears::Founded => cx.law.ppm("deposit.factor_arrears", event),
        // Without certain arrears the firm has the benefit: the reduction where it claims one, else the plain ratio.
        Arrears::None | Arrears::Open(_) if rows.iter().any(|row| row.exempt_reason.given().is_some_and(|r| says_reduced(r))) => {
            cx.law.ppm("deposit.factor_good", event)
        }
        Arrears::None | Arrears::Open(_) => Ok(1_000_000),
    }
}

fn says_reduced(reason: &str) -> bool {
    ["减", "降"].iter().any(|word| reason.contains(word))
}

/// Another project of the same contractor in the county, not finished at signing.
fn has_other_project(cx: &CheckContext) -> bool {
    let project = &cx.dossier.project;
    let signed = project.contract_signed_on.get();
    cx.dossier.elsewhere.projects.iter().any(|other| {
        project.contractor_name.is_some()
            && other.contractor_name == project.contractor_name
            && other.contract_signed_on.get().zip(signed).is_some_and(|(theirs, own)| theirs <= own)
            && other.complete_on.get().zip(signed).is_none_or(|(end, own)| end >= own)
    })
}

/// The latest day by which the sum must be there: the deposit's own, or that of a later supplement to the contract.
pub fn due(cx: &CheckContext, rows: &[&Deposit]) -> Result<Option<Date>, Unknown> {
    let clocks = super::clock::Clocks::of(cx)?;
    let Some(own) = clocks.formal.or(clocks.early).map(|clock| clock.due) else { return Ok(None) };
    let first = rows.iter().filter_map(|row| super::standing::stored_on(cx, row)).min();
    let signed = cx.dossier.project.contract_signed_on.get();
    let Some(supplement) = signed.filter(|signed| *signed <= cx.as_of && first.is_some_and(|first| *signed > first)) else {
        return Ok(Some(own));
    };
    let days = cx.law.count("deposit.supplement_days", supplement)?;
    Ok(Some(own.max(cx.calendar.plus_working_days(supplement, days).ok_or(CALENDAR_GAP)?)))
}
