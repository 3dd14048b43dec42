//! Access control: who may change values, and which web pages may use the simulator.

use std::net::{IpAddr, UdpSocket};

use awc::http::{Method, StatusCode};

use super::{TestMock, answer};

const CPU: &str = r#"mock_high_cpu_usage_percent{instance="mock-app-1",service="mock-service"}"#;

/// An address of this machine other than loopback, if it has one. Connecting a UDP socket sends nothing.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("203.0.113.1:9").ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then_some(ip)
}

#[actix::test]
async fn another_machine_may_look_but_change_nothing_without_the_token() {
    let Some(ip) = own_address() else {
        return; // the rule itself is tested beside it, in src/mock/http/access.rs
    };
    for (token, status, error_type) in [
        ("", StatusCode::FORBIDDEN, "forbidden"),
        ("s3cret", StatusCode::UNAUTHORIZED, "unauthorized"),
    ] {
        let mock = TestMock::on_all_interfaces(token);
        let base = format!("http://{ip}:{}", mock.port());
        let metrics = answer(mock.client.get(format!("{base}/metrics"))).await;
        assert_eq!(metrics.status, StatusCode::OK);

        let post = || {
            let request = mock.client.post(format!("{base}/simulate/cpu-usage/99"));
            request.insert_header(("X-Forwarded-For", "127.0.0.1"))
        };
        answer(post()).await.refused(status, error_type, "no token");
        let wrong = post().bearer_auth("s3crey");
        answer(wrong)
            .await
            .refused(status, error_type, "wrong token");
        assert_eq!(mock.value(CPU).await, Some(64.0));

        for path in [
            "/api/alerts/ServiceDown/trigger",
            "/api/alerts/ServiceDown/recover",
            "/api/reset",
            "/api/scenarios/everything/start",
            "/api/scenarios/stop",
        ] {
            let refused = answer(mock.client.post(format!("{base}{path}"))).await;
            refused.refused(status, error_type, path);
        }
        let alerts = answer(mock.client.get(format!("{base}/api/alerts"))).await;
        assert_eq!(alerts.status, StatusCode::OK);

        let right = answer(post().bearer_auth("s3cret")).await;
        assert_eq!(
            right.status == StatusCode::OK,
            token == "s3cret",
            "{}",
            right.body
        );
    }
}

#[actix::test]
async fn another_machine_may_change_values_where_that_is_allowed() {
    let Some(ip) = own_address() else {
        return;
    };
    let mock = TestMock::with(|settings| {
        settings.server.host = "0.0.0.0".to_owned();
        settings.control.allow_remote = true;
    });
    let post = mock
        .client
        .post(format!("http://{ip}:{}/simulate/cpu-usage/99", mock.port()));
    assert_eq!(answer(post).await.status, StatusCode::OK);
}

#[actix::test]
async fn ipv6_loopback_is_loopback() {
    let mock = TestMock::with(|settings| settings.server.host = "::".to_owned());
    for host in ["[::1]", "127.0.0.1"] {
        let post = mock.client.post(format!(
            "http://{host}:{}/simulate/cpu-usage/50",
            mock.port()
        ));
        assert_eq!(answer(post).await.status, StatusCode::OK, "{host}");
    }
}

#[actix::test]
async fn a_foreign_web_page_gets_nothing() {
    let mock = TestMock::start();
    for origin in [
        "http://evil.example",
        "null",
        "http://localhost:8005.evil.example",
        "http://localhost:8006",
    ] {
        for (method, path) in [
            (Method::POST, "/simulate/cpu-usage/99"),
            (Method::GET, "/metrics"),
            (Method::GET, "/health"),
            (Method::GET, "/nothing"),
            (Method::OPTIONS, "/simulate/cpu-usage/99"),
        ] {
            let request = mock.request(method, path).insert_header(("Origin", origin));
            let request = request.insert_header(("Access-Control-Request-Method", "POST"));
            let refused = answer(request).await;
            refused.refused(StatusCode::FORBIDDEN, "forbidden", origin);
            assert_eq!(refused.header("access-control-allow-origin"), None);
        }
    }
    assert_eq!(mock.value(CPU).await, Some(64.0));
}

#[actix::test]
async fn an_allowed_web_page_gets_cors_answers() {
    let mock = TestMock::start();
    let page = ("Origin", "http://localhost:8005");
    let preflight = |method: &str| {
        let request = mock.request(Method::OPTIONS, "/simulate/cpu-usage/99");
        let request = request.insert_header(("Access-Control-Request-Method", method));
        request.insert_header(page)
    };
    let allowed = answer(preflight("POST")).await;
    assert_eq!(allowed.status, StatusCode::OK);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(page.1));
    assert!(
        allowed
            .header("access-control-allow-methods")
            .unwrap()
            .contains("POST")
    );
    answer(preflight("DELETE"))
        .await
        .refused(StatusCode::BAD_REQUEST, "bad_data", "DELETE");
    assert_eq!(mock.value(CPU).await, Some(64.0));

    let post = mock
        .request(Method::POST, "/simulate/cpu-usage/99")
        .insert_header(page);
    let set = answer(post).await;
    assert_eq!(set.status, StatusCode::OK);
    assert_eq!(set.header("access-control-allow-origin"), Some(page.1));
    assert_eq!(mock.value(CPU).await, Some(99.0));
}
