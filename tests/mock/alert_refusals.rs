//! Wrong requests under `/api/` are answered with the error envelope, and change nothing.

use awc::http::{Method, StatusCode};

use super::{TestMock, answer};

/// Alert, body, and a part of the error.
#[rustfmt::skip]
const BODIES: &[(&str, &str, &[&str])] = &[
    ("DiskFull", "{\"value\":NaN}", &["value"]),
    ("DiskFull", "{\"value\":inf}", &["value"]),
    ("DiskFull", "{\"value\":Infinity}", &["value"]),
    ("DiskFull", "{\"value\":1e400}", &["value"]),
    ("DiskFull", "{\"value\":-1}", &["value"]),
    ("DiskFull", "{\"value\":\"97\"}", &["value"]),
    ("DiskFull", "{\"value\":null}", &["value"]),
    ("DiskFull", "{\"value\":[97]}", &["value"]),
    ("DiskFull", "{\"value\":true}", &["value"]),
    ("DiskFull", "{\"value\":100.01}", &["value", "100"]),
    ("DiskFull", "{\"value\":89}", &["value", "89", "90"]),
    ("DiskFull", "{\"value\":90}", &["value", "90"]),
    ("LowCPUIdle", "{\"value\":10}", &["value", "10"]),
    ("ServiceDown", "{\"value\":1}", &["value", "0"]),
    ("ServiceDown", "{\"value\":0.5}", &["value"]),
    ("ConnectionDrops", "{\"value\":0.25}", &["value", "0.25"]),
    ("DiskReadError", "{\"value\":0}", &["value", "0"]),
    ("MemoryLeakDetected", "{\"value\":262144}", &["value", "262144"]),
    ("QueueBacklogHigh", "{\"value\":1000.5}", &["value"]),
    ("DiskFull", "{\"ramp_seconds\":-1}", &["ramp_seconds"]),
    ("DiskFull", "{\"ramp_seconds\":1e400}", &["ramp_seconds"]),
    ("DiskFull", "{\"ramp_seconds\":86401}", &["ramp_seconds"]),
    ("DiskReadError", "{\"value\":1e300}", &["value", "1e6"]),
    ("ConnectionDrops", "{\"value\":1e308}", &["value", "1e6"]),
    ("MemoryLeakDetected", "{\"value\":-1}", &["value"]),
    ("DiskReadError", "{\"ramp_seconds\":5}", &["ramp_seconds"]),
    ("DBConnectionFailed", "{\"ramp_seconds\":5}", &["ramp_seconds", "between 0 and 1"]),
    ("CPUSpikeDetected", "{\"ramp_seconds\":5}", &["ramp_seconds"]),
    ("PacketLoss", "{\"ramp_seconds\":5}", &["ramp_seconds"]),
    ("MemoryLeakDetected", "{\"ramp_seconds\":5}", &["ramp_seconds"]),
    ("DiskFull", "{\"hold_seconds\":0}", &["hold_seconds"]),
    ("DiskFull", "{\"hold_seconds\":0.0001}", &["hold_seconds", "0.0001"]),
    ("DiskFull", "{\"hold_seconds\":-5}", &["hold_seconds"]),
    ("DiskFull", "{\"hold_seconds\":86400.1}", &["hold_seconds"]),
    ("DiskFull", "{\"hold_seconds\":\"5m\"}", &["hold_seconds"]),
    ("DiskFull", "{\"valeu\":97}", &["valeu", "ramp_seconds"]),
    ("DiskFull", "{\"value\":97,\"value\":98}", &["value", "twice"]),
    ("DiskFull", "[]", &["object"]),
    ("DiskFull", "97", &["object"]),
    ("DiskFull", "null", &["object"]),
    ("DiskFull", "\"\"", &["object"]),
    ("DiskFull", "{", &["body"]),
    ("DiskFull", "{} {}", &["body"]),
    ("DiskFull", "value=97", &["body"]),
];

