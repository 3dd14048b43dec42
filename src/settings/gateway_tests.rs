//! The gateway's settings: defaults, layers, and the message of each fault.

use std::time::Duration;

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
fn an_interval_may_have_a_unit() {
    for (variable, text, millis) in [
        ("SCRAPE_INTERVAL", "15s", 15_000),
        ("SCRAPE_INTERVAL", "1m30s", 90_000),
        ("POLL_INTERVAL", "2s", 2_000),
        ("POLL_INTERVAL", "2000", 2_000),
    ] {
        let settings = load_with(&[(variable, text)]).unwrap();
        let interval = settings.prometheus.interval().as_millis();
        assert_eq!(interval, millis, "{variable}={text}");
    }
    let text = load_with(&[("SCRAPE_INTERVAL", "10x")])
        .unwrap_err()
        .to_string();
    assert_eq!(
        text,
        "SCRAPE_INTERVAL: must be a number, or a duration such as 10s, found \"10x\""
    );
}

#[test]
fn milliseconds_win_over_seconds() {
    let settings = load_with(&[("SCRAPE_INTERVAL", "20"), ("POLL_INTERVAL", "500")]).unwrap();
    assert_eq!(settings.prometheus.interval(), Duration::from_millis(500));
    assert_eq!(settings.prometheus.timeout(), Duration::from_millis(400));
}

/// A variable, a value that it must not have, and the key that is named.
const REFUSED: &[(&str, &str, &str)] = &[
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
        "https://*.b.example",
        "cors.allowed_origins",
    ),
    (
        "CORS_ALLOWED_ORIGINS",
        "ws://localhost:3000",
        "cors.allowed_origins",
    ),
    ("CORS_ALLOWED_ORIGINS", "null", "cors.allowed_origins"),
    (
        "CORS_ALLOWED_ORIGINS",
        "https://b\u{fc}cher.example",
        "cors.allowed_origins",
    ),
    (
        "CORS_ALLOWED_ORIGINS",
        "http://localhost:0",
        "cors.allowed_origins",
    ),
    ("RUST_LOG", "inof", "log.filter"),
    ("PROMETHEUS_URL", "http://localhost:0", "prometheus.url"),
    ("PROMETHEUS_URL", "http://*:9090", "prometheus.url"),
    (
        "PROMETHEUS_URL",
        "http://localhost:9090/api/v1/",
        "prometheus.url",
    ),
    (
        "SERVICE_METRICS__INCIDENTS__SEVERITIES",
        "P1,P2,P1",
        "incidents.severities[2]",
    ),
    (
        "SERVICE_METRICS__INCIDENTS__SEVERITIES",
        r#"["P1 "]"#,
        "incidents.severities[0]",
    ),
    (
        "SERVICE_METRICS__INCIDENTS__SEVERITIES",
        r#"["P1",""]"#,
        "incidents.severities[1]",
    ),
    (
        "SERVICE_METRICS__SERVER__EXTERNAL_URL",
        "metrics.example.org",
        "server.external_url",
    ),
    (
        "SERVICE_METRICS__SERVER__EXTERNAL_URL",
        "https://me:hunter2@metrics.example.org",
        "server.external_url",
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
        "SERVICE_METRICS__SERVER__TRUSTED_PROXIES",
        "10.0.0.0/8, proxy.example",
        "server.trusted_proxies",
    ),
    (
        "SERVICE_METRICS__SERVER__TRUSTED_PROXIES",
        "0.0.0.0/0",
        "server.trusted_proxies",
    ),
    (
        "SERVICE_METRICS__SERVER__HOST",
        "nowhere.example",
        "server.host",
    ),
];

#[test]
fn each_fault_is_one_line_with_its_key() {
    for (variable, value, key) in REFUSED {
        let error = load_with(&[(*variable, *value)])
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
fn what_could_never_be_a_host_is_refused() {
    let variable = "SERVICE_METRICS__SERVER__HOSTS";
    for host in [
        "https://metrics.example.org",
        "metrics.example.org:8005",
        "metrics.example.org/",
        "*",
        "*.",
        "metrics.*.org",
        "*example.org",
        "a..b",
        "me@example.org",
        "two words",
        "b\u{fc}cher.example",
        "::1",
    ] {
        let text = load_with(&[(variable, host)]).unwrap_err().to_string();
        assert!(text.starts_with("server.hosts: "), "{host:?}: {text}");
    }
    let settings = load_with(&[(variable, "a, Metrics.Example.org., *.example.org")]);
    assert_eq!(settings.unwrap().server.hosts.len(), 3);
}

#[test]
fn an_origin_may_be_written_in_any_case_and_with_its_default_port() {
    let variable = "CORS_ALLOWED_ORIGINS";
    for origin in [
        "HTTP://LocalHost:3000",
        "https://UI.example.org:443",
        "http://ui.example.org:80",
        "http://[::1]:3000",
        "http://[::1]",
    ] {
        assert!(load_with(&[(variable, origin)]).is_ok(), "{origin}");
    }
    let text = load_with(&[(variable, "https://ui.example.org/")]);
    let text = text.unwrap_err().to_string();
    assert!(text.contains("\"https://ui.example.org\""), "{text}");
}

#[test]
fn lists_and_levels_are_understood_in_the_forms_that_people_write() {
    let settings = load_with(&[
        ("SERVICE_METRICS__INCIDENTS__SEVERITIES", r#"["P1","P2"]"#),
        ("RUST_LOG", "warning"),
        ("SERVICE_METRICS__ALERTS__SEVERITIES", "P1:critical, P2"),
        ("SERVICE_METRICS__UI__SIMULATOR_URL", ""),
    ]);
    let settings = settings.unwrap();
    assert_eq!(settings.incidents.severities, ["P1", "P2"]);
    assert_eq!(settings.log.filter, "warn");
    let severities = settings.alerts.severities.iter();
    let severities: Vec<_> = severities
        .map(|one| (one.name.as_str(), one.tone.as_str()))
        .collect();
    assert_eq!(severities, [("P1", "critical"), ("P2", "info")]);
    let text = load_with(&[("SERVICE_METRICS__ALERTS__SEVERITIES", "P1:red")]);
    let text = text.unwrap_err().to_string();
    assert!(
        text.contains("alerts.severities") && text.contains("found \"P1:red\""),
        "{text}"
    );
    assert_eq!(settings.ui.simulator_url(), None);
}

#[test]
fn a_proxy_is_a_network_or_an_address() {
    let variable = "SERVICE_METRICS__SERVER__TRUSTED_PROXIES";
    let settings = load_with(&[(variable, "10.0.0.0/8, 192.0.2.1, 2001:db8::/32")]).unwrap();
    let networks = settings.server.proxy_networks();
    let expected = ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"];
    assert_eq!(networks, expected.map(|network| network.parse().unwrap()));
}

#[test]
fn an_unknown_parameter_of_the_database_s_address_is_named() {
    let refused = |url: &str| load_with(&[("DATABASE_URL", url)]).unwrap_err().to_string();
    let text = refused("postgres://u:hunter2@h/db?application_name=x&sslrootcert=%2Fca.pem");
    assert_eq!(
        text,
        "database.url: the parameter \"sslrootcert\" is not one that is known here (DATABASE_URL)"
    );
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
