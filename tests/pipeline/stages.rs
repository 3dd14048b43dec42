//! What is checked at each stage.

use std::{collections::BTreeMap, fs, net::SocketAddr};

use lab::{Lab, Program};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::report::Report;
use crate::support::{
    eventually, http, in_the_end,
    program::{self, GATEWAY, Running},
    scratch,
    ws_client::WsClient,
};

const MEMORY: &str = "mock_high_memory_usage_bytes";
const CPU: &str = "mock_high_cpu_usage_percent";
const DISK: &str = "mock_disk_usage_percent{device=\"sda\"}";
const SIMULATED: [(&str, &str); 3] = [(MEMORY, "78"), (CPU, "78"), (DISK, "85")];

pub(super) async fn simulator(lab: &Lab, report: &mut Report) {
    const STAGE: &str = "1 mock-metrics";
    let mock = &lab.mock;
    let health = async {
        let body = body(mock, "/health").await;
        assert_eq!(body, "Mock Metrics Service is UP!");
        body
    };
    report.check(STAGE, "health", health).await;
    let metrics = async {
        let exposition = body(mock, "/metrics").await;
        let series = exposition.lines().filter(|line| !line.starts_with('#'));
        let series = series.count();
        assert!(series >= 53, "{series} series");
        format!("{series} series")
    };
    report.check(STAGE, "metrics endpoint", metrics).await;
    let memory = simulate(mock, "/simulate/memory-usage/78", MEMORY, "78");
    report.check(STAGE, "simulate memory usage", memory).await;
    let cpu = simulate(mock, "/simulate/cpu-usage/78", CPU, "78");
    report.check(STAGE, "simulate CPU usage", cpu).await;
    let disk = simulate(mock, "/simulate/disk-usage/sda/85", DISK, "85");
    report.check(STAGE, "simulate disk usage", disk).await;
}

/// Sets a value, and sees it exposed.
async fn simulate(mock: &Program, path: &str, series: &str, value: &str) -> String {
    let address = SocketAddr::from(([127, 0, 0, 1], mock.port()));
    let length = [("Content-Length", "0")];
    let answer = http::request(address, "POST", path, &length).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let exposition = body(mock, "/metrics").await;
    let series = match series.strip_suffix('}') {
        Some(labelled) => labelled.to_owned(),
        None => format!("{series}{{"),
    };
    let exposed = |line: &str| line.starts_with(&series) && line.ends_with(&format!(" {value}"));
    assert!(exposition.lines().any(exposed), "{series} is not {value}");
    value.to_owned()
}

pub(super) async fn prometheus(lab: &Lab, report: &mut Report) {
    const STAGE: &str = "2 Prometheus";
    let prometheus = &lab.prometheus;
    let health = async { body(prometheus, "/-/healthy").await.trim().to_owned() };
    report.check(STAGE, "health", health).await;
    let up = async || {
        let targets = json(&body(prometheus, "/api/v1/targets").await);
        let targets = targets["data"]["activeTargets"].as_array()?.clone();
        let ours = |target: &&Value| target["labels"]["job"] == "mock-metrics";
        let target = targets.iter().find(ours)?;
        (target["health"] == "up").then(|| target["scrapeUrl"].as_str().unwrap().to_owned())
    };
    let target = eventually("the target is up", up);
    report.check(STAGE, "mock-metrics target", target).await;
    let names = ["query memory usage", "query CPU usage", "query disk usage"];
    for (check, (series, value)) in names.into_iter().zip(SIMULATED) {
        let held = eventually(series, async || {
            let found = query(prometheus, series, None).await;
            found.values().any(|held| held == value).then_some(())
        });
        let seen = async {
            held.await;
            value.to_owned()
        };
        report.check(STAGE, check, seen).await;
    }
}

