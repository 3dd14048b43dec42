//! `GET /metrics`: the gateway's own metrics, as text for Prometheus.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, web};
use bytes::Bytes;
use http_kit::{api_error::ApiError, route::Route};
use prometheus_api::exposition::text_format::TextFormat;

use crate::{entrance::Feature, telemetry::Telemetry};

const ROUTES: &[Route] =
    &[Route::get("/metrics", "the gateway's own metrics", || web::to(metrics)).for_machines()];

/// The feature. One rendering is served for `share_for`.
pub fn start(telemetry: &Telemetry, share_for: Duration) -> Feature {
    Feature::new(ROUTES).with(Rendering::new(telemetry.clone(), share_for))
}

/// The text of `GET /metrics`. Scrapes within `share_for` share one rendering.
struct Rendering {
    telemetry: Telemetry,
    share_for: Duration,
    latest: Mutex<Option<(Instant, Bytes)>>,
}

impl Rendering {
    fn new(telemetry: Telemetry, share_for: Duration) -> Self {
        Self {
            telemetry,
            share_for,
            latest: Mutex::default(),
        }
    }

    /// The latest rendering, if it is young enough.
    fn shared<E>(&self, render: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Bytes, E> {
        let mut latest = locked(&self.latest);
        let young = |(at, _): &&(Instant, Bytes)| at.elapsed() < self.share_for;
        if let Some((_, text)) = latest.as_ref().filter(young) {
            return Ok(text.clone());
        }
        let at = Instant::now();
        let text = Bytes::from(render()?);
        *latest = Some((at, text.clone()));
        Ok(text)
    }
}

/// Waits while another request renders.
fn locked<T>(latest: &Mutex<T>) -> MutexGuard<'_, T> {
    latest.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn metrics(rendering: web::Data<Rendering>) -> Result<HttpResponse, ApiError> {
    let text = rendering
        .shared(|| rendering.telemetry.expose())
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type(TextFormat::OLDEST.content_type())
        .body(text))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn sharing_for(share_for: Duration) -> Rendering {
        Rendering::new(Telemetry::new().unwrap(), share_for)
    }

    fn rendered(rendering: &Rendering, text: &str) -> Bytes {
        let render = || Ok::<_, Infallible>(text.as_bytes().to_vec());
        rendering.shared(render).unwrap()
    }

    #[test]
    fn a_rendering_is_shared_as_long_as_it_is_young() {
        let rendering = sharing_for(Duration::from_secs(3600));
        assert_eq!(rendered(&rendering, "one"), "one");
        let same = rendered(&rendering, "two");
        assert_eq!(same, "one");
        assert_eq!(same.as_ptr(), rendered(&rendering, "three").as_ptr());
    }

    #[test]
    fn without_a_time_each_scrape_has_its_own() {
        let rendering = sharing_for(Duration::ZERO);
        assert_eq!(rendered(&rendering, "one"), "one");
        assert_eq!(rendered(&rendering, "two"), "two");
    }
}
