//! All alerts of the catalogue, rehearsed with one command as `make drill` does it. Run alone, since it tells times.

use std::{collections::BTreeSet, fs, path::PathBuf};

use actix_rt::task::spawn_blocking;
use serde_json::Value;
use simulator::lint::CheckedCatalogue;

use crate::support::{
    program::{self, Ended, LAB},
    scratch,
};

/// Ports that nobody else wants, and a Prometheus without a past.
const ANYWHERE: [&str; 12] = [
    "--postgres-port",
    "0",
    "--prometheus-port",
    "0",
    "--alertmanager-port",
    "0",
    "--mock-port",
    "0",
    "--gateway-port",
    "0",
    "--history",
    "0",
];

#[actix_rt::test]
async fn all_27_alerts_make_their_way_from_the_trigger_to_the_browser_and_back() {
    let room = scratch();
    let files =
        ["md", "json", "xml"].map(|ending| room.path().join("drill").with_extension(ending));
    let ended = drill(room.path().join("lab"), files.clone()).await;
    // The table, for whoever reads along.
    println!("{}", ended.out);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.stderr);

    let [markdown, json, junit] = files.map(|file| fs::read_to_string(file).unwrap());
    let report: Value = serde_json::from_str(&json).unwrap();
    let arrived = report["alerts"].as_array().unwrap().iter();
    let arrived: BTreeSet<_> = arrived
        .filter(|alert| alert["failed_stage"].is_null() && alert["verdict"] != "failed")
        .map(|alert| alert["name"].as_str().unwrap().to_owned())
        .collect();
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    let expected: BTreeSet<_> = catalogue
        .alerts
        .iter()
        .map(|alert| alert.name.clone())
        .collect();
    assert_eq!(arrived, expected);
    assert!(markdown.contains("27 of 27 alerts arrived"), "{markdown}");
    assert!(junit.contains("tests=\"27\" failures=\"0\""), "{junit}");
}

async fn drill(data: PathBuf, reports: [PathBuf; 3]) -> Ended {
    let run = move || {
        let mut lab = program::command(&LAB);
        // It looks for the servers there.
        lab.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        lab.args(["--fast", "--data"]).arg(data).args(ANYWHERE);
        lab.args(["--", "mock-metrics", "drill", "--all"]);
        for report in reports {
            lab.arg("--report").arg(report);
        }
        program::run(&mut lab)
    };
    spawn_blocking(run).await.unwrap()
}