pub(super) async fn gateway(lab: &Lab, report: &mut Report) {
    const STAGE: &str = "3 service-metrics";
    let gateway = &lab.gateway;
    let health = async {
        let health = json(&body(gateway, "/health").await);
        assert_eq!(health["status"], "ok");
        health["timestamp"].as_str().unwrap().to_owned()
    };
    report.check(STAGE, "health", health).await;
    let own = async {
        let exposition = body(gateway, "/metrics").await;
        for name in [
            "service_metrics_collected_total{source=\"prometheus_instant\"}",
            "service_metrics_errors_total{source=\"prometheus_instant\"}",
            "service_metrics_poll_duration_seconds_count{source=\"prometheus_instant\"}",
        ] {
            assert!(exposition.contains(name), "no {name}");
        }
        let ours = exposition.lines().filter(|line| line.starts_with("# TYPE"));
        format!("{} metrics", ours.count())
    };
    report.check(STAGE, "own metrics", own).await;
    report
        .check(STAGE, "incidents by service", by_service(gateway))
        .await;
    report
        .check(STAGE, "incident details", details(gateway))
        .await;
}

async fn by_service(gateway: &Program) -> String {
    let answer = json(&body(gateway, "/api/metrics/incidents/by-service").await);
    let mut services = BTreeMap::new();
    for row in answer["data"].as_array().unwrap() {
        let count = |key| row[key].as_u64().unwrap();
        let counts = [
            "total_incidents",
            "open_count",
            "ack_count",
            "resolved_count",
        ]
        .map(count);
        services.insert(row["service"].as_str().unwrap(), counts);
    }
    let expected = BTreeMap::from([
        ("prometheus", [5, 4, 0, 1]),
        ("multi-test-server", [1, 1, 0, 0]),
        ("db-monitor", [1, 0, 0, 1]),
        ("node-exporter", [1, 0, 1, 0]),
        ("rebuilt-test", [1, 0, 0, 1]),
    ]);
    assert_eq!(services, expected);
    format!("{} services", services.len())
}

async fn details(gateway: &Program) -> String {
    let answer = json(&body(gateway, "/api/metrics/incidents/details").await);
    let incidents = answer["data"].as_array().unwrap();
    assert_eq!(incidents.len(), 9);
    let timed = |row: &&Value| row["mtta_seconds"] == 330.0 && row["mttr_seconds"] == 4500.0;
    assert_eq!(incidents.iter().filter(timed).count(), 1, "{answer}");
    "9 incidents, one with MTTA 330 s and MTTR 4500 s".to_owned()
}

pub(super) async fn websocket(lab: &Lab, report: &mut Report) {
    const STAGE: &str = "4 WebSocket";
    let port = lab.gateway.port();
    let connection = async {
        let first = WsClient::connect(port, "/ws").await.message().await;
        assert_eq!(first["type"], "connection");
        assert_eq!(first["message"], "Connected to service-metrics");
        first["message"].as_str().unwrap().to_owned()
    };
    report
        .check(STAGE, "connection established", connection)
        .await;
    let instant = async {
        let mut browser = WsClient::connect(port, "/").await;
        let mut frame = browser.message_of_type("instant_metrics").await;
        while frame["stale"] != false {
            frame = browser.message_of_type("instant_metrics").await; // Prometheus was late
        }
        let queries = frame["data"].as_object().unwrap();
        let vectors = queries.values().filter(|raw| raw["resultType"] == "vector");
        assert_eq!((queries.len(), vectors.count()), (3, 3), "{frame}");
        format!("seq {}, 3 vectors", frame["seq"])
    };
    report
        .check(STAGE, "receive instant metrics", instant)
        .await;
}

pub(super) async fn end_to_end(lab: &Lab, report: &mut Report) {
    const STAGE: &str = "5 end to end";
    let reached = async {
        for (series, value) in SIMULATED {
            let held = query(&lab.prometheus, series, None).await;
            assert!(
                held.values().any(|held| held == value),
                "{series}: {held:?}"
            );
        }
        "3/3 simulated values".to_owned()
    };
    report
        .check(STAGE, "metrics reached Prometheus", reached)
        .await;
    report
        .check(STAGE, "service-metrics received data", broadcast(lab))
        .await;
    report
        .check(STAGE, "complete pipeline flow", whole_flow(lab))
        .await;
}

