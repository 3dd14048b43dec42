//! `by-service` and `details` over the nine incidents of the seed, and over rows of the tests' own.

use std::collections::HashSet;

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::{
    eventually,
    incidents_app::{TestApp, options},
    postgres::Postgres,
};

async fn seeded() -> (TestApp, Client) {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let app = TestApp::start(&options(postgres.config("metrics_reader", &database)));
    (app, postgres.client("postgres", &database).await)
}

fn column<'a>(rows: &'a Value, name: &str) -> Vec<&'a str> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[name].as_str().unwrap()).collect()
}

#[actix::test]
async fn the_nine_incidents_are_counted_by_service() {
    let (app, _) = seeded().await;
    assert_eq!(
        app.data("by-service").await,
        json!([
            {"service": "prometheus", "total_incidents": 5, "open_count": 4, "ack_count": 0, "resolved_count": 1},
            {"service": "multi-test-server", "total_incidents": 1, "open_count": 1, "ack_count": 0, "resolved_count": 0},
            {"service": "db-monitor", "total_incidents": 1, "open_count": 0, "ack_count": 0, "resolved_count": 1},
            {"service": "node-exporter", "total_incidents": 1, "open_count": 0, "ack_count": 1, "resolved_count": 0},
            {"service": "rebuilt-test", "total_incidents": 1, "open_count": 0, "ack_count": 0, "resolved_count": 1},
        ])
    );
}

#[actix::test]
async fn the_nine_incidents_are_told_newest_first_and_with_their_durations() {
    let (app, _) = seeded().await;
    let (status, body) = app.get("details").await;
    assert_eq!((status, body.get("next_cursor")), (200, None));
    let times = column(&body["data"], "created_at");
    assert_eq!(times.len(), 9);
    assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
    assert_eq!(
        body["data"][8],
        json!({
            "id": "00000000-0000-4000-8000-000000000001",
            "title": "Too many slow queries on orders-db",
            "severity": "critical",
            "source": "db-monitor",
            "service": "db-monitor",
            "status": "resolved",
            "created_at": "2026-02-09T08:00:00.000Z",
            "acknowledged_at": "2026-02-09T08:05:30.000Z",
            "resolved_at": "2026-02-09T09:15:00.000Z",
            "mtta_seconds": 330,
            "mttr_seconds": 4500,
        })
    );
    let open = &body["data"][0];
    assert_eq!(open["status"], "open");
    for unknown in [
        "acknowledged_at",
        "resolved_at",
        "mtta_seconds",
        "mttr_seconds",
    ] {
        assert_eq!(open.get(unknown), Some(&Value::Null), "{unknown}");
    }
}

#[actix::test]
async fn what_is_closed_is_left_out_unless_asked_for_and_counts_in_the_total_only() {
    let (app, admin) = seeded().await;
    let close = "UPDATE incidents SET status = 'closed' WHERE source = 'db-monitor'";
    admin.batch_execute(close).await.unwrap();

    assert_eq!(app.data("details").await.as_array().unwrap().len(), 8);
    let closed = app.data("details?status=closed").await;
    assert_eq!(column(&closed, "service"), ["db-monitor"]);
    assert_eq!(
        app.data("by-service").await[2],
        json!({"service": "db-monitor", "total_incidents": 1, "open_count": 0, "ack_count": 0, "resolved_count": 0})
    );
}

#[actix::test]
async fn an_incident_without_a_source_belongs_to_unknown() {
    let (app, admin) = seeded().await;
    let insert = "INSERT INTO incidents (title, severity, source) VALUES ('a', 'low', NULL), ('b', 'low', 'unknown')";
    admin.batch_execute(insert).await.unwrap();

    let unknown = app.data("details?service=unknown").await;
    assert_eq!(column(&unknown, "service"), ["unknown", "unknown"]);
    let sources: HashSet<_> = [&unknown[0]["source"], &unknown[1]["source"]].into();
    assert_eq!(sources, [&Value::Null, &"unknown".into()].into());
    assert_eq!(
        app.data("by-service").await[1],
        json!({"service": "unknown", "total_incidents": 2, "open_count": 2, "ack_count": 0, "resolved_count": 0})
    );
}

#[actix::test]
async fn each_filter_narrows_the_answer_and_they_combine() {
    let (app, _) = seeded().await;
    for (query, expected) in [
        ("service=prometheus", 5),
        ("status=open", 5),
        ("severity=high", 4),
        ("service=prometheus&status=open&severity=high", 2),
        ("service=nobody", 0),
        ("from=2026-02-10T03:05:00Z", 5),
        ("to=2026-02-10T03:05:00Z", 4),
        (
            "from=2026-02-10T04:05:00+01:00&to=2026-02-10T03:05:00.001Z",
            1,
        ),
        ("limit=3", 3),
    ] {
        let found = app.data(&format!("details?{query}")).await;
        assert_eq!(found.as_array().unwrap().len(), expected, "{query}");
    }
}

