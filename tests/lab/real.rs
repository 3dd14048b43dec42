//! The whole lab with the real programs: from the simulator through Prometheus to the gateway, and the incidents.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::symlink,
    path::Path,
};

use rustix::process::Signal;
use service_metrics::lab::{Lab, LabOptions, Progress, Service};

use super::runner::Runner;
use crate::support::{eventually, scratch};

#[actix_rt::test]
async fn what_the_simulator_is_told_arrives_at_the_gateway() {
    let data = scratch();
    let options = LabOptions::scratch(data.path());
    let lab = Lab::start(&options, Progress::Silent).await.unwrap();

    let services = body(&lab.gateway, "/api/metrics/incidents/by-service")
        .await
        .unwrap();
    assert!(
        services.contains(r#""service":"prometheus","total_incidents":5"#),
        "{services}"
    );

    tell(&lab.mock, "/simulate/cpu-usage/78");
    let query = "/api/v1/query?query=mock_high_cpu_usage_percent==78";
    seen(&lab.prometheus, query, "mock-app-1").await;
    for job in ["prometheus", "service-metrics", "mock-metrics"] {
        seen(&lab.prometheus, "/api/v1/query?query=up==1", job).await;
    }
    seen(
        &lab.gateway,
        "/api/metrics/instant",
        r#""job":"mock-metrics""#,
    )
    .await;
    lab.stop().await;
}

#[actix_rt::test]
async fn what_a_rule_makes_of_it_comes_to_the_gateway_through_alertmanager() {
    let (data, repository) = (scratch(), scratch());
    let theirs = repository.path();
    for part in ["init-db", "migrations-readonly", "monitoring/alertmanager"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(part);
        let to = theirs.join(part);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        symlink(from, to).unwrap();
    }
    fs::create_dir(theirs.join("monitoring/prometheus")).unwrap();
    let rules =
        "groups: [{name: theirs, rules: [{alert: Hot, expr: mock_high_cpu_usage_percent > 77}]}]";
    fs::write(theirs.join("monitoring/prometheus/alert.rules.yml"), rules).unwrap();
    let mut options = LabOptions::scratch(data.path());
    options.repository = theirs.to_owned();
    let lab = Lab::start(&options, Progress::Silent).await.unwrap();

    tell(&lab.mock, "/simulate/cpu-usage/78");
    let drill = r#""drill":"true""#;
    seen(&lab.alertmanager, "/api/v2/alerts", drill).await;
    let counted = r#"service_metrics_webhooks_total{outcome="accepted"} 1"#;
    seen(&lab.gateway, "/metrics", counted).await;
    seen(&lab.gateway, "/api/metrics/alerts", drill).await;
    lab.stop().await;
}

#[actix_rt::test]
async fn with_the_real_programs_it_stops_when_asked_too() {
    let data = scratch();
    let built = Path::new(env!("CARGO_BIN_EXE_lab")).parent().unwrap();
    let mut lab = Runner::with(data.path(), |lab| {
        lab.arg("--programs").arg(built);
    });
    lab.ready().await;
    lab.signal(Signal::TERM);
    assert_eq!(lab.ended().await.code(), Some(0), "{}", lab.stderr());
}

/// Waits until the answer to `GET path` contains `word`.
async fn seen(service: &Service, path: &str, word: &str) {
    let found = async || body(service, path).await?.contains(word).then_some(());
    eventually(&format!("{word} in {path}"), found).await;
}

async fn body(service: &Service, path: &str) -> Option<String> {
    let (status, body) = service.get(path).await.ok()?;
    (status == 200).then_some(body)
}

fn tell(service: &Service, path: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", service.port())).unwrap();
    write!(stream, "POST {path} HTTP/1.0\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
}
