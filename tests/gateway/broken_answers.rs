//! HAZARDS 14: whatever Prometheus answers, nothing broken is forwarded as good data, and it heals by itself.

use serde_json::json;

use super::faults::{GOOD, faults};
use crate::support::{
    eventually,
    gateway::{QUERY_TIMEOUT, TestGateway},
    scripted::{Script, Scripted},
};

const LIMIT: usize = 1 << 20;

fn query(name: &str) -> String {
    format!("[[instant]]\nname = \"{name}\"\nquery = \"{name}\"\nchannels = [\"instant\"]\n")
}

#[actix::test]
async fn a_broken_answer_is_an_error_in_its_place_and_harms_no_other() {
    let (server, elsewhere) = (Scripted::start().await, Scripted::start().await);
    let faults = faults(&elsewhere);
    let in_time = faults.into_iter().filter(|fault| fault.reason != "timeout");
    let faults: Vec<_> = in_time.collect();
    let mut file = String::from("range = []\n");
    for fault in &faults {
        server.script(fault.name, fault.script.clone());
        file += &query(fault.name);
    }
    server.script("good", Script::vector(GOOD));
    file += &query("good");
    let gateway = TestGateway::configured(
        &file,
        [
            ("PROMETHEUS_URL", server.url()),
            ("POLL_INTERVAL", "500".into()),
            (
                "SERVICE_METRICS__PROMETHEUS__MAX_RESPONSE_BYTES",
                LIMIT.to_string(),
            ),
        ],
    );

    let frame = gateway.frame("instant", |_| true).await;
    let good = json!({"resultType": "vector", "result": [serde_json::from_str::<serde_json::Value>(GOOD).unwrap()]});
    assert_eq!(
        (&frame["stale"], &frame["data"]["good"]),
        (&false.into(), &good)
    );
    for fault in &faults {
        let told = &frame["data"][fault.name];
        assert_eq!(
            told["errorType"], fault.error_type,
            "{}: {told}",
            fault.name
        );
        let words = told["error"].as_str().unwrap();
        // But for where a redirect leads.
        assert!(!words.contains(&server.addr().to_string()), "{words}");
        assert_eq!(told.as_object().unwrap().len(), 2, "{}: {told}", fault.name);
        let of_that_reason = faults
            .iter()
            .filter(|other| other.reason == fault.reason)
            .count();
        let series = format!(
            "service_metrics_query_failures_total{{reason=\"{}\",source=\"prometheus_instant\"}}",
            fault.reason
        );
        let beats = gateway.metric(&series).await / of_that_reason as f64;
        assert!(
            beats >= 1.0 && beats.fract() == 0.0,
            "{}: {beats}",
            fault.reason
        );
        let taken = server.sent(fault.name);
        assert!(
            taken < LIMIT * 16,
            "{} bytes were read of {}",
            taken,
            fault.name
        );
    }
    assert_eq!(elsewhere.asked(""), 0, "a redirect was followed");

    server.heal();
    gateway
        .frame("instant", |frame| {
            faults
                .iter()
                .all(|fault| frame["data"][fault.name]["result"].is_array())
        })
        .await;
}

#[actix::test]
async fn an_answer_that_takes_too_long_is_an_error_in_its_place_and_harms_no_other() {
    let (server, elsewhere) = (Scripted::start().await, Scripted::start().await);
    let faults = faults(&elsewhere);
    let late = faults.iter().filter(|fault| fault.reason == "timeout");
    let late: Vec<_> = late.collect();
    // The good one first: a probe that is not answered is waited for, for minutes.
    server.script("good", Script::vector(GOOD));
    let mut file = format!("range = []\n{}", query("good"));
    for fault in &late {
        server.script(fault.name, fault.script.clone());
        file += &query(fault.name);
    }
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("POLL_INTERVAL", "2000".into()),
        (QUERY_TIMEOUT, "1.6".into()),
    ];
    let gateway = TestGateway::configured(&file, environment);
    // On a busy machine the good one may be late too, but not each time.
    let frame = gateway.frame("instant", |frame| {
        for fault in &late {
            let told = &frame["data"][fault.name];
            assert_eq!(told["errorType"], fault.error_type, "{told}");
        }
        frame["data"]["good"]["result"].is_array()
    });
    assert_eq!(frame.await["stale"], false);
    let series =
        "service_metrics_query_failures_total{reason=\"timeout\",source=\"prometheus_instant\"}";
    assert!(gateway.metric(series).await >= late.len() as f64);
    server.heal();
    gateway
        .frame("instant", |frame| {
            late.iter()
                .all(|fault| frame["data"][fault.name]["result"].is_array())
        })
        .await;
}

#[actix::test]
async fn prometheus_may_speak_http_1_0_or_chunked_and_be_reached_over_ipv6() {
    let server = Scripted::start_at("::1").await;
    let body = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
    let old = format!("HTTP/1.0 200 OK\r\n\r\n{body}");
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    server.script("old", Script::Close(old.into()));
    server.script("chunked", Script::Bytes(chunked.into()));
    let file = format!("range = []\n{}{}", query("old"), query("chunked"));
    let gateway = TestGateway::configured(&file, [("PROMETHEUS_URL", server.url())]);
    let frame = gateway.frame("instant", |_| true).await;
    let empty = json!({"resultType": "vector", "result": []});
    assert_eq!(frame["data"], json!({"old": empty, "chunked": empty}));
}

#[actix::test]
async fn a_kept_connection_that_is_closed_at_the_moment_of_its_use_costs_no_answer() {
    let server = Scripted::start().await;
    server.hang_up_on_reuse();
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("POLL_INTERVAL", "500".into()),
    ];
    let file = format!("range = []\n{}", query("good"));
    let gateway = TestGateway::configured(&file, environment);
    gateway
        .frame("instant", |frame| frame["seq"].as_u64() >= Some(4))
        .await;
    let errors = "service_metrics_errors_total{source=\"prometheus_instant\"}";
    assert_eq!(gateway.metric(errors).await, 0.0);
}

#[actix::test]
async fn a_connection_refused_is_told_and_a_second_attempt_is_made_on_the_next_beat() {
    let gateway = TestGateway::start([("POLL_INTERVAL", "300".into())]);
    let frame = gateway.frame("instant", |_| true).await;
    assert_eq!(frame["stale"], true);
    for (_, told) in frame["data"].as_object().unwrap() {
        assert_eq!(told["errorType"], "unavailable");
    }
    eventually("the range frame", async || {
        let (status, frame) = gateway.get("/api/metrics/range").await;
        (status == 200 && frame["stale"] == true).then_some(())
    })
    .await;
    gateway
        .frame("instant", |frame| frame["seq"].as_u64() > Some(2))
        .await;
}

#[actix::test]
async fn a_first_question_that_hangs_does_not_keep_the_others_from_being_asked() {
    let server = Scripted::start().await;
    server.script("hangs", Script::Silence);
    let gateway = TestGateway::configured(
        &format!("range = []\n{}{}", query("hangs"), query("good")),
        [
            ("PROMETHEUS_URL", server.url()),
            ("POLL_INTERVAL", "300".into()),
            (QUERY_TIMEOUT, "0.2".into()),
        ],
    );
    // The server answers the question for alerts meanwhile: it is not the server that hangs.
    let frame = gateway
        .frame("instant", |frame| frame["stale"] == false)
        .await;
    assert_eq!(frame["data"]["hangs"]["errorType"], "timeout");
    assert!(frame["data"]["good"]["result"].is_array(), "{frame}");
    assert!(
        server.most_waiting("hangs") <= 1,
        "it was asked twice at once"
    );
}