#[actix::test]
async fn paging_over_equal_timestamps_neither_skips_nor_repeats() {
    let (app, admin) = seeded().await;
    let insert = "INSERT INTO incidents (title, severity, source, created_at) \
        SELECT 'one of many', 'low', 'crowd', '2026-01-01T00:00:00.123457Z' FROM generate_series(1, 250)";
    admin.batch_execute(insert).await.unwrap();

    let (mut seen, mut pages, mut cursor) = (HashSet::new(), 0, String::new());
    loop {
        let (status, page) = app
            .get(&format!("details?service=crowd&limit=7{cursor}"))
            .await;
        assert_eq!(status, 200, "{page}");
        pages += 1;
        for id in column(&page["data"], "id") {
            assert!(seen.insert(id.to_owned()), "{id} came twice");
        }
        let Some(next) = page.get("next_cursor") else {
            break;
        };
        cursor = format!("&cursor={}", next.as_str().unwrap());
    }
    assert_eq!((seen.len(), pages), (250, 36));
}

#[actix::test]
async fn a_last_page_that_is_full_has_no_next_cursor() {
    let (app, _) = seeded().await;
    let (_, full) = app.get("details?limit=9").await;
    assert_eq!(full.get("next_cursor"), None);
    let (_, almost) = app.get("details?limit=8").await;
    assert!(almost["next_cursor"].is_string());
}

#[actix::test]
async fn every_bad_parameter_is_a_400_that_names_it() {
    let (app, _) = seeded().await;
    for (path, name) in [
        ("by-service?limit=5", "limit"),
        ("details?colour=red", "colour"),
        ("details?limit=0", "limit"),
        ("details?limit=1001", "limit"),
        ("details?limit=5&limit=5", "limit"),
        ("details?status=gone", "status"),
        ("details?severity=apocalyptic", "severity"),
        ("details?service=a%00b", "service"),
        ("details?service=%FF", "service"),
        ("details?cursor=abc", "cursor"),
        ("details?from=yesterday", "from"),
        (
            "details?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
            "from",
        ),
        ("summary?to=tomorrow", "to"),
        ("summary?status=open", "status"),
    ] {
        let (status, body) = app.get(path).await;
        assert_eq!(
            (status, &body["errorType"]),
            (400, &"bad_data".into()),
            "{path}: {body}"
        );
        let text = body["error"].as_str().unwrap();
        assert!(text.contains(&format!("{name:?}")), "{path}: {text}");
    }
    assert_eq!(app.queries().await, (0.0, 0.0));
}

#[actix::test]
async fn the_outermost_times_are_asked_without_an_error() {
    let (app, _) = seeded().await;
    for query in [
        "details?from=0000-01-01T00:00:00Z",
        "details?to=9999-12-31T23:59:59.999999999Z",
        "summary?from=0000-01-01T00:00:00%2B23:59&to=9999-12-31T23:59:59-23:59",
    ] {
        app.data(query).await;
    }
}

#[actix::test]
async fn a_hundred_who_ask_at_once_cost_one_query() {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let mut options = options(postgres.config("metrics_reader", &database));
    options.share_for = std::time::Duration::from_secs(1);
    // No check in between: it would wait for the lock as well.
    options.check_interval = std::time::Duration::from_secs(600);
    let app = TestApp::start(&options);
    eventually("the database is found", async || {
        app.database_status().await.ok.then_some(())
    })
    .await;
    let mut admin = postgres.client("postgres", &database).await;
    let lock = admin.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE incidents").await.unwrap();

    let asked = futures_util::future::join_all((0..100).map(|_| app.data("by-service")));
    let unlocked = async {
        eventually("the one query waits for the lock", async || {
            let waiting = "SELECT FROM pg_locks WHERE NOT granted AND database = \
                (SELECT oid FROM pg_database WHERE datname = current_database())";
            let waiting = lock.query(waiting, &[]).await.unwrap();
            (waiting.len() == 1).then_some(())
        })
        .await;
        lock.rollback().await.unwrap();
    };
    let (answers, ()) = futures_util::future::join(asked, unlocked).await;
    assert!(answers.iter().all(|answer| answer == &answers[0]));
    assert_eq!(app.queries().await, (1.0, 0.0));
}
