//! What tests of all programs share.

use std::time::{Duration, Instant};

/// Probes every 20 ms until there is an answer; after 30 s the test has failed for want of `what`.
pub(crate) async fn eventually<T>(what: &str, probe: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(answer) = probe().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        actix_rt::time::sleep(Duration::from_millis(20)).await;
    }
}
