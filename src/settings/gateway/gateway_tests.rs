//! The gateway's settings: defaults, layers, and what each fault is told as.

use super::*;

fn load_with(pairs: &[(&str, &str)]) -> Result<GatewaySettings, SettingsError> {
    let environment = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    GatewaySettings::load(None, &environment)
}

#[test]
fn the_defaults_are_valid_and_are_the_contract_s() {
    let settings = load_with(&[]).unwrap();
    assert_eq!(settings.server.port, 8005);
    assert_eq!(settings.prometheus.interval(), Duration::from_secs(10));
    assert_eq!(settings.instant.len(), 7);
    assert_eq!(settings.range.len(), 4);
}

#[test]
fn milliseconds_win_over_seconds() {
    let settings = load_with(&[("SCRAPE_INTERVAL", "20"), ("POLL_INTERVAL", "500")]).unwrap();
    assert_eq!(settings.prometheus.interval(), Duration::from_millis(500));
    assert_eq!(settings.prometheus.timeout(), Duration::from_millis(400));
}

#[test]
fn each_fault_is_one_line_with_its_key() {
    let cases = [
        ("PORT", "70000", "server.port"),
        ("POLL_INTERVAL", "soon", "POLL_INTERVAL"),
        ("POLL_INTERVAL", "0", "prometheus.poll_interval_seconds"),
        ("PROMETHEUS_URL", "ftp://x", "prometheus.url"),
        ("PROMETHEUS_URL", "not a url", "prometheus.url"),
        (
            "CORS_ALLOWED_ORIGINS",
            "http://localhost:3000/",
            "cors.allowed_origins",
        ),
        (
            "CORS_ALLOWED_ORIGINS",
            "HTTP://localhost:3000",
            "cors.allowed_origins",
        ),
        ("CORS_ALLOWED_ORIGINS", "*", "cors.allowed_origins"),
        ("LOG_FORMAT", "xml", "log.format"),
        (
            "SERVICE_METRICS__DATABASE__POOL_SIZE",
            "0",
            "database.pool_size",
        ),
        (
            "SERVICE_METRICS__DATABASE__POOL_SIZE",
            "lots",
            "database.pool_size",
        ),
        (
            "SERVICE_METRICS__WEBHOOK__MAX_BYTES",
            "0",
            "webhook.max_bytes",
        ),
        (
            "SERVICE_METRICS__WEBHOOK__TIMEOUT_SECONDS",
            "26",
            "webhook.timeout_seconds",
        ),
        ("SERVICE_METRICS__UI__DIR", "/no/such/folder", "ui.dir"),
        ("SERVICE_METRICS__UI__DIR", "src", "ui.dir"),
        ("SERVICE_METRICS__UI__SIMULATOR_URL", "", "ui.simulator_url"),
        (
            "SERVICE_METRICS__UI__SIMULATOR_URL",
            "http://me:hunter2@localhost:8082",
            "ui.simulator_url",
        ),
        (
            "SERVICE_METRICS__UI__SIMULATOR_URL",
            "ws://localhost:8082",
            "ui.simulator_url",
        ),
        (
            "SERVICE_METRICS__SERVER__HOST",
            "nowhere.example",
            "server.host",
        ),
    ];
    for (variable, value, key) in cases {
        let error = load_with(&[(variable, value)])
            .expect_err(variable)
            .to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(
            error.starts_with(&format!("{key}:")),
            "{variable}={value}: {error}"
        );
    }
}

#[test]
fn a_bad_database_url_is_named_but_never_repeated() {
    for url in [
        "hunter2",
        "postgres://u:hunter2@h:notaport/db",
        "postgres://u:hunter2@h/db?sslmode=require",
    ] {
        let error = load_with(&[("DATABASE_URL", url)]).unwrap_err().to_string();
        assert!(error.starts_with("database.url:"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    assert!(
        !format!(
            "{:?}",
            load_with(&[("DATABASE_URL", "postgres://u:hunter2@h/db")]).unwrap()
        )
        .contains("hunter2")
    );
}

#[test]
fn several_faults_are_all_told() {
    let error = load_with(&[
        ("SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS", "0"),
        ("SERVICE_METRICS__DATABASE__POOL_SIZE", "0"),
    ]);
    assert_eq!(error.unwrap_err().faults().len(), 2);
}
