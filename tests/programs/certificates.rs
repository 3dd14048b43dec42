//! The certificate authorities of the system: missing, unreadable, broken, corrected. HAZARDS 28.

use std::{fs, net::SocketAddr, path::Path};

use serde_json::Value;

use super::{gateway, local};
use crate::support::{
    eventually, http,
    program::{self, MOCK, Running, run},
    scratch,
    scripted::Scripted,
    tls::TlsServer,
};

/// Values of `SSL_CERT_FILE` without a usable authority, by name.
fn unusable(folder: &Path) -> Vec<(&'static str, String)> {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    vec![
        ("empty", String::new()),
        (
            "missing",
            folder.join("nowhere").to_str().unwrap().to_owned(),
        ),
        ("a folder", folder.to_str().unwrap().to_owned()),
        ("an empty file", file("empty", "")),
        ("a bad block", file("bad", BAD_BLOCK)),
    ]
}

const BAD_BLOCK: &str = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";

/// Waits until readiness reports that Prometheus is ready, or is not for the reason `why_not`.
async fn readiness_says(address: SocketAddr, why_not: Option<&str>) {
    eventually(&format!("readiness says {why_not:?}"), async || {
        let answer = http::get(address, "/-/ready").await;
        let ready: Value = serde_json::from_str(&answer.body).unwrap();
        let error = ready["checks"]["prometheus"]["error"].as_str();
        let as_awaited = match (error, why_not) {
            (Some(error), Some(words)) => error.contains(words),
            (error, words) => error == words,
        };
        as_awaited.then_some(())
    })
    .await;
}

#[actix_rt::test]
async fn over_plain_http_no_certificates_are_needed() {
    let (prometheus, folder) = (Scripted::start().await, scratch());
    for (what, file) in unusable(folder.path()) {
        let mut command = gateway();
        command
            .env("PROMETHEUS_URL", prometheus.url())
            .env("SSL_CERT_FILE", &file);
        let gateway = Running::start(&mut command);
        readiness_says(local(gateway.port().await), None).await;
        assert!(
            !gateway.log().contains("certificate"),
            "{what}: {}",
            gateway.log()
        );
        let checked = run(command.arg("--check-config"));
        assert_eq!(checked.code, Some(0), "{what}: {checked:?}");
    }
    // A drill finds out that nobody is there, and not that it has no certificates.
    let mut drill = program::command(&MOCK);
    drill.args(["drill", "DiskFull"]).env("SSL_CERT_FILE", "");
    for variable in [
        "PROMETHEUS_URL",
        "ALERTMANAGER_URL",
        "GATEWAY_URL",
        "SIMULATOR_URL",
    ] {
        drill.env(variable, "http://127.0.0.1:9");
    }
    let ended = run(&mut drill);
    assert_eq!(ended.code, Some(4), "{ended:?}");
}

#[actix_rt::test]
async fn over_https_readiness_says_why_no_server_is_trusted_and_it_recovers() {
    let prometheus = Scripted::start().await;
    let tls = TlsServer::before(prometheus.addr()).await;
    let folder = scratch();
    for (what, file) in unusable(folder.path()) {
        let mut command = gateway();
        command
            .env("PROMETHEUS_URL", format!("https://localhost:{}", tls.port))
            .env("SSL_CERT_FILE", &file);
        let checked = run(program::command(&program::GATEWAY)
            .arg("--check-config")
            .env("PROMETHEUS_URL", format!("https://localhost:{}", tls.port))
            .env("SSL_CERT_FILE", &file));
        assert_eq!(checked.code, Some(64), "{what}: {checked:?}");
        assert!(checked.stderr.contains("prometheus.url"), "{checked:?}");
        let gateway = Running::start(command.env("POLL_INTERVAL", "200"));
        let address = local(gateway.port().await);
        readiness_says(address, Some("no certificate authority can be used")).await;
        if what == "a bad block" {
            // One bad certificate is skipped.
            fs::write(&file, format!("{BAD_BLOCK}{}", tls.authority)).unwrap();
            readiness_says(address, None).await;
            gateway.says("it is skipped").await;
        }
    }
}

#[actix_rt::test]
async fn an_authority_that_is_added_later_is_found() {
    let prometheus = Scripted::start().await;
    let (tls, other) = (
        TlsServer::before(prometheus.addr()).await,
        TlsServer::before(prometheus.addr()).await,
    );
    let folder = scratch();
    let file = folder.path().join("authorities.pem");
    fs::write(&file, &other.authority).unwrap();
    let mut command = gateway();
    command
        .env("PROMETHEUS_URL", format!("https://localhost:{}", tls.port))
        .env("SSL_CERT_FILE", &file)
        .env("POLL_INTERVAL", "200");
    let gateway = Running::start(&mut command);
    let address = local(gateway.port().await);
    readiness_says(address, Some("certificate")).await;
    fs::write(&file, &tls.authority).unwrap();
    readiness_says(address, None).await;
}
