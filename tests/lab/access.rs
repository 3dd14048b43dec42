//! Access to the lab's database: every user of the machine reaches its port.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use lab::Postgres;
use tokio_postgres::{NoTls, error::SqlState};

use super::runner::Runner;
use crate::support::scratch;

#[actix_rt::test]
async fn only_the_reader_logs_in_without_a_password() {
    let folder = scratch();
    let postgres = Postgres::start(folder.path(), 0).await.unwrap();
    run(&postgres.url(), "SELECT count(id) FROM incidents")
        .await
        .unwrap();
    run(&postgres.owner_url(), "SELECT * FROM incidents")
        .await
        .unwrap();

    let guessed = postgres
        .url()
        .replace("metrics_reader@", "postgres:postgres@");
    let refused = run(&guessed, "SELECT 1").await.unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::INVALID_PASSWORD));
    let without = postgres.url().replace("metrics_reader@", "postgres@");
    assert!(run(&without, "SELECT 1").await.is_err());
    for nobody in ["nobody@", "nobody:nobody@"] {
        let nobody = postgres.url().replace("metrics_reader@", nobody);
        assert!(run(&nobody, "SELECT 1").await.is_err());
    }
}

#[actix_rt::test]
async fn the_password_is_readable_by_the_owner_of_the_files_only_and_is_never_printed() {
    let data = scratch();
    let mut lab = Runner::start(data.path());
    lab.ready().await;
    let file = data.path().join("postgres/cluster/owner-password");
    for private in [file.as_path(), file.parent().unwrap()] {
        let mode = fs::metadata(private).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", private.display());
    }
    let password = password(data.path());
    assert_eq!(password.len(), 32);
    owner(data.path(), &lab, "SELECT 1").await;
    let mut output = vec![lab.stdout(), lab.stderr()];
    for log in fs::read_dir(data.path().join("logs")).unwrap() {
        output.push(fs::read_to_string(log.unwrap().path()).unwrap());
    }
    assert!(!output.concat().contains(&password));
}

#[actix_rt::test]
async fn a_database_whose_owner_has_no_password_is_kept_and_reported() {
    let folder = scratch();
    drop(Postgres::start(folder.path(), 0).await.unwrap());
    let cluster = folder.path().join("cluster");
    fs::remove_file(cluster.join("owner-password")).unwrap();

    let error = match Postgres::start(folder.path(), 0).await {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    };
    let remedy = format!("remove it with rm -r {}", cluster.display());
    assert!(error.ends_with(&remedy) && error.lines().count() == 1);
    assert!(cluster.join("PG_VERSION").exists());

    fs::remove_dir_all(&cluster).unwrap();
    Postgres::start(folder.path(), 0).await.unwrap();
}

/// Runs a statement as the owner of the database of the lab on `data`.
pub(super) async fn owner(data: &Path, lab: &Runner, sql: &str) {
    let role = format!("postgres:{}@", password(data));
    let url = lab.address("PostgreSQL").replace("metrics_reader@", &role);
    run(&url, sql).await.unwrap();
}

fn password(data: &Path) -> String {
    fs::read_to_string(data.join("postgres/cluster/owner-password")).unwrap()
}

async fn run(url: &str, sql: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let connection = actix_rt::spawn(connection);
    client.batch_execute(sql).await?;
    drop(client);
    connection.await.unwrap()
}
