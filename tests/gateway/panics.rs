//! HAZARDS 12: a panic in a process-long actor ends the process; one elsewhere does not.

use std::{process::Stdio, thread, time::Duration};

use actix::prelude::{Actor, Arbiter};
use chrono::Utc;
use program::shutdown;
use prometheus_api::{client::ApiOptions, prometheus::Prometheus};
use service_metrics::{
    messages::{
        Publish,
        channel::{Channel, ChannelName},
        snapshot::Snapshot,
    },
    stream::{
        AlertHub, Hub, InstantHub, MetricsHub, RangeHub,
        metrics::StreamMetrics,
        plan::{Audience, Plan, Upstream},
        prom_poller::PromPoller,
    },
    telemetry::Telemetry,
};
use tokio::process::Command;

use crate::support::in_the_end;

/// How the child says that it has survived.
const SURVIVED: i32 = 42;

/// Runs this test binary as a program in which `who` panics, and waits for its end.
async fn end_of(who: &str) -> Option<i32> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "panics::somebody_panics"])
        .env("WHO_PANICS", who)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ended = in_the_end("the process ends", child.wait()).await;
    ended.unwrap().code()
}

#[actix::test]
async fn a_panic_in_a_hub_ends_the_process() {
    assert_eq!(end_of("hub").await, Some(1));
}

#[actix::test]
async fn a_panic_in_the_poller_ends_the_process() {
    assert_eq!(end_of("poller").await, Some(1));
}

#[actix::test]
async fn a_panic_while_a_relay_writes_ends_the_process() {
    assert_eq!(end_of("relay").await, Some(1));
}

#[actix::test]
async fn a_panic_elsewhere_does_not_end_the_process() {
    assert_eq!(end_of("somebody else").await, Some(SURVIVED));
}

/// A channel whose frames cannot be written.
struct Faulty;

impl Channel for Faulty {
    const NAME: ChannelName = ChannelName::Instant;
    const FRAME_TYPE: &'static str = "faulty";
    const TELLS_STALE: bool = false;
    const SKIPS_UNCHANGED: bool = false;

    fn write_data(_: &Snapshot, _: &mut Vec<u8>) {
        panic!("a frame that cannot be written");
    }
}

#[actix::test]
#[ignore = "not a test: what the children run"]
async fn somebody_panics() {
    let Ok(who) = std::env::var("WHO_PANICS") else {
        return;
    };
    shutdown::install_panic_hook();
    let metrics = StreamMetrics::new(&Telemetry::new().unwrap()).unwrap();
    let arbiter = Arbiter::new();
    match who.as_str() {
        "hub" => {
            let hub = Hub::<Faulty>::new(metrics).start();
            let (taken_at, answers) = (Utc::now(), vec![]);
            hub.do_send(Publish::new(Snapshot {
                taken_at,
                answers,
                alertmanager: None,
            }));
        }
        "poller" => {
            let audience = Audience {
                instant: InstantHub::new(metrics.clone()).start().recipient(),
                range: RangeHub::new(metrics.clone()).start().recipient(),
                metrics: MetricsHub::new(metrics.clone()).start().recipient(),
                alerts: AlertHub::new(metrics.clone()).start().recipient(),
            };
            PromPoller::start_in_arbiter(&arbiter.handle(), move |_| {
                let options = ApiOptions {
                    url: "http://127.0.0.1:9".parse().unwrap(),
                    max_response_bytes: 1024,
                };
                // No clock beats that fast: it panics when the poller starts.
                let plan = Plan {
                    interval: Duration::ZERO,
                    timeout: Duration::from_secs(1),
                    instant: vec![],
                    range: vec![],
                };
                let prometheus = Prometheus::new(options);
                let upstream = Upstream {
                    queries: prometheus.clone(),
                    alerts: prometheus,
                    one_server: true,
                };
                PromPoller::new(upstream, plan, audience, metrics)
            });
        }
        "relay" => drop(actix::spawn(async {
            shutdown::with_fatal_panics(|| panic!("a wire that cannot be written"))
        })),
        _ => {
            shutdown::with_fatal_panics(|| {});
            let panics = || panic!("a request that goes wrong");
            assert!(thread::spawn(panics).join().is_err());
            actix::spawn(async { panic!("a task that goes wrong") })
                .await
                .unwrap_err();
            std::process::exit(SURVIVED);
        }
    }
    std::future::pending::<()>().await;
}
