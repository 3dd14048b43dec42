//! HAZARDS 17: nothing can be written through the gateway, and the secrets cannot be read.

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use service_metrics::incidents::queries::{database::Database, error::RepoError, privileges};
use tokio_postgres::Client;

use crate::support::{
    incidents_app::{TestApp, options},
    postgres::{Postgres, apply},
};

const WRITES: [&str; 4] = [
    "INSERT INTO incidents (title, severity) VALUES ('x', 'low')",
    "UPDATE incidents SET title = 'x'",
    "DELETE FROM incidents",
    "TRUNCATE incidents CASCADE",
];

async fn gateway_as(user: &str) -> (Database, String) {
    let postgres = Postgres::shared().await;
    let name = postgres.database().await;
    let database = Database::new(options(postgres.config(user, &name)).database);
    (database, name)
}

async fn refusal(database: &Database, sql: &str) -> String {
    let answer = database
        .ask(async |connection| sql_query(sql).execute(connection).await)
        .await;
    match answer {
        Err(RepoError::Failed(text)) => text,
        other => panic!("{sql}: {other:?}"),
    }
}

#[actix::test]
async fn the_session_refuses_to_write_even_for_a_superuser() {
    let (database, name) = gateway_as("postgres").await;
    for sql in WRITES {
        let text = refusal(&database, sql).await;
        assert!(text.contains("read-only transaction"), "{sql}: {text}");
    }
    let postgres = Postgres::shared().await;
    let admin = postgres.client("postgres", &name).await;
    let seeds = admin
        .query("SELECT FROM incidents WHERE title <> 'x'", &[])
        .await;
    assert_eq!(seeds.unwrap().len(), 9);
}

#[actix::test]
async fn the_role_refuses_to_write_even_in_a_session_that_may() {
    let postgres = Postgres::shared().await;
    let name = postgres.database().await;
    let reader = postgres.client("metrics_reader", &name).await;
    let writable = "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE";
    reader.batch_execute(writable).await.unwrap();
    for sql in WRITES.into_iter().chain(["CREATE TABLE mine ()"]) {
        let error = reader.batch_execute(sql).await.unwrap_err();
        let text = error.as_db_error().unwrap().message();
        assert!(text.contains("permission denied"), "{sql}: {text}");
    }
}

#[actix::test]
async fn the_role_cannot_read_the_tokens_nor_any_other_table() {
    let postgres = Postgres::shared().await;
    let name = postgres.database().await;
    let reader = postgres.client("metrics_reader", &name).await;
    for sql in [
        "SELECT ack_token FROM incidents",
        "SELECT resolve_token FROM incidents",
        "SELECT * FROM incidents",
        "SELECT FROM incidents WHERE ack_token LIKE 'a%'",
        "COPY incidents TO STDOUT",
        "SELECT id FROM alerts",
        "SELECT alert_id FROM incident_alerts",
    ] {
        let error = reader.batch_execute(sql).await.unwrap_err();
        let text = error.as_db_error().unwrap().message();
        assert!(text.contains("permission denied"), "{sql}: {text}");
    }
}

#[actix::test]
async fn a_role_that_could_write_is_noticed() {
    let (reader, name) = gateway_as("metrics_reader").await;
    let could_write = async |database: &Database| {
        let privileges = database.ask(privileges::look_up).await.unwrap();
        privileges.write
    };
    assert!(!could_write(&reader).await);
    let admin = Postgres::shared().await.client("postgres", &name).await;
    for privilege in [
        "DELETE ON incidents",
        "UPDATE (title) ON incidents",
        "INSERT ON alerts",
        "UPDATE (alert_id) ON incident_alerts",
        "TRUNCATE ON alerts",
        "CREATE ON SCHEMA public",
    ] {
        let (grant, revoke) = (
            format!("GRANT {privilege} TO metrics_reader"),
            format!("REVOKE {privilege} FROM metrics_reader"),
        );
        admin.batch_execute(&grant).await.unwrap();
        assert!(could_write(&reader).await, "{privilege}");
        admin.batch_execute(&revoke).await.unwrap();
        assert!(!could_write(&reader).await, "{privilege}");
    }
    let (superuser, _) = gateway_as("postgres").await;
    assert!(could_write(&superuser).await);
}

/// Makes a temporary table and a large object, each in a transaction that is not committed.
async fn makes_both(client: &Client) -> [bool; 2] {
    let mut made = [false; 2];
    for (made, sql) in made.iter_mut().zip([
        "CREATE TEMPORARY TABLE mine ()",
        "SELECT lo_create(0), lo_creat(-1), lo_from_bytea(0, 'x')",
    ]) {
        let begin = "BEGIN READ WRITE";
        client.batch_execute(begin).await.unwrap();
        *made = client.batch_execute(sql).await.is_ok();
        client.batch_execute("ROLLBACK").await.unwrap();
    }
    made
}

