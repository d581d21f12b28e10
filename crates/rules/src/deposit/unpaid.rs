//! No cash, no valid guarantee and no exemption after the day the wage deposit was due.

use model::coverage::Until;
use model::sheet::ProjectStatus;
use model::{Dataset, Date, Fen, Finding, Severity};

use super::clock::{Clock, Clocks};
use super::standing::{Standing, event, rejected, rows};
use crate::rule::{COLUMN_ABSENT, CheckContext, Meta, REJECTED_ROWS, Rule, Unknown, Verdict};
use crate::say;

pub struct Unpaid;

static META: Meta = Meta {
    id: "deposit.unpaid",
    name: "未按期存储工资保证金",
    since: "0.1.0",
    explain: include_str!("unpaid.md"),
    needs: &[Dataset::Project, Dataset::Deposit],
    basis: &["条例第32条", "65号第8条", "65号第11条", "条例第55条第2项"],
    articles: &[
        "《保障农民工工资支付条例》第三十二条",
        "《工程建设领域农民工工资保证金规定》第八条",
        "《工程建设领域农民工工资保证金规定》第十一条",
        "《保障农民工工资支付条例》第五十五条第二项",
    ],
    consequence: super::CONSEQUENCE,
    remedy: "存入工资保证金，或者提交受益人为人力资源和社会保障局的有效保函；符合免存条件的，办理免存手续，并报送凭证。",
    parameters: &[
        "deposit.days",
        "deposit.exemption_sum",
        "deposit.exemption_lookback",
        "deposit.record_lookback",
        "deposit.notice_lead",
        "payroll.season",
        "payroll.season_days",
    ],
    rests_on: &[],
};

impl Rule for Unpaid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn evaluate(&self, cx: &CheckContext) -> Vec<Verdict> {
        cx.once(|| judge(cx))
    }

    fn tell(&self, finding: &Finding) -> String {
        let (from, due) = (say::date_fact(finding, "clock_from"), say::date_fact(finding, "deposit_due"));
        let days = say::text_fact(finding, "days");
        let clock = match say::text_fact(finding, "clock").as_str() {
            "permit" => format!("项目于{from}取得施工许可（或开工报告批准）"),
            "contract" => format!("项目无需办理施工许可，合同于{from}签订"),
            "new_contract" => format!("项目更换施工总承包单位，新合同于{from}签订"),
            _ => format!("项目自{from}起已有工人考勤"),
        };
        let rest = match say::text_fact(finding, "lapse").as_str() {
            "expired" => format!("已提交的保函已于{}失效，未见续保或更换", say::date_fact(finding, "lapsed_on")),
            "returned" => "已存储的工资保证金在完工前已退还，未见重新存储".to_owned(),
            "exemption_unsupported" => "虽按免存登记，但不符合免存条件，未见存储现金或有效保函".to_owned(),
            _ => "未见存储现金或有效保函，也没有免存记录".to_owned(),
        };
        format!("{clock}，按规定应于{due}前（{days}个工作日内）存储工资保证金；截至{}，{rest}", say::date_fact(finding, "as_of"))
    }
}

/// Also asked by the rules whose finding is a detail of this one, or held by it.
pub(super) fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
    if !matches!(cx.facts.status_today(), ProjectStatus::Active | ProjectStatus::Suspended) {
        return Ok(Verdict::not_applicable("status"));
    }
    let standing = Standing::of(cx)?;
    match standing {
        Standing::Stored { on } => return Ok(stored(cx, on)),
        Standing::Exempt => return Ok(Verdict::clear().fact("exempt", true)),
        Standing::NotKnown => return Err(COLUMN_ABSENT),
        Standing::None | Standing::Lapsed { .. } | Standing::ExemptionFails(_) => {}
    }
    let nothing_filed = matches!(standing, Standing::None) && rows(cx).next().is_none();
    if nothing_filed {
        may_be_exempt(cx)?;
    }
    let clocks = Clocks::of(cx)?;
    let Some(clock) = clocks.run_out(cx)? else { return not_yet(cx, &clocks) };
    if nothing_filed
        && !cx.coverage.for_others(
            Dataset::Deposit,
            &cx.dossier.project.code,
            &cx.facts.sources_of(Dataset::Deposit),
            Until::Day(clock.due),
        )
    {
        return Err(Unknown::missing(Dataset::Deposit));
    }
    // What is missing may be among the rows that could not be read.
    if rejected(cx) {
        return Err(REJECTED_ROWS);
    }
    Ok(breach(cx, &clock, &standing))
}

fn stored(cx: &CheckContext, on: Option<Date>) -> Verdict {
    let verdict = Verdict::clear().fact("stored_on", on);
    // Cured late stays visible; where the due date cannot be found, the money is there all the same.
    let Some(formal) = Clocks::of(cx).ok().and_then(|clocks| clocks.formal) else { return verdict };
    let verdict = verdict.due(formal.due);
    match on {
        Some(on) if on > formal.due => verdict.fact("days_late", (on - formal.due).num_days()),
        _ => verdict,
    }
}

fn breach(cx: &CheckContext, clock: &Clock, standing: &Standing) -> Verdict {
    let severity = if clock.kind == "attendance" { Severity::Notice } else { Severity::Order };
    let verdict = Verdict::breach(severity)
        .party(cx.facts.general_contractor())
        .fact("as_of", cx.as_of)
        .fact("clock", clock.kind)
        .fact("clock_from", clock.from)
        .fact("days", clock.days)
        .fact("deposit_due", clock.due)
        .due(clock.due);
    // A claimed exemption states nought: how much it owes is then not known.
    let required = rows(cx).filter_map(|row| row.required.get()).find(|sum| *sum > Fen::ZERO);
    let verdict = if let Some(required) = required { verdict.amount(required) } else { verdict };
    match standing {
        // Bank dates do not roll: the day after the last day of the guarantee is a day without deposit.
        Standing::Lapsed { expired, returned } => {
            let on = expired.max(returned).unwrap_or(clock.due);
            let word = if expired >= returned && expired.is_some() { "expired" } else { "returned" };
            verdict.fact("lapse", word).fact("lapsed_on", on).due(on.max(clock.due))
        }
        Standing::ExemptionFails(why) => verdict.fact("lapse", "exemption_unsupported").fact("exemption_fails", *why),
        _ => verdict,
    }
}

fn not_yet(cx: &CheckContext, clocks: &Clocks) -> Result<Verdict, Unknown> {
    let Some(next) = clocks.formal.as_ref().or(clocks.early.as_ref()) else {
        return Ok(Verdict::clear().fact("not_due", "not_started"));
    };
    let verdict = Verdict::clear().due(next.due).fact("clock", next.kind).fact("clock_from", next.from);
    let lead = cx.lead_time("deposit.notice_lead", next.from, next.due)?;
    Ok(if cx.as_of >= cx.minus_working_days(next.due, lead)? { verdict.upcoming() } else { verdict })
}

/// A small contract without any row may be exempt without anybody having written it down.
fn may_be_exempt(cx: &CheckContext) -> Result<(), Unknown> {
    let project = &cx.dossier.project;
    let Some(sum) = project.contract_amount.get() else { return Err(COLUMN_ABSENT) };
    let floor = cx.law.fen("deposit.exemption_sum", event(cx)?)?;
    if sum < floor { Err(Unknown::because("exemption_possible")) } else { Ok(()) }
}
