//! The paths of the server: forms at every path a gateway has, `/counts` for tests.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use super::Platform;

/// Paths of the national platform, of a city, and of the two labour gateways (§2, §5).
const PATHS: [&str; 5] = ["/open.api", "/citywso/open/api", "/service/HrssOpenREST/biz/execProcess", "/open/api/get", "/open/api/async"];
/// A form carries pictures and scans in Base64.
const BODY_BYTES: usize = 16 * 1024 * 1024;

impl Platform {
    /// Answers until `stop` is done; answers under way are finished.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let router = PATHS.iter().fold(Router::new().route("/counts", get(counts)), |router, path| router.route(path, post(form)));
        let router = router.layer(DefaultBodyLimit::max(BODY_BYTES)).with_state(Arc::new(self));
        axum::serve(listener, router).with_graceful_shutdown(stop).await
    }
}

async fn counts(State(platform): State<Arc<Platform>>) -> Response {
    match serde_json::to_vec(&platform.counts()) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// `Content-Encoding: UTF-8`, which a common client sends, is no compression and is not looked at.
async fn form(State(platform): State<Arc<Platform>>, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/x-www-form-urlencoded").into_response();
    }
    let reply = platform.exchange(&body);
    if reply.wait_ms > 0 {
        tokio::time::sleep(Duration::from_millis(reply.wait_ms)).await;
    }
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if reply.html { "text/html; charset=utf-8" } else { "application/json; charset=utf-8" };
    let mut response = (status, [(header::CONTENT_TYPE, kind)], reply.body).into_response();
    if let Some(location) = reply.location {
        response.headers_mut().insert(header::LOCATION, header::HeaderValue::from_static(location));
    }
    response
}
