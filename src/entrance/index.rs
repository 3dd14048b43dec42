//! `GET /` of a gateway without a UI: what there is.

use actix_web::{HttpResponse, http::header::ContentType};

const PAGE: &str = "\
service-metrics

REST
  GET /health                               the process serves
  GET /-/ready                              and so does what it depends on
  GET /metrics                              its own metrics
  GET /federate                             the last polled samples
  GET /api/metrics/instant                  the latest frame of that channel
  GET /api/metrics/range
  GET /api/metrics/alerts
  GET /api/metrics/incidents/by-service
  GET /api/metrics/incidents/details
  GET /api/metrics/incidents/summary
  GET /api/ui/settings                      what a page is told
  GET /api/ui/connection                    why a page has no WebSocket
  POST /api/alerts/webhook                  for Alertmanager: look at alerts now

WebSocket
  /ws/instant  /ws/range                    one channel
  /ws/metrics  /ws/alerts
  /ws  /                                    instant and range, more by message

There is no UI here: the setting ui.dir names none.
";

/// A short page that names the routes.
pub(crate) async fn index() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body(PAGE)
}
