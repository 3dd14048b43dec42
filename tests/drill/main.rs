//! `mock-metrics drill` as a process, on a real stack: simulator, Prometheus, Alertmanager, gateway.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod broken_rules;
mod foreign;
mod fresh;
mod frozen;
mod interrupted;
mod other_rules;
mod people;
mod quiet;
mod refusals;
#[path = "../rehearsal.rs"]
mod rehearsal;
mod scenario;
mod support;

use std::{path::PathBuf, process::Command, time::Duration};

use actix_rt::task::spawn_blocking;
use lab::{Alertmanager, Prometheus, PrometheusSetup, Target, free_port};
use serde_json::Value;
use simulator::lint::CheckedCatalogue;
use tempfile::TempDir;

use crate::support::{
    eventually,
    gateway::{QUERY_TIMEOUT, TestGateway},
    http,
    program::{self, Ended, GATEWAY, MOCK, Running},
    scratch,
    simulator::TestMock,
};

/// Scraped and evaluated every second.
const SCALE: &str = "0.0666666666666667";

/// Two alerts that fire as soon as they are seen.
const QUICK: &str = r#"
scrape_interval = "1s"

[[alert]]
name = "Gone"
expr = "watchman_present < 1"
for = "0s"
trigger = 0
baseline = 1

[[alert]]
name = "Open"
expr = "doors_open > 0"
for = "0s"
trigger = 1
baseline = 0
"#;

/// Everything that a drill needs.
pub(crate) struct Stack {
    folder: TempDir,
    /// The user's own catalogue, if it is not the built-in one.
    catalogue: Option<PathBuf>,
    mock: TestMock,
    gateway: TestGateway,
    alertmanager: Alertmanager,
    prometheus: Prometheus,
}

impl Stack {
    /// With the built-in catalogue, whose rules are first changed.
    pub(crate) async fn with_rules(change: impl Fn(String) -> String) -> Self {
        Self::of(None, SCALE, change).await
    }

    /// With two alerts that fire as soon as they are seen.
    pub(crate) async fn quick() -> Self {
        Self::of(Some(QUICK), "1", |rules| rules).await
    }

    /// Another gateway of its Prometheus, a process, to which Alertmanager posts nothing; and its address.
    pub(crate) async fn other_gateway(&self) -> (Running, String) {
        let prometheus = format!("http://127.0.0.1:{}", self.prometheus.port());
        let mut gateway = program::command(&GATEWAY);
        gateway
            .env("PORT", "0")
            .env("SERVICE_METRICS__SERVER__HOST", "127.0.0.1")
            .env("PROMETHEUS_URL", prometheus)
            .env("POLL_INTERVAL", "1000");
        let gateway = Running::start(&mut gateway);
        let address = format!("http://127.0.0.1:{}", gateway.port().await);
        (gateway, address)
    }

    /// Another simulator of its catalogue, a process, which Prometheus does not scrape; and its address.
    pub(crate) async fn other_mock(&self) -> (Running, String) {
        let mut mock = program::command(&MOCK);
        mock.env("MOCK_SERVICE_PORT", "0").arg("serve");
        mock.arg("--catalogue")
            .arg(self.catalogue.as_ref().unwrap());
        let mock = Running::start(&mut mock);
        let address = format!("http://127.0.0.1:{}", mock.port().await);
        (mock, address)
    }

    /// With this catalogue.
    pub(crate) async fn of(
        catalogue: Option<&str>,
        scale: &str,
        change: impl Fn(String) -> String,
    ) -> Self {
        let folder = scratch();
        let catalogue = catalogue.map(|text| {
            let file = folder.path().join("theirs.toml");
            std::fs::write(&file, text).unwrap();
            file
        });
        let mut rules = program::command(&MOCK);
        rules.args(["rules", "--time-scale", scale]);
        rules.args(
            catalogue
                .iter()
                .flat_map(|file| ["--catalogue".into(), file.clone()]),
        );
        let rules = change(program::run(&mut rules).out);
        let read = CheckedCatalogue::load(catalogue.as_deref(), scale.parse().unwrap()).unwrap();
        let mock = TestMock::of(read, |_| {});

        let port = free_port().unwrap();
        let gateway = TestGateway::start([
            ("PROMETHEUS_URL", format!("http://127.0.0.1:{port}")),
            ("POLL_INTERVAL", "1000".to_owned()),
            (QUERY_TIMEOUT, "8".to_owned()),
        ]);
        let room = folder.path().join("alertmanager");
        let address = format!("http://{}", gateway.addr);
        let alertmanager = Alertmanager::start(&room, 0, &address).await.unwrap();
        let targets = [Target::mock(format!("127.0.0.1:{}", mock.port()))];
        let mut setup = PrometheusSetup::scraping(&targets, Duration::from_secs(1));
        setup.rules = Some(rules);
        setup.alertmanager = Some(format!("127.0.0.1:{}", alertmanager.port()));
        let room = folder.path().join("prometheus");
        let prometheus = Prometheus::start_with(&room, port, &setup).await.unwrap();
        Self {
            folder,
            catalogue,
            mock,
            gateway,
            alertmanager,
            prometheus,
        }
    }

    /// A drill on it.
    pub(crate) fn drill(&self, arguments: &[&str]) -> Command {
        let local = |port: u16| format!("http://127.0.0.1:{port}");
        let mut command = program::command(&MOCK);
        command
            .arg("drill")
            .args(arguments)
            .args(
                self.catalogue
                    .iter()
                    .flat_map(|file| ["--catalogue".into(), file.clone()]),
            )
            .env("PROMETHEUS_URL", local(self.prometheus.port()))
            .env("ALERTMANAGER_URL", local(self.alertmanager.port()))
            .env("GATEWAY_URL", format!("http://{}", self.gateway.addr))
            .env("SIMULATOR_URL", local(self.mock.port()));
        command
    }

    /// Where a report is written.
    pub(crate) fn report(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The alerts of the simulator that are driven.
    pub(crate) async fn driven(&self) -> Vec<String> {
        let addr = ([127, 0, 0, 1], self.mock.port()).into();
        let answer = http::get(addr, "/api/alerts").await;
        let alerts: Value = serde_json::from_str(&answer.body).unwrap();
        let alerts = alerts["data"].as_array().unwrap().iter();
        let driven =
            alerts.filter(|alert| matches!(alert["condition"].as_str(), Some("rising" | "active")));
        driven
            .map(|alert| alert["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Runs a drill to its end; what runs in this process goes on meanwhile.
pub(crate) async fn ended(mut drill: Command) -> Ended {
    spawn_blocking(move || program::run(&mut drill))
        .await
        .unwrap()
}

/// The report of one alert.
pub(crate) fn of<'a>(report: &'a Value, name: &str) -> &'a Value {
    let mut alerts = report["alerts"].as_array().unwrap().iter();
    alerts.find(|alert| alert["name"] == name).unwrap()
}

/// A JSON report.
pub(crate) fn json(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Waits until so many alerts are driven.
pub(crate) async fn drives(stack: &Stack, count: usize) {
    eventually("the alerts are driven", async || {
        (stack.driven().await.len() == count).then_some(())
    })
    .await;
}
