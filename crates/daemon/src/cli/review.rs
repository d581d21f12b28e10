//! `anxin review`: names without identity number that fit several people, and an officer's word on them.

use std::fmt::Write;

use model::{Dossier, Identification, PersonKey};
use rules::review::{Question, questions};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::cli::{DONE, Usage};
use crate::output::{self, Format};

#[derive(Debug, clap::Args)]
pub struct ReviewArgs {
    /// 要认定的事项（列表中的编号）；不写则列出全部
    #[arg(value_name = "事项", requires = "officer", requires = "reason", requires = "who")]
    item: Option<String>,
    /// 认定为哪个人（列表中的人员代号）
    #[arg(long = "as", value_name = "人员", group = "who", requires = "item")]
    person: Option<String>,
    /// 认定为列出的人以外的另一个人
    #[arg(long, group = "who", requires = "item")]
    other: bool,
    /// 作出认定的监察员（配置中的编码）
    #[arg(long, value_name = "编码", requires = "item")]
    officer: Option<String>,
    /// 认定的理由，写进操作记录
    #[arg(long, value_name = "文字", requires = "item")]
    reason: Option<String>,
}

pub async fn run(app: &App, args: &ReviewArgs, format: Format) -> anyhow::Result<u8> {
    let mut listed = 0;
    for code in app.store.project_codes(None).await? {
        let Some(dossier) = app.store.load_dossier(&code, None).await? else { continue };
        for question in questions(&dossier) {
            match &args.item {
                None => show(&dossier, &question, format)?,
                Some(item) if *item == item_code(&dossier, &question) => return Box::pin(settle(app, &dossier, &question, args)).await,
                Some(_) => {}
            }
            listed += 1;
        }
    }
    if let Some(item) = &args.item {
        return Err(Usage(format!("没有待认定的事项 `{item}`；请用 anxin review 查看编号（已经认定的不再列出）")).into());
    }
    if format == Format::Table {
        output::line(&match listed {
            0 => "没有需要认定的人员".to_owned(),
            _ => format!("共 {listed} 项。认定：anxin review 事项 --as 人员 --officer 编码 --reason 理由（不是列出的人则用 --other）"),
        })?;
    }
    Ok(DONE)
}

async fn settle(app: &App, dossier: &Dossier, question: &Question<'_>, args: &ReviewArgs) -> anyhow::Result<u8> {
    let officer = args.officer.as_deref().unwrap_or_default();
    if !app.config.casework.officers.iter().any(|known| known.code == officer) {
        return Err(Usage(format!("配置中没有编码为 `{officer}` 的监察员；请对照 anxin.toml 的 [[officer]]")).into());
    }
    let reason = args.reason.as_deref().unwrap_or_default().trim();
    if reason.is_empty() {
        return Err(Usage("请写明认定的理由（--reason）".to_owned()).into());
    }
    let person = match &args.person {
        None => None,
        Some(word) => {
            let found = question.candidates.iter().find(|candidate| person_code(candidate.person) == *word);
            let codes = || question.candidates.iter().map(|c| person_code(c.person)).collect::<Vec<_>>().join("、");
            Some(found.ok_or_else(|| Usage(format!("`{word}` 不在这一项的人员之中；可以是：{}", codes())))?.person)
        }
    };
    let (name, team) = (question.name.to_owned(), question.team.map(str::to_owned));
    let settled = Identification { name, team, card: question.card, person };
    app.store.identify(&dossier.project.code, &settled, officer, reason, app.now()).await?;
    output::line(&format!(
        "已认定：{} {}的 {} 行{}；下次核查按此比对",
        dossier.project.code,
        settled.name,
        question.lines.len(),
        person.map_or_else(|| "不是列出的人".to_owned(), |person| format!("属于 {}", masked(dossier, person)))
    ))?;
    Ok(DONE)
}

fn show(dossier: &Dossier, question: &Question<'_>, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let lines: Vec<_> = question
            .lines
            .iter()
            .map(|l| json!({ "dataset": l.dataset, "month": l.month, "file": l.file, "sheet": l.worksheet, "row": l.row }))
            .collect();
        let candidates: Vec<_> = question
            .candidates
            .iter()
            .map(|c| json!({ "person": person_code(c.person), "id": masked(dossier, c.person), "names": c.names, "teams": c.teams }))
            .collect();
        return output::json_line(&json!({
            "item": item_code(dossier, question), "project": dossier.project.code, "name": question.name, "team": question.team,
            "has_card": question.card.is_some(), "lines": lines, "candidates": candidates,
        }));
    }
    let mut text = format!(
        "{}　{} {}\n    {}{}{}，没有证件号码：",
        item_code(dossier, question),
        dossier.project.code,
        dossier.project.name,
        question.name,
        question.team.map(|team| format!("（{team}）")).unwrap_or_default(),
        if question.card.is_some() { "，有卡号" } else { "" }
    );
    for line in &question.lines {
        let month = line.month.map(|month| format!("{month} ")).unwrap_or_default();
        let sheet = if line.worksheet.is_empty() { String::new() } else { format!("〔{}〕", line.worksheet) };
        let _ = write!(text, "\n        {month}{} {}{sheet} 第 {} 行", line.dataset.chinese(), line.file, line.row);
    }
    text.push_str("\n    可能是：");
    for candidate in &question.candidates {
        let teams: Vec<&str> = candidate.teams.iter().copied().collect();
        let names: Vec<&str> = candidate.names.iter().copied().collect();
        let teams = if teams.is_empty() { String::new() } else { format!(" {}", teams.join("、")) };
        let (code, id) = (person_code(candidate.person), masked(dossier, candidate.person));
        let _ = write!(text, "\n        {code}　{} {id}{teams}", names.join("、"));
    }
    output::line(&text)
}

fn masked(dossier: &Dossier, person: PersonKey) -> String {
    dossier.persons.get(&person).map(|label| label.masked_id.clone()).unwrap_or_default()
}

/// Short, and the same as long as the question is open.
fn item_code(dossier: &Dossier, question: &Question<'_>) -> String {
    let mut hash = Sha256::new();
    for part in [dossier.project.code.as_str(), question.name, question.team.unwrap_or_default()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(question.card.map(|card| card.0).unwrap_or_default());
    hex(&hash.finalize())
}

/// From the keyed hash: says nothing of the number.
fn person_code(person: PersonKey) -> String {
    hex(&person.0)
}

/// Eight digits tell the few people of a question apart.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(4).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
