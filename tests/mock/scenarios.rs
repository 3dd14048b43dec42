//! `/api/scenarios`: listing, starting one at a time, stopping.

use awc::http::StatusCode;
use serde_json::{Value, json};
use simulator::lint::CheckedCatalogue;

use super::TestMock;
use crate::support::eventually;

#[actix::test]
async fn the_list_tells_each_story_with_its_steps() {
    let mock = TestMock::start();
    let scenarios = mock.data("/api/scenarios").await;
    assert!(scenarios.as_array().unwrap().len() >= 5);
    let disk = &scenarios[1];
    let expected = json!({
        "name": "failing-disk",
        "title": disk["title"],
        "steps": [
            { "at": "0s", "trigger": "DiskReadError" },
            { "at": "30s", "trigger": "DiskWriteError" },
            { "at": "1m", "trigger": "DiskFull", "value": 99.0 },
        ],
        "expect": ["DiskReadError", "DiskWriteError", "DiskFull"],
        "inhibited": [{ "alert": "DiskAlmostFull", "labels": { "device": "sda" } }],
        "running": false,
        "since": null,
    });
    assert_eq!(*disk, expected);
}

#[actix::test]
async fn a_scenario_plays_its_steps_keeps_others_away_and_is_recovered_when_stopped() {
    let mock = TestMock::scaled(1.0 / 15.0);
    let started = mock.post("/api/scenarios/failing-disk/start").await.data();
    assert_eq!(started["running"], true);
    assert!(started["since"].as_str().unwrap().ends_with('Z'));
    mock.post("/api/scenarios/bad-deploy/start").await.refused(
        StatusCode::CONFLICT,
        "conflict",
        "bad-deploy",
    );

    for alert in ["DiskReadError", "DiskWriteError"] {
        mock.becomes(alert, "active").await;
    }
    let full = mock.becomes("DiskFull", "active").await;
    assert!(full["value"].as_f64().unwrap() > 90.0);
    assert_eq!(mock.data("/api/scenarios").await[1]["running"], true);

    let stopped = mock.post("/api/scenarios/stop").await.data();
    assert_eq!(stopped["stopped"], "failing-disk");
    for alert in ["DiskReadError", "DiskWriteError", "DiskFull"] {
        mock.becomes(alert, "calm").await;
    }
    let stopped = mock.post("/api/scenarios/stop").await.data();
    assert_eq!(stopped["stopped"], Value::Null);
    assert_eq!(mock.data("/api/scenarios").await[1]["running"], false);
}

/// Two alerts on one series; a scenario triggers the first one, and recovers it after a while if it is `short`.
fn shared(short: bool) -> TestMock {
    let alert = |name: &str, to: u32| {
        format!("[[alert]]\nname = \"{name}\"\nexpr = \"m > 5\"\ntrigger = {to}\n")
    };
    let recover = if short {
        ", { at = \"1s\", recover = \"Ours\" }"
    } else {
        ""
    };
    let story = format!(
        "[[scenario]]\nname = \"s\"\ntitle = \"t\"\nexpect = []\nsteps = [{{ at = \"0s\", trigger = \"Ours\" }}{recover}]\n"
    );
    let text = [alert("Ours", 10), alert("Theirs", 20), story].concat();
    TestMock::of(
        CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap(),
        |_| {},
    )
}

#[actix::test]
async fn a_scenario_that_is_stopped_leaves_alone_what_somebody_else_has_taken_over() {
    let mock = shared(false);
    mock.post("/api/scenarios/s/start").await.data();
    assert_eq!(mock.data("/api/alerts/Ours").await["value"], 10.0);
    mock.post("/api/alerts/Theirs/trigger").await.data();
    mock.post("/api/scenarios/stop").await.data();
    assert_eq!(mock.data("/api/alerts/Theirs").await["value"], 20.0);

    // A request recovers the series, whatever drives it.
    let theirs = mock.post("/api/alerts/Ours/recover").await.data();
    assert_eq!(theirs["value"], 0.0);
}

#[actix::test]
async fn a_scenario_s_own_recovery_leaves_alone_what_somebody_else_has_taken_over() {
    let mock = shared(true);
    mock.post("/api/scenarios/s/start").await.data();
    mock.post("/api/alerts/Theirs/trigger").await.data();
    eventually("the scenario ends", async || {
        let over = mock.data("/api/scenarios").await[0]["running"] == false;
        over.then_some(())
    })
    .await;
    assert_eq!(mock.data("/api/alerts/Theirs").await["value"], 20.0);
}

#[actix::test]
async fn a_catalogue_without_scenarios_has_an_empty_list() {
    let text = "[[alert]]\nname = \"A\"\nexpr = \"a > 1\"\ntrigger = 2\n";
    let mock = TestMock::of(
        CheckedCatalogue::parse("mine.toml", text, 1.0).unwrap(),
        |_| {},
    );
    assert_eq!(mock.data("/api/scenarios").await, json!([]));
}
