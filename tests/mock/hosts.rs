//! Requests for other hosts and from other pages are refused (DNS rebinding).

use super::TestMock;
use crate::support::{
    hosts::{FOREIGN, LISTED, OWN, ask, assert_misdirected, assert_targets_are_judged},
    http::Answer,
};

const SET: &str = "POST /simulate/cpu-usage/99 HTTP/1.1";
const CPU: &str = r#"mock_high_cpu_usage_percent{instance="mock-app-1",service="mock-service"}"#;

fn mock() -> TestMock {
    TestMock::with(|settings| {
        let listed = LISTED.split(", ").map(str::to_owned);
        settings.server.hosts = listed.collect();
    })
}

async fn send(mock: &TestMock, line: &str, headers: &str) -> Answer {
    ask(mock.addr(), line, headers).await
}

#[actix::test]
async fn the_simulator_answers_to_its_own_hosts_only() {
    let mock = mock();
    let more = ["host.docker.internal:8082", "mock-metrics"];
    for host in OWN.into_iter().chain(more) {
        let header = format!("Host: {host}\r\n");
        assert_eq!(
            send(&mock, "GET /api/alerts HTTP/1.1", &header)
                .await
                .status,
            200,
            "{host}"
        );
    }
    assert_targets_are_judged(mock.addr(), "/api/alerts").await;
    for host in FOREIGN.into_iter().chain(["service-metrics"]) {
        let header = format!("Host: {host}\r\n");
        for line in [
            SET,
            "POST /api/alerts/ServiceDown/trigger HTTP/1.1",
            "POST /api/reset HTTP/1.1",
            "GET /api/alerts HTTP/1.1",
            "GET /nowhere HTTP/1.1",
            "OPTIONS /simulate/cpu-usage/99 HTTP/1.1",
        ] {
            let answer = send(&mock, line, &header).await;
            assert_misdirected(&answer, &format!("{line} {host:?}"));
        }
        for path in ["/health", "/-/healthy", "/-/ready", "/metrics"] {
            let answer = send(&mock, &format!("GET {path} HTTP/1.1"), &header).await;
            assert_eq!(answer.status, 200, "{path} {host:?}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        }
    }
    assert_eq!(mock.value(CPU).await, Some(64.0), "nothing has changed");
}

#[actix::test]
async fn what_a_page_of_another_site_causes_needs_an_allowed_origin() {
    let mock = mock();
    let host = "Host: localhost\r\n";
    for (headers, status) in [
        ("Sec-Fetch-Site: cross-site\r\n", 403),
        ("Sec-Fetch-Site: Cross-Site\r\n", 403),
        (
            "Sec-Fetch-Site: cross-site\r\nOrigin: http://evil.example\r\n",
            403,
        ),
        ("Sec-Fetch-Site: cross-site\r\nOrigin: null\r\n", 403),
        // The UI of 127.0.0.1, which calls localhost.
        (
            "Sec-Fetch-Site: cross-site\r\nOrigin: http://127.0.0.1:8005\r\n",
            200,
        ),
        (
            "Sec-Fetch-Site: same-site\r\nOrigin: http://LOCALHOST:8005\r\n",
            200,
        ),
        (
            "Sec-Fetch-Site: same-site\r\nOrigin: http://localhost:9999\r\n",
            403,
        ),
        ("Sec-Fetch-Site: same-origin\r\n", 200),
        ("Sec-Fetch-Site: none\r\n", 200),
    ] {
        for line in [
            "GET /api/alerts HTTP/1.1",
            "POST /simulate/cpu-usage/32 HTTP/1.1",
        ] {
            let answer = send(&mock, line, &format!("{host}{headers}")).await;
            assert_eq!(answer.status, status, "{line} {headers:?}: {answer:?}");
        }
    }
}
