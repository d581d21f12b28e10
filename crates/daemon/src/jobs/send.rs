//! Job `send`: everything recorded and unsent.

use serde_json::json;

use super::{Job, JobReport, silence};
use crate::app::App;

pub(super) async fn run(app: &App) -> anyhow::Result<JobReport> {
    let held = silence::hold(app).await?;
    let report = notifier::send_due(&app.store, &app.config.file.mail, app.clock.as_ref()).await?;
    let mut text = format!("发送：已发出 {} 封", report.sent);
    if report.failed > 0 {
        text.push_str(&format!("，未发出 {} 封（已保留，按退避时间重试；用 anxin outbox list 查看原因）", report.failed));
    }
    if report.waiting > 0 {
        text.push_str(&format!("，等待重试 {} 封", report.waiting));
    }
    if held > 0 {
        text.push_str(&format!("，暂缓 {held} 封（所依据的数据来源停止更新，恢复后再发）"));
    }
    let detail = json!({ "held": held, "sent": report.sent, "failed": report.failed, "waiting": report.waiting });
    Ok(JobReport { job: Job::Send, text, ok: report.failed == 0, detail })
}
