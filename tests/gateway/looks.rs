//! A webhook makes the poller look at alerts at once, and any number of them makes it look a few times.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all, stream};
use tokio::sync::Semaphore;

use super::webhook::{LEAST, PATH};
use crate::support::{
    gateway::TestGateway,
    http,
    scripted::{ALERTS, Script, Scripted},
    ws::WsClient,
};

const NEVER_AGAIN: &str = "3600";

/// A gateway that has polled once.
async fn polled_once(server: &Scripted) -> TestGateway {
    let gateway = TestGateway::start([
        ("PROMETHEUS_URL", server.url()),
        ("SCRAPE_INTERVAL", NEVER_AGAIN.into()),
    ]);
    gateway.frame("range", |_| true).await;
    gateway
}

async fn tell(gateway: &TestGateway) {
    let answer = http::post(gateway.addr, PATH, LEAST).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"status":"success"}"#)
    );
}

#[actix::test]
async fn a_webhook_brings_a_frame_without_waiting_for_the_beat() {
    let server = Scripted::start().await;
    let gateway = polled_once(&server).await;
    let mut browser = WsClient::open(gateway.addr, "/ws/alerts").await;
    let before = browser.json_of("alerts").await;
    assert_eq!(before["data"], serde_json::json!({"alerts": []}));
    let queries = server.asked("") - server.asked(ALERTS);
    for seq in 2..5 {
        server.script(ALERTS, Script::alerts(&format!(r#"{{"value":"{seq}"}}"#)));
        tell(&gateway).await;
        let frame = browser.json_of("alerts").await;
        assert_eq!(
            (&frame["seq"], &frame["stale"]),
            (&seq.into(), &false.into())
        );
        assert_eq!(frame["data"]["alerts"][0]["value"], seq.to_string());
        assert_eq!(frame.as_object().unwrap().len(), 5, "{frame}");
    }
    assert_eq!(server.asked(ALERTS), 4);
    assert_eq!(
        server.asked("") - server.asked(ALERTS),
        queries,
        "nothing else is asked again"
    );
}

#[actix::test]
async fn a_storm_of_webhooks_is_a_few_questions_and_the_last_one_is_answered() {
    let server = Scripted::start().await;
    let gateway = polled_once(&server).await;
    let (asked, began) = (server.asked(ALERTS), Instant::now());
    for round in ["0", "1", "2", "3", "4"] {
        // As many at once as one client may have on their way.
        let storm = stream::iter(0..100).for_each_concurrent(16, |_| tell(&gateway));
        storm.await;
        server.script(ALERTS, Script::alerts(&format!(r#"{{"value":"{round}"}}"#)));
        tell(&gateway).await;
        gateway
            .frame("alerts", |frame| {
                frame["data"]["alerts"][0]["value"] == round
            })
            .await;
    }
    let looks = server.asked(ALERTS) - asked;
    let pauses = began.elapsed().as_millis() / Duration::from_millis(200).as_millis();
    assert!(looks >= 5, "{looks}");
    assert!(looks as u128 <= pauses + 1, "{looks} in {pauses} pauses");
    assert_eq!(server.most_waiting(ALERTS), 1);
    let accepted = gateway.metric("service_metrics_webhooks_total{outcome=\"accepted\"}");
    assert_eq!(accepted.await, 505.0);
}

#[actix::test]
async fn webhooks_during_a_look_bring_exactly_one_more() {
    let server = Scripted::start().await;
    let permits = Arc::new(Semaphore::new(0));
    server.script(ALERTS, Script::alerts("").held(&permits));
    let gateway = polled_once(&server).await;
    join_all((0..16).map(|_| tell(&gateway))).await;
    assert_eq!(server.asked(ALERTS), 1, "the first look still waits");
    server.script(ALERTS, Script::alerts(""));
    permits.add_permits(1);
    let frame = gateway.frame("alerts", |frame| frame["seq"] == 2).await;
    assert_eq!(frame["stale"], false);
    // Were there one more, it would come before what is asked for now.
    tell(&gateway).await;
    gateway.frame("alerts", |frame| frame["seq"] == 3).await;
    assert_eq!(server.asked(ALERTS), 3);
}
