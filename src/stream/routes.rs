//! The routes of the stream, besides the WebSocket itself.

use std::sync::{Mutex, MutexGuard, PoisonError};

use actix::Addr;
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, Accept, Header},
    web,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_kit::{api_error::ApiError, route::Route};
use prometheus_api::exposition::{escaping::Escaping, text_format::TextFormat};

use super::{
    federation, frames, messages::LastInstants, prom_poller::PromPoller, upgrade::upgrade_required,
};
use crate::messages::{
    channel::{Alerts, Instant, Range},
    snapshot::Snapshot,
};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "/federate",
        "the last polled samples, as text for Prometheus",
        || web::to(federate),
    )
    .for_machines(),
    Route::get(
        "/api/metrics/instant",
        "the latest frame of the channel instant",
        || web::to(frames::latest::<Instant>),
    ),
    Route::get(
        "/api/metrics/range",
        "the latest frame of the channel range",
        || web::to(frames::latest::<Range>),
    ),
    Route::get(
        "/api/metrics/alerts",
        "the latest frame of the channel alerts",
        || web::to(frames::latest::<Alerts>),
    ),
    Route::get(
        "/ws",
        "WebSocket: instant and range, more by message",
        || web::to(upgrade_required),
    ),
    Route::get(
        "/ws/{channel}",
        "WebSocket: one channel: /ws/instant, /ws/range, /ws/metrics, /ws/alerts",
        || web::to(upgrade_required),
    ),
];

/// What the last beat's samples look like, in each way of writing names that was asked for. All who ask for the same share
/// one rendering.
#[derive(Debug, Default)]
pub(super) struct Federated(Mutex<Texts>);

#[derive(Debug, Default)]
struct Texts {
    taken_at: Option<DateTime<Utc>>,
    texts: Vec<(Escaping, Bytes)>,
}

impl Federated {
    fn text(&self, snapshot: &Snapshot, escaping: Escaping) -> Bytes {
        let mut latest = self.lock();
        if latest.taken_at != Some(snapshot.taken_at) {
            *latest = Texts {
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

    /// Whoever comes while a text is rendered waits for it.
    fn lock(&self) -> MutexGuard<'_, Texts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `GET /federate`: the last polled instant samples, with their own labels, whose names are written as the scraper
/// takes them.
async fn federate(
    request: HttpRequest,
    poller: web::Data<Addr<PromPoller>>,
    federated: web::Data<Federated>,
) -> Result<HttpResponse, ApiError> {
    let last = poller.send(LastInstants).await?;
    let last =
        last.ok_or_else(|| ApiError::Unavailable("Prometheus has not been polled yet".into()))?;
    // A header that cannot be read says nothing of what is accepted.
    let accept = Accept::parse(&request).ok();
    let format = accept.map_or(TextFormat::OLDEST, |accept| TextFormat::negotiated(&accept));
    Ok(HttpResponse::Ok()
        .content_type(format.content_type())
        .insert_header((header::VARY, "accept"))
        .body(federated.text(&last, format.escaping())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::snapshot::Answer;

    #[test]
    fn the_samples_of_a_beat_are_written_once_for_each_way_of_writing_names() {
        let federated = Federated::default();
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
        let escaped = federated.text(&snapshot, Escaping::Underscores);
        let quoted = federated.text(&snapshot, Escaping::AllowUtf8);
        assert_ne!(escaped, quoted);
        let again = federated.text(&snapshot, Escaping::Underscores);
        assert_eq!(again.as_ptr(), escaped.as_ptr());
        snapshot.taken_at += chrono::TimeDelta::seconds(1);
        snapshot.answers.clear();
        assert_eq!(federated.text(&snapshot, Escaping::Underscores), "");
    }
}
