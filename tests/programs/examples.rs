//! The example settings files: the gateway accepts them, and their queries have results on the metrics that they are for.

use std::fs;

use serde::Deserialize;

use super::gateway;
use crate::support::{program::run, promtool};

const NODE_EXPORTER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/config/examples/node-exporter.toml"
);

/// The metrics of a node_exporter on a machine with one core, one disk and one network card.
const SERIES: [&str; 9] = [
    r#"up{instance="a:9100",job="node"}"#,
    r#"node_cpu_seconds_total{instance="a:9100",job="node",cpu="0",mode="idle"}"#,
    r#"node_load5{instance="a:9100",job="node"}"#,
    r#"node_memory_MemAvailable_bytes{instance="a:9100",job="node"}"#,
    r#"node_memory_MemTotal_bytes{instance="a:9100",job="node"}"#,
    r#"node_filesystem_avail_bytes{instance="a:9100",job="node",device="/dev/sda1",fstype="ext4",mountpoint="/"}"#,
    r#"node_filesystem_size_bytes{instance="a:9100",job="node",device="/dev/sda1",fstype="ext4",mountpoint="/"}"#,
    r#"node_filesystem_size_bytes{instance="a:9100",job="node",device="tmpfs",fstype="tmpfs",mountpoint="/run"}"#,
    r#"node_network_receive_bytes_total{instance="a:9100",job="node",device="eth0"}"#,
];

#[derive(Deserialize)]
struct Example {
    instant: Vec<Query>,
    range: Vec<Query>,
}

#[derive(Deserialize)]
struct Query {
    query: String,
}

#[test]
fn the_example_for_node_exporter_is_accepted() {
    let ended = run(gateway().args(["--check-config", "--config", NODE_EXPORTER]));
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn each_of_its_queries_has_one_series_on_a_machine_with_one_of_everything() {
    let example: Example = toml::from_str(&fs::read_to_string(NODE_EXPORTER).unwrap()).unwrap();
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let mut tests = String::from("tests:\n  - interval: 1m\n    input_series:\n");
    for series in SERIES {
        tests += &format!("      - {{series: {}, values: 1+1x20}}\n", quoted(series));
    }
    tests += "    promql_expr_test:\n";
    let queries: Vec<_> = example.instant.iter().chain(&example.range).collect();
    assert!(queries.len() > 10);
    for Query { query } in queries {
        let expr = quoted(&format!("count({query})"));
        tests += &format!(
            "      - {{expr: {expr}, eval_time: 15m, exp_samples: [{{labels: '{{}}', value: 1}}]}}\n"
        );
    }
    let (code, said) = promtool::test_rules(&tests);
    assert_eq!(code, Some(0), "{said}");
}
