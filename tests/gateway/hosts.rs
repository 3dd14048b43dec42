//! Hosts that are not the gateway's own are refused, whatever asks (DNS rebinding).

use crate::support::{
    gateway::TestGateway,
    hosts::{FOREIGN, LISTED, OWN, ask, assert_misdirected, assert_targets_are_judged},
    http::exchange,
    ws::handshake,
};

fn gateway() -> TestGateway {
    let url = "https://Metrics.example.org:8443/below".to_owned();
    TestGateway::start([
        ("SERVICE_METRICS__SERVER__HOSTS", LISTED.to_owned()),
        ("SERVICE_METRICS__SERVER__EXTERNAL_URL", url),
    ])
}

/// The status alone.
async fn status(gateway: &TestGateway, host: &str, path: &str) -> u16 {
    let line = format!("GET {path} HTTP/1.1");
    ask(gateway.addr, &line, &format!("Host: {host}\r\n"))
        .await
        .status
}

/// The status of a handshake that lacks its key: 400, unless it is refused for its host before.
async fn upgrade(gateway: &TestGateway, host: &str, path: &str) -> u16 {
    let changes = [("Host", Some(host)), ("Sec-WebSocket-Key", None)];
    let request = handshake(path, &changes);
    exchange(gateway.addr, request.as_bytes()).await.status
}

#[actix_web::test]
async fn requests_and_upgrades_to_the_gateway_s_own_hosts_are_answered() {
    let gateway = gateway();
    let more = ["service-metrics:8005", "metrics.example.org"];
    for host in OWN.into_iter().chain(more) {
        assert_eq!(
            status(&gateway, host, "/api/ui/settings").await,
            200,
            "{host}"
        );
        assert_eq!(upgrade(&gateway, host, "/ws").await, 400, "{host}");
    }
    assert_targets_are_judged(gateway.addr, "/api/ui/settings").await;
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn requests_and_upgrades_to_any_other_host_are_misdirected() {
    let gateway = gateway();
    for host in FOREIGN
        .into_iter()
        .chain(["host.docker.internal", "metrics"])
    {
        let header = format!("Host: {host}\r\n");
        for line in [
            "GET / HTTP/1.1",
            "GET /api/metrics/incidents/details HTTP/1.1",
            "GET /nowhere HTTP/1.1",
            "OPTIONS /api/metrics/instant HTTP/1.1",
            "GET /ws HTTP/1.1",
        ] {
            let answer = ask(gateway.addr, line, &header).await;
            assert_misdirected(&answer, &format!("{line} {host:?}"));
        }
        let (origin, own) = (format!("http://{host}"), Some(host));
        let page = [("Host", own), ("Origin", Some(origin.as_str()))];
        for path in ["/ws", "/", "/ws/alerts", "/nowhere"] {
            let answer = exchange(gateway.addr, handshake(path, &page).as_bytes()).await;
            assert_misdirected(&answer, &format!("upgrade {path} {host:?}"));
        }
    }
    let head = handshake("http://evil.example/ws", &[]);
    let answer = exchange(gateway.addr, head.as_bytes()).await;
    assert_misdirected(&answer, "an upgrade in absolute form");
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn probes_scrapes_and_webhooks_answer_to_any_host() {
    let gateway = gateway();
    for host in FOREIGN {
        // Without a Prometheus it is not ready, and has nothing to federate.
        for path in ["/health", "/-/healthy", "/-/ready", "/metrics", "/federate"] {
            let answered = status(&gateway, host, path).await;
            assert!(matches!(answered, 200 | 503), "{path} {host:?}: {answered}");
        }
        let line = "POST /api/alerts/webhook HTTP/1.1";
        let answer = ask(gateway.addr, line, &format!("Host: {host}\r\n")).await;
        assert_eq!(answer.status, 415, "{host:?}: {answer:?}");
        let page = format!("Host: {host}\r\nOrigin: http://{host}\r\n");
        assert_eq!(ask(gateway.addr, line, &page).await.status, 403, "{host:?}");
    }
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn every_answer_forbids_to_guess_its_type() {
    let gateway = gateway();
    for (line, headers, status) in [
        ("GET /api/ui/settings HTTP/1.1", "Host: localhost\r\n", 200),
        ("GET /metrics HTTP/1.1", "Host: localhost\r\n", 200),
        ("GET / HTTP/1.1", "Host: localhost\r\n", 200),
        ("GET /nowhere HTTP/1.1", "Host: localhost\r\n", 404),
        ("PUT /health HTTP/1.1", "Host: localhost\r\n", 405),
        ("GET /ws HTTP/1.1", "Host: localhost\r\n", 426),
        ("GET / HTTP/1.1", "Host: evil.example\r\n", 421),
        (
            "POST /api/alerts/webhook HTTP/1.1",
            "Host: localhost\r\n",
            415,
        ),
        (
            "OPTIONS /health HTTP/1.1",
            "Host: localhost\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: GET\r\n",
            403,
        ),
        (
            "GET /ws HTTP/1.1",
            "Host: localhost\r\nUpgrade: websocket\r\n",
            400,
        ),
    ] {
        let answer = ask(gateway.addr, line, headers).await;
        assert_eq!(answer.status, status, "{line}: {answer:?}");
        let nosniff = answer.header("x-content-type-options");
        assert_eq!(nosniff, Some("nosniff"), "{line}: {answer:?}");
    }
    gateway.stop().await.unwrap();
}
