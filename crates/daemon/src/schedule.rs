//! `anxin run`: jobs by cron expression in the county's zone. A missed round is caught up at start, no two rounds overlap,
//! and SIGTERM ends after the job under way.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::config::{Config, fingerprint, passport};
use crate::jobs::{self, Job};

/// A missed round older than this is no longer told apart from one missed later: one catch-up serves both.
const LOOK_BACK: TimeDelta = TimeDelta::days(35);

/// The longest nap between two looks at the clock, so that a changed system time is noticed.
const LONGEST_NAP: Duration = Duration::from_mins(1);

/// Holds the data for one daemon or one round; a second one is refused with a clear message.
pub async fn lock(app: &App) -> anyhow::Result<store::DaemonLock> {
    Ok(app.store.lock_daemon().await?)
}

pub async fn run(mut app: App) -> anyhow::Result<()> {
    let _lock = lock(&app).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut stop = std::pin::pin!(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    });
    notify(&[NotifyState::Ready, NotifyState::Status("运行中")]);
    tracing::info!(schedule.round = app.config.round.source(), "daemon started");
    passport::record(&app.store, &app.config, app.now()).await?;
    let mut seen = fingerprint(&app.config.path);
    let mut last_round = last_started(&app, Job::Check).await?;
    let mut last_send = app.now();
    loop {
        let edited = fingerprint(&app.config.path);
        if edited != seen {
            seen = edited;
            Box::pin(reload(&mut app)).await?;
        }
        let now = app.now();
        if let Some(due) = due(&app.config.round, app.config.zone, last_round, now) {
            tracing::info!(round.due = %due, "round due since {due}");
            last_round = Some(now);
            last_send = now;
            // The stop is looked at between jobs: a job under way is finished, the next one is not begun.
            for job in Job::round(&app.config) {
                if stopped(&mut stop).await {
                    finish();
                    return Ok(());
                }
                // A failed job was logged and recorded by `jobs::run`; the next one still has its own work.
                let _ = jobs::run(&app, *job).await;
            }
        } else if due(&app.config.send, app.config.zone, Some(last_send), now).is_some() {
            last_send = now;
            let _ = jobs::run(&app, Job::Send).await;
        }
        notify(&[NotifyState::Watchdog]);
        let nap = nap(&app, app.now());
        tokio::select! {
            () = &mut stop => break,
            // Asked for: read again, whatever the times of the files say.
            _ = hangup.recv() => seen.clear(),
            () = tokio::time::sleep(nap) => {}
        }
    }
    finish();
    Ok(())
}

/// Takes an edited configuration over, with the passport of every changed figure; a broken one is refused and the old one stays.
async fn reload(app: &mut App) -> anyhow::Result<()> {
    match Config::load(&app.config.path, &app.data_dir) {
        Ok(config) => {
            let store = |config: &Config| (config.file.store.url.clone(), config.file.store.url_file.clone());
            if store(&config) != store(&app.config) {
                tracing::warn!("[store] was edited: the daemon must be restarted to use another database");
            }
            app.config = config;
            for change in passport::record(&app.store, &app.config, app.now()).await? {
                tracing::info!(figure = change.name, by = change.by, before = %change.before, after = %change.after, "figure changed");
            }
            notify(&[NotifyState::Status("运行中")]);
            tracing::info!("configuration read again");
        }
        Err(mistakes) => {
            for mistake in &mistakes {
                tracing::error!("configuration refused: {mistake}");
            }
            notify(&[NotifyState::Status("配置有误，沿用原配置；用 anxin config check 查看")]);
        }
    }
    Ok(())
}

async fn stopped(stop: &mut std::pin::Pin<&mut impl Future<Output = ()>>) -> bool {
    tokio::time::timeout(Duration::ZERO, stop).await.is_ok()
}

fn finish() {
    notify(&[NotifyState::Stopping]);
    tracing::info!("daemon stopped");
}

/// The earliest moment after `last` at which the schedule fell due, if that is not later than `now`.
/// Never run before: due at once.
fn due(schedule: &cron::Schedule, zone: chrono_tz::Tz, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let Some(last) = last else { return Some(now) };
    let from = last.max(now - LOOK_BACK).with_timezone(&zone);
    schedule.after(&from).next().map(|at| at.to_utc()).filter(|at| *at <= now)
}

fn nap(app: &App, now: DateTime<Utc>) -> Duration {
    let local = now.with_timezone(&app.config.zone);
    let next = [&app.config.round, &app.config.send].into_iter().filter_map(|schedule| schedule.after(&local).next()).min();
    next.and_then(|at| (at.to_utc() - now).to_std().ok()).unwrap_or(LONGEST_NAP).clamp(Duration::from_millis(200), LONGEST_NAP)
}

async fn last_started(app: &App, job: Job) -> anyhow::Result<Option<DateTime<Utc>>> {
    Ok(app.store.last_run(job.code()).await?.filter(|run| run.finished_at.is_some()).map(|run| run.started_at))
}

/// Without systemd there is nobody to tell.
fn notify(states: &[NotifyState]) {
    if let Err(cause) = sd_notify::notify(states) {
        tracing::debug!(error = %cause, "no service manager to tell");
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use chrono::{DateTime, Utc};

    use super::due;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_missed_round_is_due_once() {
        let schedule = cron::Schedule::from_str("0 30 6 * * *").unwrap();
        let zone = chrono_tz::Asia::Shanghai;
        let last = at("2024-12-18T06:30:00+08:00");
        assert_eq!(due(&schedule, zone, Some(last), at("2024-12-19T06:29:59+08:00")), None);
        assert_eq!(due(&schedule, zone, Some(last), at("2024-12-20T12:00:00+08:00")), Some(at("2024-12-19T06:30:00+08:00")));
        assert_eq!(due(&schedule, zone, Some(at("2024-12-20T12:00:00+08:00")), at("2024-12-20T12:00:01+08:00")), None);
        assert!(due(&schedule, zone, None, at("2024-12-20T12:00:00+08:00")).is_some(), "never run before");
    }
}
