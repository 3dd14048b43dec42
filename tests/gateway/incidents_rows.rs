//! HAZARDS 32: other people's tables. A row with a value that nobody expects does not hide the others; columns of other
//! types work, or readiness names them.

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::{
    eventually,
    incidents_app::{TestApp, options},
    postgres::Postgres,
};

const GRANT: &str = "GRANT SELECT ON incidents TO metrics_reader";

/// A database without the table that the tests' own SQL makes.
async fn database(sql: &str) -> (TestApp, Client) {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let admin = postgres.client("postgres", &database).await;
    let all = format!("DROP TABLE incidents CASCADE; {sql}; {GRANT}");
    admin.batch_execute(&all).await.unwrap();
    let app = TestApp::start(&options(postgres.config("metrics_reader", &database)));
    (app, admin)
}

/// All types as usual, but nothing is required.
const LOOSE: &str = "CREATE TABLE incidents (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title text, severity text, \
    source text, status text, created_at timestamptz, acknowledged_at timestamptz, resolved_at timestamptz); \
    INSERT INTO incidents (title, severity, source, status, created_at) \
        VALUES ('good', 'low', 's', 'open', '2026-01-01Z')";

fn titles(rows: &Value) -> Vec<&str> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["title"].as_str().unwrap_or("(null)"))
        .collect()
}

#[actix::test]
async fn one_odd_row_hides_no_other_and_each_odd_value_has_a_meaning() {
    let (app, admin) = database(LOOSE).await;
    let never = Value::Null;
    for (column, value, shown, found) in [
        ("title", "NULL", &never, Some("null")),
        ("severity", "NULL", &never, Some("null")),
        ("status", "NULL", &never, Some("null")),
        ("created_at", "NULL", &never, Some("null")),
        ("created_at", "'infinity'", &never, Some("infinity")),
        ("created_at", "'-infinity'", &never, Some("infinity")),
        (
            "created_at",
            "'290000-01-01Z'",
            &never,
            Some("out_of_range"),
        ),
        (
            "created_at",
            "'4000-01-01Z BC'",
            &never,
            Some("out_of_range"),
        ),
        ("resolved_at", "'infinity'", &never, None), // not yet
        ("acknowledged_at", "'infinity'", &never, None),
        ("acknowledged_at", "'-infinity'", &never, Some("infinity")),
        (
            "resolved_at",
            "'290000-01-01Z'",
            &never,
            Some("out_of_range"),
        ),
    ] {
        let odd = format!(
            "DELETE FROM incidents WHERE title IS DISTINCT FROM 'good'; \
             INSERT INTO incidents (title, severity, source, status, created_at) \
                 VALUES ('odd', 'low', 's', 'open', '2026-01-02Z'); \
             UPDATE incidents SET {column} = {value} WHERE title = 'odd'"
        );
        admin.batch_execute(&odd).await.unwrap();
        let what = format!("{column} = {value}");
        let rows = app.data("details").await;
        let rows = rows.as_array().unwrap();
        assert_eq!(rows.len(), 2, "{what}: {rows:?}");
        let odd = rows.iter().find(|row| row["title"] != "good").unwrap();
        assert_eq!(&odd[column], shown, "{what}");
        for duration in ["mtta_seconds", "mttr_seconds"] {
            assert_eq!(odd[duration], Value::Null, "{what}");
        }
        if let Some(found) = found {
            let series = format!(
                "service_metrics_incident_values_missing_total{{column=\"{column}\",found=\"{found}\"}}"
            );
            assert!(app.metric(&series).await >= 1.0, "{what}");
        }
        let counts = app.data("by-service").await;
        assert_eq!(counts[0]["total_incidents"], 2, "{what}");
        let summary = app.data("summary").await;
        assert_eq!(summary["overall"]["count"], 2, "{what}");
        assert_eq!(summary["overall"]["mttr"]["count"], 0, "{what}");
        assert_eq!(summary["overall"]["excluded"], 0, "{what}");
    }
    eventually("readiness is good with such rows", async || {
        app.database_status().await.ok.then_some(())
    })
    .await;
}

