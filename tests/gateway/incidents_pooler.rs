//! HAZARDS 27: behind pgbouncer, with the platform's own role. Nothing of ours outlives a transaction, and whoever gets
//! the server's connection after us finds it as it was.

use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

use crate::support::{
    eventually, http,
    incidents_app::{PATIENT, TestApp, options, url},
    pgbouncer::PgBouncer,
    postgres::Postgres,
    program::{GATEWAY, Running, command},
};

const QUESTIONS: [&str; 3] = ["by-service", "details?status=open", "summary"];

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    actix_web::rt::spawn(connection);
    client
}

/// What whoever gets this connection of the server next would find: settings that somebody has set, and statements that
/// somebody has prepared. Asked without preparing anything.
async fn left_behind(client: &Client) -> Vec<String> {
    let question = "SELECT name || ' = ' || setting FROM pg_settings \
        WHERE source = 'session' AND name <> 'application_name' \
        UNION ALL SELECT name || ' is prepared' FROM pg_prepared_statements \
        UNION ALL SELECT 'it is read only' WHERE current_setting('transaction_read_only') = 'on' \
        ORDER BY 1";
    let answer = client.simple_query(question).await.unwrap();
    let rows = answer.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    rows.collect()
}

async fn insert(client: &Client) {
    let row = "INSERT INTO incidents (title, severity, source) VALUES ('of the platform', 'low', 'platform')";
    client.batch_execute(row).await.unwrap();
}

#[actix::test]
async fn behind_a_transaction_pool_the_platform_s_own_role_finds_its_connection_as_it_was() {
    let postgres = Postgres::shared().await;
    let owner = postgres.config("postgres", &postgres.database().await);
    // One connection to the server: whatever is left in it is met by everybody.
    let pool = PgBouncer::start(postgres, "transaction", 1).await;
    let through = pool.before(&owner);
    let platform = connect(&through).await;
    insert(&platform).await;
    let before = left_behind(&platform).await;

    let app = TestApp::start(&options(through));
    for question in QUESTIONS {
        app.data(question).await;
        insert(&platform).await;
        assert_eq!(left_behind(&platform).await, before, "{question}");
    }
    eventually("the check asks as well", async || {
        app.database_status().await.ok.then_some(())
    })
    .await;
    assert_eq!(left_behind(&platform).await, before);
    drop(app);
    insert(&platform).await;
    assert_eq!(left_behind(&platform).await, before);
}

#[actix::test]
async fn behind_either_kind_of_pool_three_starts_in_a_row_answer() {
    let postgres = Postgres::shared().await;
    let owner = postgres.config("postgres", &postgres.database().await);
    for (mode, pool_size) in [("transaction", 1), ("session", 8)] {
        let pool = PgBouncer::start(postgres, mode, pool_size).await;
        let through = pool.before(&owner);
        if mode == "transaction" {
            // As an earlier release of ours, or another program with the same driver, leaves them.
            for number in 0..6 {
                let leave = format!("PREPARE s{number} AS SELECT 1");
                connect(&through).await.batch_execute(&leave).await.unwrap();
            }
        }
        for start in 1..=3 {
            // Another process each time: its statements are numbered from the beginning.
            let gateway = Running::start(
                command(&GATEWAY)
                    .env("PORT", "0")
                    .env("SERVICE_METRICS__SERVER__HOST", "127.0.0.1")
                    .env("PROMETHEUS_URL", crate::support::NOWHERE)
                    .env("DATABASE_URL", url(&through))
                    .envs(PATIENT),
            );
            let addr = ([127, 0, 0, 1], gateway.port().await).into();
            for round in 1..=4 {
                for question in QUESTIONS {
                    let path = format!("/api/metrics/incidents/{question}");
                    let answer = http::get(addr, &path).await;
                    assert_eq!(answer.status, 200, "{mode} {start}.{round}: {answer:?}");
                }
            }
        }
        insert(&connect(&through).await).await;
    }
}
