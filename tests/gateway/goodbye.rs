//! The gateway stops: whoever listens is told, whoever does not is not waited for.

use tokio::net::TcpStream;

use crate::support::{eventually, http, scripted_prometheus::ScriptedPrometheus, ws::WsClient};

/// As long as may be: a busy machine needs time to say good-bye.
const DRAIN: (&str, &str) = ("SERVICE_METRICS__SERVER__DRAIN_SECONDS", "8");

#[actix_web::test]
async fn every_live_session_is_told_to_reconnect_although_one_is_jammed() {
    let prometheus = ScriptedPrometheus::start().await;
    // More than the kernel holds for who does not read, and little enough to be read to its end in a moment.
    prometheus.pad(1 << 20);
    let send_buffer = ("SERVICE_METRICS__WEBSOCKET__SEND_BUFFER_BYTES", "262144");
    let gateway = prometheus.gateway(500, [DRAIN, send_buffer]);
    let addr = gateway.addr;
    let mut live = Vec::new();
    for path in ["/ws/instant", "/ws/metrics", "/ws"] {
        let mut client = WsClient::open(addr, path).await;
        client.json().await;
        live.push(client);
    }
    let jammed = WsClient::open_narrow(addr, "/ws/range").await;
    eventually("it is jammed", async || {
        let skipped = "service_metrics_frames_skipped_total{channel=\"range\"}";
        // `/ws` among the live ones does not read either for the moment: two skip.
        (gateway.metric(skipped).await >= 2.0).then_some(())
    })
    .await;
    let stopped = actix_web::rt::spawn(gateway.stop());
    for client in &mut live {
        assert_eq!(client.closed_with().await, 1001);
    }
    stopped.await.unwrap().unwrap();
    assert!(
        TcpStream::connect(addr).await.is_err(),
        "nobody listens any more"
    );
    drop(jammed);
}

#[actix_web::test]
async fn while_sessions_are_told_new_ones_are_refused() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(4 << 20);
    let gateway = prometheus.gateway(500, [DRAIN]);
    let addr = gateway.addr;
    let mut live = WsClient::open(addr, "/ws/instant").await;
    live.json().await;
    // It keeps the gateway waiting for as long as a session may take to end.
    let jammed = WsClient::open_narrow(addr, "/ws/range").await;
    eventually("it is jammed", async || {
        let skipped = "service_metrics_frames_skipped_total{channel=\"range\"}";
        (gateway.metric(skipped).await >= 1.0).then_some(())
    })
    .await;
    let stopped = actix_web::rt::spawn(gateway.stop());
    assert_eq!(live.closed_with().await, 1001);
    let handshake = crate::support::ws::handshake("/ws", &[]);
    let answer = http::exchange(addr, handshake.as_bytes()).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.header("retry-after").is_some());
    stopped.await.unwrap().unwrap();
    drop(jammed);
}