#[actix::test]
async fn the_strict_migration_takes_the_last_ways_to_write_from_our_role_and_from_no_other() {
    // A server of its own: the roles are the server's.
    let postgres = Postgres::start().await;
    let name = "incident_platform";
    let admin = postgres.client("postgres", name).await;
    let roles = "CREATE ROLE \"Platform Role\" LOGIN; CREATE ROLE worker NOINHERIT LOGIN IN ROLE \"Platform Role\"";
    admin.batch_execute(roles).await.unwrap();
    let as_role = async |role: &str, sql: &str| {
        admin
            .batch_execute(&format!("SET ROLE {role}"))
            .await
            .unwrap();
        let result = makes_both(&admin).await;
        admin.batch_execute(sql).await.unwrap();
        result
    };
    let reader = postgres.client("metrics_reader", name).await;
    let store = Database::new(options(postgres.config("metrics_reader", name)).database);
    let powers = async || {
        let privileges = store.ask(privileges::look_up).await.unwrap();
        [privileges.temporary_tables, privileges.large_objects]
    };
    assert_eq!(makes_both(&reader).await, [true, true]);
    assert_eq!(powers().await, [true, true]);

    for _ in 0..2 {
        apply(&admin, "migrations-readonly/03-strict.sql").await;
        for role in ["\"Platform Role\"", "worker", "postgres"] {
            assert_eq!(as_role(role, "RESET ROLE").await, [true, true], "{role}");
        }
        assert_eq!(makes_both(&reader).await, [false, false]);
        assert_eq!(powers().await, [false, false]);
    }
    // What an owner takes away afterwards stays taken away.
    let revoke = format!("REVOKE TEMPORARY ON DATABASE {name} FROM worker");
    admin.batch_execute(&revoke).await.unwrap();
    apply(&admin, "migrations-readonly/03-strict.sql").await;
    assert_eq!(as_role("worker", "RESET ROLE").await, [false, true]);

    let app = TestApp::start(&options(postgres.config("metrics_reader", name)));
    assert_eq!(app.data("details").await.as_array().unwrap().len(), 9);
}

#[actix::test]
async fn a_view_named_incidents_takes_the_migrations_and_answers() {
    let postgres = Postgres::shared().await;
    let name = postgres.database().await;
    let admin = postgres.client("postgres", &name).await;
    let view = "ALTER TABLE incidents RENAME TO tickets; ALTER TABLE tickets RENAME COLUMN title TO subject; \
        CREATE VIEW incidents AS SELECT id, subject AS title, severity, source, status, created_at, acknowledged_at, \
        resolved_at FROM tickets";
    admin.batch_execute(view).await.unwrap();
    for _ in 0..2 {
        apply(&admin, "migrations-readonly/01-metrics-reader.sql").await;
        apply(&admin, "migrations-readonly/02-indexes.sql").await;
    }
    let app = TestApp::start(&options(postgres.config("metrics_reader", &name)));
    assert_eq!(app.data("details").await.as_array().unwrap().len(), 9);
    assert_eq!(app.data("by-service").await[0]["total_incidents"], 5);
    assert_eq!(app.data("summary").await["overall"]["count"], 9);

    let less = "DROP VIEW incidents; CREATE VIEW incidents AS SELECT id, subject AS title, severity, source, status, \
        created_at, acknowledged_at FROM tickets; GRANT SELECT ON incidents TO metrics_reader";
    admin.batch_execute(less).await.unwrap();
    crate::support::eventually("readiness names the column", async || {
        let error = app.database_status().await.error?;
        error
            .contains("incidents.resolved_at: there is no such column")
            .then_some(())
    })
    .await;
}

#[actix::test]
async fn the_indexes_fit_an_enum_without_a_word_for_closed() {
    let postgres = Postgres::shared().await;
    let name = postgres.database().await;
    let admin = postgres.client("postgres", &name).await;
    let table = "DROP TABLE incidents CASCADE; CREATE TYPE state AS ENUM ('open', 'done'); \
        CREATE TABLE incidents (id bigint PRIMARY KEY, title text, severity text, source text, status state, \
        created_at timestamptz, acknowledged_at timestamptz, resolved_at timestamptz)";
    admin.batch_execute(table).await.unwrap();
    for _ in 0..2 {
        apply(&admin, "migrations-readonly/02-indexes.sql").await;
    }
}

#[actix::test]
async fn what_a_database_owner_applies_can_be_applied_again() {
    let postgres = Postgres::shared().await;
    let name = postgres.database().await;
    let admin = postgres.client("postgres", &name).await;
    admin
        .batch_execute("GRANT SELECT (ack_token), INSERT ON incidents TO metrics_reader")
        .await
        .unwrap();
    apply(&admin, "migrations-readonly/01-metrics-reader.sql").await;
    apply(&admin, "migrations-readonly/02-indexes.sql").await;

    let reader = postgres.client("metrics_reader", &name).await;
    for sql in ["SELECT ack_token FROM incidents", WRITES[0]] {
        assert!(reader.batch_execute(sql).await.is_err(), "{sql}");
    }
    let app = TestApp::start(&options(postgres.config("metrics_reader", &name)));
    assert_eq!(app.data("details").await.as_array().unwrap().len(), 9);
}

#[actix::test]
async fn a_role_that_may_not_read_is_told_in_the_check_and_not_to_the_caller() {
    let postgres = Postgres::shared().await;
    let name = postgres.database().await;
    let admin = postgres.client("postgres", &name).await;
    admin
        .batch_execute("REVOKE ALL ON incidents FROM metrics_reader")
        .await
        .unwrap();
    let app = TestApp::start(&options(postgres.config("metrics_reader", &name)));
    let (status, body) = app.get("by-service").await;
    assert_eq!((status, &body["errorType"]), (500, &"internal".into()));
    assert!(!body.to_string().contains("permission"), "{body}");
    crate::support::eventually("the check says why", async || {
        let error = app.database_status().await.error?;
        error.contains("permission denied").then_some(())
    })
    .await;
}
