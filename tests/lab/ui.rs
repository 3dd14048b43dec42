//! The lab's gateway serves the UI if it is built.

use std::fs;

use super::{database::fill, processes::descendants, runner::Runner};
use crate::support::scratch;

fn has(lab: &Runner, variable: &str) -> bool {
    let started = descendants(lab.pid());
    let environments = started.iter().map(|pid| format!("/proc/{pid}/environ"));
    let mut read = environments.filter_map(|file| fs::read_to_string(file).ok());
    read.any(|all| all.split('\0').any(|one| one == variable))
}

#[actix_rt::test]
async fn variables_of_the_caller_are_respected_or_reported_as_without_effect() {
    let (data, theirs) = (scratch(), scratch());
    let ui = format!("SERVICE_METRICS__UI__DIR={}", theirs.path().display());
    let mut lab = Runner::with(data.path(), |lab| {
        lab.env("SERVICE_METRICS__UI__DIR", theirs.path())
            .env(
                "MOCK_METRICS__CONTROL__ALLOWED_ORIGINS",
                "http://own.example",
            )
            .env("POLL_INTERVAL", "700")
            .env("DATABASE_URL", "postgres://elsewhere/");
    });
    lab.ready().await;
    let address = lab.address("service-metrics");
    let (_, port) = address.rsplit_once(':').unwrap();
    let origins = format!("http://own.example,http://localhost:{port},http://127.0.0.1:{port}");
    for variable in [
        ui,
        "POLL_INTERVAL=700".to_owned(),
        format!("MOCK_METRICS__CONTROL__ALLOWED_ORIGINS={origins}"),
    ] {
        assert!(has(&lab, &variable), "{variable}");
    }
    let table = lab.stdout();
    assert!(
        table.contains(&format!("the UI is the one in {}", theirs.path().display())),
        "{table}"
    );
    assert!(
        table.contains("DATABASE_URL of the environment has no effect"),
        "{table}"
    );
}

#[actix_rt::test]
async fn the_gateway_gets_the_ui_where_it_is_built_and_the_table_says_where() {
    let repository = scratch();
    fill(repository.path(), "SELECT 1;");
    for built in [false, true] {
        let data = scratch();
        let mut lab = Runner::with(data.path(), |lab| {
            lab.arg("--repository").arg(repository.path());
        });
        lab.ready().await;
        let page = format!("Open {}/ in a browser", lab.address("service-metrics"));
        assert_eq!(lab.stdout().contains(&page), built, "{}", lab.stdout());
        assert_eq!(lab.stdout().contains("has no UI"), !built);
        let ui = repository.path().join("ui/dist");
        let folder = format!("SERVICE_METRICS__UI__DIR={}", ui.display());
        assert_eq!(has(&lab, &folder), built);
        let simulator = lab.address("mock-metrics");
        let simulator = format!("SERVICE_METRICS__UI__SIMULATOR_URL={simulator}");
        assert!(has(&lab, &simulator));
        fs::create_dir_all(&ui).unwrap();
        fs::write(ui.join("index.html"), "page").unwrap();
    }
}
