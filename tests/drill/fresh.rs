//! A Prometheus that has just been started: what looks back further than it does is waited for.

use super::{Stack, ended, json, of};
use crate::support::{eventually, program::Running};

fn looking_back(window: &str) -> String {
    format!(
        r#"
scrape_interval = "1s"

[[alert]]
name = "Drafty"
expr = "avg_over_time(draft_speed[{{window}}]) > {{threshold}}"
threshold = 5.0
window = "{window}"
for = "0s"
trigger = 50
baseline = 1
"#
    )
}

const LESS: &str = "Prometheus has scraped its series for less than its window of";

#[actix_rt::test]
async fn what_it_has_watched_for_less_than_its_window_is_waited_for_and_then_not_late() {
    let stack = Stack::of(Some(&looking_back("12s")), "1", |rules| rules).await;
    let report = stack.report("r.json");
    let ended = ended(stack.drill(&["--all", "--report", &report])).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let line = format!("Drafty: waits for calm: {LESS} 12s (waits until ");
    assert!(ended.out.contains(&line), "{ended:?}");
    let drafty = of(&json(&report), "Drafty").clone();
    assert_eq!(drafty["verdict"], "passed", "{drafty}");
    assert_eq!(drafty["warnings"], serde_json::json!([]), "{drafty}");
}

#[actix_rt::test]
async fn a_prometheus_that_stops_answering_meanwhile_is_the_reason() {
    let stack = Stack::of(Some(&looking_back("30m")), "1", |rules| rules).await;
    let report = stack.report("r.json");
    let arguments = ["--all", "--grace", "1", "--report", &report];
    let drill = Running::start(&mut stack.drill(&arguments));
    eventually(LESS, async || drill.out().contains(LESS).then_some(())).await;
    let still = "mock-metrics: still waits: Drafty for calm, until ";
    eventually(still, async || drill.log().contains(still).then_some(())).await;

    stack.prometheus.pause().unwrap();
    assert_eq!(drill.ended().await.code(), Some(4), "{}", drill.log());
    let drafty = of(&json(&report), "Drafty").clone();
    assert_eq!(drafty["failed_stage"], "calm", "{drafty}");
    let why = drafty["why"].as_str().unwrap();
    assert!(
        why.contains("Prometheus at ") && why.contains("no answer within 10 s"),
        "{why}"
    );
}
