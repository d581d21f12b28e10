//! The name of a special account is not contractor + project + 农民工工资专用账户.

use model::identifier::normalise_identity;
use model::sheet::{CorpType, ProjectStatus};
use model::{Dataset, Finding, Severity};

use super::by_account::{each_account_or_none, tail};
use crate::facts::SpecialAccount;
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct NameMismatch;

static META: Meta = Meta {
    id: "account.name_mismatch",
    name: "账户名称不规范",
    since: "0.1.0",
    explain: include_str!("name_mismatch.md"),
    needs: &[Dataset::Project, Dataset::Account],
    basis: &["53号第6条"],
    articles: &["《工程建设领域农民工工资专用账户管理暂行办法》第六条"],
    consequence: "账户名称不规范会使银行和主管部门无法识别该项目的工资专用账户，影响拨付、代发和监管。",
    remedy: "到开户银行把账户名称变更为“总承包单位名称＋项目名称＋农民工工资专用账户”；受银行户名长度限制使用简称的，报送银行说明。",
    parameters: &["account.name_suffix", "account.name_aliases", "account.name_similarity"],
    rests_on: &["account.not_opened"],
};

impl Rule for NameMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        if cx.facts.status_today() != ProjectStatus::Active {
            return vec![Verdict::not_applicable("status")];
        }
        each_account_or_none(cx, |account| judge(cx, account))
    }

    fn tell(&self, finding: &Finding) -> String {
        format!(
            "尾号{}的农民工工资专用账户户名为“{}”，与规定的“{}”不一致",
            tail(finding.subject.as_deref()),
            say::text_fact(finding, "account_name"),
            say::text_fact(finding, "expected_name"),
        )
    }
}

fn judge(cx: &CheckContext, account: &SpecialAccount) -> Result<Verdict, Unknown> {
    if account.is_closed_on(cx.as_of) {
        return Ok(Verdict::not_applicable("account_closed"));
    }
    // One account cannot bear the names of several projects.
    if cx.dossier.shared_accounts.contains(&account.row.number) {
        return Ok(Verdict::not_applicable("shared_account"));
    }
    let opened = account.row.opened_on.get().ok_or(COLUMN_ABSENT)?;
    let suffixes = cx.law.words("account.name_suffix", opened)?;
    let aliases = cx.law.words("account.name_aliases", opened)?;
    let wanted = cx.law.ppm("account.name_similarity", opened)?;
    let name = normalise(&account.row.name);
    let expected = expected(cx, suffixes);
    let (false, Some(first)) = (name.is_empty(), expected.first()) else { return Err(COLUMN_ABSENT) };
    let accepted = || expected.iter().chain(aliases).map(|text| normalise(text));
    let nearest = accepted().map(|text| similarity_ppm(&name, &text)).max().unwrap_or_default();
    if nearest >= wanted {
        return Ok(Verdict::clear().fact("account_name", &account.row.name));
    }
    Ok(Verdict::breach(Severity::Notice)
        .since(opened)
        .party(cx.facts.general_contractor())
        .fact("account_name", &account.row.name)
        .fact("expected_name", first)
        .fact("similarity_ppm", nearest))
}

/// Names the account may have: of the general contractor of today, or of one that left (the account was opened in its time).
fn expected(cx: &CheckContext, suffixes: &[String]) -> Vec<String> {
    let project = &cx.dossier.project;
    if project.name.trim().is_empty() {
        return Vec::new();
    }
    let companies = cx.dossier.contractors.iter().flat_map(|table| &table.lines);
    let mut former: Vec<&str> = companies.filter(|row| row.kind == CorpType::GeneralContractor).map(|row| row.name.as_str()).collect();
    former.sort_unstable();
    let today = project.contractor_name.as_deref();
    let names = today.into_iter().chain(former).filter(|name| !name.trim().is_empty());
    names.flat_map(|name| suffixes.iter().map(move |suffix| format!("{name}{}{suffix}", project.name))).collect()
}

/// Width and blanks unified; brackets of every kind left out, as banks write them in different ways or not at all.
fn normalise(text: &str) -> String {
    let is_bracket = |c: char| "()[]{}〔〕【】《》〈〉〖〗「」『』".contains(c);
    normalise_identity(text).chars().filter(|c| !is_bracket(*c)).collect()
}

/// Share of characters that need no change, in parts per million; equal names have 1,000,000.
fn similarity_ppm(one: &str, other: &str) -> i64 {
    let longest = one.chars().count().max(other.chars().count());
    if longest == 0 {
        return 1_000_000;
    }
    let same = longest - strsim::levenshtein(one, other).min(longest);
    i64::try_from(same * 1_000_000 / longest).unwrap_or_default()
}
