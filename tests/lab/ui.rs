//! The lab's gateway serves the UI where it is built.

use std::fs;

use super::{processes::descendants, program::fill, runner::Runner};
use crate::support::scratch;

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
        let told = |variable: String| {
            let started = descendants(lab.pid());
            let environments = started.iter().map(|pid| format!("/proc/{pid}/environ"));
            let mut read = environments.filter_map(|file| fs::read_to_string(file).ok());
            read.any(|all| all.split('\0').any(|one| one == variable))
        };
        let ui = repository.path().join("ui/dist");
        let folder = format!("SERVICE_METRICS__UI__DIR={}", ui.display());
        assert_eq!(told(folder), built);
        let simulator = lab.address("mock-metrics");
        let simulator = format!("SERVICE_METRICS__UI__SIMULATOR_URL={simulator}");
        assert!(told(simulator));
        fs::create_dir_all(&ui).unwrap();
        fs::write(ui.join("index.html"), "page").unwrap();
    }
}
