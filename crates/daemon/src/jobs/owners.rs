//! Mails to those who hand over data: once a week, what of it is to be mended.

use notifier::{InternalMail, compose_internal, internal_key, lists_workbook};
use store::{DocumentFile, NewMail};

use crate::app::App;
use crate::config::DataOwner;
use crate::quality::{Quality, gather, lists};

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The mails of the newest time of the schedule that are not decided yet. Whoever was stopped in between decides the rest.
pub async fn mails(app: &App) -> anyhow::Result<Vec<NewMail>> {
    let owners = &app.config.file.data_owner;
    let now = app.now().with_timezone(&app.config.zone);
    // `after` does not give the moment itself.
    let Some(week) = app.config.quality.after(&(now + chrono::TimeDelta::seconds(1))).next_back() else { return Ok(Vec::new()) };
    let mut open = Vec::new();
    for owner in owners {
        let key = format!("quality/{}/{}", week.date_naive(), owner.source);
        if !app.store.knows_mail(&internal_key(&key, &owner.email)).await? {
            open.push((owner, key));
        }
    }
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let codes = app.store.project_codes(None).await?;
    let quality = gather(app, &codes, app.today(), true).await?;
    open.into_iter().map(|(owner, key)| mail(app, owner, &key, &quality.of_source(&owner.source))).collect()
}

fn mail(app: &App, owner: &DataOwner, key: &str, quality: &Quality) -> anyhow::Result<NewMail> {
    let (source, today) = (&owner.source, app.today());
    let name = owner.name.as_deref().unwrap_or(source);
    let rejected: u32 = quality.sources.iter().map(|line| line.rejected).sum();
    let late = quality.datasets.iter().filter(|line| line.days_late > 0).count();
    let found = if quality.is_in_order() {
        "没有发现需要改正的地方。".to_owned()
    } else {
        format!(
            "尚未改正的退回行 {rejected} 行，整份退回的文件 {} 个，没有按时更新的数据 {late} 项；其余见附件。请更正、补传：整份表重新提供，会取代前一次。",
            quality.files.len()
        )
    };
    let office = &app.config.file.office;
    let text = format!(
        "{name}：\n\n附件是来源“{source}”截至 {today} 的数据质量报告，证件号码和卡号都不在其中。\n{found}\n\n{}\n{} {}\n",
        office.name, office.contact, office.phone
    );
    let bytes = lists_workbook(&format!("{source}数据质量报告"), &lists(quality), today)?;
    let file = DocumentFile { name: format!("数据质量-{source}-{today}.xlsx"), media_type: WORKBOOK.to_owned(), bytes };
    let subject = format!("【数据质量】{source}（{today}）");
    let mail = InternalMail { key, name, email: &owner.email, subject: &subject, text: &text, attachments: std::slice::from_ref(&file) };
    Ok(compose_internal(&mail, &app.config.file.mail, app.now())?)
}
