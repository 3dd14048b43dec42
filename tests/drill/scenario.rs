//! A scenario: what is expected arrives, what is inhibited is kept quiet.

use super::{Stack, ended, json, of};

#[actix_rt::test]
async fn a_failing_disk_is_told_and_that_it_is_almost_full_is_kept_quiet() {
    let stack = Stack::with_rules(|rules| rules).await;
    let report = stack.report("r.json");
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
