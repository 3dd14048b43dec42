//! The whole lab with the real programs: from the simulator through Prometheus to the gateway; and incidents.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::Path,
};

use lab::{Lab, LabOptions, Program, Progress};
use rustix::process::Signal;

use super::runner::Runner;
use crate::support::{eventually, scratch};

#[actix_rt::test]
async fn a_value_set_in_the_simulator_arrives_at_the_gateway() {
    let data = scratch();
    let options = LabOptions::scratch(data.path());
    let lab = Lab::start(&options, Progress::Silent).await.unwrap();
    for (server, port) in ports(&lab) {
        assert_eq!(listening(port), ["127.0.0.1"], "{server}");
    }

    let services = body(&lab.gateway, "/api/metrics/incidents/by-service")
        .await
        .unwrap();
    assert!(
        services.contains(r#""service":"prometheus","total_incidents":5"#),
        "{services}"
    );

    post(&lab.mock, "/simulate/cpu-usage/78");
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
async fn an_alert_made_from_it_reaches_the_gateway_through_alertmanager() {
    let data = scratch();
    let catalogue = data.path().join("theirs.toml");
    let hot = "[[alert]]\nname = \"Hot\"\nexpr = \"mock_high_cpu_usage_percent > 77\"\nfor = \"0s\"\ntrigger = 78\n";
    fs::write(&catalogue, hot).unwrap();
    let mut options = LabOptions::scratch(data.path());
    options.catalogue = Some(catalogue);
    options.listen = Ipv4Addr::UNSPECIFIED.into();
    let lab = Lab::start(&options, Progress::Silent).await.unwrap();
    for (server, port) in ports(&lab) {
        let open = ["service-metrics", "mock-metrics"].contains(&server);
        let expected = if open { "0.0.0.0" } else { "127.0.0.1" };
        assert_eq!(listening(port), [expected], "{server}");
    }

    post(&lab.mock, "/simulate/cpu-usage/78");
    let drill = r#""drill":"true""#;
    seen(&lab.alertmanager, "/api/v2/alerts", drill).await;
    eventually("the gateway has taken a webhook", async || {
        let metrics = body(&lab.gateway, "/metrics").await?;
        let accepted = r#"service_metrics_webhooks_total{outcome="accepted"} "#;
        let count = metrics
            .lines()
            .find_map(|line| line.strip_prefix(accepted))?;
        (count.parse::<f64>().unwrap() > 0.0).then_some(())
    })
    .await;
    seen(&lab.gateway, "/api/metrics/alerts", drill).await;
    lab.stop().await;
}

#[actix_rt::test]
async fn with_the_real_programs_it_stops_when_asked_too() {
    let data = scratch();
    let built = Path::new(crate::support::program::LAB.as_str())
        .parent()
        .unwrap();
    let mut lab = Runner::with(data.path(), |lab| {
        lab.arg("--programs").arg(built);
    });
    lab.ready().await;
    lab.signal(Signal::TERM);
    assert_eq!(lab.ended().await.code(), Some(0), "{}", lab.stderr());
}

fn ports(lab: &Lab) -> [(&'static str, u16); 5] {
    [
        ("service-metrics", lab.gateway.port()),
        ("mock-metrics", lab.mock.port()),
        ("Prometheus", lab.prometheus.port()),
        ("Alertmanager", lab.alertmanager.port()),
        ("PostgreSQL", lab.postgres.port()),
    ]
}

/// The IPv4 addresses at which something listens on `port`.
fn listening(port: u16) -> Vec<String> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let listener = |line: &str| {
        let mut fields = line.split_whitespace().skip(1);
        let (address, at) = fields.next()?.split_once(':')?;
        let state = fields.nth(1)?;
        let found = u16::from_str_radix(at, 16).ok()? == port && state == "0A";
        let address = u32::from_str_radix(address, 16).ok()?;
        found.then(|| Ipv4Addr::from(address.to_ne_bytes()).to_string())
    };
    table.lines().filter_map(listener).collect()
}

/// Waits until the answer to `GET path` contains `word`.
async fn seen(service: &Program, path: &str, word: &str) {
    let found = async || body(service, path).await?.contains(word).then_some(());
    eventually(&format!("{word} in {path}"), found).await;
}

async fn body(service: &Program, path: &str) -> Option<String> {
    let (status, body) = service.get(path).await.ok()?;
    (status == 200).then_some(body)
}

fn post(service: &Program, path: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", service.port())).unwrap();
    write!(stream, "POST {path} HTTP/1.0\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
}