/// What the gateway broadcasts is what Prometheus holds for that moment.
async fn broadcast(lab: &Lab) -> String {
    let mut browser = WsClient::connect(lab.gateway.port(), "/ws/instant").await;
    // A scrape that was under way at the moment of the query shows up in Prometheus' memory of it: then the next frame.
    let same = async {
        loop {
            let frame = browser.message_of_type("instant_metrics").await;
            if let Some(series) = as_held(lab, &frame).await {
                return format!("{series} series as Prometheus holds them");
            }
        }
    };
    in_the_end("a frame as Prometheus holds it", same).await
}

/// How many series a frame carries, if all of them are as Prometheus holds them; none if Prometheus was late.
async fn as_held(lab: &Lab, frame: &Value) -> Option<usize> {
    let mut series = 0;
    for (name, raw) in frame["data"].as_object().unwrap() {
        let (at, carried) = samples(raw.get("result")?);
        series += carried.len();
        let held = query(&lab.prometheus, name, at).await;
        if held != carried || carried.is_empty() {
            return None;
        }
    }
    Some(series)
}

/// A value set on the simulator arrives at a browser. The gateway is one that polls the simulated metric.
async fn whole_flow(lab: &Lab) -> String {
    const NEXT: &str = "61.25";
    let folder = scratch();
    let settings = folder.path().join("settings.toml");
    let instant =
        format!("[[instant]]\nname = \"m\"\nquery = \"{MEMORY}\"\nchannels = [\"instant\"]\n");
    fs::write(&settings, instant).unwrap();
    let gateway = Running::start(
        program::command(&GATEWAY)
            .arg("--config")
            .arg(&settings)
            .env("PORT", "0")
            .env("POLL_INTERVAL", "500")
            .env("PROMETHEUS_URL", lab.prometheus.url())
            .env("DATABASE_URL", lab.postgres.url()),
    );
    let mut browser = WsClient::connect(gateway.port().await, "/ws/instant").await;
    let value = async |browser: &mut WsClient| {
        loop {
            let frame = browser.message_of_type("instant_metrics").await;
            // None if Prometheus was late.
            if let Some(result) = frame["data"]["m"].get("result") {
                return samples(result).1.into_values().next();
            }
        }
    };
    assert_eq!(value(&mut browser).await.as_deref(), Some("78"));
    simulate(
        &lab.mock,
        &format!("/simulate/memory-usage/{NEXT}"),
        MEMORY,
        NEXT,
    )
    .await;
    let arrived = async { while value(&mut browser).await.as_deref() != Some(NEXT) {} };
    in_the_end("the next value arrives", arrived).await;
    format!("78 became {NEXT}")
}

async fn body(service: &Program, path: &str) -> String {
    let (status, body) = eventually(path, async || service.get(path).await.ok()).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The values of an instant query, by labels.
async fn query(prometheus: &Program, expr: &str, at: Option<f64>) -> BTreeMap<String, String> {
    let expr = utf8_percent_encode(expr, NON_ALPHANUMERIC);
    let time = at.map(|at| format!("&time={at}")).unwrap_or_default();
    let answer = body(prometheus, &format!("/api/v1/query?query={expr}{time}")).await;
    samples(&json(&answer)["data"]["result"]).1
}

/// The moment of a vector, and its values by labels.
fn samples(vector: &Value) -> (Option<f64>, BTreeMap<String, String>) {
    let samples = vector.as_array().unwrap();
    let at = samples
        .first()
        .and_then(|sample| sample["value"][0].as_f64());
    let value = |sample: &Value| sample["value"][1].as_str().unwrap().to_owned();
    let labelled = |sample: &Value| (sample["metric"].to_string(), value(sample));
    (at, samples.iter().map(labelled).collect())
}
