//! The poller's beat: at once, one at a time, and none to catch up on.

use std::time::Duration;

use actix::prelude::{Actor, Addr};
use lab::{Program, free_port};
use prometheus_api::{client::ApiOptions, prometheus::Prometheus};
use service_metrics::{
    messages::source::Source,
    stream::{
        AlertHub, InstantHub, MetricsHub, RangeHub,
        messages::LatestFrame,
        metrics::StreamMetrics,
        plan::{Audience, Plan, Upstream},
        prom_poller::PromPoller,
        query::InstantQuery,
    },
    telemetry::Telemetry,
};

use crate::support::{
    eventually,
    gateway::TestGateway,
    scratch,
    scripted::{Script, Scripted},
};

#[actix::test]
async fn the_first_poll_does_not_wait_for_the_first_beat() {
    let server = Scripted::start().await;
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("SCRAPE_INTERVAL", "3600".into()),
    ];
    let gateway = TestGateway::start(environment);
    let frame = gateway.frame("instant", |_| true).await;
    assert_eq!((&frame["seq"], &frame["stale"]), (&1.into(), &false.into()));
}

#[actix::test]
async fn a_poll_slower_than_the_beat_skips_beats_and_never_piles_up() {
    let server = Scripted::start().await;
    server.script("slow", Script::Silence);
    let metrics = StreamMetrics::new(&Telemetry::new().unwrap()).unwrap();
    let (hub, _poller) = poller(&server, Duration::from_millis(50), &metrics);
    let skipped = &metrics
        .sources()
        .source(Source::PrometheusInstant)
        .beats_skipped;
    eventually("beats are skipped", async || {
        (skipped.get() > 5).then_some(())
    })
    .await;
    assert_eq!((server.asked("slow"), server.most_waiting("slow")), (1, 1));
    assert!(hub.send(LatestFrame).await.unwrap().is_none());
}

/// A poller whose patience is longer than its beat: settings never allow that.
fn poller(
    server: &Scripted,
    interval: Duration,
    metrics: &StreamMetrics,
) -> (Addr<InstantHub>, Addr<PromPoller>) {
    let hub = InstantHub::new(metrics.clone()).start();
    let audience = Audience {
        instant: hub.clone().recipient(),
        range: RangeHub::new(metrics.clone()).start().recipient(),
        metrics: MetricsHub::new(metrics.clone()).start().recipient(),
        alerts: AlertHub::new(metrics.clone()).start().recipient(),
    };
    let plan = Plan {
        interval,
        timeout: Duration::from_secs(60),
        instant: vec![InstantQuery {
            name: "slow".into(),
            expr: "slow".into(),
            raw: true,
            flat: false,
        }],
        range: vec![],
    };
    let prometheus = Prometheus::new(ApiOptions {
        url: server.url().parse().unwrap(),
        max_response_bytes: 1 << 20,
    });
    let upstream = Upstream {
        queries: prometheus.clone(),
        alerts: prometheus,
        one_server: true,
    };
    (
        hub,
        PromPoller::new(upstream, plan, audience, metrics.clone()).start(),
    )
}

#[actix::test]
async fn a_gateway_that_was_frozen_does_not_catch_up_on_the_beats_it_missed() {
    let server = Scripted::start().await;
    let folder = scratch();
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("POLL_INTERVAL", "100".into()),
    ];
    let gateway = Program::gateway(folder.path(), free_port().unwrap(), &environment)
        .await
        .unwrap();
    let skipped = async || {
        let metrics = async || gateway.get("/metrics").await.ok();
        let (_, metrics) = eventually("it answers", metrics).await;
        let series = "service_metrics_beats_skipped_total{source=\"prometheus_instant\"}";
        let value = metrics.lines().find_map(|line| line.strip_prefix(series));
        value.unwrap().trim().parse::<u32>().unwrap()
    };
    let (asked_before, skipped_before) = (server.asked(""), skipped().await);
    gateway.pause().unwrap();
    // Another gateway with the same beat counts the beats that this one misses.
    let clock = Scripted::start().await;
    let _running = TestGateway::start([
        ("PROMETHEUS_URL", clock.url()),
        ("POLL_INTERVAL", "100".into()),
    ]);
    eventually("forty beats pass", async || {
        (clock.asked("prometheus_engine_queries") >= 40).then_some(())
    })
    .await;
    gateway.resume();
    eventually("it asks again", async || {
        (server.asked("") > asked_before + 22).then_some(())
    })
    .await;
    let skipped = skipped().await - skipped_before;
    assert!(skipped < 20, "{skipped} of forty beats were caught up on");
}
