//! The database of a lab: what the next start finds, and what is wrong with its SQL files.

use std::{fs, os::unix::fs::symlink, path::Path};

use rustix::process::Signal;

use super::{access::owner, runner::Runner};
use crate::support::{scratch, workspace};

#[actix_rt::test]
async fn a_repository_without_sql_files_is_reported() {
    let (data, empty) = (scratch(), scratch());
    let mut lab = Runner::with(data.path(), |lab| {
        lab.arg("--repository").arg(empty.path());
    });
    assert_eq!(lab.ended().await.code(), Some(1));
    assert!(
        lab.stderr().contains("--repository DIR"),
        "{}",
        lab.stderr()
    );
}

#[actix_rt::test]
async fn the_next_start_finds_the_data_of_the_last() {
    let data = scratch();
    let mut lab = Runner::start(data.path());
    lab.ready().await;
    owner(
        data.path(),
        &lab,
        "CREATE TABLE kept AS SELECT 42 AS answer",
    )
    .await;
    lab.signal(Signal::TERM);
    lab.ended().await;

    let mut lab = Runner::start(data.path());
    lab.ready().await;
    owner(data.path(), &lab, "DROP TABLE kept").await;
    assert!(
        !lab.stdout().contains("SQL files have changed"),
        "{}",
        lab.stdout()
    );
}

#[actix_rt::test]
async fn a_database_made_from_other_sql_files_is_kept_and_reported_as_outdated() {
    let (data, repository) = (scratch(), scratch());
    fill(repository.path(), "SELECT 1;");
    for changed in [false, true] {
        let mut lab = Runner::with(data.path(), |lab| {
            lab.arg("--repository").arg(repository.path());
        });
        lab.ready().await;
        assert_eq!(lab.stdout().contains("SQL files have changed"), changed);
        lab.signal(Signal::TERM);
        lab.ended().await;
        fs::write(repository.path().join("init-db/1.sql"), "SELECT 2;").unwrap();
    }
}

#[actix_rt::test]
async fn a_failing_sql_file_is_reported_and_the_database_is_made_again_next_time() {
    let (data, repository) = (scratch(), scratch());
    fill(repository.path(), "CREATE TABLE one();");
    let run = || {
        Runner::with(data.path(), |lab| {
            lab.arg("--repository").arg(repository.path());
        })
    };
    let mut lab = run();
    assert_eq!(lab.ended().await.code(), Some(1));
    assert!(
        lab.stderr().contains("relation \"one\" already exists"),
        "{}",
        lab.stderr()
    );

    fs::write(repository.path().join("init-db/1.sql"), "SELECT 2;").unwrap();
    run().ready().await;
}

#[actix_rt::test]
async fn a_half_made_cluster_is_made_again() {
    let data = scratch();
    let cluster = data.path().join("postgres/cluster");
    fs::create_dir_all(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "15\n").unwrap();
    let mut lab = Runner::start(data.path());
    lab.ready().await;
    owner(data.path(), &lab, "SELECT count(*) FROM incidents").await;
}

/// Turns `folder` into a repository: two SQL files with `sql`, and the deployed monitoring.
pub(super) fn fill(folder: &Path, sql: &str) {
    for name in ["init-db", "migrations-readonly"] {
        fs::create_dir(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("1.sql"), sql).unwrap();
    }
    let monitoring = workspace().join("monitoring");
    symlink(monitoring, folder.join("monitoring")).unwrap();
}
