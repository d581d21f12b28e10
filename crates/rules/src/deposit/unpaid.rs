//! No cash, no valid guarantee and no exemption after the day the wage deposit was due.

use model::coverage::Until;
use model::sheet::{Deposit, DepositForm, PermitDate, ProjectStatus};
use model::{Dataset, Date, Field, Finding, Severity};

use crate::rule::{CALENDAR_GAP, COLUMN_ABSENT, CheckContext, Meta, Rule, Unknown, Verdict};
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
    consequence: "逾期不改正的，依据《保障农民工工资支付条例》第五十五条，责令项目停工，并处5万元以上10万元以下的罚款；情节严重的，给予施工单位限制承接新工程、降低资质等级、吊销资质证书等处罚。",
    remedy: "存入工资保证金，或者提交受益人为人力资源和社会保障局的有效保函；符合免存条件的，办理免存手续，并报送凭证。",
    parameters: &["deposit.days", "deposit.exemption_sum", "deposit.exemption_lookback", "deposit.notice_lead"],
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

fn judge(cx: &CheckContext) -> Result<Verdict, Unknown> {
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
    let required = rows(cx).find_map(|row| row.required.get());
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
    let lead = cx.law.count("deposit.notice_lead", next.from)?;
    Ok(if cx.as_of >= cx.minus_working_days(next.due, lead)? { verdict.upcoming() } else { verdict })
}

/// A small contract without any row may be exempt without anybody having written it down.
fn may_be_exempt(cx: &CheckContext) -> Result<(), Unknown> {
    let project = &cx.dossier.project;
    let Some(sum) = project.contract_amount.get() else { return Err(COLUMN_ABSENT) };
    let floor = cx.law.fen("deposit.exemption_sum", event(cx)?)?;
    if sum < floor { Err(Unknown::because("exemption_possible")) } else { Ok(()) }
}

/// The exemption is judged as of signing; without that date, as of the permit or the start of works.
fn event(cx: &CheckContext) -> Result<Date, Unknown> {
    let project = &cx.dossier.project;
    let permit = match project.permit_on {
        Field::Given(PermitDate::On(day)) => Some(day),
        _ => None,
    };
    project.contract_signed_on.get().or(permit).or(project.start_on.get()).or(cx.facts.first_attendance).ok_or(COLUMN_ABSENT)
}

fn rows<'a>(cx: &'a CheckContext) -> impl Iterator<Item = &'a Deposit> {
    cx.dossier.deposits.iter().flat_map(|table| &table.lines)
}

/// What the rows together amount to on the as-of day.
#[derive(Debug, PartialEq)]
enum Standing {
    Stored { on: Option<Date> },
    Exempt,
    ExemptionFails(&'static str),
    Lapsed { expired: Option<Date>, returned: Option<Date> },
    NotKnown,
    None,
}

impl Standing {
    fn of(cx: &CheckContext) -> Result<Self, Unknown> {
        let mut standing = Self::None;
        for row in rows(cx) {
            let next = Self::of_row(cx, row)?;
            standing = match (standing, next) {
                (Self::Stored { on: first }, Self::Stored { on: second }) => Self::Stored { on: first.min(second) },
                (Self::Lapsed { expired: a, returned: b }, Self::Lapsed { expired: c, returned: d }) => {
                    Self::Lapsed { expired: a.max(c), returned: b.max(d) }
                }
                (standing, next) => {
                    if next.weight() > standing.weight() {
                        next
                    } else {
                        standing
                    }
                }
            };
        }
        Ok(standing)
    }

    fn weight(&self) -> u8 {
        match self {
            Self::Stored { .. } => 5,
            Self::Exempt => 4,
            Self::NotKnown => 3,
            Self::ExemptionFails(_) => 2,
            Self::Lapsed { .. } => 1,
            Self::None => 0,
        }
    }

