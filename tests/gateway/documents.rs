//! The files that are made from the code. `UPDATE=1 cargo test --test gateway documents` writes them.

use std::{env, fs};

use service_metrics::settings;

use crate::support::{gateway::TestGateway, workspace};

/// Compares a file with what it is made from, or writes it.
fn is_up_to_date(file: &str, expected: &str) {
    let path = workspace().join(file);
    if env::var_os("UPDATE").is_some() {
        fs::write(path, expected).unwrap();
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "{file} is not what the code says: UPDATE=1 cargo test --test gateway documents writes it"
    );
}

#[test]
fn the_settings_file_is_made_from_the_settings() {
    is_up_to_date("config/service-metrics.toml", &settings::defaults());
}

#[test]
fn the_reference_of_settings_is_made_from_the_settings() {
    let heading = "# Settings of service-metrics\n\nMade from the code. Each key can be set in a file (`--config FILE`) or as \
                   `SERVICE_METRICS__SECTION__KEY`.\nThe queries `[[instant]]` and `[[range]]` are in \
                   `config/service-metrics.toml`.\n";
    let text = format!("{heading}{}", settings::reference());
    is_up_to_date("docs/SETTINGS.md", &text);
}

#[actix_web::test]
async fn the_reference_of_routes_is_made_from_the_route_table() {
    let gateway = TestGateway::start([]);
    let index = crate::support::http::get(gateway.addr, "/").await.body;
    let row = |line: &str| {
        let (address, about) = line.strip_prefix("  ")?.split_once("  ")?;
        let (method, path) = address.split_once(' ')?;
        let about = about.trim().replace('|', "\\|");
        Some(format!("| {method} | `{path}` | {about} |\n"))
    };
    let rows: String = index.lines().filter_map(row).collect();
    assert!(rows.lines().count() > 15, "{index}");
    let text = format!(
        "# Routes of service-metrics\n\nMade from the code. Each GET route answers HEAD too.\n\n\
         | method | path | what |\n|---|---|---|\n{rows}"
    );
    is_up_to_date("docs/ROUTES.md", &text);
}