#[actix::test]
async fn pages_go_through_rows_without_a_time_of_creation_and_skip_none() {
    let (app, admin) = database(LOOSE).await;
    let insert = "INSERT INTO incidents (title, severity, source, status, created_at) \
        SELECT 'many', 'low', 's', nullif(s, ''), c::timestamptz FROM generate_series(1, 5), \
        (VALUES (NULL), ('infinity'), ('290000-01-01Z'), ('2026-01-01Z'), ('-infinity')) AS created (c), \
        (VALUES ('open'), ('')) AS status (s)";
    admin.batch_execute(insert).await.unwrap();
    let (mut seen, mut cursor) = (std::collections::HashSet::new(), String::new());
    loop {
        let (status, page) = app.get(&format!("details?limit=3{cursor}")).await;
        assert_eq!(status, 200, "{page}");
        for row in page["data"].as_array().unwrap() {
            assert!(seen.insert(row["id"].to_string()), "{row} came twice");
        }
        let Some(next) = page.get("next_cursor") else {
            break;
        };
        cursor = format!("&cursor={}", next.as_str().unwrap());
    }
    assert_eq!(seen.len(), 51);
}

#[actix::test]
async fn enums_numbers_domains_and_local_times_work() {
    for (id, text, time) in [
        ("bigint GENERATED ALWAYS AS IDENTITY", "text", "timestamptz"),
        (
            "integer GENERATED ALWAYS AS IDENTITY",
            "varchar(50)",
            "timestamp",
        ),
        (
            "smallint GENERATED ALWAYS AS IDENTITY",
            "char(20)",
            "timestamp",
        ),
        ("text DEFAULT gen_random_uuid()", "state", "timestamptz"),
        ("uuid DEFAULT gen_random_uuid()", "word", "moment"),
    ] {
        let sql = format!(
            "CREATE TYPE state AS ENUM ('open', 'acknowledged', 'resolved', 'closed', 'high', 'low', 's', 'unknown'); \
             CREATE DOMAIN word AS text CHECK (value IN ('open', 'resolved', 'closed', 'high', 's')); \
             CREATE DOMAIN inner_moment AS timestamptz; CREATE DOMAIN moment AS inner_moment; \
             CREATE TABLE incidents (id {id} PRIMARY KEY, title text, severity {text}, source {text}, status {text}, \
                 created_at {time}, acknowledged_at {time}, resolved_at {time}); \
             INSERT INTO incidents (title, severity, source, status, created_at, resolved_at) VALUES \
                 ('a', 'high', 's', 'open', '2026-01-03 00:00:00+00', NULL), \
                 ('b', 'high', 's', 'resolved', '2026-01-02 00:00:00+00', '2026-01-02 00:01:00+00'), \
                 ('c', 'high', NULL, 'closed', '2026-01-01 00:00:00+00', NULL)"
        );
        let (app, _) = database(&sql).await;
        let what = format!("{id}, {text}, {time}");
        for (query, expected) in [
            ("details", &["a", "b"][..]),
            ("details?status=closed", &["c"]),
            ("details?status=acknowledged", &[]),
            ("details?severity=high&service=s", &["a", "b"]),
            ("details?severity=info", &[]),
            ("details?service=nobody", &[]),
            ("details?service=unknown&status=closed", &["c"]),
            ("details?from=2026-01-02T12:00:00Z", &["a"]),
            ("details?to=2026-01-03T00:00:00Z", &["b"]),
        ] {
            let found = app.data(query).await;
            assert_eq!(titles(&found), expected, "{what}: {query}");
        }
        let (_, first) = app.get("details?limit=1").await;
        let first_row = &first["data"][0];
        assert_eq!(
            first_row["created_at"], "2026-01-03T00:00:00.000Z",
            "{what}"
        );
        assert!(first_row["id"].is_string(), "{what}: {first_row}");
        let next = format!(
            "details?limit=1&cursor={}",
            first["next_cursor"].as_str().unwrap()
        );
        assert_eq!(titles(&app.data(&next).await), ["b"], "{what}");
        assert_eq!(
            app.data("by-service").await,
            json!([
                {"service": "s", "total_incidents": 2, "open_count": 1, "ack_count": 0, "resolved_count": 1},
                {"service": "unknown", "total_incidents": 1, "open_count": 0, "ack_count": 0, "resolved_count": 0},
            ]),
            "{what}"
        );
        let summary = app.data("summary?from=2026-01-02T00:00:00Z").await;
        assert_eq!(summary["overall"]["count"], 2, "{what}");
        assert_eq!(summary["overall"]["mttr"]["p50"], 60, "{what}");
        eventually("readiness is good", async || {
            app.database_status().await.ok.then_some(())
        })
        .await;
    }
}

#[actix::test]
async fn a_cursor_of_another_table_is_a_400_and_no_error_of_the_database() {
    let (app, _) = database(LOOSE).await;
    let of_bigint = "AQALJpRB2gAANDI"; // 2026-…, id 42
    let (status, body) = app.get(&format!("details?cursor={of_bigint}")).await;
    assert_eq!(
        (status, &body["errorType"]),
        (400, &"bad_data".into()),
        "{body}"
    );
    assert!(body["error"].as_str().unwrap().contains("cursor"), "{body}");
}

