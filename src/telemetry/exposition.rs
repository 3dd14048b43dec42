//! Text for Prometheus.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, Accept, Header},
    web,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_kit::api_error::ApiError;
use prometheus_api::exposition::escaping::Escaping;
use prometheus_api::exposition::text_format::TextFormat;

use super::Telemetry;
use crate::{
    actors::Actors,
    messages::{LastInstants, snapshot::Snapshot},
    stream::federation,
};

/// The texts that scrapers get. All who ask for the same share one rendering; clones share them too.
#[derive(Debug, Clone)]
pub struct Renderings {
    share_for: Duration,
    metrics: Arc<Mutex<Option<(Instant, Bytes)>>>,
    federate: Arc<Mutex<Federated>>,
}

/// What the last beat's samples look like, in each way of writing names that was asked for.
#[derive(Debug, Default)]
struct Federated {
    taken_at: Option<DateTime<Utc>>,
    texts: Vec<(Escaping, Bytes)>,
}

impl Renderings {
    /// One rendering of `/metrics` is served for `share_for`, one of `/federate` until the next beat.
    pub fn new(share_for: Duration) -> Self {
        Self {
            share_for,
            metrics: Arc::default(),
            federate: Arc::default(),
        }
    }

    /// The latest rendering, if it is young enough.
    fn metrics<E>(&self, render: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Bytes, E> {
        let mut latest = locked(&self.metrics);
        let young = |(at, _): &&(Instant, Bytes)| at.elapsed() < self.share_for;
        if let Some((_, text)) = latest.as_ref().filter(young) {
            return Ok(text.clone());
        }
        let at = Instant::now();
        let text = Bytes::from(render()?);
        *latest = Some((at, text.clone()));
        Ok(text)
    }

    fn federate(&self, snapshot: &Snapshot, escaping: Escaping) -> Bytes {
        let mut latest = locked(&self.federate);
        if latest.taken_at != Some(snapshot.taken_at) {
            *latest = Federated {
                taken_at: Some(snapshot.taken_at),
                texts: Vec::new(),
            };
        }
        if let Some((_, text)) = latest.texts.iter().find(|(found, _)| *found == escaping) {
            return text.clone();
        }
        let text = Bytes::from(federation::federate(snapshot, escaping));
        latest.texts.push((escaping, text.clone()));
        text
    }
}

/// Whoever comes while a text is rendered waits for it.
fn locked<T>(latest: &Mutex<T>) -> MutexGuard<'_, T> {
    latest.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `GET /metrics`: the gateway's own.
pub(crate) async fn metrics(
    telemetry: web::Data<Telemetry>,
    renderings: web::Data<Renderings>,
) -> Result<HttpResponse, ApiError> {
    let text = renderings
        .metrics(|| telemetry.expose())
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type(TextFormat::OLDEST.content_type())
        .body(text))
}

/// `GET /federate`: the last polled instant samples, with their own labels, whose names are written as the scraper
/// takes them.
pub(crate) async fn federate(
    request: HttpRequest,
    actors: web::Data<Actors>,
    renderings: web::Data<Renderings>,
) -> Result<HttpResponse, ApiError> {
    let last = actors.poller.send(LastInstants).await?;
    let last =
        last.ok_or_else(|| ApiError::Unavailable("Prometheus has not been polled yet".into()))?;
    // A header that cannot be read says nothing of what is accepted.
    let accept = Accept::parse(&request).ok();
    let format = accept.map_or(TextFormat::OLDEST, |accept| TextFormat::negotiated(&accept));
    Ok(HttpResponse::Ok()
        .content_type(format.content_type())
        .insert_header((header::VARY, "accept"))
        .body(renderings.federate(&last, format.escaping())))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::messages::snapshot::Answer;

    fn rendered(renderings: &Renderings, text: &str) -> Bytes {
        let render = || Ok::<_, Infallible>(text.as_bytes().to_vec());
        renderings.metrics(render).unwrap()
    }

    #[test]
    fn a_rendering_is_shared_as_long_as_it_is_young() {
        let renderings = Renderings::new(Duration::from_secs(3600));
        assert_eq!(rendered(&renderings, "one"), "one");
        let same = rendered(&renderings, "two");
        assert_eq!(same, "one");
        assert_eq!(same.as_ptr(), rendered(&renderings, "three").as_ptr());
    }

    #[test]
    fn without_a_time_each_scrape_has_its_own() {
        let renderings = Renderings::new(Duration::ZERO);
        assert_eq!(rendered(&renderings, "one"), "one");
        assert_eq!(rendered(&renderings, "two"), "two");
    }

    #[test]
    fn the_samples_of_a_beat_are_written_once_for_each_way_of_writing_names() {
        let renderings = Renderings::new(Duration::ZERO);
        let mut snapshot = Snapshot {
            alertmanager: None,
            taken_at: Utc::now(),
            answers: vec![Answer {
                name: "größe".into(),
                warnings: Vec::default(),
                outcome: Ok(Bytes::from_static(
                    br#"{"resultType":"vector","result":[{"metric":{},"value":[1,"2"]}]}"#,
                )),
            }],
        };
        let escaped = renderings.federate(&snapshot, Escaping::Underscores);
        let quoted = renderings.federate(&snapshot, Escaping::AllowUtf8);
        assert_ne!(escaped, quoted);
        let again = renderings.federate(&snapshot, Escaping::Underscores);
        assert_eq!(again.as_ptr(), escaped.as_ptr());
        snapshot.taken_at += chrono::TimeDelta::seconds(1);
        snapshot.answers.clear();
        assert_eq!(renderings.federate(&snapshot, Escaping::Underscores), "");
    }
}
