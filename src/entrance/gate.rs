//! What every request passes, an upgrade like any other: its host is one of ours, and it is counted and timed. Whether a
//! page of another origin may do what it wants is asked where it matters: of upgrades here, of other requests by CORS.

use std::time::Instant;

use actix_web::{
    Error, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{RequestHead, ServiceRequest, ServiceResponse},
    http::{Method, header::HeaderMap},
    middleware::Next,
    web::Data,
};
use http_kit::{api_error::ApiError, host::KnownHosts, origin::AllowedOrigins};
use prometheus::{HistogramVec, IntCounterVec, Result};

use super::diagnosis::Diagnosis;
use crate::telemetry::Telemetry;

const SERVICE: &str = "service-metrics";
/// The label `route` of paths that are none of ours.
const UNMATCHED: &str = "unmatched";

/// What every request passes.
pub struct Gate {
    hosts: KnownHosts,
    origins: AllowedOrigins,
    /// What was refused of late.
    pub diagnosis: Diagnosis,
    requests: IntCounterVec,
    durations: HistogramVec,
}

impl Gate {
    /// Of a gateway with these names and for pages of these other origins.
    ///
    /// # Errors
    /// When a metric's name is used twice: a mistake in the program.
    pub fn new(hosts: KnownHosts, origins: AllowedOrigins, telemetry: &Telemetry) -> Result<Self> {
        Ok(Self {
            hosts,
            diagnosis: Diagnosis::new(origins.clone()),
            origins,
            requests: telemetry.counters(
                "http_requests_total",
                "HTTP requests answered",
                &["method", "route", "status_code", "service"],
            )?,
            durations: telemetry.durations(
                "http_request_duration_seconds",
                "Time from request to answer",
                &["method", "route", "service"],
            )?,
        })
    }

    /// Judges a request by its head.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub fn check(&self, head: &RequestHead) -> std::result::Result<(), ApiError> {
        self.hosts.check(head)
    }

    /// Whether the page that asks, if it is one, is of our own origin or of one that is allowed.
    ///
    /// # Errors
    /// 403, which names the origin and the setting; 400 for more than one.
    pub fn check_origin(&self, headers: &HeaderMap) -> std::result::Result<(), ApiError> {
        self.origins.check(headers)
    }

    /// Counts a request. `route` is a pattern of the route table, never a path that a client made up; none for others.
    pub fn count(&self, method: &Method, route: Option<&str>, status: u16, began: Instant) {
        let (method, route) = (known(method), route.unwrap_or(UNMATCHED));
        self.requests
            .with_label_values(&[method, route, &status.to_string(), SERVICE])
            .inc();
        self.durations
            .with_label_values(&[method, route, SERVICE])
            .observe(began.elapsed().as_secs_f64());
    }
}

/// The middleware of the requests that are no upgrades.
///
/// # Errors
/// Those of the service inside.
pub(super) async fn pass<B: MessageBody + 'static>(
    gate: Data<Gate>,
    request: ServiceRequest,
    next: Next<B>,
) -> std::result::Result<ServiceResponse<EitherBody<B>>, Error> {
    let began = Instant::now();
    let answer = match gate.check(request.head()) {
        Ok(()) => next.call(request).await?.map_into_left_body(),
        Err(refused) => request.error_response(refused).map_into_right_body(),
    };
    let request: &HttpRequest = answer.request();
    let route = request.match_pattern();
    let status = answer.status().as_u16();
    gate.count(request.method(), route.as_deref(), status, began);
    Ok(answer)
}

/// A method's name, as long as it is one of the standard ones: a label must not grow with what clients invent.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::OPTIONS
        | Method::PATCH
        | Method::CONNECT
        | Method::TRACE => method.as_str(),
        _ => "other",
    }
}
