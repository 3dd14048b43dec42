//! Each server alone: frozen, killed, started again.

use std::time::Duration;

use lab::{Postgres, Prometheus};
use tokio::time::timeout;

use crate::support::{eventually, scratch};

const SHORT: Duration = Duration::from_millis(300);

#[actix_rt::test]
async fn a_frozen_postgres_does_not_answer_until_it_is_thawed() {
    let folder = scratch();
    let postgres = Postgres::start(folder.path(), 0).await.unwrap();
    let url = postgres.owner_url();
    let connect = tokio_postgres::connect(&url, tokio_postgres::NoTls);
    let (client, connection) = connect.await.unwrap();
    actix_rt::spawn(connection);

    postgres.pause().unwrap();
    let open = client.batch_execute("SELECT 1");
    assert!(timeout(SHORT, open).await.is_err(), "a backend answered");
    assert!(
        timeout(SHORT, postgres.execute("SELECT 1")).await.is_err(),
        "the server answered"
    );

    postgres.resume();
    postgres.execute("SELECT 1").await.unwrap();
    client.batch_execute("SELECT 1").await.unwrap();
}

#[actix_rt::test]
async fn a_killed_postgres_starts_again_on_the_same_port_with_its_data() {
    let folder = scratch();
    let mut postgres = Postgres::start(folder.path(), 0).await.unwrap();
    let url = postgres.url();
    postgres.execute("CREATE TABLE kept()").await.unwrap();
    postgres.kill().await;
    assert!(postgres.execute("SELECT 1").await.is_err());
    postgres.restart().await.unwrap();
    postgres.execute("DROP TABLE kept").await.unwrap();
    assert_eq!(postgres.url(), url);
}

#[actix_rt::test]
async fn prometheus_scrapes_itself_is_frozen_and_comes_back_after_a_kill() {
    let folder = scratch();
    let mut prometheus = Prometheus::start(folder.path(), 0, &[], Duration::from_secs(1))
        .await
        .unwrap();
    eventually("the first scrape", async || scraped(&prometheus).await).await;

    prometheus.pause().unwrap();
    assert!(
        timeout(SHORT, scraped(&prometheus)).await.is_err(),
        "it answered"
    );
    prometheus.resume();
    eventually("an answer after the thaw", async || {
        scraped(&prometheus).await
    })
    .await;

    prometheus.kill().await;
    assert!(prometheus.get("/-/ready").await.is_err());
    prometheus.restart().await.unwrap();
    eventually("a scrape after the restart", async || {
        scraped(&prometheus).await
    })
    .await;
}

/// Whether Prometheus has scraped itself lately.
async fn scraped(prometheus: &Prometheus) -> Option<()> {
    let (_, answer) = prometheus
        .get("/api/v1/query?query=up%7Bjob=%22prometheus%22%7D==1")
        .await
        .ok()?;
    answer.contains("\"instance\"").then_some(())
}
