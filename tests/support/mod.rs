//! What the integration tests share.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Asks `probe` until it gives a value; after 30 seconds that is a failure.
pub(crate) async fn eventually<T>(what: &str, probe: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(value) = probe().await {
            return value;
        }
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A temporary directory that user `postgres` can reach, so that root's cluster is in it and goes with it.
pub(crate) fn scratch() -> TempDir {
    let open = Permissions::from_mode(0o755);
    tempfile::Builder::new()
        .prefix("service-metrics-")
        .permissions(open)
        .tempdir()
        .expect("a temporary directory")
}
