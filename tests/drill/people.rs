//! Whom Alertmanager would notify of a drill.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use rustix::process::{Pid, Signal, kill_process};

use super::{QUICK, Stack, ended, json, of};
use crate::support::{eventually, http};

/// Gives a server's configuration another text, and has it read again until it says so.
async fn change(
    stack: &Stack,
    file: &str,
    (pid, port, status): (u32, u16, &str),
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

/// Gives Alertmanager a receiver that mails people about everything without the drill label, and no inhibitions.
async fn alertmanager(stack: &Stack) {
    let with_people = |text: String| {
        let (above, _) = text.split_once("  - name: people\n").unwrap();
        let mail = "{ to: all@example.org, from: a@example.org, smarthost: '127.0.0.1:9' }";
        format!("{above}  - name: people\n    email_configs: [{mail}]\n")
    };
    let alertmanager = &stack.alertmanager;
    let of = (alertmanager.pid(), alertmanager.port(), "/api/v2/status");
    let file = "alertmanager/alertmanager.yml";
    change(stack, file, of, with_people, "smarthost").await;
}

/// Has Prometheus change alerts on their way.
async fn relabel(stack: &Stack, step: &str, until: &str) {
    let relabelled = |text: String| {
        let lines = text
            .lines()
            .filter(|line| !line.contains("alert_relabel_configs"));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        let step = format!("alerting:\n  alert_relabel_configs: [{step}]\n");
        text.replace("alerting:\n", &step)
    };
    let prometheus = &stack.prometheus;
    let of = (prometheus.pid(), prometheus.port(), "/api/v1/status/config");
    let file = "prometheus/prometheus.yml";
    change(stack, file, of, relabelled, until).await;
}

/// The address of an Alertmanager without alerts, behind a proxy that lets nothing else through.
fn restricted() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut head = [0; 4096];
            let read = client.read(&mut head).unwrap();
            let is_alerts = head[..read].starts_with(b"GET /api/v2/alerts");
            let status = if is_alerts { "200 OK" } else { "403 Forbidden" };
            let head = "Connection: close\r\nContent-Type: application/json\r\nContent-Length: 2";
            let answer = format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n[]");
            client.write_all(answer.as_bytes()).unwrap();
        }
    });
    address
}

#[actix_rt::test]
async fn a_drill_that_would_notify_people_does_not_begin() {
    let summed = |rules: String| rules.replace("doors_open > 0", "sum(doors_open) > 0");
    let stack = Stack::of(Some(QUICK), "1", summed).await;
    alertmanager(&stack).await;

    let refused = ended(stack.drill(&["--all"])).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for words in [
        "the rule of Open does not keep the label drill=\"true\"",
        "would notify people: the receiver \"people\" (email_configs), of Open. ",
        "--page-people",
    ] {
        assert!(refused.stderr.contains(words), "{refused:?}");
    }
    assert!(!refused.out.contains("trigger"), "{refused:?}");
    let unknown = ended(stack.drill(&["Gone", "--alertmanager", &restricted()])).await;
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    let words =
        "whether this drill would notify people is not known: Alertmanager at http://127.0.0.1:";
    assert!(unknown.stderr.contains(words), "{unknown:?}");
    assert!(!unknown.out.contains("trigger"), "{unknown:?}");

    let marked = ended(stack.drill(&["Gone"])).await;
    assert_eq!(marked.code, Some(0), "{marked:?}");
}

#[actix_rt::test]
async fn an_alert_that_loses_its_label_on_the_way_and_notifies_people_has_failed() {
    let stack = Stack::quick().await;
    alertmanager(&stack).await;
    relabel(&stack, "{ regex: drill, action: labeldrop }", "labeldrop").await;
    let refused = ended(stack.drill(&["Gone"])).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for words in ["Gone will have lost the label drill", "would notify people"] {
        assert!(refused.stderr.contains(words), "{refused:?}");
    }

    // What cannot be foreseen is found when the alert arrives.
    let emptied =
        "{ source_labels: [drill], regex: t(r)ue, target_label: drill, replacement: '${2}' }";
    relabel(&stack, emptied, "t(r)ue").await;
    let report = stack.report("r.json");
    let failed = ended(stack.drill(&["Gone", "--report", &report])).await;
    assert_eq!(failed.code, Some(1), "{failed:?}");
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

    let wanted = ended(stack.drill(&["Gone", "--page-people", "--report", &report])).await;
    assert_eq!(wanted.code, Some(0), "{wanted:?}");
    let gone = of(&json(&report), "Gone").clone();
    assert!(
        gone["warnings"]
            .to_string()
            .contains("lost its label drill"),
        "{gone}"
    );
}
