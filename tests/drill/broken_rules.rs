//! Rules that are not what the catalogue asks for: each is found, at its stage, and told.

use super::{Stack, ended, json, of};

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
async fn three_broken_rules_fail_each_at_its_stage_and_for_its_reason() {
    let stack = Stack::with_rules(|rules| {
        let rules = with(
            &rules,
            "DiskFull",
            "expr:",
            "expr: mock_disk_usage_percent > 99",
        );
        let rules = with(&rules, "ServiceDown", "severity:", "");
        with(&rules, "DBConnectionFailed", "for:", "for: 1h")
    })
    .await;
    let report = stack.report("broken.json");
    let names = [
        "DiskFull",
        "ServiceDown",
        "DBConnectionFailed",
        "ServiceUnavailable",
    ];
    let drill = stack.drill(&[&names[..], &["--grace", "2", "--report", &report]].concat());
    let ended = ended(drill).await;

    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended
            .told
            .contains("3 of 4 alerts did not arrive as expected"),
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
}
