//! `summary`: counts, percentiles, and what is left out of them.

use serde_json::{Value, json};

use crate::support::{
    incidents_app::{TestApp, options},
    postgres::Postgres,
};

async fn summary_of(rows: &str, query: &str) -> Value {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let admin = postgres.client("postgres", &database).await;
    admin.batch_execute("DELETE FROM incidents").await.unwrap();
    if !rows.is_empty() {
        let insert = format!(
            "INSERT INTO incidents (title, severity, source, status, created_at, acknowledged_at, resolved_at) \
             SELECT 't', 'low', source, status, created, \
                 created + acknowledged * interval '1 second', created + resolved * interval '1 second' \
             FROM (VALUES {rows}) AS row (source, status, created, acknowledged, resolved)"
        );
        admin.batch_execute(&insert).await.unwrap();
    }
    let app = TestApp::start(&options(postgres.config("metrics_reader", &database)));
    app.data(&format!("summary{query}")).await
}

const NONE: Value = Value::Null;

#[actix::test]
async fn of_nothing_the_counts_are_0_and_the_durations_null() {
    let none = json!({"count": 0, "mean": NONE, "p50": NONE, "p90": NONE, "max": NONE});
    assert_eq!(
        summary_of("", "").await,
        json!({
            "overall": {
                "count": 0, "open": 0, "acknowledged": 0, "resolved": 0,
                "mtta": none, "mttr": none, "excluded": 0,
            },
            "services": [],
        })
    );
}

#[actix::test]
async fn services_and_the_whole_have_counts_and_percentiles() {
    let summary = summary_of(
        "('a', 'resolved', timestamptz '2026-01-01Z', 10::float8, 100::float8), \
         ('a', 'resolved', '2026-01-02Z', 20, 300.5), \
         ('a', 'acknowledged', '2026-01-03Z', 30, NULL), \
         ('b', 'open', '2026-01-04Z', NULL, NULL), \
         (NULL, 'closed', '2026-01-05Z', 40, 60)",
        "",
    )
    .await;
    assert_eq!(
        summary["overall"],
        json!({
            "count": 5, "open": 1, "acknowledged": 1, "resolved": 2,
            "mtta": {"count": 4, "mean": 25, "p50": 25, "p90": 37, "max": 40},
            "mttr": {"count": 3, "mean": 153.5, "p50": 100, "p90": 260.4, "max": 300.5},
            "excluded": 0,
        })
    );
    let services = summary["services"].as_array().unwrap();
    let names: Vec<_> = services.iter().map(|service| &service["service"]).collect();
    assert_eq!(names, ["b", "a", "unknown"]);
    assert_eq!(
        services[1],
        json!({
            "service": "a", "count": 3, "open": 0, "acknowledged": 1, "resolved": 2,
            "mtta": {"count": 3, "mean": 20, "p50": 20, "p90": 28, "max": 30},
            "mttr": {"count": 2, "mean": 200.25, "p50": 200.25, "p90": 280.45, "max": 300.5},
            "excluded": 0,
        })
    );
    assert_eq!(services[0]["mtta"]["mean"], NONE);
}

#[actix::test]
async fn a_negative_duration_is_left_out_and_counted_once() {
    let summary = summary_of(
        "('a', 'resolved', timestamptz '2026-01-01Z', -5::float8, -1::float8), \
         ('a', 'resolved', '2026-01-01Z', -5, 50), \
         ('a', 'resolved', '2026-01-01Z', 10, 70)",
        "",
    )
    .await;
    let overall = &summary["overall"];
    assert_eq!(
        (&overall["count"], &overall["excluded"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(overall["mtta"]["count"], 1);
    assert_eq!(overall["mttr"]["mean"], 60);
}

#[actix::test]
async fn a_period_has_its_first_instant_and_not_its_last() {
    let rows = "('a', 'open', timestamptz '2026-01-01Z', NULL::float8, NULL::float8), \
        ('a', 'open', '2026-01-02Z', NULL, NULL), ('a', 'open', '2026-01-03Z', NULL, NULL)";
    for (query, count) in [
        ("?from=2026-01-02T00:00:00Z", 2),
        ("?to=2026-01-02T00:00:00Z", 1),
        ("?from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z", 2),
        ("?from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", 0),
    ] {
        let summary = summary_of(rows, query).await;
        assert_eq!(summary["overall"]["count"], count, "{query}");
    }
}
