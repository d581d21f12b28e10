//! Sends what is recorded and due, and marks it. Nothing goes out that is not in the store; a mail that fails stays there with its error.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use model::Clock;
use serde::Serialize;
use store::{OutboxMail, Store};
use tokio::task::JoinSet;

use crate::NotifierError;
use crate::config::MailConfig;
use crate::mail::{Channel, Failure};

/// Mails read at once: some 60 KB each with their attachments.
const BATCH: u32 = 100;
/// Batches of one run; what is left is due in the next.
const MAX_BATCHES: u32 = 100;
/// A mail no automatic attempt can help waits for a person (`outbox retry`) as good as for ever.
const FOR_A_PERSON: TimeDelta = TimeDelta::days(365 * 100);
/// Later than any next attempt: what is due then is all that is unsent.
const BEYOND_ALL: TimeDelta = TimeDelta::days(365 * 200);
/// Unsent mails counted for a report. Counting reads them; the list of all mails ever sent would be read in full.
const MOST_COUNTED: u32 = 500;
/// Different reasons named in a report.
const MAX_REASONS: usize = 5;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SendReport {
    pub sent: u32,
    /// Tried and not taken; put off with backoff.
    pub failed: u32,
    /// Of `failed`: refused for good or tried too often; only a person can help.
    pub refused: u32,
    /// Unsent and not tried in this run; counted up to 500.
    pub waiting: u32,
    /// Why the server could not be used at all.
    pub server: Option<String>,
    /// Reasons of failures, each once, without addresses.
    pub reasons: Vec<String>,
}

/// Sends all mails that are due. Each is marked as soon as the server has answered for it; a crash in between repeats
/// the mail with the same Message-ID, never with another.
pub async fn send_due(store: &Store, config: &MailConfig, clock: &dyn Clock) -> Result<SendReport, NotifierError> {
    let mut report = SendReport::default();
    let first = store.due_mails(clock.now(), BATCH).await?;
    if !first.is_empty() {
        let channel = Arc::new(Channel::open(config)?);
        match channel.probe().await {
            Ok(()) => send_batches(store, &channel, config, clock, first, &mut report).await?,
            Err(failure) => put_off(store, config, clock, &first, &failure, &mut report).await?,
        }
        channel.close().await;
    }
    let unsent = store.due_mails(clock.now() + BEYOND_ALL, MOST_COUNTED).await?.len();
    report.waiting = u32::try_from(unsent).unwrap_or(u32::MAX).saturating_sub(report.failed);
    if let Some(server) = &report.server {
        tracing::warn!(mails.waiting = report.waiting, mails.failed = report.failed, "the mail server cannot be used: {server}");
    }
    tracing::info!(mails.sent = report.sent, mails.failed = report.failed, mails.waiting = report.waiting, "outbox: {} sent", report.sent);
    Ok(report)
}

async fn send_batches(
    store: &Store,
    channel: &Arc<Channel>,
    config: &MailConfig,
    clock: &dyn Clock,
    first: Vec<OutboxMail>,
    report: &mut SendReport,
) -> Result<(), NotifierError> {
    // One instant for the whole run: a mail put off in it cannot become due again in it.
    let due_at = clock.now();
    let mut batch = first;
    for _ in 0..MAX_BATCHES {
        let full = batch.len() >= BATCH as usize;
        send_batch(store, channel, config, clock, batch, report).await?;
        if !full || report.server.is_some() {
            break;
        }
        batch = store.due_mails(due_at, BATCH).await?;
        if batch.is_empty() {
            break;
        }
    }
    Ok(())
}

/// At most `connections` at a time; once the server is gone, nothing more is begun. What is in flight is always waited for
/// and marked: a mail that went out must not look unsent.
async fn send_batch(
    store: &Store,
    channel: &Arc<Channel>,
    config: &MailConfig,
    clock: &dyn Clock,
    batch: Vec<OutboxMail>,
    report: &mut SendReport,
) -> Result<(), NotifierError> {
    let limit = config.connections.max(1) as usize;
    let mut queue = batch.into_iter();
    let mut flying = JoinSet::new();
    let mut broken = None;
    loop {
        while flying.len() < limit && report.server.is_none() && broken.is_none() {
            let Some(mail) = queue.next() else { break };
            let channel = Arc::clone(channel);
            flying.spawn(async move {
                let outcome = channel.send(&mail).await;
                (mail, outcome)
            });
        }
        let recorded = match flying.join_next().await {
            None => break,
            Some(Ok((mail, outcome))) => record(store, config, clock, &mail, outcome, report).await,
            // A task that broke off leaves its mail unmarked and due.
            Some(Err(_)) => {
                report.failed += 1;
                Ok(())
            }
        };
        if let Err(error) = recorded {
            broken.get_or_insert(error);
        }
    }
    broken.map_or(Ok(()), Err)
}

