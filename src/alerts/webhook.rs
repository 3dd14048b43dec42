//! `POST /api/alerts/webhook`: Alertmanager says that alerts have changed, and the poller looks at once.

use std::time::Duration;

use actix::Recipient;
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::header::{self, HeaderMap},
    web::{self, Payload},
};
use http_kit::{
    api_error::ApiError, client_address::ClientAddress, envelope::Accepted, request_body,
    route::Route,
};
use log::debug;
use prometheus::IntCounterVec;
use tokio::time::timeout;

use super::incoming::Incoming;
use super::notification;
use super::settings::Webhook;
use crate::{messages::PollAlertsNow, telemetry::Telemetry};

/// All bodies together may be as large as so many of the largest.
const LARGEST_AT_A_TIME: usize = 8;
/// The answer to the slowest.
const DISPLACED: &str =
    "the body came more slowly than others, for which there was no room; send it again";

pub(super) const ROUTES: &[Route] = &[Route::post(
    "/api/alerts/webhook",
    "for Alertmanager: poll alerts now",
    || web::to(receive),
)
.for_machines()];

/// What webhooks are held to, and what they cause.
pub(super) struct Webhooks {
    max_bytes: usize,
    timeout: Duration,
    incoming: Incoming,
    poll_now: Recipient<PollAlertsNow>,
    counted: IntCounterVec,
}

impl Webhooks {
    /// With the limits of `settings`; each webhook sends a [`PollAlertsNow`].
    pub(super) fn new(
        settings: &Webhook,
        poll_now: Recipient<PollAlertsNow>,
        telemetry: &Telemetry,
    ) -> prometheus::Result<Self> {
        Ok(Self {
            max_bytes: settings.max_bytes,
            timeout: settings.timeout(),
            incoming: Incoming::new(settings.max_bytes * LARGEST_AT_A_TIME),
            poll_now,
            counted: telemetry.counters(
                "service_metrics_webhooks_total",
                "Webhooks of Alertmanager, by what became of them",
                &["outcome"],
            )?,
        })
    }
}

/// Answers when the poller knows; what it then sees goes out on the channel `alerts`.
async fn receive(
    request: HttpRequest,
    client: ClientAddress,
    body: Payload,
    webhooks: web::Data<Webhooks>,
) -> HttpResponse {
    let taken = take(request.headers(), client, body, &webhooks).await;
    webhooks.counted.with_label_values(&[outcome(&taken)]).inc();
    match taken {
        Ok(()) => HttpResponse::Ok().json(Accepted::default()),
        Err(error) => error.error_response(),
    }
}

async fn take(
    headers: &HeaderMap,
    client: ClientAddress,
    body: Payload,
    webhooks: &Webhooks,
) -> Result<(), ApiError> {
    judge(headers)?;
    let upload = webhooks.incoming.begin(client);
    let add_bytes = |bytes| upload.add_bytes(bytes);
    let read = async {
        request_body::check_declared_length(headers, webhooks.max_bytes)?;
        request_body::read(body, webhooks.max_bytes, add_bytes).await
    };
    let body = tokio::select! {
        body = timeout(webhooks.timeout, read) => body,
        () = upload.is_displaced() => {
            // Not 429: Alertmanager tries again after a 5xx only.
            return Err(ApiError::Unavailable(DISPLACED.into()));
        }
    };
    let body = body.map_err(|_| {
        ApiError::TooSlow(format!("the body took longer than {:?}", webhooks.timeout))
    })??;
    let notification = notification::read(&body).map_err(ApiError::BadData)?;
    debug!(
        "a webhook tells of {} alerts, {:?}",
        notification.alerts, notification.status
    );
    Ok(webhooks.poll_now.send(PollAlertsNow).await?)
}

/// Judges a webhook by its head.
fn judge(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.contains_key(header::ORIGIN) {
        return Err(ApiError::Forbidden(
            "web pages, which send an Origin, have nothing to tell here; Alertmanager does".into(),
        ));
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let media_type = text(header::CONTENT_TYPE).and_then(|value| value.split(';').next());
    if !media_type.is_some_and(|found| found.trim().eq_ignore_ascii_case("application/json")) {
        return Err(ApiError::UnsupportedMediaType(
            "Content-Type must be application/json".into(),
        ));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(ApiError::UnsupportedMediaType(
            "the body must be sent as it is, without a Content-Encoding".into(),
        ));
    }
    Ok(())
}

/// A word for the counter.
fn outcome(taken: &Result<(), ApiError>) -> &'static str {
    match taken {
        Ok(()) => "accepted",
        Err(ApiError::Forbidden(_)) => "forbidden",
        Err(ApiError::UnsupportedMediaType(_)) => "wrong_type",
        Err(ApiError::TooLarge(_)) => "too_large",
        Err(ApiError::TooSlow(_)) => "too_slow",
        Err(ApiError::Unavailable(text)) if text == DISPLACED => "gave_way",
        Err(ApiError::BadData(_)) => "malformed",
        Err(_) => "undelivered",
    }
}
