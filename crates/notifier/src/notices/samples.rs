//! Invented letters, from the shortest to the longest: what tests render and what the office looks at before it changes a template.

use std::collections::BTreeMap;

use model::document::{Document, DocumentItem, DocumentKind, DocumentStatus};
use model::{Date, DocumentId, Fen, Finding, Month, Outcome, Party, PartyRole, ProjectCode, Severity, UsedParameter};
use serde_json::{Map, Value, json};

use crate::config::Office;

pub fn office() -> Office {
    Office {
        name: "测试县人力资源和社会保障局".to_owned(),
        contact: "劳动保障监察大队".to_owned(),
        phone: "10000000000".to_owned(),
        address: "测试县人民路1号".to_owned(),
        report_to: Some("测试县人民路1号人力资源和社会保障局302室".to_owned()),
        order_title: "劳动保障监察限期改正指令书".to_owned(),
    }
}

/// Samples of the 风险提示函.
pub fn risk_notices() -> Vec<(&'static str, Document)> {
    let kind = DocumentKind::RiskNotice;
    vec![
        ("shortest", document(kind, vec![not_connected()])),
        ("forty_persons", document(kind, vec![mismatch(1, 40)])),
        ("many_persons", document(kind, vec![mismatch(1, 250), mismatch(3, 80)])),
        ("long_name", long_names(document(kind, vec![funding_late(2), mismatch(1, 1)]))),
        ("rare_characters", document(kind, vec![rare_persons()])),
        ("table_breaks", document(kind, vec![funding_late(11), mismatch(11, 3)])),
    ]
}

/// Samples of the 限期改正指令书, drafts except the last.
pub fn orders() -> Vec<(&'static str, Document)> {
    let kind = DocumentKind::RectificationOrder;
    let mut issued = document(kind, vec![not_connected(), not_opened(), mismatch(2, 12)]);
    issued.status = DocumentStatus::Issued;
    issued.number = Some("渝测试人社监令〔2024〕第 1 号".to_owned());
    vec![
        ("shortest", document(kind, vec![not_opened()])),
        ("forty_persons", document(kind, vec![mismatch(1, 40)])),
        ("many_persons", document(kind, vec![mismatch(1, 250)])),
        ("long_name", long_names(document(kind, vec![not_opened(), mismatch(1, 1)]))),
        ("rare_characters", document(kind, vec![rare_persons()])),
        ("table_breaks", document(kind, vec![not_opened(), funding_late(11), mismatch(11, 3)])),
        ("all_features", document(kind, vec![not_connected(), mismatch(3, 20), not_opened(), funding_late(4)])),
        ("issued", issued),
    ]
}

fn date(text: &str) -> Date {
    text.parse().expect("a date of the samples")
}

fn document(kind: DocumentKind, items: Vec<DocumentItem>) -> Document {
    let is_notice = kind == DocumentKind::RiskNotice;
    Document {
        id: DocumentId(0),
        uid: format!("sample-{}-{}", kind.code(), items.len()),
        kind,
        status: if is_notice { DocumentStatus::Issued } else { DocumentStatus::Draft },
        number: is_notice.then(|| "测人社监提〔2024〕12号".to_owned()),
        project: ProjectCode::parse("99999920240101001").expect("a code"),
        project_name: "测试县城北安置房一期工程".to_owned(),
        addressee: Party {
            role: PartyRole::GeneralContractor,
            name: "测试建筑有限公司".to_owned(),
            code: Some("91999999MA00000154".to_owned()),
        },
        addressee_address: Some("测试县建设路8号".to_owned()),
        severity: items.iter().map(|item| item.severity).max().unwrap_or(Severity::Notice),
        items,
        dated: date("2024-12-20"),
        due: date("2024-12-27"),
        due_counted: "自发函之日次日起第5个工作日（已扣除法定节假日，计入调休上班日）".to_owned(),
        wage_officer: Some("测试人员一".to_owned()),
        wage_officer_phone: Some("10012345678".to_owned()),
        authority: None,
    }
}

/// A company and a project of sixty characters each.
fn long_names(mut document: Document) -> Document {
    document.addressee.name = format!("{}有限责任公司第一工程分公司", "测试长名称建设集团".repeat(5));
    document.project_name = format!("{}安置房及配套基础设施工程（二期）", "测试县城乡融合发展示范区".repeat(4));
    document
}

fn finding(rule: &str, severity: Severity, month: Option<u32>, amount: Option<i64>, workers: Option<u32>, persons: Vec<Value>) -> Finding {
    let mut facts = Map::new();
    facts.insert("pay_day".to_owned(), json!("2024-04-15"));
    if !persons.is_empty() {
        facts.insert("persons".to_owned(), Value::Array(persons));
    }
    let used = UsedParameter { value: json!(10), from: Some(date("2020-05-01")) };
    Finding {
        rule: rule.to_owned(),
        project: ProjectCode::parse("99999920240101001").expect("a code"),
        period: month.and_then(|m| Month::new(2024, m)),
        subject: None,
        outcome: Outcome::Breach,
        severity: Some(severity),
        since: Some(date("2024-03-05")),
        due: Some(date("2024-03-04")),
        amount_fen: amount.map(Fen),
        workers,
        basis: vec!["条例第31条".to_owned(), "条例第55条第1项".to_owned()],
        parameters: BTreeMap::from([("payroll.window".to_owned(), used)]),
        facts,
        party: None,
        upcoming: false,
        held_by: None,
        detail_of: None,
        months: None,
        missing: Vec::new(),
        reason: None,
    }
}

