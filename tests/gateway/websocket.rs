//! What a browser sees on its WebSocket, message by message.

use serde_json::{Value, json};

use crate::support::{
    gateway::TestGateway,
    http,
    scripted_prometheus::ScriptedPrometheus,
    ws::{Message, WsClient},
};

/// A beat that does not come again while a test runs: what arrives is what joining brought.
const NEVER_AGAIN: u32 = 3_600_000;

/// A gateway that has polled once.
async fn polled_once() -> (ScriptedPrometheus, TestGateway) {
    let prometheus = ScriptedPrometheus::start().await;
    let gateway = prometheus.gateway(NEVER_AGAIN, []);
    let mut first = WsClient::open(gateway.addr, "/ws").await;
    first.json_of("instant_metrics").await;
    let mut first = WsClient::open(gateway.addr, "/ws").await;
    first.json_of("range_metrics").await;
    let mut first = WsClient::open(gateway.addr, "/ws/alerts").await;
    first.json_of("alerts").await;
    (prometheus, gateway)
}

async fn text(client: &mut WsClient) -> String {
    match client.next().await {
        Some(Message::Text(text)) => text,
        other => panic!("instead of a text: {other:?}"),
    }
}

#[actix_web::test]
async fn every_url_greets_and_then_sends_the_latest_frame_of_its_channels_at_once() {
    let (_prometheus, gateway) = polled_once().await;
    for (path, channels, types) in [
        (
            "/ws",
            vec!["instant", "range"],
            vec!["instant_metrics", "range_metrics"],
        ),
        (
            "/",
            vec!["instant", "range"],
            vec!["instant_metrics", "range_metrics"],
        ),
        ("/ws/instant", vec!["instant"], vec!["instant_metrics"]),
        ("/ws/range", vec!["range"], vec!["range_metrics"]),
        ("/ws/alerts", vec!["alerts"], vec!["alerts"]),
    ] {
        let mut client = WsClient::open(gateway.addr, path).await;
        let greeting = client.json().await;
        assert_eq!(greeting["type"], "connection", "{path}");
        assert_eq!(greeting["message"], "Connected to service-metrics");
        assert_eq!(greeting["channels"], json!(channels), "{path}");
        assert!(
            greeting["epoch"]
                .as_str()
                .is_some_and(|epoch| !epoch.is_empty())
        );
        assert!(is_timestamp(&greeting["timestamp"]), "{greeting}");
        assert_eq!(greeting.as_object().unwrap().len(), 5);
        let mut seen = Vec::new();
        for _ in &types {
            let frame = client.json().await;
            assert_eq!((&frame["seq"], &frame["stale"]), (&json!(1), &json!(false)));
            assert!(is_timestamp(&frame["timestamp"]), "{frame}");
            assert_eq!(frame.as_object().unwrap().len(), 5);
            seen.push(frame["type"].as_str().unwrap().to_owned());
        }
        seen.sort();
        assert_eq!(seen, types, "{path}");
    }
}

