//! HAZARDS 13: Prometheus frozen, killed, not there yet. It is said, sockets stay, and it heals by itself.

use std::{fs, time::Duration};

use futures_util::future::join;
use lab::{Program, Prometheus, free_port};
use serde_json::Value;

use crate::support::{
    eventually,
    gateway::{QUERY_TIMEOUT, TestGateway},
    in_the_end,
    recording_proxy::RecordingProxy,
    scratch,
    ws_client::WsClient,
};

const SCRAPE: Duration = Duration::from_secs(1);
const ONE_QUERY: &str = r#"
range = []
[[instant]]
name = "up"
query = "up"
channels = ["instant"]
"#;

/// Reads on to the next frame that is stale for this reason, or is not stale. Each frame must be a later one.
async fn until(browser: &mut WsClient, stale: Option<&str>) -> Value {
    let mut last = None;
    let awaited = async {
        loop {
            let frame = browser.message_of_type("instant_metrics").await;
            let seq = frame["seq"].as_u64();
            assert!(seq > last, "{last:?} then {seq:?}");
            last = seq;
            let reason = frame["data"]["up"]["errorType"].as_str();
            assert_eq!(frame["stale"], reason.is_some(), "{frame}");
            if reason == stale {
                return frame;
            }
        }
    };
    in_the_end(&format!("a frame that is stale for {stale:?}"), awaited).await
}

async fn readiness(gateway: &TestGateway, ok: bool) -> Value {
    eventually("readiness follows", async || {
        let (status, ready) = gateway.get("/-/ready").await;
        assert_eq!(status, 200, "{ready}");
        let check = &ready["checks"]["prometheus"];
        (check["ok"] == ok).then(|| check.clone())
    })
    .await
}

#[actix::test]
async fn a_frozen_or_killed_prometheus_is_told_and_the_socket_stays_until_it_is_back() {
    let folder = scratch();
    let mut prometheus = Prometheus::start(folder.path(), 0, &[], SCRAPE)
        .await
        .unwrap();
    let proxy = RecordingProxy::start(prometheus.port(), "").await;
    let environment = [
        ("PROMETHEUS_URL", format!("http://{}", proxy.addr())),
        ("POLL_INTERVAL", "1000".into()),
        (QUERY_TIMEOUT, "0.8".into()),
    ];
    let gateway = TestGateway::configured(ONE_QUERY, environment);
    let mut browser = WsClient::connect(gateway.addr.port(), "/ws/instant").await;
    until(&mut browser, None).await;
    assert!(readiness(&gateway, true).await["error"].is_null());

    prometheus.pause().unwrap();
    until(&mut browser, Some("timeout")).await;
    let asked = proxy.asked();
    for _ in 0..5 {
        let frame = browser.message_of_type("instant_metrics").await;
        assert_eq!(frame["stale"], true, "stale frames go out on the beat");
    }
    assert_eq!(
        proxy.asked(),
        asked,
        "it was asked again before it answered"
    );
    assert_eq!(proxy.most_waiting(), 1, "polls piled up");
    let check = readiness(&gateway, false).await;
    assert!(
        check["error"].as_str().unwrap().contains("took longer"),
        "{check}"
    );
    prometheus.resume();
    until(&mut browser, None).await;
    readiness(&gateway, true).await;

    prometheus.kill().await;
    until(&mut browser, Some("unavailable")).await;
    readiness(&gateway, false).await;
    prometheus.restart().await.unwrap();
    until(&mut browser, None).await;
    readiness(&gateway, true).await;

    let count = async |name: &str, labels: &str| {
        let series =
            format!("service_metrics_{name}_total{{{labels}source=\"prometheus_instant\"}}");
        gateway.metric(&series).await
    };
    let (errors, timeouts, unreachable) = (
        count("errors", "").await,
        count("query_failures", "reason=\"timeout\",").await,
        count("query_failures", "reason=\"unreachable\",").await,
    );
    assert!(timeouts >= 3.0 && unreachable >= 1.0);
    assert_eq!(errors, timeouts + unreachable);
    assert!(count("collected", "").await >= 3.0);
    assert_eq!(
        gateway
            .metric("service_metrics_sessions_opened_total")
            .await,
        1.0
    );
    let (stopped, code) = join(gateway.stop(), browser.close_code()).await;
    stopped.unwrap();
    assert_eq!(code, 1001);
}

#[actix::test]
async fn the_program_starts_before_prometheus_does_says_so_once_and_heals() {
    let folder = scratch();
    let port = free_port().unwrap();
    let environment = [
        (
            "PROMETHEUS_URL",
            format!("http://reader:hunter2@127.0.0.1:{port}"),
        ),
        ("POLL_INTERVAL", "200".into()),
        ("RUST_LOG", "debug".into()),
        (
            "DATABASE_URL",
            "postgres://metrics_reader@127.0.0.1:9/none".into(),
        ),
    ];
    let gateway = Program::gateway(folder.path(), free_port().unwrap(), &environment)
        .await
        .unwrap();
    let log = || fs::read_to_string(folder.path().join("service-metrics.log")).unwrap();
    // Whether it is said that Prometheus answers, or that it does not: each time the other. On a busy machine Prometheus may
    // be late now and then.
    let said = || {
        let log = log();
        let lines = log.lines();
        let lines = lines.filter(|line| line.contains("prometheus_instant: "));
        let said: Vec<_> = lines
            .filter_map(|line| {
                let answers = line.contains("Prometheus answers");
                (answers || line.contains("no query succeeds")).then_some(answers)
            })
            .collect();
        assert!(said.windows(2).all(|two| two[0] != two[1]), "{log}");
        said
    };
    let frame = async |is_it: &str| {
        eventually(is_it, async || {
            let (_, frame) = gateway.get("/api/metrics/instant").await.ok()?;
            frame.contains(is_it).then_some(frame)
        })
        .await
    };
    frame(r#""seq":5,"stale":true"#).await;
    assert_eq!(said(), [false], "{}", log());

    let prometheus = Prometheus::start(folder.path(), port, &[], SCRAPE)
        .await
        .unwrap();
    frame(r#""stale":false"#).await;
    assert!(said().contains(&true), "{}", log());
    prometheus.kill().await;
    frame(r#""stale":true"#).await;
    eventually("the second outage is said", async || {
        (said().last() == Some(&false)).then_some(())
    })
    .await;
    for word in ["hunter2", "cmVhZGVyOmh1bnRlcjI="] {
        assert!(!log().contains(word), "{}", log());
    }
}
