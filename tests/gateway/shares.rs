//! What one client gets of the sessions, and who counts as one client.

use serde_json::Value;

use crate::support::{
    eventually,
    gateway::TestGateway,
    http::{Answer, connect_from, exchange_over},
    ws::{WsClient, handshake},
};

const MAX: &str = "SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS";
const PER_ADDRESS: &str = "SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS_PER_ADDRESS";
const PROXIES: &str = "SERVICE_METRICS__SERVER__TRUSTED_PROXIES";

/// Headers that name the client.
type Said<'h> = [(&'h str, &'h str)];

/// Opens a session from the address of loopback that ends in this number.
async fn open(gateway: &TestGateway, last: u8, said: &Said<'_>) -> WsClient {
    let stream = connect_from([127, 0, 0, last], gateway.addr).await;
    WsClient::with(stream, "/ws/instant", said).await
}

async fn refused(gateway: &TestGateway, last: u8, said: &Said<'_>) -> Answer {
    let stream = connect_from([127, 0, 0, last], gateway.addr).await;
    let changes: Vec<_> = said
        .iter()
        .map(|(name, value)| (*name, Some(*value)))
        .collect();
    exchange_over(stream, handshake("/ws/instant", &changes).as_bytes()).await
}

fn assert_has_its_share(answer: &Answer, client: &str) {
    assert_eq!(answer.status, 429, "{answer:?}");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    let envelope: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(envelope["errorType"], "too_many_requests");
    let told = envelope["error"].as_str().unwrap();
    assert!(told.starts_with(&format!("{client} has ")), "{told}");
}

async fn refusals(gateway: &TestGateway, limit: &str) -> f64 {
    let series = format!("service_metrics_sessions_refused_total{{limit=\"{limit}\"}}");
    gateway.metric(&series).await
}

#[actix_web::test]
async fn one_address_gets_its_share_and_others_still_get_in() {
    let gateway = TestGateway::start([(PER_ADDRESS, "2".into())]);
    let first = open(&gateway, 2, &[]).await;
    let _second = open(&gateway, 2, &[]).await;
    assert_has_its_share(&refused(&gateway, 2, &[]).await, "127.0.0.2");
    let _another = open(&gateway, 3, &[]).await;
    assert_eq!(refusals(&gateway, "address").await, 1.0);
    drop(first);
    eventually("a place is free again", async || {
        (gateway.metric("service_metrics_sessions ").await == 2.0).then_some(())
    })
    .await;
    let stream = connect_from([127, 0, 0, 2], gateway.addr).await;
    WsClient::with(stream, "/ws/instant", &[]).await;
}

#[actix_web::test]
async fn without_a_limit_a_quarter_is_left_for_others_all_the_same() {
    let gateway = TestGateway::start([(MAX, "4".into()), (PER_ADDRESS, "0".into())]);
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(open(&gateway, 2, &[]).await);
    }
    assert_has_its_share(&refused(&gateway, 2, &[]).await, "127.0.0.2");
    held.push(open(&gateway, 3, &[]).await);
    assert_eq!(refused(&gateway, 4, &[]).await.status, 503);
    assert_eq!(refusals(&gateway, "address").await, 1.0);
    assert_eq!(refusals(&gateway, "total").await, 1.0);
}

#[actix_web::test]
async fn behind_a_trusted_proxy_each_client_counts_for_itself() {
    let settings = [(PER_ADDRESS, "1".into()), (PROXIES, "127.0.0.1/32".into())];
    let gateway = TestGateway::start(settings);
    let mut held = Vec::new();
    for said in [
        ("X-Forwarded-For", "203.0.113.9, 192.0.2.1"),
        ("X-Forwarded-For", "203.0.113.9, 192.0.2.2, 127.0.0.1"),
        ("Forwarded", "for=\"[2001:db8::1]:4711\";proto=https"),
    ] {
        held.push(open(&gateway, 1, &[said]).await);
    }
    for (said, client) in [
        (("X-Forwarded-For", "198.51.100.1, 192.0.2.1"), "192.0.2.1"),
        (("Forwarded", "for=192.0.2.2"), "192.0.2.2"),
        (
            ("Forwarded", "for=\"[2001:db8::ffff:2]\""),
            "2001:db8::ffff:2",
        ),
    ] {
        assert_has_its_share(&refused(&gateway, 1, &[said]).await, client);
    }
    // Whom nobody trusts speaks for himself, whatever he claims.
    held.push(open(&gateway, 9, &[("X-Forwarded-For", "192.0.2.3")]).await);
    let again = refused(&gateway, 9, &[("X-Forwarded-For", "192.0.2.4")]).await;
    assert_has_its_share(&again, "127.0.0.9");
}
