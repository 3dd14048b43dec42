//! `/health` and `/-/ready`: what they say, and when.

use std::time::Duration;

use actix::prelude::{Actor, Arbiter};
use actix_web::{App, test};
use chrono::DateTime;
use http_kit::route;
use prometheus_api::{client::ApiOptions, prometheus::Prometheus};
use serde_json::Value;
use service_metrics::{
    entrance::Feature,
    messages::channel::{Channel, ChannelName, ChannelVisitor},
    readiness,
    stream::{
        self, Hub, Hubs, StartedHub,
        metrics::StreamMetrics,
        plan::{Audience, Plan, Upstream},
        prom_poller::PromPoller,
    },
    telemetry::Telemetry,
};

use super::webhook;
use crate::support::{eventually, gateway::TestGateway, http, scripted::Scripted};

/// RFC 3339, UTC, milliseconds, `Z`.
fn is_timestamp(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        text.len() == 24 && text.ends_with('Z') && DateTime::parse_from_rfc3339(text).is_ok()
    })
}

#[actix::test]
async fn health_says_ok_and_the_time() {
    let gateway = TestGateway::start([]);
    for path in ["/health", "/-/healthy"] {
        let (status, body) = gateway.get(path).await;
        assert_eq!((status, &body["status"]), (200, &"ok".into()));
        assert!(is_timestamp(&body["timestamp"]), "{body}");
        assert_eq!(body.as_object().unwrap().len(), 2);
    }
}

#[actix::test]
async fn without_prometheus_and_database_it_is_degraded_and_says_why() {
    let gateway = TestGateway::start([]);
    let ready = eventually("both have been tried", async || {
        let (status, ready) = gateway.get("/-/ready").await;
        assert_eq!((status, &ready["status"]), (200, &"degraded".into()));
        let tried = |check: &str| {
            let error = ready["checks"][check]["error"].as_str().unwrap();
            error.contains("reached") || error.contains("refused")
        };
        (tried("prometheus") && tried("database")).then_some(ready.clone())
    })
    .await;
    for check in ["prometheus", "database", "poller"] {
        let check = &ready["checks"][check];
        assert_eq!(
            check["ok"].as_bool().unwrap(),
            check["error"].is_null(),
            "{check}"
        );
        assert!(is_timestamp(&check["since"]), "{check}");
        assert_eq!(check.as_object().unwrap().len(), 3);
    }
}

#[actix::test]
async fn since_stays_as_long_as_nothing_changes() {
    let server = Scripted::start().await;
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("SCRAPE_INTERVAL", "3600".into()),
    ];
    let gateway = TestGateway::start(environment);
    let since = async || {
        let (_, ready) = gateway.get("/-/ready").await;
        ["prometheus", "poller"].map(|check| ready["checks"][check]["since"].clone())
    };
    for channel in ["instant", "range", "alerts"] {
        gateway.frame(channel, |_| true).await;
    }
    let before = since().await;
    for seq in 2..5 {
        let told = http::post(gateway.addr, webhook::PATH, webhook::LEAST).await;
        assert_eq!(told.status, 200);
        gateway.frame("alerts", |frame| frame["seq"] == seq).await;
    }
    assert_eq!(since().await, before);
}

/// Starts hubs, on an arbiter of its own the one that shall die.
#[derive(Clone, Copy)]
struct StartHub<'s> {
    mortal: ChannelName,
    arbiter: &'s Arbiter,
    metrics: &'s StreamMetrics,
}

impl ChannelVisitor for StartHub<'_> {
    type Output = StartedHub;

    fn visit<C: Channel>(self) -> StartedHub {
        let hub = Hub::<C>::new(self.metrics.clone());
        if C::NAME == self.mortal {
            Hub::start_in_arbiter(&self.arbiter.handle(), |_| hub).into()
        } else {
            hub.start().into()
        }
    }
}

/// What a gateway's readiness asks, of actors of which one hub and the poller are on an arbiter of their own each.
fn features(mortal: ChannelName, of_hub: &Arbiter, of_poller: &Arbiter) -> Vec<Feature> {
    let telemetry = Telemetry::new().unwrap();
    let metrics = StreamMetrics::new(&telemetry).unwrap();
    let hubs = Hubs::start_with(StartHub {
        mortal,
        arbiter: of_hub,
        metrics: &metrics,
    });
    let audience = Audience {
        instant: hubs.publisher(),
        range: hubs.publisher(),
        metrics: hubs.publisher(),
        alerts: hubs.publisher(),
    };
    let poller = PromPoller::start_in_arbiter(&of_poller.handle(), |_| {
        let options = ApiOptions {
            url: "http://127.0.0.1:9".parse().unwrap(),
            max_response_bytes: 1024,
        };
        let plan = Plan {
            interval: Duration::from_secs(60),
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
    let [prometheus, alive] = stream::probes(&poller, &hubs);
    vec![
        Feature::new(&[])
            .depending_on(prometheus)
            .depending_on(alive),
    ]
}

async fn is_unready_after_the_end_of(
    mortal: ChannelName,
    which: impl Fn(Arbiter, Arbiter) -> (Arbiter, Arbiter),
) {
    let (of_hub, of_poller) = (Arbiter::new(), Arbiter::new());
    let readiness = readiness::start(&features(mortal, &of_hub, &of_poller));
    let app = App::new().configure(|config| {
        readiness.configure(config);
        route::register(config, readiness.routes.iter());
    });
    let app = test::init_service(app).await;
    let ask = async || {
        let request = test::TestRequest::get().uri("/-/ready").to_request();
        let answer = test::call_service(&app, request).await;
        let hint = answer.headers().contains_key("retry-after");
        (
            answer.status().as_u16(),
            hint,
            test::read_body_json::<Value, _>(answer).await,
        )
    };
    let (status, _, body) = ask().await;
    assert_eq!(
        (status, &body["status"]),
        (200, &"degraded".into()),
        "{body}"
    );
    let (dead, _alive) = which(of_hub, of_poller);
    dead.stop();
    let (hint, body) = eventually("it is unready", async || {
        let (status, hint, body) = ask().await;
        (status == 503).then_some((hint, body))
    })
    .await;
    assert!(hint, "no Retry-After");
    assert_eq!(body["status"], "unready");
    assert_eq!(body["checks"]["poller"]["ok"], false);
}

#[actix::test]
async fn with_a_dead_hub_it_is_never_ready() {
    for mortal in ChannelName::ALL {
        is_unready_after_the_end_of(mortal, |hub, poller| (hub, poller)).await;
    }
}

#[actix::test]
async fn with_a_dead_poller_it_is_never_ready() {
    is_unready_after_the_end_of(ChannelName::Instant, |hub, poller| (poller, hub)).await;
}
