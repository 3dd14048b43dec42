//! An interrupted drill recovers what it has triggered.

use rustix::process::Signal;

use super::{Stack, drives, json, of};
use crate::support::{eventually, program::Running};

#[actix_rt::test]
async fn an_interrupted_drill_recovers_what_it_triggered_and_reports() {
    let stack = Stack::with_rules(|rules| rules).await;
    let report = stack.report("r.json");
    let arguments = ["PodCrashLoop", "DiskFull", "--report", &report];
    for (signal, name) in [(Signal::INT, "SIGINT"), (Signal::HUP, "SIGHUP")] {
        let drill = Running::start(&mut stack.drill(&arguments));
        drives(&stack, 2).await;

        drill.signal(signal);
        let ended = drill.ended().await;
        assert_eq!(ended.code(), Some(130), "{}", drill.log());
        let line = format!("interrupted by {name}: recovering 2 alerts");
        assert!(drill.log().contains(&line), "{}", drill.log());
        assert_eq!(stack.driven().await, Vec::<String>::new());
        let report = json(&report);
        let full = of(&report, "DiskFull");
        assert_eq!(full["verdict"], "unfinished");
        assert_eq!(full["why"], format!("interrupted by {name}"));
        assert_eq!(report["totals"]["unfinished"], 2, "{report}");
    }
}

#[actix_rt::test]
async fn an_alert_that_is_driven_already_is_waited_for_with_a_line_how_to_end_it() {
    let stack = Stack::with_rules(|rules| rules).await;
    stack.mock.post("/api/alerts/ServiceDown/trigger").await;
    let drill = Running::start(&mut stack.drill(&["ServiceDown"]));
    let says = async |words: &str| {
        eventually(words, async || drill.out().contains(words).then_some(())).await;
    };
    let base = format!("http://127.0.0.1:{}/api", stack.mock.port());
    says("ServiceDown: waits for calm: the simulator says active at 0").await;
    says(&format!(
        "recover it with `curl -X POST {base}/alerts/ServiceDown/recover`"
    ))
    .await;

    stack.mock.post("/api/reset").await;
    says("ServiceDown: trigger at 0.0 s").await;
    drill.signal(Signal::TERM);
    drill.ended().await;
    assert_eq!(stack.driven().await, Vec::<String>::new());
}

#[actix_rt::test]
async fn a_server_that_dies_in_the_middle_is_exit_4_with_the_stage() {
    let stack = Stack::with_rules(|rules| rules).await;
    let report = stack.report("r.json");
    let arguments = ["PodCrashLoop", "--grace", "1", "--report", &report];
    let drill = Running::start(&mut stack.drill(&arguments));
    drives(&stack, 1).await;

    stack.alertmanager.kill().await;
    let ended = drill.ended().await;
    assert_eq!(ended.code(), Some(4), "{}", drill.log());
    let words = "1 of 1 alert did not arrive as expected (1 because a server did not answer)";
    assert!(drill.log().contains(words), "{}", drill.log());
    let report = json(&report);
    let failed = of(&report, "PodCrashLoop");
    assert_eq!(failed["failed_stage"], "alertmanager", "{failed}");
    let why = failed["why"].as_str().unwrap();
    assert!(
        why.contains("Alertmanager at") && why.contains("does not answer"),
        "{why}"
    );
    assert_eq!(stack.driven().await, Vec::<String>::new());
}
