//! The log: one record per line whatever a message contains, and no secret at any level.

use std::{collections::BTreeSet, net::SocketAddr};

use actix_web::{App, HttpResponse, HttpServer, web};
use base64::{Engine, engine::general_purpose::STANDARD};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::gateway;
use crate::support::{
    http, incidents_app::PATIENT, postgres::Postgres, program::Running, ws::handshake,
    ws_client::WsClient,
};

/// Quotes, ends of lines of several kinds, a terminal's escape, and a forged record.
const HOSTILE: &str = "\"}\n[2026-01-01T00:00:00.000Z INFO  forged] all is well\r\u{1b}[31m\u{2028}\u{202e}\u{200b}\u{0}\\";

/// A Prometheus that refuses every query with a hostile message.
fn hostile_prometheus() -> SocketAddr {
    let refusal = json!({"status": "error", "errorType": "bad_data", "error": HOSTILE});
    let app = move || {
        let refusal = refusal.clone();
        let refuse = move || {
            let refusal = refusal.clone();
            async move { HttpResponse::BadRequest().json(refusal) }
        };
        App::new().default_service(web::to(refuse))
    };
    let server = HttpServer::new(app).workers(1).disable_signals();
    let server = server.bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    actix_rt::spawn(server.run());
    address
}

/// A character of [`HOSTILE`] that is invisible, or moves others.
fn hidden(log: &str) -> Option<char> {
    let hides = |c: &char| c.is_control() || matches!(c, '\u{2028}' | '\u{202e}' | '\u{200b}');
    log.chars().filter(|c| *c != '\n').find(hides)
}

#[actix_rt::test]
async fn as_json_every_line_is_one_object_whatever_is_in_it() {
    let prometheus = format!("http://{}", hostile_prometheus());
    let gateway = Running::start(
        gateway()
            .env("LOG_FORMAT", "json")
            .env("PROMETHEUS_URL", prometheus),
    );
    gateway.says("all is well").await;
    let log = gateway.log();
    let mut carried = false;
    for line in log.lines() {
        let record: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let keys: BTreeSet<_> = record
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            keys,
            BTreeSet::from(["level", "message", "target", "timestamp"])
        );
        carried |= record["message"].as_str().unwrap().contains(HOSTILE);
    }
    assert!(carried, "{log}");
    assert_eq!(hidden(&log), None, "{log:?}");
}

#[actix_rt::test]
async fn as_text_nobody_can_forge_a_record() {
    let prometheus = format!("http://{}", hostile_prometheus());
    let gateway = Running::start(gateway().env("PROMETHEUS_URL", prometheus));
    gateway.says("all is well").await;
    let log = gateway.log();
    for line in log.lines() {
        let own = line.contains(" service_metrics::") || line.contains(" actix_server::");
        assert!(line.starts_with('[') && own, "{line:?}");
    }
    assert_eq!(hidden(&log), None, "{log:?}");
}

#[actix_rt::test]
async fn no_secret_is_logged_at_any_level() {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let server = postgres.config("metrics_reader", &database).get_ports()[0];
    let prometheus = hostile_prometheus();
    let gateway = Running::start(
        gateway()
            .env("RUST_LOG", "trace")
            .env("POLL_INTERVAL", "100")
            .envs(PATIENT)
            .env(
                "PROMETHEUS_URL",
                format!("http://prom:hunter2prom@{prometheus}/prefix"),
            )
            .env(
                "DATABASE_URL",
                format!("postgres://metrics_reader:hunter2db@127.0.0.1:{server}/{database}"),
            )
            .env("ALERTMANAGER_URL", "http://am:hunter2am@127.0.0.1:9/"),
    );
    let port = gateway.port().await;
    gateway.says("all is well").await;
    let address = super::local(port);
    let incidents = http::get(address, "/api/metrics/incidents/details").await;
    assert_eq!(incidents.status, 200, "{incidents:?}");
    WsClient::connect(port, "/ws").await.message().await;
    let log = gateway.log();
    assert!(log.contains("TRACE"), "{log}");
    let encoded = STANDARD.encode("prom:hunter2prom");
    for secret in ["hunter2", encoded.as_str()] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

#[actix_rt::test]
async fn a_page_or_a_host_that_is_refused_repeatedly_is_logged_once() {
    let gateway = Running::start(&mut gateway());
    let address = SocketAddr::from(([127, 0, 0, 1], gateway.port().await));
    let lost = [
        ("Origin", Some("http://lost.example")),
        ("Connection", Some("close")),
    ];
    let foreign = [("Origin", Some("http://evil.example"))];
    for _ in 0..5 {
        http::exchange(address, handshake("/ws", &foreign).as_bytes()).await;
        http::exchange(address, handshake("/ws", &lost).as_bytes()).await;
        let request = "GET / HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n";
        http::exchange(address, request.as_bytes()).await;
    }
    gateway.signal(Signal::TERM);
    gateway.ended().await;
    let log = gateway.log();
    for (subject, words) in [
        ("http://evil.example", "proxy_set_header Host $http_host"),
        ("http://lost.example", "proxy_http_version 1.1"),
        ("rebound.example", "server.hosts"),
    ] {
        let lines: Vec<_> = log.lines().filter(|line| line.contains(subject)).collect();
        assert!(matches!(lines[..], [line] if line.contains(words)), "{log}");
    }
}
