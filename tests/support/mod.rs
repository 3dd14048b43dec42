//! What the tests have in common.

pub(crate) mod gateway;
pub(crate) mod http;
pub(crate) mod incidents_app;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod promtool;
pub(crate) mod recording_proxy;
pub(crate) mod scripted;
pub(crate) mod scripted_prometheus;
pub(crate) mod webhook;
pub(crate) mod ws;
pub(crate) mod ws_client;

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Asks `probe` until it finds something, and fails after 30 seconds.
pub(crate) async fn eventually<T>(what: &str, probe: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited 30 s in vain: {what}");
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A temporary directory that user `postgres` can reach, so that root's cluster is in it and goes with it.
pub(crate) fn scratch() -> TempDir {
    tempfile::Builder::new()
        .prefix("service-metrics-")
        .permissions(Permissions::from_mode(0o755))
        .tempdir()
        .unwrap()
}