fn item(title: &str, severity: Severity, articles: &[&str], facts: Vec<String>, findings: Vec<Finding>) -> DocumentItem {
    DocumentItem {
        rule: findings[0].rule.clone(),
        title: title.to_owned(),
        severity,
        facts,
        articles: articles.iter().map(|a| (*a).to_owned()).collect(),
        remedy: format!("核实“{title}”的有关情况，立即改正，并提交能够证明已经改正的材料"),
        consequence: "逾期不改正的，责令项目停工，并处5万元以上10万元以下的罚款；情节严重的，给予施工单位限制承接新工程、降低资质等级、吊销资质证书等处罚（《保障农民工工资支付条例》第五十五条）".to_owned(),
        correct_in_wd: 10,
        findings,
    }
}

fn not_connected() -> DocumentItem {
    item(
        "未接入监控预警平台",
        Severity::Notice,
        &["《保障农民工工资支付条例》第三十八条"],
        vec!["专用账户于2024年1月10日开立，至2024年12月20日仍未接入监控预警平台".to_owned()],
        vec![finding("platform.not_connected", Severity::Notice, None, None, None, Vec::new())],
    )
}

fn not_opened() -> DocumentItem {
    item(
        "未开设专用账户",
        Severity::Order,
        &["《保障农民工工资支付条例》第二十六条", "《工程建设领域农民工工资专用账户管理暂行办法》第六条"],
        vec![
            "施工合同于2024年2月2日签订，合同额56,000,000.00元，工期18个月，应于2024年3月4日前开设农民工工资专用账户，至今未开设"
                .to_owned(),
        ],
        vec![finding("account.not_opened", Severity::Order, None, None, None, Vec::new())],
    )
}

fn funding_late(months: u32) -> DocumentItem {
    let each = |n: u32| 84_000_000 + i64::from(n) * 1_234_567;
    item(
        "未按月拨付人工费用",
        Severity::Notice,
        &["《保障农民工工资支付条例》第二十四条", "《保障农民工工资支付条例》第二十九条"],
        (1..=months)
            .map(|n| {
                format!(
                    "2024年{n}月应于当月10日前拨付人工费用{}元，至2024年12月20日专用账户未见建设单位拨付的人工费用",
                    Fen(each(n)).yuan()
                )
            })
            .collect(),
        (1..=months).map(|n| finding("account.funding_late", Severity::Notice, Some(n), Some(each(n)), None, Vec::new())).collect(),
    )
}

fn person(n: u32, name: &str) -> Value {
    let (net, paid) = (500_000 + i64::from(n) * 1_700, if n.is_multiple_of(3) { 0 } else { 450_000 });
    json!({
        "name": name, "masked_id": format!("999999********{:04}", n), "net_fen": net, "paid_fen": paid, "difference_fen": net - paid,
        "why": if paid == 0 { "no_payout" } else { "paid_less" }, "file": "工资表.xlsx", "row": n + 4,
    })
}

fn mismatch(months: u32, persons: u32) -> DocumentItem {
    let names = |n: u32| format!("测试工人{}", ["一", "二", "三", "四", "五", "六", "七"][(n % 7) as usize]);
    let amount = |month: u32| 1_234_500 + i64::from(month * persons);
    item(
        "工资表与银行代发明细不一致",
        Severity::Notice,
        &["《保障农民工工资支付条例》第三十一条"],
        (1..=months)
            .map(|m| format!("2024年{m}月工资表与银行代发明细相比，{persons}人的金额不一致，合计相差{}元", Fen(amount(m)).yuan()))
            .collect(),
        (1..=months)
            .map(|m| {
                let list = (1..=persons).map(|n| person(n, &names(n))).collect();
                finding("payroll.bank_mismatch", Severity::Notice, Some(m), Some(amount(m)), Some(persons), list)
            })
            .collect(),
    )
}

/// 䶮 (extension A), 㛃 (A), 𠅤 (B), a private code older systems used, and what looks like a formula.
fn rare_persons() -> DocumentItem {
    let mut item = mismatch(1, 1);
    let names = ["测试䶮", "测试㛃", "测试𠅤", "测试\u{e863}", "=HYPERLINK(\"x\")", "测试·买买提", "测试 #空 *格_"];
    let persons: Vec<Value> = names.iter().zip(1_u32..).map(|(name, n)| person(n, name)).collect();
    item.findings[0].workers = Some(7);
    item.facts = vec!["2024年1月工资表与银行代发明细相比，测试䶮、测试㛃、测试𠅤等7人的金额不一致".to_owned()];
    item.findings[0].facts.insert("persons".to_owned(), Value::Array(persons));
    item
}
