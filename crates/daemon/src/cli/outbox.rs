//! `anxin outbox` and `anxin audit`.

use serde_json::json;
use store::OutboxMail;

use crate::app::App;
use crate::cli::DONE;
use crate::output::{self, Format};

#[derive(Debug, clap::Subcommand)]
pub enum OutboxCommand {
    /// 列出邮件
    List,
    /// 让未发出的邮件立即重试
    Retry,
}

pub async fn run(app: &App, command: &OutboxCommand, format: Format) -> anyhow::Result<u8> {
    match command {
        OutboxCommand::List => list(app, format).await,
        OutboxCommand::Retry => {
            let count = app.store.retry_mails(app.now()).await?;
            app.store.audit(app.now(), "命令行", "outbox.retry", "outbox", &json!({ "mails": count })).await?;
            output::line(&format!("{count} 封未发出的邮件将在下一次发送时重试；用 anxin once send 立即发送"))?;
            Ok(DONE)
        }
    }
}

async fn list(app: &App, format: Format) -> anyhow::Result<u8> {
    let mails = app.store.list_mails().await?;
    if format == Format::Json {
        for mail in &mails {
            output::json_line(&json!({
                "id": mail.id, "document": mail.document, "message_id": mail.message_id, "recipient": mail.recipient, "subject": mail.subject,
                "status": state(mail).0, "attempts": mail.attempts, "created_at": mail.created_at, "next_attempt_at": mail.next_attempt_at,
                "sent_at": mail.sent_at, "last_error": mail.last_error,
            }))?;
        }
        return Ok(DONE);
    }
    let rows = mails
        .iter()
        .map(|mail| {
            vec![
                mail.id.to_string(),
                mail.recipient.clone(),
                mail.subject.clone(),
                state(mail).1.to_owned(),
                mail.attempts.to_string(),
                mail.last_error.clone().unwrap_or_default(),
            ]
        })
        .collect();
    output::table(&["编号", "收件人", "主题", "状态", "次数", "最近的错误"], rows)?;
    output::line(&format!("共 {} 封，未发出 {} 封", mails.len(), mails.iter().filter(|m| m.sent_at.is_none()).count()))?;
    Ok(DONE)
}

fn state(mail: &OutboxMail) -> (&'static str, &'static str) {
    match (mail.sent_at, mail.attempts) {
        (Some(_), _) => ("sent", "已发出"),
        (None, 0) => ("waiting", "待发"),
        (None, _) => ("failed", "未发出，待重试"),
    }
}

/// The newest rows shown at once.
const AUDIT_ROWS: u32 = 1000;

pub async fn audit(app: &App, format: Format) -> anyhow::Result<u8> {
    let rows = app.store.list_audit(AUDIT_ROWS).await?;
    for row in rows {
        if format == Format::Json {
            output::json_line(&json!({ "at": row.at, "actor": row.actor, "act": row.act, "subject": row.subject, "detail": row.detail }))?;
        } else {
            output::line(&format!(
                "{}　{}　{}　{}",
                row.at.with_timezone(&app.config.zone).format("%Y-%m-%d %H:%M:%S"),
                row.actor,
                row.act,
                row.subject
            ))?;
        }
    }
    Ok(DONE)
}
