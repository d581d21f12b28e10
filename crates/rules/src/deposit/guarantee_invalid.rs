//! A guarantee in force that is not what the rules ask for: term, sum, beneficiary, wording, issuer.

use model::sheet::{Deposit, DepositForm, ProjectStatus};
use model::{Dataset, Date, Field, Finding, Outcome, Severity};
use serde_json::Value;

use super::guarantees::{Held, held};
use super::standing::{not_bound, stored_on, subject};
use super::underpaid;
use crate::duty::reaches;
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
use crate::say;

pub struct GuaranteeInvalid;

static META: Meta = Meta {
    id: "deposit.guarantee_invalid",
    name: "保函不合规",
    since: "0.1.0",
    explain: include_str!("guarantee_invalid.md"),
    needs: &[Dataset::Project, Dataset::Deposit],
    basis: &["65号第15条", "65号第16条", "65号第17条"],
    articles: &[
        "《工程建设领域农民工工资保证金规定》第十五条",
        "《工程建设领域农民工工资保证金规定》第十六条",
        "《工程建设领域农民工工资保证金规定》第十七条",
    ],
    consequence: super::CONSEQUENCE,
    remedy: "由出具机构更正或者另行出具符合要求的保函，或者改存现金，并把凭证报送人力资源和社会保障局。",
    parameters: &[
        "deposit.guarantee_term",
        "deposit.test_term",
        "deposit.test_contract_end",
        "deposit.test_amount",
        "deposit.test_beneficiary",
        "deposit.test_irrevocable",
        "deposit.test_on_demand",
        "deposit.test_form",
        "deposit.beneficiaries",
        "deposit.issuers",
    ],
    rests_on: &["deposit.underpaid"],
};

/// What each fault says in a letter, in the order of telling.
const FAULTS: [(&str, &str); 8] = [
    ("term_short", "有效期不足规定的最短期限"),
    ("ends_before_contract", "到期日早于合同约定的完工日期"),
    ("amount_short", "金额低于应存储的数额"),
    ("beneficiary", "受益人不是人力资源和社会保障局"),
    ("revocable", "未注明不可撤销"),
    ("not_on_demand", "未注明见索即付"),
    ("issuer", "出具机构不在准许范围内"),
    ("form", "本地不接受这种形式"),
];

impl Rule for GuaranteeInvalid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let found = finding.facts.get("faults").and_then(Value::as_array).cloned().unwrap_or_default();
        let says = |(code, words): &(&str, &'static str)| found.iter().any(|f| f.as_str() == Some(*code)).then_some(*words);
        let words: Vec<&str> = FAULTS.iter().filter_map(says).collect();
        let (to, as_of) = (say::date_fact(finding, "valid_to"), say::date_fact(finding, "as_of"));
        format!("项目提交的工资保证金保函（{to}到期），截至{as_of}核对，存在以下问题：{}", words.join("；"))
    }
}

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if let Some(verdict) = not_bound(cx, &[ProjectStatus::Active]) {
        return Ok(verdict);
    }
    let (row, to) = match held(cx)? {
        Held::Settled(verdict) => return Ok(*verdict),
        Held::Guarantee(row, to) => (row, to),
    };
    if to < cx.as_of {
        return Ok(Verdict::not_applicable("expired").fact("valid_to", to));
    }
    let mut tests = Tests::default();
    tests.paper(cx, row, to)?;
    tests.term(cx, row, to)?;
    tests.amount(cx)?;
    let Tests { mut faults, not_known } = tests;
    let place = |code: &&str| FAULTS.iter().position(|(known, _)| known == code);
    faults.sort_by_key(|code| place(code));
    if faults.is_empty() {
        // The sum is the matter of deposit.underpaid, which tells by itself that it cannot say.
        let decisive = not_known.iter().any(|test| *test != "amount");
        return if decisive { Err(COLUMN_ABSENT) } else { Ok(Verdict::clear().fact("valid_to", to).fact("not_tested", not_known)) };
    }
    let mut verdict = Verdict::breach(Severity::Notice)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("valid_to", to)
        .fact("faults", &faults)
        .fact("not_tested", not_known);
    verdict.subject = subject(row);
    verdict.amount = row.amount.get();
    verdict.since = stored_on(cx, row);
    Ok(if faults == ["amount_short"] { verdict.detail_of("deposit.underpaid") } else { verdict })
}

#[derive(Default)]
struct Tests {
    faults: Vec<&'static str>,
    /// Tests whose data are not there.
    not_known: Vec<&'static str>,
}

impl Tests {
    /// What the guarantee says: beneficiary, wording, issuer, form.
    fn paper(&mut self, cx: &CheckContext, row: &Deposit, to: Date) -> Result<(), Unknown> {
        let on = issued(cx, row, to);
        if cx.law.flag("deposit.test_beneficiary", on)? {
            let words = cx.law.words("deposit.beneficiaries", on)?;
            match row.beneficiary.given().map(|name| name.trim()).filter(|name| !name.is_empty()) {
                Some(name) if words.iter().any(|word| name.contains(word.as_str())) => {}
                Some(_) => self.faults.push("beneficiary"),
                None => self.not_known.push("beneficiary"),
            }
        }
        if cx.law.flag("deposit.test_irrevocable", on)? {
            self.word(row.irrevocable, "revocable");
        }
        if cx.law.flag("deposit.test_on_demand", on)? {
            self.word(row.on_demand, "not_on_demand");
        }
        let issuers = cx.law.words("deposit.issuers", on)?;
        if !issuers.is_empty() {
            match row.issuer.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
                Some(name) if issuers.iter().any(|word| name.contains(word.as_str())) => {}
                Some(_) => self.faults.push("issuer"),
                None => self.not_known.push("issuer"),
            }
        }
        if cx.law.flag("deposit.test_form", on)? && row.form != DepositForm::BankGuarantee {
            self.faults.push("form");
        }
        Ok(())
    }

    fn word(&mut self, said: Field<bool>, fault: &'static str) {
        match said {
            Field::Given(true) => {}
            Field::Given(false) | Field::Empty => self.faults.push(fault),
            Field::Absent => self.not_known.push(fault),
        }
    }

    fn term(&mut self, cx: &CheckContext, row: &Deposit, to: Date) -> Result<(), Unknown> {
        let on = issued(cx, row, to);
        if cx.law.flag("deposit.test_term", on)? {
            let months = cx.law.count("deposit.guarantee_term", on)?;
            match row.valid_from.get().or(row.deposited_on.get()) {
                Some(from) if reaches(from, to, months) => {}
                Some(_) => self.faults.push("term_short"),
                None => self.not_known.push("term_short"),
            }
        }
        if cx.law.flag("deposit.test_contract_end", on)? {
            match cx.dossier.project.contract_end.get() {
                Some(end) if to >= end => {}
                Some(_) => self.faults.push("ends_before_contract"),
                None => self.not_known.push("ends_before_contract"),
            }
        }
        Ok(())
    }

    fn amount(&mut self, cx: &CheckContext) -> Result<(), Unknown> {
        if cx.law.flag("deposit.test_amount", cx.as_of)? {
            match underpaid::judge(cx) {
                Ok(verdict) if verdict.outcome == Outcome::Breach => self.faults.push("amount_short"),
                Ok(_) => {}
                Err(_) => self.not_known.push("amount"),
            }
        }
        Ok(())
    }
}

/// The day the guarantee was given.
fn issued(cx: &CheckContext, row: &Deposit, to: Date) -> Date {
    stored_on(cx, row).or(row.valid_from.get()).unwrap_or(to)
}
