//! A scenario: what is expected arrives, what is inhibited is kept quiet.

use rustix::process::Signal;
use serde_json::Value;

use super::{Stack, ended, json, of};
use crate::support::{eventually, http, program::Running};

#[actix_rt::test]
async fn a_drill_that_is_interrupted_stops_no_scenario_but_its_own() {
    let stack = Stack::with_rules(|rules| rules).await;
    for other in [None, Some("database-outage"), Some("failing-disk")] {
        let drill = Running::start(&mut stack.drill(&["--scenario", "failing-disk"]));
        eventually("it has been started", async || {
            drill.out().contains("trigger at 0.0 s").then_some(())
        })
        .await;
        let mut goes_on = None;
        if let Some(name) = other {
            stack.mock.post("/api/scenarios/stop").await;
            stack
                .mock
                .post(&format!("/api/scenarios/{name}/start"))
                .await;
            goes_on = played(&stack).await;
            assert_eq!(goes_on.as_ref().unwrap()["name"], name);
        }

        drill.signal(Signal::INT);
        assert_eq!(drill.ended().await.code(), Some(130), "{}", drill.log());
        let line = "interrupted by SIGINT: stopping the scenario failing-disk";
        assert!(drill.log().contains(line), "{}", drill.log());
        assert_eq!(played(&stack).await, goes_on);
        stack.mock.post("/api/reset").await;
    }
}

/// The scenario that is played, and since when.
async fn played(stack: &Stack) -> Option<Value> {
    let addr = ([127, 0, 0, 1], stack.mock.port()).into();
    let answer = http::get(addr, "/api/scenarios").await;
    let scenarios: Value = serde_json::from_str(&answer.body).unwrap();
    let mut scenarios = scenarios["data"].as_array().unwrap().iter();
    scenarios
        .find(|scenario| scenario["running"] == true)
        .cloned()
}

#[actix_rt::test]
async fn a_failing_disk_arrives_and_its_almost_full_alert_is_inhibited() {
    let stack = Stack::with_rules(|rules| rules).await;
    let report = stack.report("r.json");
    assert_eq!(
        stack
            .mock
            .post("/api/scenarios/database-outage/start")
            .await
            .status,
        200
    );
    let refused = ended(stack.drill(&["--scenario", "failing-disk"])).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.out.contains("the scenario database-outage runs"),
        "{refused:?}"
    );
    assert!(
        stack
            .driven()
            .await
            .iter()
            .all(|name| name.starts_with("DB")),
        "somebody else's goes on"
    );
    assert!(!stack.driven().await.is_empty());
    stack.mock.post("/api/scenarios/stop").await;

    let ended = ended(stack.drill(&["--scenario", "failing-disk", "--report", &report])).await;

    assert_eq!(ended.code, Some(0), "{ended:?}");
    let report = json(&report);
    assert_eq!(
        (&report["scenario"], &report["totals"]["alerts"]),
        (&"failing-disk".into(), &4.into())
    );
    let quiet = of(&report, "DiskAlmostFull");
    assert_eq!(
        (&quiet["inhibited"], &quiet["labels"]["device"]),
        (&true.into(), &"sda".into())
    );
    assert_eq!(stack.driven().await, Vec::<String>::new());
}
