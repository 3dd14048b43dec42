//! Servers that take connections and answer nothing: SIGSTOP, from the start and in the middle.

use rustix::process::Signal;

use super::{Stack, ended, json, of};
use crate::support::{eventually, program::Running};

#[actix_rt::test]
async fn servers_that_are_frozen_from_the_start_are_4_each_by_its_name() {
    let stack = Stack::quick().await;
    let (gateway, at_gateway) = stack.other_gateway().await;
    let (mock, at_mock) = stack.other_mock().await;
    stack.prometheus.pause().unwrap();
    stack.alertmanager.pause().unwrap();
    gateway.signal(Signal::STOP);
    mock.signal(Signal::STOP);

    let addresses = ["--gateway", &at_gateway, "--simulator", &at_mock];
    let ended = ended(stack.drill(&[&["Gone"], &addresses[..]].concat())).await;
    assert_eq!(ended.code, Some(4), "{ended:?}");
    let servers = [
        "Prometheus",
        "Alertmanager",
        "service-metrics",
        "mock-metrics",
    ];
    for (server, line) in servers.iter().zip(ended.stderr.lines()) {
        assert!(
            line.starts_with(&format!("mock-metrics: {server} at "))
                && line.ends_with("no answer within 10 s"),
            "{line}"
        );
    }
    assert_eq!(ended.stderr.lines().count(), 4, "{ended:?}");
}

#[actix_rt::test]
async fn a_prometheus_that_freezes_in_the_middle_is_the_reason_and_the_alert_is_recovered() {
    let stack = Stack::quick().await;
    let freeze = || stack.prometheus.pause().unwrap();
    let why = fails(&stack, &[], freeze).await;
    let address = format!(
        "Prometheus at http://127.0.0.1:{} (",
        stack.prometheus.port()
    );
    assert!(
        why.contains(&address) && why.contains("no answer within 10 s"),
        "{why}"
    );
}

#[actix_rt::test]
async fn an_alertmanager_that_freezes_in_the_middle_is_the_reason_and_the_alert_is_recovered() {
    let stack = Stack::quick().await;
    let freeze = || stack.alertmanager.pause().unwrap();
    let why = fails(&stack, &[], freeze).await;
    let address = format!(
        "Alertmanager at http://127.0.0.1:{} (",
        stack.alertmanager.port()
    );
    assert!(
        why.contains(&address) && why.contains("no answer within 10 s"),
        "{why}"
    );
}

#[actix_rt::test]
async fn a_gateway_that_freezes_in_the_middle_is_the_reason_and_the_alert_is_recovered() {
    let stack = Stack::quick().await;
    let (gateway, address) = stack.other_gateway().await;
    let freeze = || gateway.signal(Signal::STOP);
    let why = fails(&stack, &["--gateway", &address], freeze).await;
    let address = format!("service-metrics at {address} (");
    assert!(
        why.contains(&address) && why.contains("no answer within 10 s"),
        "{why}"
    );
}

#[actix_rt::test]
async fn a_frozen_simulator_does_not_hold_up_an_interrupted_drill_which_names_what_is_left() {
    let stack = Stack::quick().await;
    let (mock, address) = stack.other_mock().await;
    let drill = Running::start(&mut stack.drill(&["--all", "--simulator", &address]));
    triggers(&drill, "Gone").await;
    triggers(&drill, "Open").await;

    mock.signal(Signal::STOP);
    drill.signal(Signal::TERM);
    assert_eq!(drill.ended().await.code(), Some(130), "{}", drill.log());
    for name in ["Gone", "Open"] {
        // A lab gives its command 10 s.
        let line = format!(
            "{name} could not be recovered: mock-metrics at {address} (--simulator) does not answer: no answer within \
             7 s. It was triggered with hold_seconds, which end it within "
        );
        assert!(drill.log().contains(&line), "{line}: {}", drill.log());
    }
}

/// Why a drill fails whose conditions hold already when somebody freezes.
async fn fails(stack: &Stack, arguments: &[&str], freeze: impl Fn()) -> String {
    let report = stack.report("r.json");
    let arguments = [&["Gone", "--grace", "1", "--report", &report], arguments].concat();
    let drill = Running::start(&mut stack.drill(&arguments));
    triggers(&drill, "Gone").await;
    freeze();

    assert_eq!(drill.ended().await.code(), Some(4), "{}", drill.log());
    assert_eq!(stack.driven().await, Vec::<String>::new());
    of(&json(&report), "Gone")["why"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn triggers(drill: &Running, name: &str) {
    let line = format!("{name}: trigger at");
    eventually(&line, async || drill.out().contains(&line).then_some(())).await;
}
