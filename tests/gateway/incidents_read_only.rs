//! HAZARDS 17: nothing can be written through the gateway, and the secrets cannot be read.

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use service_metrics::gateway::storage::{database::Database, error::RepoError, privileges};

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
    assert_eq!(reader.ask(privileges::could_write).await, Ok(false));
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
        let could_write = reader.ask(privileges::could_write).await;
        assert_eq!(could_write, Ok(true), "{privilege}");
        admin.batch_execute(&revoke).await.unwrap();
        let could_write = reader.ask(privileges::could_write).await;
        assert_eq!(could_write, Ok(false), "{privilege}");
    }
    let (superuser, _) = gateway_as("postgres").await;
    assert_eq!(superuser.ask(privileges::could_write).await, Ok(true));
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
