//! `anxin doctor`: is everything there, and has every job run.

use crate::app::App;
use crate::cli::{DONE, FAILED};
use crate::jobs::Job;
use crate::output::{self, Format};

pub async fn run(app: &App, format: Format) -> anyhow::Result<u8> {
    let mut checks: Vec<(&str, bool, String)> = Vec::new();
    let projects = app.store.project_codes(None).await?;
    checks.push(("数据库", true, format!("可读，{} 个项目", projects.len())));
    match app.typist() {
        Ok(_) => checks.push(("字体", true, "可用".to_owned())),
        Err(error) => checks.push(("字体", false, format!("{error:#}"))),
    }
    let year = chrono::Datelike::year(&app.today());
    let has_year = app.config.calendar.years().any(|y| y == year);
    checks.push((
        "节假日表",
        has_year,
        if has_year { format!("{year} 年已有") } else { format!("缺 {year} 年：涉及工作日的期限都将无法判断") },
    ));
    for folder in &app.config.file.folder {
        checks.push(("收件目录", folder.dir.is_dir(), folder.dir.display().to_string()));
    }
    for job in Job::round(&app.config) {
        let (ok, text) = match app.store.last_run(job.code()).await? {
            None => (false, "从未运行".to_owned()),
            Some(run) => {
                let at = run.started_at.with_timezone(&app.config.zone).format("%Y-%m-%d %H:%M:%S");
                (run.ok == Some(true), format!("最近一次 {at}{}", if run.ok == Some(true) { "" } else { "，没有顺利完成" }))
            }
        };
        checks.push((job.code(), ok, text));
    }
    let unsent = app.store.list_mails().await?.iter().filter(|m| m.sent_at.is_none()).count();
    checks.push(("发件箱", unsent == 0, format!("未发出 {unsent} 封")));
    let well = checks.iter().all(|(_, ok, _)| *ok);
    for (name, ok, text) in checks {
        if format == Format::Json {
            output::json_line(&serde_json::json!({ "check": name, "ok": ok, "detail": text }))?;
        } else {
            output::line(&format!("{}　{name}：{text}", if ok { "正常" } else { "注意" }))?;
        }
    }
    Ok(if well { DONE } else { FAILED })
}
