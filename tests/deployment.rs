//! The files of the deployment name the same ports and jobs as the programs.

use std::{collections::BTreeMap, fs, process::Command};

use service_metrics::settings::GatewaySettings;

fn read(file: &str) -> String {
    fs::read_to_string(crate::support::workspace().join(file)).unwrap()
}

#[test]
fn every_deployed_file_names_the_default_ports() {
    let gateway = GatewaySettings::load(None, &BTreeMap::new()).unwrap();
    let mock: toml::Table = read("config/mock-metrics.toml").parse().unwrap();
    let mock = mock["server"]["port"].as_integer().unwrap();
    let gateway = gateway.server.port;
    for (file, words) in [
        ("Dockerfile", format!("EXPOSE {gateway}")),
        (
            "docker-compose.yml",
            format!(":-127.0.0.1:{gateway}}}:{gateway}\""),
        ),
        ("docker-compose.yml", ":9090\"".to_owned()),
        ("docker-compose.yml", ":9093\"".to_owned()),
        ("docker-compose.yml", ":5432/incident_platform".to_owned()),
        (
            "monitoring/prometheus/prometheus.yml",
            format!("[\"service-metrics:{gateway}\"]"),
        ),
        (
            "monitoring/alertmanager/alertmanager.yml",
            format!("http://service-metrics:{gateway}/api/alerts/webhook"),
        ),
        (
            "monitoring/prometheus/prometheus.yml",
            format!("[\"host.docker.internal:{mock}\"]"),
        ),
    ] {
        assert!(read(file).contains(&words), "no {words} in {file}");
    }
}

/// What the browser gets of other people's work comes with their licences. The image holds all of `ui/dist`.
#[test]
fn the_built_ui_carries_the_licence_of_each_package_it_is_made_of() {
    let folder = crate::support::workspace().join("ui/dist");
    if !folder.join("index.html").exists() {
        assert!(read("ui/vite.config.ts").contains("fileName: 'assets/licenses.txt'"));
        return;
    }
    let licences = read("ui/dist/assets/licenses.txt");
    let package: serde_json::Value = serde_json::from_str(&read("ui/package.json")).unwrap();
    for name in package["dependencies"].as_object().unwrap().keys() {
        assert!(licences.contains(&format!("## {name} - ")), "no {name}");
    }
    for part in licences.split("\n## ").skip(1) {
        // What is in the public domain need not come with a text.
        let public_domain = part.contains("(Unlicense)");
        assert!(public_domain || part.lines().count() > 3, "no text: {part}");
    }
}

#[test]
fn every_port_is_published_on_loopback_unless_told_otherwise() {
    let compose = read("docker-compose.yml");
    let mut lines = compose.lines().map(str::trim);
    let mut published = Vec::new();
    while lines.by_ref().any(|line| line == "ports:") {
        let ports = lines.by_ref().skip_while(|line| line.starts_with('#'));
        published.extend(ports.take(1));
    }
    assert_eq!(published.len(), 4, "{published:?}");
    for port in published {
        let address = port.rsplit_once("\"${SERVICE_METRICS_PORT:-");
        let address = address.map_or(port, |(_, default)| default);
        let address = address.trim_start_matches("- \"");
        assert!(address.starts_with("127.0.0.1:"), "{port}");
    }
}

#[test]
fn the_simulator_is_scraped_but_not_deployed() {
    let compose = read("docker-compose.yml");
    let service = |line: &str| line.trim_end() == "  mock-metrics:";
    assert!(!compose.lines().any(service));
    assert!(compose.contains("host.docker.internal:host-gateway"));
    let prometheus = read("monitoring/prometheus/prometheus.yml");
    for job in ["prometheus", "service-metrics", "mock-metrics"] {
        let named = |line: &&str| line.trim_start().starts_with(&format!("- job_name: {job}"));
        assert_eq!(prometheus.lines().filter(named).count(), 1, "{job}");
    }
}

#[test]
fn the_deployed_gateway_is_told_where_its_ui_is() {
    let dockerfile = read("Dockerfile");
    let told = "ENV SERVICE_METRICS__UI__DIR=";
    let folder = dockerfile.lines().find_map(|line| line.strip_prefix(told));
    let copied = format!("COPY --from=ui /ui/dist {}\n", folder.unwrap());
    assert!(dockerfile.contains(&copied), "{copied}");
    let compose = read("docker-compose.yml");
    let simulator = GatewaySettings::load(None, &BTreeMap::new())
        .unwrap()
        .ui
        .simulator_url;
    let told = format!("SERVICE_METRICS__UI__SIMULATOR_URL: ${{SIMULATOR_URL-{simulator}}}");
    assert!(compose.contains(&told), "{told}");
}

#[test]
fn alertmanager_tells_the_gateway_of_every_alert_and_people_of_all_but_drills() {
    let config = "--config.file=monitoring/alertmanager/alertmanager.yml";
    for (labels, receivers) in [
        (&["alertname=DiskFull"][..], "gateway,people"),
        (
            &["alertname=DiskFull", "severity=critical", "drill=false"],
            "gateway,people",
        ),
        (
            &["alertname=DiskFull", "severity=critical", "drill=true"],
            "gateway,nobody",
        ),
        (&["drill=true"], "gateway,nobody"),
    ] {
        let said = amtool(&[&["config", "routes", "test", config], labels].concat());
        assert_eq!(said.trim(), receivers, "{labels:?}");
    }
}

fn amtool(arguments: &[&str]) -> String {
    let mut amtool = Command::new("amtool");
    amtool
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let said = amtool
        .output()
        .expect("amtool (package prometheus-alertmanager) is installed");
    assert!(said.status.success(), "{said:?}");
    String::from_utf8(said.stdout).unwrap()
}

#[test]
fn make_says_nothing_of_its_makefile_and_its_tests_are_tests() {
    let make = |words: &[&str]| {
        let said = Command::new("make")
            .arg("-n")
            .args(words)
            .env_remove("MAKEFLAGS")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        assert_eq!(text(said.stderr), "", "{words:?}");
        text(said.stdout)
    };
    assert!(make(&["test"]).contains("cargo test --locked"));
    assert!(
        make(&["test"]).contains("cd ui && npm ci && npm run lint && npm run build && npm test")
    );
    assert!(make(&["compose-test"]).contains("tests/compose/run.sh"));
    assert!(make(&["drill"]).contains("mock-metrics drill  --all"));
    let drill = make(&["drill", "CATALOGUE=/tmp/my alerts.toml"]);
    assert_eq!(
        drill.matches("--catalogue '/tmp/my alerts.toml'").count(),
        2
    );
}
