//! Names that older scrapers cannot read, at `/federate`: never two series, or two labels of one, by the same name.

use std::{fs, io::Write, time::Duration};

use lab::Prometheus;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{
    eventually,
    gateway::TestGateway,
    http, promtool, scratch,
    scripted::{Script, Scripted},
};

/// What Prometheus 3.5 sends.
const PROMETHEUS_3: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";

/// Polls a Prometheus that has two metrics and three series whose names differ by their dots alone.
async fn gateway() -> (Scripted, TestGateway) {
    let server = Scripted::start().await;
    let now = chrono::Utc::now().timestamp();
    let series = [
        (r#""__name__":"m","service.name":"a","service_name":"b""#, 1),
        (r#""__name__":"m","service.name":"a""#, 2),
        (r#""__name__":"m","service_name":"a""#, 3),
        (r#""__name__":"n.x""#, 4),
        (r#""__name__":"n_x""#, 5),
    ];
    let series = series
        .map(|(metric, value)| format!(r#"{{"metric":{{{metric}}},"value":[{now},"{value}"]}}"#));
    server.script("http_requests_total", Script::vector(&series.join(",")));
    let gateway = TestGateway::start([("PROMETHEUS_URL", server.url())]);
    gateway.frame("instant", |_| true).await;
    (server, gateway)
}

/// Series and values, without times.
fn series(body: &str) -> Vec<&str> {
    let samples = body.lines().filter(|line| !line.starts_with('#'));
    let mut series: Vec<_> = samples
        .map(|line| line.rsplit_once(' ').unwrap().0)
        .collect();
    series.sort_unstable();
    series
}

#[actix::test]
async fn names_are_quoted_for_who_accepts_them_and_written_differently_for_others() {
    let (_server, gateway) = gateway().await;

    let accept = [("Accept", PROMETHEUS_3)];
    let quoted = http::request(gateway.addr, "GET", "/federate", &accept).await;
    assert_eq!(
        quoted.header("content-type"),
        Some("text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8")
    );
    let vary = quoted.header("vary").unwrap();
    assert!(vary.split(", ").any(|name| name == "accept"), "{vary}");
    let expected = [
        r#"m{"service.name"="a",service_name="b"} 1"#,
        r#"m{"service.name"="a"} 2"#,
        r#"m{service_name="a"} 3"#,
        "n_x 5",
        r#"{"n.x"} 4"#,
    ];
    assert_eq!(series(&quoted.body), expected);
    assert!(quoted.body.contains("# TYPE \"n.x\" untyped\n"));

    let plain = http::get(gateway.addr, "/federate").await;
    assert_eq!(
        plain.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let expected = [
        "U__n_2e_x 4",
        r#"m{U__service_2e_name="a",service_name="b"} 1"#,
        r#"m{U__service_2e_name="a"} 2"#,
        r#"m{service_name="a"} 3"#,
        "n_x 5",
    ];
    assert_eq!(series(&plain.body), expected);
    let (_, said) = promtool::check_metrics(&plain.body);
    assert!(
        said.lines().all(|line| line.ends_with("no help text")),
        "{said}"
    );
}

#[actix::test]
async fn a_real_prometheus_takes_every_series_whatever_its_names_are() {
    let (_server, gateway) = gateway().await;
    let folder = scratch();
    let prometheus = Prometheus::start(folder.path(), 0, &[], Duration::from_secs(1))
        .await
        .unwrap();
    let configuration = folder.path().join("prometheus.yml");
    let mut configuration = fs::OpenOptions::new()
        .append(true)
        .open(configuration)
        .unwrap();
    let job = format!(
        "  - job_name: federation\n    honor_labels: true\n    metrics_path: /federate\n    static_configs:\n      - targets: [\"{}\"]\n",
        gateway.addr
    );
    configuration.write_all(job.as_bytes()).unwrap();
    let pid = Pid::from_raw(prometheus.pid().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::HUP).unwrap();

    let (a, b) = (Some("a"), Some("b"));
    let expected = [
        ("U__n_2e_x", [None, None], "4"),
        ("m", [None, a], "3"),
        ("m", [a, None], "2"),
        ("m", [a, b], "1"),
        ("n_x", [None, None], "5"),
        ("up", [None, None], "1"),
    ];
    let expected = expected.map(|(name, labels, value)| {
        let labels = labels.map(|label| label.map(str::to_owned));
        (name.to_owned(), labels, value.to_owned())
    });
    let query = "/api/v1/query?query={job=\"federation\"}";
    eventually("all series of a scrape of /federate", async || {
        let (_, answer) = prometheus.get(query).await.ok()?;
        (scraped(&answer) == expected).then_some(())
    })
    .await;
}

/// Name, both labels and value of each series in the answer to a query, but for what Prometheus says of the scrape.
fn scraped(answer: &str) -> Vec<(String, [Option<String>; 2], String)> {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let read = |series: &Value| {
        let own = |name: &str| series["metric"][name].as_str().map(str::to_owned);
        let name = own("__name__").unwrap();
        let labels = ["U__service_2e_name", "service_name"].map(own);
        let value = series["value"][1].as_str().unwrap().to_owned();
        (!name.starts_with("scrape_")).then_some((name, labels, value))
    };
    let result = answer["data"]["result"].as_array().unwrap().iter();
    let mut series: Vec<_> = result.filter_map(read).collect();
    series.sort();
    series
}