async fn record(
    store: &Store,
    config: &MailConfig,
    clock: &dyn Clock,
    mail: &OutboxMail,
    outcome: Result<String, Failure>,
    report: &mut SendReport,
) -> Result<(), NotifierError> {
    match outcome {
        Ok(answer) => {
            store.mark_sent(mail.id, clock.now(), &answer).await?;
            report.sent += 1;
            Ok(())
        }
        Err(failure) => put_off(store, config, clock, std::slice::from_ref(mail), &failure, report).await,
    }
}

/// Keeps the mails with the error and the time of the next attempt.
async fn put_off(
    store: &Store,
    config: &MailConfig,
    clock: &dyn Clock,
    mails: &[OutboxMail],
    failure: &Failure,
    report: &mut SendReport,
) -> Result<(), NotifierError> {
    let text = failure.text();
    if matches!(failure, Failure::Server(_)) {
        report.server = Some(text.to_owned());
    }
    if report.reasons.len() < MAX_REASONS && !report.reasons.iter().any(|known| known == text) {
        report.reasons.push(text.to_owned());
    }
    for mail in mails {
        let now = clock.now();
        let next = next_attempt(config, mail, failure, now);
        let error = match next {
            Some(_) => text.to_owned(),
            None => format!("{text}；不再自动重试，请处理后用 anxin outbox retry 重发"),
        };
        store.mark_failed(mail.id, now, &error, next.unwrap_or(now + FOR_A_PERSON)).await?;
        report.failed += 1;
        report.refused += u32::from(next.is_none());
        tracing::warn!(mail.id, mail.attempts = mail.attempts + 1, "mail {} was not taken: {text}", mail.id);
    }
    Ok(())
}

/// `None`: no automatic attempt can help.
fn next_attempt(config: &MailConfig, mail: &OutboxMail, failure: &Failure, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let first = i64::from(config.retry_first_s);
    match failure {
        // The server's fault says nothing of the mail: it goes out soon after the server is back, however long that took.
        Failure::Server(_) => Some(now + TimeDelta::seconds(first)),
        Failure::Later(_) if now - mail.created_at >= TimeDelta::days(i64::from(config.give_up_after_d)) => None,
        Failure::Later(_) => {
            let doubled = first.saturating_mul(1_i64.checked_shl(mail.attempts.min(30)).unwrap_or(i64::MAX));
            Some(now + TimeDelta::seconds(doubled.min(i64::from(config.retry_max_s))))
        }
        Failure::Refused(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn mail(attempts: u32, age_d: i64, now: DateTime<Utc>) -> OutboxMail {
        OutboxMail {
            id: 1,
            document: None,
            key: "k".to_owned(),
            message_id: "<k@example.gov.cn>".to_owned(),
            recipient: "a@example.gov.cn".to_owned(),
            subject: "s".to_owned(),
            mime: Vec::new(),
            created_at: now - TimeDelta::days(age_d),
            attempts,
            next_attempt_at: now,
            sent_at: None,
            last_error: None,
        }
    }

    #[test]
    fn the_delay_doubles_to_a_limit_and_a_refusal_ends_it() {
        let config: MailConfig = toml::from_str("from = 'a@example.gov.cn'").unwrap();
        let now = Utc.with_ymd_and_hms(2024, 12, 20, 0, 0, 0).unwrap();
        let delay = |attempts, age, failure: &Failure| {
            next_attempt(&config, &mail(attempts, age, now), failure, now).map(|at| (at - now).num_seconds())
        };
        let later = Failure::Later(String::new());
        let delays: Vec<_> = (0..9).map(|n| delay(n, 0, &later).unwrap()).collect();
        assert_eq!(delays, [300, 600, 1200, 2400, 4800, 9600, 19200, 21600, 21600]);
        assert_eq!(delay(40, 5, &later), None);
        assert_eq!(delay(40, 400, &Failure::Server(String::new())), Some(300));
        assert_eq!(delay(0, 0, &Failure::Refused(String::new())), None);
    }
}
