//! A scenario: what is expected arrives, what is inhibited is kept quiet.

use super::{Stack, ended, json, of};

#[actix_rt::test]
async fn a_failing_disk_is_told_and_that_it_is_almost_full_is_kept_quiet() {
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
