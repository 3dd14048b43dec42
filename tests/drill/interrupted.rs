//! A drill that is interrupted lets go of what it drives.

use rustix::process::Signal;

use super::{Stack, json, of};
use crate::support::{eventually, program::Running};

#[actix_rt::test]
async fn an_interrupted_drill_recovers_what_it_triggered_and_reports() {
    let stack = Stack::with_rules(|rules| rules).await;
    let report = stack.report("r.json");
    let arguments = ["PodCrashLoop", "DiskFull", "--report", &report];
    let drill = Running::start(&mut stack.drill(&arguments));
    eventually("both are driven", async || {
        (stack.driven().await.len() == 2).then_some(())
    })
    .await;

    drill.signal(Signal::INT);
    let ended = drill.ended().await;
    assert_eq!(ended.code(), Some(1), "{}", drill.log());
    assert_eq!(stack.driven().await, Vec::<String>::new());
    let report = json(&report);
    let why = of(&report, "DiskFull")["why"].as_str().unwrap();
    assert_eq!(why, "interrupted by SIGINT");
}
