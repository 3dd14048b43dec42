//! HAZARDS 15 and 16: PostgreSQL killed, frozen, locked; the answer comes within the deadline, and it heals.

use std::{
    collections::HashSet,
    io,
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use diesel::{dsl::sql, select, sql_query, sql_types::Integer};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::{join, join_all};
use service_metrics::incidents::{
    incident_repo::RepoOptions,
    queries::{database::Database, error::RepoError},
};

use crate::support::{
    eventually,
    incidents_app::{ACQUIRE, TestApp, options},
    postgres::Postgres,
};

fn impatient(mut options: RepoOptions) -> RepoOptions {
    options.database.acquire_timeout = ACQUIRE;
    options.database.query_timeout = Duration::from_secs(1);
    options
}

async fn own() -> (Postgres, TestApp) {
    let postgres = Postgres::start().await;
    let config = postgres.config("metrics_reader", "incident_platform");
    (postgres, TestApp::start(&impatient(options(config))))
}

async fn fails(app: &TestApp) {
    let (status, body) = app.get("details").await;
    assert!(matches!(status, 503 | 504), "{body}");
    let error = body["error"].as_str().unwrap();
    assert!(
        !error.contains("127.0.0.1") && !error.contains("metrics_reader"),
        "{error}"
    );
}

async fn check_says(app: &TestApp, ok: bool) {
    eventually("the check notices", async || {
        let check = app.database_status().await;
        assert_eq!(check.ok, check.error.is_none());
        (check.ok == ok).then_some(())
    })
    .await;
}

async fn heals(app: &TestApp) {
    eventually("all connections are good again", async || {
        let answers = join_all((0..8).map(|n| app.get(["details", "summary"][n % 2]))).await;
        answers
            .iter()
            .all(|(status, _)| *status == 200)
            .then_some(())
    })
    .await;
    check_says(app, true).await;
}

#[actix::test]
async fn a_killed_database_is_told_and_a_restarted_one_found() {
    let (mut postgres, app) = own().await;
    heals(&app).await;
    postgres.kill().await;
    fails(&app).await;
    check_says(&app, false).await;
    postgres.restart().await;
    heals(&app).await;
}

#[actix::test]
async fn it_starts_before_the_database_does() {
    let mut postgres = Postgres::start().await;
    postgres.kill().await;
    let config = postgres.config("metrics_reader", "incident_platform");
    let app = TestApp::start(&impatient(options(config)));
    fails(&app).await;
    check_says(&app, false).await;
    postgres.restart().await;
    heals(&app).await;
}

#[actix::test]
async fn a_role_that_is_refused_is_told_without_its_name() {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let app = TestApp::start(&options(postgres.config("nobody_knows_me", &database)));
    let error = eventually("the check says why", async || {
        let error = app.database_status().await.error?;
        error.contains("SQLSTATE 28").then_some(error)
    })
    .await;
    assert!(!error.contains("nobody_knows_me"), "{error}");
    fails(&app).await;
}

#[actix::test]
async fn a_frozen_database_is_given_up_in_time_and_does_not_poison_the_pool() {
    let (postgres, app) = own().await;
    heals(&app).await;
    postgres.pause();
    // First with the connections at hand, then with all of them spoiled and none to be had.
    for _ in 0..6 {
        fails(&app).await;
    }
    check_says(&app, false).await;
    postgres.resume();
    heals(&app).await;
}

#[actix::test]
async fn two_hundred_slow_questions_fail_with_one_stable_error_and_then_it_heals() {
    let (postgres, app) = {
        let postgres = Postgres::shared().await;
        let database = postgres.database().await;
        // Its four connections outlast the acquisition timeout, so that all others fail for want of one.
        let mut options = options(postgres.config("metrics_reader", &database));
        options.database.acquire_timeout = ACQUIRE;
        options.database.query_timeout = ACQUIRE * 3;
        let app = TestApp::start(&options);
        (postgres.client("postgres", &database).await, app)
    };
    heals(&app).await;
    postgres
        .batch_execute("BEGIN; LOCK TABLE incidents IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();

    let waiting = join_all((1..=200).map(async |limit| {
        let (status, body) = app.get(&format!("details?limit={limit}")).await;
        (status, body["error"].to_string())
    }));
    let (answers, ()) = join(waiting, async {
        // Nothing on the way here needs the database.
        let (status, _) = app.get("details?limit=0").await;
        assert_eq!(status, 400);
    })
    .await;

    let timed_out = answers.iter().filter(|(status, ..)| *status == 504).count();
    assert!(timed_out <= 4, "only those with a connection: {timed_out}");
    let others: HashSet<_> = answers
        .iter()
        .filter(|(status, ..)| *status != 504)
        .map(|(status, error)| (*status, error.as_str()))
        .collect();
    let busy = "\"all database connections are busy; try again\"";
    assert_eq!(others, [(503, busy)].into());

    postgres.batch_execute("ROLLBACK").await.unwrap();
    heals(&app).await;
}

/// Also where the role, or the platform, waits for locks no longer than a moment.
#[actix::test]
async fn a_lock_is_waited_for_as_long_as_for_anything_else() {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let mut options = impatient(options(postgres.config("metrics_reader", &database)));
    options.database.config.options("-c lock_timeout=20ms");
    let app = TestApp::start(&options);
    let admin = postgres.client("postgres", &database).await;
    let lock = "BEGIN; LOCK TABLE incidents IN ACCESS EXCLUSIVE MODE";
    admin.batch_execute(lock).await.unwrap();
    let (status, body) = app.get("details").await;
    assert_eq!(status, 504, "{body}");
    admin.batch_execute("ROLLBACK").await.unwrap();
    heals(&app).await;
}

/// A pool of one connection whose queries may take so long, and a superuser beside it.
async fn one_connection(query_timeout: Duration) -> (Database, tokio_postgres::Client) {
    let postgres = Postgres::shared().await;
    let name = postgres.database().await;
    let mut options = impatient(options(postgres.config("metrics_reader", &name)));
    options.database.pool_size = 1;
    options.database.query_timeout = query_timeout;
    let database = Database::new(options.database);
    (database, postgres.client("postgres", &name).await)
}

/// The process that serves the connection.
async fn backend(database: &Database) -> i32 {
    let pid = async |connection: &mut &AsyncPgConnection| {
        let pid = select(sql::<Integer>("pg_backend_pid()"));
        pid.get_result(connection).await
    };
    database.ask(pid).await.unwrap()
}

#[actix::test]
async fn a_query_that_postgresql_gives_up_leaves_its_connection_good() {
    let (database, _) = one_connection(Duration::from_secs(4)).await; // PostgreSQL has 90 % of them
    let before = backend(&database).await;
    let slow = async |connection: &mut &AsyncPgConnection| {
        sql_query("SELECT pg_sleep(60)").execute(connection).await
    };
    assert_eq!(database.ask(slow).await, Err(RepoError::TimedOut));
    assert_eq!(backend(&database).await, before);
}

#[actix::test]
async fn a_connection_that_still_owes_an_answer_is_not_used_again() {
    let (database, _) = one_connection(Duration::from_secs(1)).await;
    let before = backend(&database).await;
    let stuck = async |connection: &mut &AsyncPgConnection| {
        sql_query("SET statement_timeout = 0")
            .execute(connection)
            .await?;
        sql_query("SELECT pg_sleep(60)").execute(connection).await
    };
    assert_eq!(database.ask(stuck).await, Err(RepoError::TimedOut));
    assert_ne!(backend(&database).await, before);
}

#[actix::test]
async fn a_session_that_is_ended_by_the_server_is_unreachable_and_not_our_fault() {
    let (database, admin) = one_connection(Duration::from_secs(15)).await;
    let before = backend(&database).await;
    let slow = async |connection: &mut &AsyncPgConnection| {
        sql_query("SELECT pg_sleep(60)").execute(connection).await
    };
    let ended = eventually("the query runs", async || {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE pid = $1 AND query LIKE '%pg_sleep%'";
        let ended = admin.query(end, &[&before]).await.unwrap();
        (!ended.is_empty()).then_some(())
    });
    let (answer, ()) = join(database.ask(slow), ended).await;
    assert!(
        matches!(answer, Err(RepoError::Unreachable(_))),
        "{answer:?}"
    );
    assert_ne!(backend(&database).await, before);
}

/// A port that never answers its first connection, nor ends it, and passes all others on.
fn silent_at_first(target: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let _silent = listener.accept().unwrap();
        for client in listener.incoming() {
            let client = client.unwrap();
            let server = TcpStream::connect(("127.0.0.1", target)).unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || io::copy(&mut from, &mut to));
            thread::spawn(move || io::copy(&mut &server, &mut &client));
        }
    });
    port
}

#[actix::test]
async fn a_connection_that_is_never_answered_does_not_take_a_place_in_the_pool_for_ever() {
    let postgres = Postgres::shared().await;
    let real = postgres.config("metrics_reader", "");
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").user("metrics_reader");
    config.dbname(postgres.database().await);
    config.port(silent_at_first(real.get_ports()[0]));
    let mut options = impatient(options(config));
    options.database.pool_size = 1;
    let app = TestApp::start(&options);
    fails(&app).await;
    heals(&app).await;
}
