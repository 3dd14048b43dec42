//! Browsers that read slowly, or not at all: they harm nobody but themselves.

use crate::support::{
    eventually,
    gateway::TestGateway,
    scripted_prometheus::ScriptedPrometheus,
    ws::{Message, PONG, WsClient, frame},
};

const STALL: &str = "SERVICE_METRICS__WEBSOCKET__STALL_TIMEOUT_SECONDS";
const PING_INTERVAL: &str = "SERVICE_METRICS__WEBSOCKET__PING_INTERVAL_SECONDS";
const SEND_BUFFER: &str = "SERVICE_METRICS__WEBSOCKET__SEND_BUFFER_BYTES";

async fn closed(gateway: &TestGateway, code: &str) -> f64 {
    let series = format!("service_metrics_sessions_closed_total{{code=\"{code}\"}}");
    gateway.metric(&series).await
}

#[actix_web::test]
async fn a_browser_that_stops_reading_is_dropped_and_the_others_miss_no_beat() {
    // A beat comes when the healthy one has seen the one before: if it misses one then, it was not merely slow.
    let prometheus = ScriptedPrometheus::on_demand().await;
    prometheus.pad(1 << 20);
    let gateway = prometheus.gateway(500, [(STALL, "4"), (PING_INTERVAL, "1")]);
    let mut healthy = WsClient::open(gateway.addr, "/ws").await;
    assert_eq!(healthy.json().await["type"], "connection");
    let mut jammed = WsClient::open_narrow(gateway.addr, "/ws/range").await;
    let mut beat = 0;
    while closed(&gateway, "4408").await == 0.0 {
        prometheus.beat();
        beat += 1;
        for _ in 0..2 {
            assert_eq!(healthy.json().await["seq"], beat);
        }
    }
    assert_eq!(closed(&gateway, "4408").await, 1.0);
    assert_eq!(
        closed(&gateway, "4409").await,
        0.0,
        "the stall deadline is in charge"
    );
    assert_eq!(gateway.metric("service_metrics_sessions").await, 1.0);
    while jammed.next().await.is_some() {} // what had left before arrives, and then the end
    prometheus.beat();
    healthy.json().await;
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn a_slow_reader_skips_beats_and_is_never_dropped() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(1 << 20);
    let settings = [(STALL, "3"), (PING_INTERVAL, "2"), (SEND_BUFFER, "16384")];
    let gateway = prometheus.gateway(100, settings);
    let mut slow = WsClient::open_narrow(gateway.addr, "/ws").await;
    let mut pace = actix_web::rt::time::interval(std::time::Duration::from_millis(2));
    let mut last = (0, 0);
    let mut skipped = 0;
    while skipped < 20 {
        pace.tick().await; // the slowness itself: some kilobytes at each tick
        assert_ne!(
            slow.sip(8192).await,
            0,
            "dropped, after {skipped} beats skipped"
        );
        while let Some(message) = slow.take_message() {
            let text = match message {
                Message::Text(text) => text,
                Message::Ping(payload) => {
                    slow.send(&frame(PONG, &payload)).await.unwrap();
                    continue;
                }
                other => panic!("{other:?}"),
            };
            let frame: serde_json::Value = serde_json::from_str(&text).unwrap();
            let Some(seq) = frame["seq"].as_u64() else {
                continue;
            };
            let last = if frame["type"] == "range_metrics" {
                &mut last.0
            } else {
                &mut last.1
            };
            assert!(seq > *last, "{seq} after {last}");
            skipped += seq - *last - 1;
            *last = seq;
        }
    }
    assert!(
        last.0 > 0 && last.1 > 0,
        "both channels get through: {last:?}"
    );
    assert!(
        gateway
            .metric("service_metrics_frames_skipped_total{channel=\"range\"}")
            .await
            > 0.0
    );
    assert_eq!(gateway.metric("service_metrics_sessions").await, 1.0);
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn a_browser_that_reads_drop_by_drop_is_never_dropped() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(4 << 20);
    let gateway = prometheus.gateway(500, [(STALL, "3")]);
    let mut slow = WsClient::open_narrow(gateway.addr, "/ws/range").await;
    let mut pace = actix_web::rt::time::interval(std::time::Duration::from_millis(100));
    // Several stall deadlines, in none of which so much is read that the kernel reports the socket writable.
    for tick in 0..80 {
        pace.tick().await;
        assert_ne!(slow.sip(1024).await, 0, "dropped at tick {tick}");
        assert_eq!(closed(&gateway, "4408").await, 0.0, "at tick {tick}");
    }
    assert_eq!(gateway.metric("service_metrics_sessions").await, 1.0);
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn a_browser_that_answers_no_ping_is_dropped_and_one_that_does_is_not() {
    let gateway = TestGateway::start([(PING_INTERVAL, "1".to_owned())]);
    let mut alive = WsClient::open(gateway.addr, "/ws/metrics").await;
    let mut dead = WsClient::open(gateway.addr, "/ws/metrics").await;
    let heartbeat = actix_web::rt::spawn(async move {
        loop {
            alive.json().await; // which answers the pings on its way
        }
    });
    for _ in 0..2 {
        while !matches!(dead.next().await, Some(Message::Ping(_))) {}
    }
    assert_eq!(
        dead.next().await,
        Some(Message::Close(4409, "two pings were not answered".into())),
        "before a third ping"
    );
    let mut next = WsClient::open(gateway.addr, "/ws/metrics").await;
    assert_eq!(next.closed_with().await, 4409, "as long again");
    assert_eq!(closed(&gateway, "4409").await, 2.0);
    assert_eq!(gateway.metric("service_metrics_sessions").await, 1.0);
    assert!(!heartbeat.is_finished());
}

#[actix_web::test]
async fn who_asks_without_reading_the_answers_is_flooding() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(4 << 20);
    let gateway = prometheus.gateway(500, [(STALL, "300")]);
    let mut client = WsClient::open_narrow(gateway.addr, "/ws/range").await;
    eventually("a frame is on its way", async || {
        let sent = gateway
            .metric("service_metrics_frames_sent_total{channel=\"range\"}")
            .await;
        (sent > 0.0).then_some(())
    })
    .await;
    // One answer more than may wait, and then silence: it is not the client's next word that ends the session.
    for _ in 0..65 {
        client.say(r#"{"type":"ping"}"#).await;
    }
    eventually("1008", async || {
        (closed(&gateway, "1008").await == 1.0).then_some(())
    })
    .await;
    assert_eq!(gateway.metric("service_metrics_sessions").await, 0.0);
    gateway.stop().await.unwrap(); // which waits for the end of every connection
}
