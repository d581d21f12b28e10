//! One contract cut into parts below the floor: parts of the same contractor, owner and site, signed close together.
//!
//! A group is only made where contractor, owner and site are known to be the same; what is not known joins nothing.

use chrono::{Days, Months};
use model::identifier::normalise_identity;
use model::sheet::Project;
use model::{Date, Fen};

use crate::duty::{lasts_days, reaches};
use crate::rule::{CheckContext, Unknown};

/// Parts that together reach the floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// `group:` + code of the part signed first.
    pub subject: String,
    /// Codes of all parts, by day of signing.
    pub parts: Vec<String>,
    pub total: Fen,
    /// The day the sum reached the floor.
    pub reached_on: Date,
}

struct Part<'p> {
    project: &'p Project,
    signed: Date,
    sum: Fen,
}

/// The group this project is a part of, by the first window of signing that reaches the floor.
pub fn group(cx: &CheckContext) -> Result<Option<Group>, Unknown> {
    let own = &cx.dossier.project;
    let Some(mine) = part(cx, own)? else { return Ok(None) };
    let months = cx.law.count("account.split_window", mine.signed)?;
    let mut parts = Vec::new();
    for other in cx.dossier.elsewhere.projects.iter().filter(|other| other.code != own.code && belongs(own, other)) {
        parts.extend(part(cx, other)?);
    }
    parts.push(mine);
    parts.sort_by(|a, b| (a.signed, &a.project.code).cmp(&(b.signed, &b.project.code)));
    for first in &parts {
        let Some(last) = first.signed.checked_add_months(Months::new(months)) else { continue };
        let window: Vec<&Part> = parts.iter().filter(|part| first.signed <= part.signed && part.signed <= last).collect();
        if window.len() > 1
            && window.iter().any(|part| part.project.code == own.code)
            && let Some(group) = reached(cx, &window)?
        {
            return Ok(Some(group));
        }
    }
    Ok(None)
}

fn reached(cx: &CheckContext, window: &[&Part]) -> Result<Option<Group>, Unknown> {
    let total: Fen = window.iter().map(|part| part.sum).sum();
    let mut sum = Fen::ZERO;
    for part in window {
        sum += part.sum;
        if sum >= cx.law.fen("account.contract_floor", part.signed)? {
            let months = cx.law.count("account.period_floor", part.signed)?;
            let days = cx.law.count("account.period_floor_days", part.signed)?;
            let long = window.iter().any(|part| lasts_days(part.project, days)) || lasts(window, months);
            let first = &window[0].project.code;
            return Ok(long.then(|| Group {
                subject: format!("group:{first}"),
                parts: window.iter().map(|part| part.project.code.to_string()).collect(),
                total,
                reached_on: part.signed,
            }));
        }
    }
    Ok(None)
}

/// A signed contract with a sum below the floor. A larger one is bound by itself and was not cut.
fn part<'p>(cx: &CheckContext, project: &'p Project) -> Result<Option<Part<'p>>, Unknown> {
    let (Some(signed), Some(sum)) = (project.contract_signed_on.get(), project.contract_amount.get()) else { return Ok(None) };
    if signed > cx.as_of || sum <= Fen::ZERO {
        return Ok(None);
    }
    Ok((sum < cx.law.fen("account.contract_floor", signed)?).then_some(Part { project, signed, sum }))
}

/// The works of the parts, without a day between them, last as long as the floor asks. Parts without dates add nothing.
fn lasts(window: &[&Part], months: u32) -> bool {
    let mut periods: Vec<(Date, Date)> = window.iter().filter_map(|part| period(part.project)).collect();
    periods.sort_unstable();
    let mut stretch: Option<(Date, Date)> = None;
    for (start, end) in periods {
        stretch = match stretch {
            Some((from, to)) if start <= to + Days::new(1) => Some((from, to.max(end))),
            _ => Some((start, end)),
        };
        if stretch.is_some_and(|(from, to)| reaches(from, to, months)) {
            return true;
        }
    }
    false
}

fn period(project: &Project) -> Option<(Date, Date)> {
    let start = project.contract_start.get()?;
    let by_days = || Some(start + Days::new(u64::from(project.duration_days.get()?.checked_sub(1)?)));
    Some((start, project.contract_end.get().or_else(by_days)?)).filter(|(start, end)| start <= end)
}

