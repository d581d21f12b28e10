//! Calls: signed, limited in number and time, tried again only where that may help (platform-api.md §10).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::FixedOffset;
use model::{Clock, ProjectCode, SystemClock};
use platform::{Answer, Kind, Method, Request, corpsign};
use rand::RngExt;
use reqwest::redirect::Policy;
use tokio::sync::Mutex;

use super::config::{Access, Credentials, PlatformConfig};
use super::fault::{Class, Fault};

/// The gateways live on China time, whatever the county server's zone.
const CHINA_SECONDS: i32 = 8 * 3600;
/// Seconds by which the clocks may differ before ours is mended; the narrowest window known is six minutes.
pub(super) const CLOCK_TOLERATED: i64 = 60;
/// After so many projects in a row without a single answer the gateway is taken to be down for this round.
const DOWN_AFTER: usize = 3;

/// What the calls of a pull cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    pub calls: u64,
    pub retries: u64,
    pub errors: u64,
    pub bytes: u64,
    /// Sum of the times waited for answers.
    pub waited_ms: u64,
    /// Seconds by which the gateway's clock is ahead of ours.
    pub clock_off: i64,
}

/// One gateway.
pub(super) struct Endpoint {
    pub(super) config: PlatformConfig,
    http: reqwest::Client,
    corp_key: Option<platform::Secret>,
    next: Mutex<Instant>,
    calls: AtomicU64,
    retries: AtomicU64,
    errors: AtomicU64,
    bytes: AtomicU64,
    waited_ms: AtomicU64,
    clock_off: AtomicI64,
    /// Projects that failed since the last answer.
    silent: std::sync::Mutex<BTreeSet<ProjectCode>>,
}

