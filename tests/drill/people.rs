//! Whom Alertmanager would tell of a drill.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use super::{Stack, ended, json, of};
use crate::support::{eventually, http};

/// Gives a server's configuration another text, and has it read again until it says so.
async fn change(
    file: &str,
    stack: &Stack,
    pid: u32,
    port: u16,
    status: &str,
    change: impl Fn(String) -> String,
    until: &str,
) {
    let file = stack.folder.path().join(file);
    fs::write(&file, change(fs::read_to_string(&file).unwrap())).unwrap();
    kill_process(Pid::from_raw(pid as i32).unwrap(), Signal::HUP).unwrap();
    let addr = ([127, 0, 0, 1], port).into();
    eventually("the configuration is read again", async || {
        http::get_whole(addr, status)
            .await
            .body
            .contains(until)
            .then_some(())
    })
    .await;
}

/// There is somebody whom Alertmanager would write to. (The inhibitions go.)
fn with_people(text: &str) -> String {
    let (above, _) = text.split_once("  - name: people\n").unwrap();
    let mail = "{ to: all@example.org, from: a@example.org, smarthost: '127.0.0.1:9' }";
    format!("{above}  - name: people\n    email_configs: [{mail}]\n")
}

#[actix_rt::test]
async fn a_drill_that_people_would_be_told_of_does_not_begin_unless_that_is_wanted() {
    let stack = Stack::quick().await;
    let (pid, port) = (stack.alertmanager.pid(), stack.alertmanager.port());
    let to_people =
        |text: String| with_people(&text).replace("- receiver: nobody\n", "- receiver: people\n");
    change(
        "alertmanager/alertmanager.yml",
        &stack,
        pid,
        port,
        "/api/v2/status",
        to_people,
        "smarthost",
    )
    .await;

    let refused = ended(stack.drill(&["--all"])).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for words in [
        "would tell people",
        "\"people\" (email_configs), of Gone and 1 more",
        "--page-people",
    ] {
        assert!(refused.told.contains(words), "{refused:?}");
    }
    assert!(!refused.out.contains("trigger"), "{refused:?}");
    let wanted = ended(stack.drill(&["Gone", "--page-people"])).await;
    assert_eq!(wanted.code, Some(0), "{wanted:?}");
    assert!(
        wanted
            .told
            .contains("warning: this drill tells people: the receiver"),
        "{wanted:?}"
    );
}

#[actix_rt::test]
async fn an_alert_that_loses_its_mark_on_the_way_and_goes_to_people_has_failed() {
    let stack = Stack::quick().await;
    let (pid, port) = (stack.alertmanager.pid(), stack.alertmanager.port());
    change(
        "alertmanager/alertmanager.yml",
        &stack,
        pid,
        port,
        "/api/v2/status",
        |text| with_people(&text),
        "smarthost",
    )
    .await;
    let relabelled = |text: String| {
        text.replace(
            "alerting:\n",
            "alerting:\n  alert_relabel_configs: [{ regex: drill, action: labeldrop }]\n",
        )
    };
    let (pid, port) = (stack.prometheus.pid(), stack.prometheus.port());
    change(
        "prometheus/prometheus.yml",
        &stack,
        pid,
        port,
        "/api/v1/status/config",
        relabelled,
        "labeldrop",
    )
    .await;

    let report = stack.report("r.json");
    let ended = ended(stack.drill(&["Gone", "--report", &report])).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let gone = of(&json(&report), "Gone").clone();
    assert_eq!(gone["failed_stage"], "alertmanager", "{gone}");
    let why = gone["why"].as_str().unwrap();
    for words in [
        "lost its label drill=\"true\"",
        "alert_relabel_configs",
        "\"people\" (email_configs)",
    ] {
        assert!(why.contains(words), "{why}");
    }
}