fn belongs(own: &Project, other: &Project) -> bool {
    let company = |a: [&Option<String>; 2], b: [&Option<String>; 2]| {
        let ([name, code], [other_name, other_code]) = (a.map(|f| text(f.as_ref())), b.map(|f| text(f.as_ref())));
        match (code, other_code) {
            (Some(code), Some(other)) => code == other,
            _ => name.is_some() && name == other_name,
        }
    };
    company([&own.contractor_name, &own.contractor_code], [&other.contractor_name, &other.contractor_code])
        && company([&own.owner_name, &own.owner_code], [&other.owner_name, &other.owner_code])
        && same_site(own, other)
}

fn text(field: Option<&String>) -> Option<String> {
    field.map(String::as_str).map(normalise_identity).filter(|text| !text.is_empty())
}

/// The same address; without addresses the same area, where it is finer than a town; without both the same name up to its section.
fn same_site(own: &Project, other: &Project) -> bool {
    let differ = |a: Option<&String>, b: Option<&String>| text(a).zip(text(b)).is_some_and(|(a, b)| a != b);
    for (a, b) in [(own.address.as_ref(), other.address.as_ref()), (own.area.as_ref(), other.area.as_ref())] {
        match (place(a), place(b)) {
            (Some(a), Some(b)) => return a == b,
            // One says where it is, the other does not: nobody knows.
            (Some(_), None) | (None, Some(_)) => return false,
            (None, None) if differ(a, b) => return false,
            (None, None) => {}
        }
    }
    same_works(&own.name, &other.name)
}

/// A place that is one site. A code, a county or a town holds many.
fn place(field: Option<&String>) -> Option<String> {
    const WIDE: [&str; 8] = ["省", "市", "区", "县", "旗", "镇", "乡", "街道"];
    const NARROW: [&str; 5] = ["小区", "社区", "园区", "校区", "厂区"];
    let text = text(field).filter(|text| !text.chars().all(|c| c.is_ascii_digit()))?;
    let ends = |words: &[&str]| words.iter().any(|word| text.ends_with(word));
    (!ends(&WIDE) || ends(&NARROW)).then_some(text)
}

fn same_works(own: &str, other: &str) -> bool {
    let (own, other) = (normalise_identity(own), normalise_identity(other));
    if own == other {
        return !own.is_empty();
    }
    match (without_section(&own), without_section(&other)) {
        (Some(a), Some(b)) => a == b,
        (Some(a), None) => a == other,
        (None, Some(b)) => own == b,
        (None, None) => false,
    }
}

/// The name without its section: `…一标段`, `…(二期)`, `…第3合同段`. `None` where it names none, or nothing else.
fn without_section(name: &str) -> Option<String> {
    const UNITS: [&str; 6] = ["合同段", "标段", "工区", "号楼", "标", "期"];
    let name = name.trim_end_matches([')', '】', ']', '〕']);
    let rest = UNITS.iter().find_map(|unit| name.strip_suffix(unit))?;
    let is_number = |c: char| c.is_ascii_alphanumeric() || "一二三四五六七八九十".contains(c);
    let stem = rest.trim_end_matches(is_number);
    // `周期` is no section; what is left must still name the works.
    let stem_given = stem.len() < rest.len();
    let stem = stem.trim_end_matches(['第', '(', '【', '[', '〔', '-', '—']);
    (stem_given && stem.chars().count() >= 4).then(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{place, same_works};

    #[test]
    fn names_agree_up_to_a_section() {
        for (one, other, same) in [
            ("测试县安置房一标段", "测试县安置房二标段", true),
            ("测试县安置房(一期)", "测试县安置房（二期）", true),
            ("测试县安置房第1合同段", "测试县安置房第12合同段", true),
            ("测试县安置房", "测试县安置房二期", true),
            ("测试县安置房", "测试县安置房", true),
            ("测试县安置房一期", "测试县道路一期", false),
            ("测试县安置房工程", "测试县安置房项目", false),
            ("测试县安置房绿化", "测试县安置房道路", false),
            ("一标段", "二标段", false),
            ("测试县安置房周期", "测试县安置房", false),
        ] {
            assert_eq!(same_works(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn a_town_is_no_site() {
        for (text, site) in [
            ("测试县测试镇测试路1号", true),
            ("测试县阳光小区", true),
            ("测试县测试镇", false),
            ("测试县", false),
            ("测试街道", false),
            ("999999", false),
            (" ", false),
        ] {
            assert_eq!(place(Some(&text.to_owned())).is_some(), site, "{text}");
        }
    }
}