fn is_timestamp(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == "2026-02-10T05:35:22.447Z".len()
        && text.ends_with('Z')
        && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

#[actix_web::test]
async fn the_flat_channel_is_bare_at_its_own_url_and_enveloped_elsewhere() {
    let (_prometheus, gateway) = polled_once().await;
    let mut own = WsClient::open(gateway.addr, "/ws/metrics").await;
    assert_eq!(own.json().await["channels"], json!(["metrics"]));
    let bare = own.json().await;
    assert!(bare["cpu_usage_seconds_total"].is_number(), "{bare}");
    assert_eq!(bare.get("type"), None);

    let mut other = WsClient::open(gateway.addr, "/ws/instant").await;
    other
        .say(r#"{"type":"subscribe","channel":"metrics"}"#)
        .await;
    let enveloped = other.json_of("metrics").await;
    assert_eq!(enveloped["data"], bare);
    assert_eq!(enveloped["seq"], 1);
}

#[actix_web::test]
async fn each_beat_brings_one_frame_more() {
    let prometheus = ScriptedPrometheus::on_demand().await;
    let gateway = prometheus.gateway(100, []);
    let mut client = WsClient::open(gateway.addr, "/ws").await;
    assert_eq!(client.json().await["type"], "connection");
    for beat in 1..=6 {
        prometheus.beat();
        let mut types = Vec::new();
        for _ in 0..2 {
            let frame = client.json().await;
            assert_eq!(frame["seq"], beat, "{frame}");
            types.push(frame["type"].as_str().unwrap().to_owned());
        }
        types.sort();
        assert_eq!(types, ["instant_metrics", "range_metrics"]);
    }
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn the_epoch_is_the_process_s() {
    let epoch = async |gateway: &TestGateway| {
        let mut client = WsClient::open(gateway.addr, "/ws/instant").await;
        client.json().await["epoch"].as_str().unwrap().to_owned()
    };
    let (one, other) = (TestGateway::start([]), TestGateway::start([]));
    assert_eq!(epoch(&one).await, epoch(&one).await);
    assert_ne!(epoch(&one).await, epoch(&other).await);
}

#[actix_web::test]
async fn rest_gives_the_same_bytes_as_the_websocket() {
    let (_prometheus, gateway) = polled_once().await;
    for channel in ["instant", "range", "alerts"] {
        let mut client = WsClient::open(gateway.addr, &format!("/ws/{channel}")).await;
        text(&mut client).await;
        let answer = http::get(gateway.addr, &format!("/api/metrics/{channel}")).await;
        assert_eq!(answer.body, text(&mut client).await);
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[actix_web::test]
async fn before_the_first_poll_rest_says_so_and_when_to_come_back() {
    // Connections are taken and never answered.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let gateway = TestGateway::start([("PROMETHEUS_URL", url)]);
    for path in [
        "/api/metrics/instant",
        "/api/metrics/range",
        "/api/metrics/alerts",
        "/federate",
    ] {
        let answer = http::get(gateway.addr, path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert!(answer.header("retry-after").is_some());
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            (&body["status"], &body["errorType"]),
            (&json!("error"), &json!("unavailable"))
        );
    }
    let mut client = WsClient::open(gateway.addr, "/ws").await;
    assert_eq!(client.json().await["type"], "connection");
    client.say(r#"{"type":"ping"}"#).await;
    assert_eq!(client.json().await["type"], "ack", "no frame was waiting");
}

#[actix_web::test]
async fn an_acknowledgement_precedes_the_frame_it_brings_and_a_second_one_brings_none() {
    let (_prometheus, gateway) = polled_once().await;
    let mut client = WsClient::open(gateway.addr, "/ws/instant").await;
    client.json_of("instant_metrics").await;
    for _ in 0..2 {
        client
            .say(r#"{"type":"subscribe","channel":"range"}"#)
            .await;
    }
    client
        .say(r#"{"type":"unsubscribe","channel":"metrics"}"#)
        .await;
    client.say(r#"{"type":"get_metrics","what":"ever"}"#).await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        let json = client.json().await;
        if json["type"] == "ack" {
            assert!(is_timestamp(&json["timestamp"]), "{json}");
        }
        let what = json["requestType"].as_str().or(json["type"].as_str());
        seen.push(what.unwrap().to_owned());
    }
    let frame = seen
        .iter()
        .position(|what| what == "range_metrics")
        .unwrap();
    assert!(frame > 0, "{seen:?}");
    seen.remove(frame);
    assert_eq!(
        seen,
        ["subscribe", "subscribe", "unsubscribe", "get_metrics"]
    );
    // Acknowledgements and frames come in order: had there been a second frame, it would be here.
    client.say(r#"{"type":"ping"}"#).await;
    assert_eq!(client.json().await["requestType"], "ping");
    assert_eq!(
        gateway
            .metric("service_metrics_subscriptions{channel=\"range\"}")
            .await,
        1.0
    );
}

#[actix_web::test]
async fn who_unsubscribes_gets_no_more_frames_and_who_returns_gets_the_latest() {
    let prometheus = ScriptedPrometheus::start().await;
    let gateway = prometheus.gateway(100, []);
    let mut client = WsClient::open(gateway.addr, "/ws").await;
    let before = client.json_of("range_metrics").await;
    client
        .say(r#"{"type":"unsubscribe","channel":"range"}"#)
        .await;
    client.json_of("ack").await;
    for _ in 0..10 {
        assert_eq!(client.json().await["type"], "instant_metrics");
    }
    client
        .say(r#"{"type":"subscribe","channel":"range"}"#)
        .await;
    let after = client.json_of("range_metrics").await;
    assert!(after["seq"].as_u64() > before["seq"].as_u64());
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn a_request_that_is_not_understood_is_an_error_and_the_connection_lives_on() {
    let gateway = TestGateway::start([]);
    let mut client = WsClient::open(gateway.addr, "/ws/metrics").await;
    client.json_of("connection").await;
    for request in [
        "",
        "hello",
        "[]",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"subscribe"}"#,
        r#"{"type":"subscribe","channel":"disco"}"#,
        r#"{"type":"unsubscribe","channel":["range"]}"#,
        r#"{"type":"ping""#,
        "\0",
    ] {
        client.say(request).await;
        let error = client.json_of("error").await;
        assert_eq!(error["errorType"], "bad_data", "{request}");
        assert!(!error["error"].as_str().unwrap().is_empty(), "{request}");
    }
    client
        .say(&format!(
            r#"{{"type":"ping","x":"{}"}}"#,
            "x".repeat(60_000)
        ))
        .await;
    assert_eq!(client.json_of("ack").await["requestType"], "ping");
}