#[actix::test]
async fn readiness_names_the_columns_that_do_not_fit_and_what_they_must_be() {
    let (app, admin) = database(LOOSE).await;
    for (change, names) in [
        (
            "ALTER TABLE incidents RENAME COLUMN resolved_at TO ended_at",
            &["incidents.resolved_at: there is no such column"][..],
        ),
        (
            "ALTER TABLE incidents ALTER status TYPE integer USING 1, ALTER id DROP DEFAULT, ALTER id TYPE bytea USING ''",
            &[
                "incidents.status: must be text",
                "found integer",
                "incidents.id: must be uuid",
                "found bytea",
            ],
        ),
        (
            "REVOKE ALL ON incidents FROM metrics_reader; GRANT SELECT (id, title, source, status, created_at, \
                acknowledged_at) ON incidents TO metrics_reader",
            &["incidents.severity: permission denied"],
        ),
        ("DROP TABLE incidents", &["no table or view \"incidents\""]),
    ] {
        admin.batch_execute(change).await.unwrap();
        eventually(
            &format!("readiness names what {change:?} has done"),
            async || {
                let error = app.database_status().await.error?;
                names.iter().all(|name| error.contains(name)).then_some(())
            },
        )
        .await;
        let (status, body) = app.get("details").await;
        assert_eq!(
            (status, &body["errorType"]),
            (500, &"internal".into()),
            "{change}: {body}"
        );
    }
}

#[actix::test]
async fn a_table_that_is_mended_is_found_again() {
    let (app, admin) = database(LOOSE).await;
    app.data("details").await;
    let broken = "ALTER TABLE incidents RENAME TO elsewhere";
    admin.batch_execute(broken).await.unwrap();
    assert_eq!(app.get("details").await.0, 500);
    let mended = "CREATE VIEW incidents AS SELECT id, title, severity, source, 'open' AS status, created_at, \
        acknowledged_at, resolved_at FROM elsewhere; GRANT SELECT ON incidents TO metrics_reader";
    admin.batch_execute(mended).await.unwrap();
    assert_eq!(titles(&app.data("details").await), ["good"]);
}

#[actix::test]
async fn text_that_is_not_utf_8_and_gigantic_titles_hide_no_row() {
    let postgres = Postgres::shared().await;
    let admin = postgres.client("postgres", "postgres").await;
    let name = format!("any_encoding_{}", std::process::id());
    let create = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
    );
    admin.batch_execute(&create).await.unwrap();
    let admin = postgres.client("postgres", &name).await;
    let insert = "INSERT INTO incidents (title, severity, source, status, created_at) VALUES \
        (E'caf\\xe9', 'low', E'\\xff', 'open', '2026-01-02Z'), \
        (repeat('x', 5000000), 'low', 's', 'open', '2026-01-03Z')";
    admin
        .batch_execute(&format!("{LOOSE}; {GRANT}; {insert}"))
        .await
        .unwrap();
    let app = TestApp::start(&options(postgres.config("metrics_reader", &name)));
    let rows = app.data("details").await;
    assert_eq!(rows[0]["title"].as_str().unwrap().len(), 4096);
    assert_eq!(rows[1]["title"], "caf\u{fffd}");
    assert_eq!(rows[2]["title"], "good");
    assert_eq!(app.data("by-service").await.as_array().unwrap().len(), 2);
    assert_eq!(app.data("summary").await["overall"]["count"], 3);
}

#[actix::test]
async fn a_text_that_the_database_s_encoding_does_not_hold_matches_no_row() {
    let postgres = Postgres::shared().await;
    let admin = postgres.client("postgres", "postgres").await;
    let name = format!("latin1_{}", std::process::id());
    let create = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
    );
    admin.batch_execute(&create).await.unwrap();
    let admin = postgres.client("postgres", &name).await;
    let insert = "INSERT INTO incidents (title, severity, source, status, created_at) \
        VALUES ('caf\u{e9}', 'low', 'caf\u{e9}', 'open', '2026-01-02Z')";
    admin
        .batch_execute(&format!("{LOOSE}; {GRANT}; {insert}"))
        .await
        .unwrap();
    let app = TestApp::start(&options(postgres.config("metrics_reader", &name)));
    let of = async |service: &str| app.data(&format!("details?service={service}")).await;
    assert_eq!(titles(&of("caf%C3%A9").await), ["caf\u{e9}"]);
    assert!(titles(&of("%E6%97%A5%E6%9C%AC").await).is_empty());
    assert_eq!(titles(&app.data("details").await), ["caf\u{e9}", "good"]);
}
