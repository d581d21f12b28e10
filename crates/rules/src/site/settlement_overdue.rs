//! A node of settlement during construction passed without settlement, or too little of the completed value was paid.

use model::sheet::{OwnerKind, ProcessSettlement, ProjectStatus};
use model::{Dataset, Date, Fen, Field, Finding, Severity};

use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict, worst_by_subject};
use crate::say;

pub struct SettlementOverdue;

static META: Meta = Meta {
    id: "site.settlement_overdue",
    name: "未落实施工过程结算",
    since: "0.1.0",
    explain: include_str!("settlement_overdue.md"),
    needs: &[Dataset::Project, Dataset::ProcessSettlement],
    basis: &["条例第24条", "条例第25条", "财建〔2022〕183号"],
    articles: &[
        "《保障农民工工资支付条例》第二十四条",
        "《保障农民工工资支付条例》第二十五条",
        "《关于完善建设工程价款结算有关办法的通知》（财建〔2022〕183号）",
    ],
    consequence: "因工程款未及时结算导致人工费用不能及时足额拨付的，依据《保障农民工工资支付条例》第五十七条第二项处理，并抄送行业主管部门。",
    remedy: "会同施工总承包单位办理该节点的过程结算，按不低于规定比例支付工程款，并报送结算资料和付款凭证。",
    parameters: &["site.settlement_days", "site.settlement_paid_share"],
    rests_on: &[],
};

impl Rule for SettlementOverdue {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        match binds(cx) {
            Ok(None) => {}
            Ok(Some(verdict)) => return vec![verdict],
            Err(why) => return cx.once(|| Err(why)),
        }
        let rows: Vec<&ProcessSettlement> = cx.dossier.process_settlements.iter().flat_map(|table| &table.lines).collect();
        if rows.is_empty() {
            return cx.once(|| Err(Unknown::missing(Dataset::ProcessSettlement)));
        }
        let each = rows.iter().flat_map(|row| {
            let mut judged = cx.each([*row], |row| judge(cx, row).map(Some));
            for verdict in &mut judged {
                verdict.subject = Some(format!("node:{}", row.node));
            }
            judged
        });
        worst_by_subject(each)
    }

    fn tell(&self, finding: &Finding) -> String {
        let node = finding.subject.as_deref().and_then(|subject| subject.strip_prefix("node:")).unwrap_or_default();
        let (due, as_of) = (say::due(finding), say::date_fact(finding, "as_of"));
        let agreed = say::date_fact(finding, "node_due");
        if say::text_fact(finding, "fault") == "underpaid" {
            return format!(
                "结算节点“{node}”（约定日期{agreed}）完成产值{}，至{due}应支付不低于{}的工程款即{}，截至{as_of}已付{}，尚差{}",
                say::money_fact(finding, "completed_value"),
                say::percent_fact(finding, "share_ppm"),
                say::money_fact(finding, "must_be_paid"),
                say::money_fact(finding, "paid"),
                finding.amount_fen.map(say::money).unwrap_or_default(),
            );
        }
        format!(
            "结算节点“{node}”约定日期为{agreed}，应在其后{}日内（{due}前，遇休息日顺延）办理过程结算；截至{as_of}仍未结算",
            say::text_fact(finding, "days"),
        )
    }
}

/// `Some` where the project is not bound: status, owner, or a contract older than the rule.
fn binds(cx: &CheckContext) -> Result<Option<Verdict>, Unknown> {
    let project = &cx.dossier.project;
    if cx.facts.status_today() != ProjectStatus::Active {
        return Ok(Some(Verdict::not_applicable("status")));
    }
    match project.owner_kind {
        Field::Given(OwnerKind::Private) => {
            return Ok(Some(Verdict::not_applicable("private_owner").fact("advice", "社会投资项目，建议参照施工过程结算办理")));
        }
        Field::Given(OwnerKind::Government | OwnerKind::StateOwned) => {}
        Field::Absent | Field::Empty => return Err(COLUMN_ABSENT),
    }
    let signed = project.contract_signed_on.get().ok_or(COLUMN_ABSENT)?;
    // Contracts signed before the notice took effect are outside it: no gap in the law, but its scope.
    Ok(cx.law.ppm("site.settlement_paid_share", signed).is_err().then(|| Verdict::not_applicable("older_contract")))
}

fn judge(cx: &CheckContext, row: &ProcessSettlement) -> Result<Verdict, Unknown> {
    let agreed = match row.due_on {
        Field::Given(day) => day,
        Field::Absent => return Err(COLUMN_ABSENT),
        Field::Empty => return Ok(Verdict::clear().fact("not_due", "no_agreed_date")),
    };
    let days = cx.law.count("site.settlement_days", agreed)?;
    let signed = cx.dossier.project.contract_signed_on.get().ok_or(COLUMN_ABSENT)?;
    let share = cx.law.ppm("site.settlement_paid_share", signed)?;
    if cx.as_of <= agreed {
        return Ok(Verdict::clear().fact("node_due", agreed));
    }
    let due = cx.plus_calendar_days(agreed, days)?;
    if cx.as_of <= due {
        return Ok(Verdict::clear().due(due).fact("node_due", agreed));
    }
    let settled = match row.settled_on {
        Field::Absent => return Err(COLUMN_ABSENT),
        Field::Given(day) if day <= cx.as_of => Some(day),
        Field::Empty | Field::Given(_) => None,
    };
    let Some(settled) = settled else {
        return Ok(breach(cx, agreed, due).fact("fault", "not_settled").fact("days", days));
    };
    if let Some(verdict) = underpaid(cx, row, (agreed, due, share))? {
        return Ok(verdict);
    }
    let verdict = Verdict::clear().due(due).fact("node_due", agreed).fact("settled_on", settled);
    Ok(if settled > due { verdict.fact("days_late", (settled - due).num_days()) } else { verdict })
}

/// `None`: enough was paid, or no completed value is certified that a share could be taken of.
fn underpaid(cx: &CheckContext, row: &ProcessSettlement, (agreed, due, share): (Date, Date, i64)) -> Result<Option<Verdict>, Unknown> {
    let value = match row.completed_value {
        Field::Absent => return Err(COLUMN_ABSENT),
        Field::Empty => return Ok(None),
        Field::Given(value) => value,
    };
    // An empty cell for money is not known, unlike an empty date.
    let paid = row.paid.get().ok_or(COLUMN_ABSENT)?;
    let must = value.share_ppm(share);
    // Compared in whole, not against the rounded share: exactly 80 % is enough.
    if i128::from(paid.0) * 1_000_000 >= i128::from(value.0) * i128::from(share) {
        return Ok(None);
    }
    let verdict = breach(cx, agreed, due).amount((must - paid).max(Fen(1))).fact("fault", "underpaid");
    Ok(Some(verdict.fact("completed_value", value).fact("paid", paid).fact("must_be_paid", must).fact("share_ppm", share)))
}

fn breach(cx: &CheckContext, agreed: Date, due: Date) -> Verdict {
    let terms = cx.dossier.project.settlement_terms.as_ref();
    let verdict = Verdict::breach(Severity::Notice).due(due).party(cx.facts.owner()).fact("as_of", cx.as_of).fact("node_due", agreed);
    match terms {
        Field::Given(text) => verdict.fact("agreed_in_contract", text.trim() != "否"),
        Field::Empty => verdict.fact("agreed_in_contract", false),
        Field::Absent => verdict,
    }
}
