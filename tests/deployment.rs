//! The files of the deployment name the same ports and jobs as the programs.

use std::{collections::BTreeMap, fs, path::Path};

use service_metrics::settings::{gateway::GatewaySettings, mock::MockSettings};

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

#[test]
fn every_deployed_file_names_the_default_ports() {
    let gateway = GatewaySettings::load(None, &BTreeMap::new()).unwrap();
    let mock = MockSettings::load(None, &BTreeMap::new()).unwrap();
    let (gateway, mock) = (gateway.server.port, mock.server.port);
    for (file, words) in [
        ("Dockerfile", format!("EXPOSE {gateway}")),
        ("docker-compose.yml", format!(":-{gateway}}}:{gateway}\"")),
        ("docker-compose.yml", ":9090\"".to_owned()),
        ("docker-compose.yml", ":9093\"".to_owned()),
        ("docker-compose.yml", ":5432/incident_platform".to_owned()),
        (
            "monitoring/prometheus/prometheus.yml",
            format!("[\"service-metrics:{gateway}\"]"),
        ),
        (
            "monitoring/prometheus/prometheus.yml",
            format!("[\"host.docker.internal:{mock}\"]"),
        ),
    ] {
        assert!(read(file).contains(&words), "no {words} in {file}");
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
