//! Rules that differ from the catalogue: each fails at its stage, with the reason.

use std::process::Stdio;

use actix_rt::task::spawn_blocking;
use rustix::process::{Pid, Signal, kill_process};

use super::{Stack, ended, json, of};
use crate::support::eventually;

/// Changes the one line of the rule `alert` that begins with `key`; no line in its place for an empty one.
fn with(rules: &str, alert: &str, key: &str, line: &str) -> String {
    let begin = rules
        .find(&format!("alert: {alert}"))
        .or_else(|| rules.find(&format!("alert: \"{alert}\"")));
    let (before, rule) = rules.split_at(begin.unwrap());
    let old = rule
        .lines()
        .find(|line| line.trim_start().starts_with(key))
        .unwrap();
    let indent = &old[..old.len() - old.trim_start().len()];
    let line = if line.is_empty() {
        String::new()
    } else {
        format!("{indent}{line}")
    };
    format!("{before}{}", rule.replacen(old, &line, 1))
}

#[actix_rt::test]
async fn four_broken_rules_fail_each_at_its_stage_and_for_its_reason() {
    let stack = Stack::with_rules(|rules| {
        let rules = with(
            &rules,
            "DiskFull",
            "expr:",
            "expr: mock_disk_usage_percent > 99",
        );
        let rules = with(&rules, "ServiceDown", "severity:", "");
        let rules = with(&rules, "DBConnectionFailed", "for:", "for: 1h");
        with(&rules, "PodCrashLoop", "summary:", "summary: It crashes")
    })
    .await;
    let report = stack.report("broken.json");
    let names = [
        "DiskFull",
        "ServiceDown",
        "DBConnectionFailed",
        "PodCrashLoop",
        "ServiceUnavailable",
    ];
    let drill = stack.drill(&[&names[..], &["--grace", "2", "--report", &report]].concat());
    let ended = ended(drill).await;

    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("4 of 5 alerts did not arrive as expected"),
        "{ended:?}"
    );
    let report = json(&report);
    for (name, stage, reasons) in [
        (
            "DiskFull",
            "pending",
            [
                "`mock_disk_usage_percent > 99`",
                "`mock_disk_usage_percent > 90`",
            ],
        ),
        (
            "ServiceDown",
            "firing",
            ["label severity: expected \"critical\"", "is missing"],
        ),
        (
            "DBConnectionFailed",
            "firing",
            ["`for` is 1h", "the catalogue's 2s"],
        ),
        (
            "PodCrashLoop",
            "rule",
            [
                "its annotation summary is `It crashes`",
                "the catalogue's `",
            ],
        ),
    ] {
        let alert = of(&report, name);
        assert_eq!(alert["failed_stage"], stage, "{alert}");
        let why = alert["why"].as_str().unwrap();
        assert!(
            reasons.iter().all(|reason| why.contains(reason)),
            "{name}: {why}"
        );
        assert!(
            ended
                .out
                .contains(&format!("{name}: FAILED at {stage}: {why}")),
            "{ended:?}"
        );
    }
    let right = of(&report, "ServiceUnavailable");
    assert_ne!(
        right["verdict"], "failed",
        "the rule beside them is right: {right}"
    );
    assert_eq!(
        stack.driven().await,
        Vec::<String>::new(),
        "all were recovered"
    );

    a_rule_of_ones_own_is_a_warning_only_if_asked_for(&stack).await;
    a_configuration_that_is_not_read_is_a_failure(&stack).await;
}

/// By the way, whoever reads its stdout leaves at once.
async fn a_rule_of_ones_own_is_a_warning_only_if_asked_for(stack: &Stack) {
    let report = stack.report("other.json");
    let mut drill = stack.drill(&["PodCrashLoop", "--other-rules", "--report", &report]);
    let mut drill = drill.stdout(Stdio::piped()).spawn().unwrap();
    drop(drill.stdout.take());
    let status = spawn_blocking(move || drill.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(0));
    let report = json(&report);
    let warnings = of(&report, "PodCrashLoop")["warnings"].to_string();
    assert!(
        warnings.contains("is another one: its annotation"),
        "{warnings}"
    );
}

async fn a_configuration_that_is_not_read_is_a_failure(stack: &Stack) {
    let configuration = stack.folder.path().join("prometheus/prometheus.yml");
    std::fs::write(configuration, "no: [").unwrap();
    let pid = Pid::from_raw(stack.prometheus.pid() as i32).unwrap();
    kill_process(pid, Signal::HUP).unwrap();
    eventually("Prometheus has refused it", async || {
        let answer = stack.prometheus.get("/api/v1/status/runtimeinfo").await;
        let (_, answer) = answer.ok()?;
        answer
            .contains("\"reloadConfigSuccess\":false")
            .then_some(())
    })
    .await;
    let ended = ended(stack.drill(&["ServiceUnavailable"])).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.out.contains("1 of 1 alert arrived")
            && ended.stderr.contains("every rule is doubtful"),
        "{ended:?}"
    );
}
