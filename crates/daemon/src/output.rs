//! What people and programs read: tables in Chinese, or one JSON object a line.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use model::{Finding, Outcome, Severity};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "lower")]
pub enum Format {
    /// 表格
    #[default]
    Table,
    /// 每行一个 JSON 对象
    Json,
    /// 工作簿（只用于 report）
    Xlsx,
}

/// One JSON object a line on standard output.
pub fn json_line(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    write_all(&line)
}

/// A reader that went away (`| head`) is not an error.
pub fn write_all(bytes: &[u8]) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(bytes) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

pub fn line(text: &str) -> anyhow::Result<()> {
    write_all(format!("{text}\n").as_bytes())
}

pub fn table(heads: &[&str], rows: Vec<Vec<String>>) -> anyhow::Result<()> {
    line(&table_text(heads, rows))
}

pub fn table_text(heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_header(heads);
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Breach => "违规",
        Outcome::Clear => "正常",
        Outcome::Unknown => "无法判断",
    }
}

pub fn severity(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Notice) => "提示",
        Some(Severity::Order) => "责令改正",
        Some(Severity::Escalate) => "立即处理",
        None => "",
    }
}

/// Why a rule does not bind a project, in Chinese.
pub fn not_applicable(ground: &str) -> &str {
    match ground {
        "status" => "项目当时的状态不在本规则适用范围之内",
        "no_account_duty" => "合同额或工期不到起点，没有开设专户的义务",
        "no_account_yet" => "专户还没有开立",
        "older_contract" => "合同签订在本规定施行之前",
        "account_closed" => "专户已经销户",
        "shared_account" => "几个项目共用一个专户",
        "cash" => "保证金是现金，不看有效期",
        "exempt" => "已办免存",
        "no_exemption" => "没有按免存登记",
        "expired" => "保函已经失效，另作处理",
        "stored" => "保证金已经存储",
        "owner_kind" => "这种投资性质的项目不要求",
        "nobody_on_roster" => "花名册上没有在岗的人",
        "private_owner" => "社会投资项目，只作提醒",
        other => other,
    }
}

/// Why an outcome is not known, in Chinese.
pub fn unknown_reason(finding: &Finding) -> String {
    let mut parts = Vec::new();
    if !finding.missing.is_empty() {
        let names: Vec<&str> = finding.missing.iter().map(|d| d.chinese()).collect();
        parts.push(format!("缺少{}", names.join("、")));
    }
    if let Some(rule) = &finding.held_by {
        let name = rules::find(rule).map_or(rule.as_str(), |r| r.meta().name);
        parts.push(format!("先处理“{name}”"));
    }
    match finding.reason.as_deref() {
        None => {}
        Some("law_gap") => parts.push("当时没有生效的标准".to_owned()),
        Some("calendar_gap") => parts.push("缺少该年节假日表".to_owned()),
        Some("rejected_rows") => parts.push("有行被退回，表不完整".to_owned()),
        Some("column_absent") => parts.push("来源没有这一栏，或者这一格没有填".to_owned()),
        Some("ambiguous_name") => parts.push("有同名的人分不清，请用 anxin review 认定".to_owned()),
        Some("unknown_bank_word") => parts.push("银行的处理结果写法无法识别".to_owned()),
        Some("window_open") => parts.push("核查的期限还没有过".to_owned()),
        Some("retry_open") => parts.push("付款失败后的补发期限还没有过".to_owned()),
        Some("feed_stale") => parts.push("数据来源已停止更新".to_owned()),
        Some("shared_account") => parts.push("几个项目共用一个专户，流水没有写明项目".to_owned()),
        Some("exemption_possible") => parts.push("可能符合免存条件，缺少依据".to_owned()),
        Some("next_payroll_missing") => parts.push("还没有下一个月的工资表".to_owned()),
        Some("account_not_due") => parts.push("专户开户期限还没有到".to_owned()),
        Some("payee_unclear") => parts.push("收款人不明".to_owned()),
        Some("lead_open") => parts.push("有欠薪线索还没有办结".to_owned()),
        Some("not_verified") => parts.push("只有线索，欠薪还没有查实".to_owned()),
        Some("record_not_known") => parts.push("用工和支付记录不明".to_owned()),
        Some("progress_not_known") => parts.push("工程进度不明".to_owned()),
        Some("allowance_not_split") => parts.push("奖金补贴或加班没有分项，减去后才低于标准".to_owned()),
        Some("hours_not_known") => parts.push("工时不明".to_owned()),
        Some("hours_differ") => parts.push("按工资表工时够、按考勤工时不够".to_owned()),
        Some("gross_not_known") => parts.push("应发工资没有填".to_owned()),
        Some("back_pay_without_month") => parts.push("补发没有写明月份".to_owned()),
        Some("exit_not_known") => parts.push("离场日期不明，可能是离场结算".to_owned()),
        Some("device_outage") => parts.push("备注称考勤设备停用，请核对停用记录".to_owned()),
        Some("name_masked") => parts.push("收款户名被遮盖或者没有填".to_owned()),
        Some("card_not_known") => parts.push("代发明细没有收款卡号".to_owned()),
        Some("mandate_claimed") => parts.push("备注称委托他人代领，请核对书面委托".to_owned()),
        Some(other) => parts.push(other.to_owned()),
    }
    parts.join("；")
}