#[actix::test]
async fn a_bad_body_is_a_400_that_names_the_key_and_changes_nothing() {
    let mock = TestMock::start();
    let before = mock.simulated().await;
    for (alert, body, named) in BODIES {
        let path = format!("/api/alerts/{alert}/trigger");
        let refused = mock.post_body(&path, *body).await;
        let what = format!("{alert} {body}");
        let message = refused
            .refused(StatusCode::BAD_REQUEST, "bad_data", &what)
            .error;
        for part in *named {
            assert!(message.contains(part), "{what}: {message}");
        }
        assert!(refused.body.len() < 400, "{what}: {}", refused.body);
        assert_eq!(mock.alert(alert).await["condition"], "calm", "{what}");
    }
    let deep = "[".repeat(4_000);
    for (body, status) in [
        (format!("{{\"value\":{deep}"), StatusCode::BAD_REQUEST),
        (
            format!("{{\"{}\":1}}", "x".repeat(4_000)),
            StatusCode::BAD_REQUEST,
        ),
        (" ".repeat(4_097), StatusCode::PAYLOAD_TOO_LARGE),
        ("x".repeat(1_000_000), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let refused = mock.post_body("/api/alerts/DiskFull/trigger", body).await;
        refused.refused(status, "bad_data", "long");
        assert!(refused.body.len() < 400, "{}", refused.body);
    }
    assert_eq!(mock.simulated().await, before);
}

#[actix::test]
async fn an_unknown_name_is_a_404_that_tells_known_ones() {
    let mock = TestMock::start();
    for (asked, named) in [
        (
            "diskfull",
            "did you mean DiskFull, DiskAlmostFull, DBDiskFull?",
        ),
        ("Disk", "DiskAlmostFull"),
        ("Nothing", "HighMemoryUsage"),
        ("%00", "HighMemoryUsage"),
        ("%FF", "HighMemoryUsage"),
        ("a%2Fb", "HighMemoryUsage"),
    ] {
        for path in [
            format!("/api/alerts/{asked}"),
            format!("/api/alerts/{asked}/trigger"),
            format!("/api/alerts/{asked}/recover"),
        ] {
            let method = if path.ends_with(asked) {
                Method::GET
            } else {
                Method::POST
            };
            let refused = answer(mock.request(method, &path)).await;
            let message = refused
                .refused(StatusCode::NOT_FOUND, "not_found", &path)
                .error;
            assert!(message.contains(named), "{path}: {message}");
        }
    }
    let refused = mock.post("/api/scenarios/disk/start").await;
    let message = refused
        .refused(StatusCode::NOT_FOUND, "not_found", "disk")
        .error;
    assert!(message.contains("failing-disk"), "{message}");

    for path in [
        "/api",
        "/api/",
        "/api/alerts/",
        "/api/alerts/DiskFull/",
        "/api/alerts/DiskFull/drop",
        "/api/scenarios/",
        "/api/scenarios/everything",
        "/api/reset/now",
    ] {
        let refused = mock.post(path).await;
        refused.refused(StatusCode::NOT_FOUND, "not_found", path);
    }
}

#[actix::test]
async fn a_long_name_is_shortened_in_the_error_and_the_scrape_does_not_change() {
    let mock = TestMock::start();
    let before = mock.simulated().await;
    let long = "x".repeat(10_000);
    for number in 0..100 {
        let name = format!("{long}{number}");
        let refused = mock.post(&format!("/api/alerts/{name}/trigger")).await;
        refused.refused(StatusCode::NOT_FOUND, "not_found", "long");
        assert!(refused.body.len() < 2_000, "{}", refused.body);
    }
    assert!(mock.exposition().await.len() < 100_000);
    assert_eq!(mock.simulated().await, before);
}

#[actix::test]
async fn a_wrong_method_is_a_405_that_names_the_right_one() {
    let mock = TestMock::start();
    for (path, allowed) in [
        ("/api/alerts", "GET, HEAD"),
        ("/api/alerts/DiskFull", "GET, HEAD"),
        ("/api/alerts/DiskFull/trigger", "POST"),
        ("/api/alerts/DiskFull/recover", "POST"),
        ("/api/reset", "POST"),
        ("/api/scenarios", "GET, HEAD"),
        ("/api/scenarios/everything/start", "POST"),
        ("/api/scenarios/stop", "POST"),
    ] {
        let methods = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::OPTIONS,
        ];
        for method in methods
            .into_iter()
            .filter(|method| !allowed.starts_with(method.as_str()))
        {
            let refused = answer(mock.request(method, path)).await;
            refused.refused(StatusCode::METHOD_NOT_ALLOWED, "bad_data", path);
            assert_eq!(refused.header("allow"), Some(allowed), "{path}");
        }
    }
}

#[actix::test]
async fn a_request_without_parameters_refuses_a_body_with_keys_and_changes_nothing() {
    let mock = TestMock::start();
    mock.post("/api/alerts/ServiceDown/trigger").await.data();
    let before = mock.simulated().await;
    let paths = [
        "/api/alerts/ServiceDown/recover",
        "/api/scenarios/everything/start",
        "/api/scenarios/stop",
        "/api/reset",
    ];
    for path in paths {
        for (body, part) in [("{\"value\":1}", "\"value\""), ("[]", "map"), ("x", "body")] {
            let refused = mock.post_body(path, body).await;
            let message = refused.refused(StatusCode::BAD_REQUEST, "bad_data", path);
            assert!(
                message.error.contains(part),
                "{path} {body}: {}",
                message.error
            );
        }
        let refused = mock.post_body(path, " ".repeat(4_097)).await;
        refused.refused(StatusCode::PAYLOAD_TOO_LARGE, "bad_data", path);
    }
    assert_eq!(mock.simulated().await, before);
    for path in paths {
        mock.post_body(path, "{}").await.data();
    }
}

#[actix::test]
async fn a_foreign_web_page_triggers_nothing() {
    let mock = TestMock::start();
    let before = mock.simulated().await;
    for path in [
        "/api/alerts/ServiceDown/trigger",
        "/api/alerts/ServiceDown/recover",
        "/api/reset",
        "/api/scenarios/everything/start",
        "/api/scenarios/stop",
    ] {
        let request = mock.request(Method::POST, path);
        let request = request.insert_header(("Origin", "http://evil.example"));
        let refused = answer(request).await;
        refused.refused(StatusCode::FORBIDDEN, "forbidden", path);
    }
    assert_eq!(mock.simulated().await, before);
}