    fn of_row(cx: &CheckContext, row: &Deposit) -> Result<Self, Unknown> {
        if is_exemption(row) {
            return Ok(exemption_fails(cx, row)?.map_or(Self::Exempt, Self::ExemptionFails));
        }
        if row.form == DepositForm::Exempt || row.amount.get().is_some_and(|amount| amount.0 <= 0) {
            return Ok(Self::None);
        }
        let happened = |field: Field<Date>| field.get().filter(|day| *day <= cx.as_of);
        if let Some(returned) = happened(row.refunded_on) {
            return Ok(Self::Lapsed { expired: None, returned: Some(returned) });
        }
        let expired = row.valid_to.get().filter(|to| row.form != DepositForm::Cash && *to < cx.as_of);
        if expired.is_some() {
            return Ok(Self::Lapsed { expired, returned: None });
        }
        if row.valid_from.get().is_some_and(|from| from > cx.as_of) {
            return Ok(Self::None);
        }
        // A guarantee without its last day: whether it still holds nobody can say.
        let holds = row.form == DepositForm::Cash || row.valid_to.is_given();
        let on = happened(row.deposited_on).or(happened(row.valid_from));
        let said_stored = || row.refund_status.given().is_some_and(|status| status.contains("已缴存"));
        Ok(match on {
            Some(_) if holds => Self::Stored { on },
            None if !row.deposited_on.is_absent() => Self::None,
            None if holds && said_stored() => Self::Stored { on },
            Some(_) | None => Self::NotKnown,
        })
    }
}

fn is_exemption(row: &Deposit) -> bool {
    let said = || row.exempt_reason.given().is_some_and(|reason| reason.trim_start().starts_with("免存"));
    row.form == DepositForm::Exempt || (row.amount.get().is_some_and(|amount| amount.0 == 0) && said())
}

/// Why an exemption on file cannot be: too large a contract, or arrears in the time before signing.
fn exemption_fails(cx: &CheckContext, row: &Deposit) -> Result<Option<&'static str>, Unknown> {
    let project = &cx.dossier.project;
    let record = row.exempt_reason.given().is_some_and(|reason| ["3年", "三年"].iter().any(|years| reason.contains(years)));
    // Three years of good record exempt contracts of any size.
    if record {
        return Ok(None);
    }
    let Some(sum) = project.contract_amount.get().or(row.contract_amount.get()) else { return Ok(None) };
    let event = event(cx)?;
    if sum >= cx.law.fen("deposit.exemption_sum", event)? {
        return Ok(Some("contract_sum"));
    }
    let Some(signed) = project.contract_signed_on.get() else { return Ok(None) };
    let lookback = cx.law.count("deposit.exemption_lookback", event)?;
    let from = signed.checked_sub_months(chrono::Months::new(lookback)).ok_or(CALENDAR_GAP)?;
    let founded = cx.dossier.leads.iter().flat_map(|table| &table.lines).any(|lead| {
        lead.company.is_some()
            && lead.company == project.contractor_name
            && lead.received_on.is_some_and(|day| from <= day && day < signed)
            && lead.result.given().is_some_and(|result| !result.contains("不属实"))
    });
    Ok(founded.then_some("arrears"))
}

/// One way of counting to the due date.
#[derive(Debug, Clone)]
struct Clock {
    kind: &'static str,
    from: Date,
    days: u32,
    due: Date,
}

impl Clock {
    fn start(cx: &CheckContext, kind: &'static str, from: Date) -> Result<Self, Unknown> {
        let days = cx.law.count("deposit.days", from)?;
        Ok(Self { kind, from, days, due: cx.plus_working_days(from, days)? })
    }
}

/// The clock of the law, and the earlier one from first attendance that supports a notice only.
struct Clocks {
    formal: Option<Clock>,
    early: Option<Clock>,
    early_gap: Option<Unknown>,
}

impl Clocks {
    fn of(cx: &CheckContext) -> Result<Self, Unknown> {
        let project = &cx.dossier.project;
        let happened = |day: Date| Some(day).filter(|day| *day <= cx.as_of);
        let signed = project.contract_signed_on.get().and_then(happened);
        let (kind, formal) = match project.permit_on {
            Field::Absent => return Err(COLUMN_ABSENT),
            Field::Given(PermitDate::NotRequired) if project.contract_signed_on.is_absent() => return Err(COLUMN_ABSENT),
            Field::Given(PermitDate::NotRequired) => ("contract", signed),
            Field::Given(PermitDate::On(day)) => match signed.filter(|signed| *signed > day && contractor_replaced(cx)) {
                Some(signed) => ("new_contract", Some(signed)),
                None => ("permit", happened(day)),
            },
            Field::Empty => ("permit", None),
        };
        let attended = cx.facts.first_attendance.filter(|day| kind == "permit" && formal.is_none_or(|formal| *day < formal));
        if kind == "permit" && formal.is_none() && attended.is_none() && cx.dossier.attendance.is_empty() {
            return Err(Unknown::missing(Dataset::Attendance));
        }
        let formal = formal.map(|from| Clock::start(cx, kind, from)).transpose()?;
        let early = attended.map(|from| Clock::start(cx, "attendance", from)).transpose();
        let early_gap = early.as_ref().err().cloned();
        Ok(Self { formal, early: early.unwrap_or_default(), early_gap })
    }

    /// The clock that has run out, the law's first.
    fn run_out(&self, cx: &CheckContext) -> Result<Option<Clock>, Unknown> {
        let late = |clock: &Option<Clock>| clock.clone().filter(|clock| cx.as_of > clock.due);
        match (late(&self.formal), &self.early_gap) {
            (Some(clock), _) => Ok(Some(clock)),
            (None, Some(gap)) => Err(gap.clone()),
            (None, None) => Ok(late(&self.early)),
        }
    }
}

/// A general contractor left and another signed later: the clock starts with the new contract.
fn contractor_replaced(cx: &CheckContext) -> bool {
    let mut contractors = cx.dossier.contractors.iter().flat_map(|table| &table.lines);
    contractors.any(|row| {
        row.kind == model::sheet::CorpType::GeneralContractor
            && row.exit_on.get().is_some_and(|exit| exit <= cx.as_of)
            && Some(&row.name) != cx.dossier.project.contractor_name.as_ref()
    })
}
