//! What the tests have in common.

pub(crate) mod hosts;
pub(crate) mod http;
pub(crate) mod namespace;
pub(crate) mod pgbouncer;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod promtool;
pub(crate) mod recording_proxy;
pub(crate) mod scripted;
pub(crate) mod tls;
pub(crate) mod webhook;
pub(crate) mod ws;
pub(crate) mod ws_client;

use std::{
    fs::Permissions,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// The deadline of everything that is waited for: it stands for "for ever". It is minutes away, since a test has to hold on
/// a machine that has other things to do; one that is met costs nothing.
pub(crate) const FOR_EVER: Duration = Duration::from_secs(300);

/// [`FOR_EVER`] as a setting in seconds: for the deadlines of the programs that are not the subject of a test.
pub(crate) const FOR_EVER_SECONDS: &str = "300";

/// What `waited_for` gives; fails when there is nothing until [`FOR_EVER`] is over.
pub(crate) async fn in_the_end<T>(what: &str, waited_for: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(FOR_EVER, waited_for).await;
    waited.unwrap_or_else(|_| panic!("waited {FOR_EVER:?} in vain: {what}"))
}

/// Asks `probe` until it finds something; fails when [`FOR_EVER`] is over.
pub(crate) async fn eventually<T>(what: &str, probe: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + FOR_EVER;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "waited {FOR_EVER:?} in vain: {what}"
        );
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Where nothing listens: whoever connects is refused at once.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9";

/// A port of loopback.
pub(crate) fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The root of the workspace.
pub(crate) fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let holds = |folder: &&Path| folder.join("Cargo.lock").exists();
    package.ancestors().find(holds).unwrap()
}

/// A temporary directory that user `postgres` can reach, so that root's cluster is in it and goes with it.
pub(crate) fn scratch() -> TempDir {
    let folder = tempfile::Builder::new()
        .prefix("service-metrics-")
        .tempdir()
        .unwrap();
    // Whatever the umask is.
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}