impl Endpoint {
    pub(super) fn new(config: &PlatformConfig, credentials: &Credentials) -> Result<Self, Fault> {
        let mut http = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(config.timeout_seconds.into()))
            .connect_timeout(Duration::from_secs(config.timeout_seconds.min(10).into()))
            .pool_max_idle_per_host(config.concurrency as usize)
            .user_agent("anxin");
        if let Some(path) = &config.ca_file {
            let shown = path.display();
            let pem =
                std::fs::read(path).map_err(|cause| Fault::lasting(format!("读不了根证书 `{shown}`（{cause}）"), "请检查 ca_file"))?;
            let bad = |_| Fault::lasting(format!("`{shown}` 不是 PEM 证书"), "请检查 ca_file");
            for certificate in reqwest::Certificate::from_pem_bundle(&pem).map_err(bad)? {
                http = http.add_root_certificate(certificate);
            }
        }
        let http = http.build().map_err(|error| Fault::lasting(format!("建不了连接（{error}）"), "请检查系统的根证书"))?;
        Ok(Self {
            config: config.clone(),
            http,
            corp_key: credentials.corp_key.clone(),
            next: Mutex::new(Instant::now()),
            calls: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            waited_ms: AtomicU64::new(0),
            clock_off: AtomicI64::new(0),
            silent: std::sync::Mutex::default(),
        })
    }

    pub(super) fn usage(&self) -> Usage {
        Usage {
            calls: self.calls.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            waited_ms: self.waited_ms.load(Ordering::Relaxed),
            clock_off: self.clock_off.load(Ordering::Relaxed),
        }
    }

    fn silent(&self) -> std::sync::MutexGuard<'_, BTreeSet<ProjectCode>> {
        self.silent.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The answer of a query and its bytes as received. `data` is JSON text.
    pub(super) async fn query(&self, method: &Method, data: &str, access: &Access) -> Result<(Answer, Vec<u8>), Fault> {
        if self.silent().len() >= DOWN_AFTER {
            return Err(Fault::passing("平台连续没有应答，本轮不再尝试"));
        }
        let mut attempt = 0;
        let mut clock_mended = false;
        loop {
            let off = self.clock_off.load(Ordering::Relaxed);
            let fault = match self.call(method, data, access).await {
                Ok(done) => {
                    self.silent().clear();
                    return Ok(done);
                }
                Err(fault) => fault,
            };
            self.errors.fetch_add(1, Ordering::Relaxed);
            let learned = self.clock_off.load(Ordering::Relaxed);
            if !clock_mended && fault.class != Class::Passing && (learned - off).abs() > CLOCK_TOLERATED {
                clock_mended = true;
                continue;
            }
            if fault.class != Class::Passing || attempt >= self.config.retries {
                if fault.class == Class::Passing {
                    self.silent().insert(access.project.clone());
                }
                return Err(fault);
            }
            tracing::debug!(method = method.name, attempt, fault = fault.what, "call of `{}` failed, trying again", method.name);
            self.retries.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(backoff(attempt)).await;
            attempt += 1;
        }
    }

    async fn call(&self, method: &Method, data: &str, access: &Access) -> Result<(Answer, Vec<u8>), Fault> {
        self.wait_turn().await;
        let profile = self.config.profile;
        // The gateway compares with the real time, whatever day is simulated.
        let now = SystemClock.now() + chrono::TimeDelta::seconds(self.clock_off.load(Ordering::Relaxed));
        let china = FixedOffset::east_opt(CHINA_SECONDS).expect("eight hours are an offset");
        let timestamp = now.with_timezone(&china).format("%Y%m%d%H%M%S").to_string();
        let nonce = format!("{:032x}", rand::rng().random::<u128>());
        let signed_by = match self.corp_key.as_ref().filter(|_| profile != super::Profile::National) {
            Some(key) => Some(
                corpsign(key, &timestamp, &access.secret)
                    .map_err(|why| Fault {
                        class: Class::Credential, ..Fault::lasting(why.to_string(), "请核对密钥文件中的 secret")
                    })?,
            ),
            None => None,
        };
        let version = if profile == super::Profile::Labour { "2.1" } else { method.version };
        let request = Request {
            method: method.name,
            version,
            app_id: &access.app_id,
            app_id_field: profile.app_id_field(),
            nonce: &nonce,
            timestamp: &timestamp,
            data,
            corpsign: signed_by.as_deref(),
        };
        self.calls.fetch_add(1, Ordering::Relaxed);
        let began = Instant::now();
        let sent = self
            .http
            .post(&self.config.url)
            .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
            .body(request.body(&access.secret))
            .send()
            .await;
        let body = match sent {
            Ok(response) => self.body(response).await,
            Err(error) => Err(Fault::network(&error)),
        };
        let waited = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.waited_ms.fetch_add(waited, Ordering::Relaxed);
        let body = body?;
        let answer = Answer::parse(&body).map_err(Fault::no_answer)?;
        match answer.kind(profile.family()) {
            Kind::Ok => Ok((answer, body)),
            kind => Err(Fault::refused(&answer.code, &answer.message, kind)),
        }
    }

    async fn body(&self, mut response: reqwest::Response) -> Result<Vec<u8>, Fault> {
        self.learn_clock(&response);
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get(reqwest::header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
            let host = reqwest::Url::parse(to).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
            return Err(Fault::lasting(format!("平台要求转到别的地址（{host}），没有照办"), "请核对 url；平台确已迁移的，改写 url"));
        }
        if status.is_server_error() {
            return Err(Fault::passing(format!("网关故障（HTTP {}）", status.as_u16())));
        }
        if !status.is_success() {
            return Err(Fault::lasting(format!("平台拒绝（HTTP {}）", status.as_u16()), "请核对 url"));
        }
        let limit = u64::from(self.config.answer_mb) << 20;
        let too_large =
            || Fault::lasting(format!("应答超过 {} MB，没有收下", self.config.answer_mb), "请联系平台；确有必要的，调高 answer_mb");
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| Fault::network(&error))? {
            self.bytes.fetch_add(piece.len() as u64, Ordering::Relaxed);
            if (body.len() + piece.len()) as u64 > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// A gateway refuses timestamps far from its own clock, which its answers tell.
    fn learn_clock(&self, response: &reqwest::Response) {
        let date = response.headers().get(reqwest::header::DATE).and_then(|date| date.to_str().ok());
        let Some(theirs) = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok()) else { return };
        let off = (theirs.to_utc() - SystemClock.now()).num_seconds();
        self.clock_off.store(if off.abs() > CLOCK_TOLERATED { off } else { 0 }, Ordering::Relaxed);
    }

    /// Spaces calls evenly.
    async fn wait_turn(&self) {
        if self.config.calls_per_second == 0 {
            return;
        }
        let space = Duration::from_secs(1) / self.config.calls_per_second;
        let mut next = self.next.lock().await;
        let now = Instant::now();
        let turn = (*next).max(now);
        *next = turn + space;
        drop(next);
        tokio::time::sleep(turn - now).await;
    }
}

/// Half a second, doubled each time, at most half a minute; jitter keeps many clients from coming back together.
fn backoff(attempt: u32) -> Duration {
    let most = Duration::from_millis(500 << attempt.min(6)).min(Duration::from_secs(30));
    most.mul_f64(rand::rng().random_range(0.5..=1.0))
}
