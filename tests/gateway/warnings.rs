//! What Prometheus says besides its answers, and answers of other vendors that mean "none".

use serde_json::json;

use crate::support::{
    eventually,
    gateway::TestGateway,
    scripted::{ALERTS, Script, Scripted},
};

const QUERY: &str = r#"
[[instant]]
name = "q"
query = "q"
channels = ["instant", "metrics"]
[[range]]
name = "r"
query = "r"
window_seconds = 3600
step_seconds = 3600
"#;

fn answer(result: &str, besides: &str) -> Script {
    Script::json(
        200,
        format!(
            r#"{{"status":"success","data":{{"resultType":"vector","result":{result}}}{besides}}}"#
        ),
    )
}

async fn gateway(server: &Scripted) -> TestGateway {
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("POLL_INTERVAL", "200".into()),
    ];
    TestGateway::configured(QUERY, environment)
}

#[actix::test]
async fn a_partial_answer_is_told_in_the_frame_in_readiness_and_counted_until_it_is_whole() {
    let server = Scripted::start().await;
    server.script(
        "q",
        answer("[]", r#","isPartial":true,"warnings":["store-1 is away"]"#),
    );
    server.script("r", answer("[]", ""));
    let gateway = gateway(&server).await;
    let frame = gateway.frame("instant", |_| true).await;
    let warnings = json!({"q": ["store-1 is away", "the answer is partial (isPartial)"]});
    assert_eq!(
        (&frame["stale"], &frame["warnings"]),
        (&false.into(), &warnings)
    );
    let check = async || gateway.get("/-/ready").await.1["checks"]["prometheus"].clone();
    let told = check().await;
    assert_eq!(told["ok"], true);
    let line = told["warnings"][0].as_str().unwrap();
    assert!(
        line.contains("\"q\"") && line.contains("store-1 is away"),
        "{line}"
    );
    let counted = "service_metrics_query_warnings_total{source=\"prometheus_instant\"}";
    assert!(gateway.metric(counted).await >= 2.0);

    // A range whose data stays the same is sent again when its warnings have changed.
    let range = gateway.frame("range", |_| true).await;
    server.script("r", answer("[]", r#","infos":["no counter"]"#));
    let warned = gateway
        .frame("range", |frame| !frame["warnings"].is_null())
        .await;
    assert_eq!(warned["data"], range["data"]);
    assert_eq!(
        warned["seq"].as_u64(),
        range["seq"].as_u64().map(|seq| seq + 1)
    );

    server.heal();
    gateway
        .frame("instant", |frame| frame.get("warnings").is_none())
        .await;
    gateway
        .frame("range", |frame| frame.get("warnings").is_none())
        .await;
    eventually("readiness is calm", async || {
        check().await["warnings"].is_null().then_some(())
    })
    .await;
}

#[actix::test]
async fn null_where_there_is_nothing_is_no_error() {
    let server = Scripted::start().await;
    server.script("q", answer("null", ""));
    server.script(
        ALERTS,
        Script::json(200, r#"{"status":"success","data":{"alerts":null}}"#),
    );
    let gateway = gateway(&server).await;
    let frame = gateway.frame("instant", |_| true).await;
    assert_eq!(
        frame["data"]["q"],
        json!({"resultType": "vector", "result": null})
    );
    let frame = gateway.frame("alerts", |_| true).await;
    assert_eq!(
        (&frame["stale"], &frame["data"]),
        (&false.into(), &json!({"alerts": null}))
    );
    let ready = gateway.get("/-/ready").await.1;
    assert_eq!(ready["checks"]["prometheus"]["ok"], true, "{ready}");
}

#[actix::test]
async fn alerts_may_come_from_another_server_and_one_without_rules_is_not_taken_for_calm() {
    let (queries, vmalert) = (Scripted::start().await, Scripted::start().await);
    vmalert.script(ALERTS, Script::alerts(r#"{"value":"1"}"#));
    let environment = [
        ("PROMETHEUS_URL", queries.url()),
        ("SERVICE_METRICS__PROMETHEUS__ALERTS_URL", vmalert.url()),
        ("POLL_INTERVAL", "200".into()),
    ];
    let gateway = TestGateway::configured(QUERY, environment);
    let frame = gateway.frame("alerts", |_| true).await;
    assert_eq!(frame["data"], json!({"alerts": [{"value": "1"}]}));
    assert!(frame.get("warnings").is_none(), "{frame}");
    assert_eq!(queries.asked(ALERTS), 0);

    vmalert.script(ALERTS, Script::alerts(""));
    vmalert.script(
        RULES,
        Script::json(200, r#"{"status":"success","data":{"groups":[]}}"#),
    );
    let frame = gateway
        .frame("alerts", |frame| frame["data"]["alerts"] == json!([]))
        .await;
    let warning = frame["warnings"]["alerts"][0].as_str().unwrap();
    assert!(warning.contains("no alerting rule"), "{warning}");
}

const RULES: &str = "/api/v1/rules";
