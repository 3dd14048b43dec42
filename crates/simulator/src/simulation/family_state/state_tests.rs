//! A family: what is in it from the start, and what requests do to it.

use std::{sync::Arc, time::Duration};

use super::{FamilyState, SeriesLimitError};
use crate::{
    lint::CheckedCatalogue,
    simulation::{change::Change, levers::find},
};

const APP: &str = r#"{instance="mock-app-1",service="mock-service"}"#;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Without noise.
fn state(family: &str, limit: usize) -> FamilyState {
    let mut catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    for alert in &mut catalogue.alerts {
        Arc::make_mut(alert).noise = 0.0;
    }
    FamilyState::new(family, &catalogue, 1, limit)
}

fn value(state: &FamilyState, series: &str) -> Option<f64> {
    let mut out = String::new();
    state.write(&mut out);
    let line = out.lines().find_map(|line| line.strip_prefix(series));
    line.map(|rest| rest.trim().parse().unwrap())
}

fn set(
    state: &mut FamilyState,
    now: u64,
    path: &str,
    labels: &[&str],
    to: f64,
) -> Result<f64, SeriesLimitError> {
    let labels: Vec<_> = labels.iter().map(|label| (*label).to_owned()).collect();
    state.apply(at(now), find(path).unwrap(), &labels, Change::To(to))
}

#[test]
fn one_label_value_past_the_limit_is_refused_and_the_known_ones_still_work() {
    let mut state = state("disk", 3);
    set(&mut state, 0, "disk-usage", &["sdc"], 1.0).unwrap();
    let full = set(&mut state, 0, "disk-usage", &["sdd"], 1.0);
    assert!(
        full.unwrap_err()
            .to_string()
            .contains("mock_disk_usage_percent")
    );
    assert_eq!(
        value(&state, "mock_disk_usage_percent{device=\"sdd\""),
        None
    );
    assert_eq!(set(&mut state, 0, "disk-usage", &["sdc"], 2.0), Ok(2.0));
}

#[test]
fn an_event_counts_one_and_time_does_not_change_it() {
    let mut state = state("disk", 100);
    let lever = find("disk-read-error").unwrap();
    for expected in [1.0, 2.0] {
        let labels = ["sda".to_owned()];
        assert_eq!(
            state.apply(at(1), lever, &labels, Change::Count),
            Ok(expected)
        );
        state.step(at(9));
    }
    assert_eq!(
        value(&state, "mock_disk_read_errors_total{device=\"sda\"}"),
        Some(2.0)
    );
}

#[test]
fn a_foreign_catalogue_has_its_series_from_the_start_beside_the_built_in_ones() {
    let text = r#"
        [[alert]]
        name = "CartAbandoned"
        family = "shop"
        metric = "shop:carts"
        type = "untyped"
        help = "Carts left behind."
        labels = { cart = "a\"b" }
        baseline = 3.0
        noise = 0.5
        expr = "shop:carts > {threshold}"
        threshold = 20
        trigger = 30
        [[alert]]
        name = "Errors"
        family = "shop"
        expr = "rate(http_requests_total{code=\"500\"}[1m]) > 1"
        labels = { code = "500" }
        flag = "errors_drilled"
        trigger = 3
    "#;
    let catalogue = CheckedCatalogue::parse("mine.toml", text, 1.0).unwrap();
    let mut shop = FamilyState::new("shop", &catalogue, 1, 100);
    shop.step(at(1));
    let mut out = String::new();
    shop.write(&mut out);
    let head = "# HELP shop:carts Carts left behind.\n# TYPE shop:carts untyped\nshop:carts{cart=\"a\\\"b\"} ";
    let noisy: f64 = out.strip_prefix(head).unwrap().trim().parse().unwrap();
    assert!(noisy != 3.0 && (2.5..=3.5).contains(&noisy), "{out}");

    // Somebody else's series of a built-in metric stand with it, under one header.
    let mut out = String::new();
    FamilyState::new("network", &catalogue, 1, 100).write(&mut out);
    assert_eq!(out.matches("# TYPE http_requests_total ").count(), 1);
    let last = out.find("\nhttp_requests_total{code=\"500\"} 0\n").unwrap();
    assert!(last < out.find("# HELP request_duration_seconds").unwrap());
    assert!(out.contains("\nerrors_drilled{code=\"500\"} 0\n"), "{out}");
    assert!(out.contains("\nmock_service_up{service=\"api\"} 1\n"));
}

#[test]
fn counters_never_fall_and_the_same_seed_gives_the_same_values() {
    let run = || {
        let mut state = state("memory-cpu", 100);
        (1..500)
            .map(|s| {
                state.step(at(s));
                value(&state, &format!("cpu_usage_seconds_total{APP}")).unwrap()
            })
            .collect::<Vec<_>>()
    };
    let values = run();
    assert!(values.is_sorted() && values[498] > 50.0 && values[498] < 100.0);
    assert_eq!(values, run());
}
