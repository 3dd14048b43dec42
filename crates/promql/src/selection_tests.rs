//! What an expression selects, and whether that is its alert's series.

use std::collections::BTreeMap;

use super::*;
use crate::Expression;

fn served(text: &str) -> Result<(), String> {
    let labels = BTreeMap::from([("device".to_owned(), "sda".to_owned())]);
    let series = SeriesRef {
        metric: "disk",
        labels: &labels,
    };
    let Expression(expr) = Expression::parse(text).unwrap();
    check_single_series(&expr, &series)
}

#[test]
fn a_matcher_is_met_by_the_label_and_by_labels_that_the_scrape_adds() {
    for text in [
        "disk",
        "disk{device=\"sda\"}",
        "disk{device!=\"sdb\"}",
        "disk{device=~\"sd.\"}",
        "disk{device!~\"nvme.*\"}",
        "disk{job=\"mock-metrics\", instance!~\"a|b\", drill=\"true\"}",
        "disk{job=~\"mock.*\", instance=~\".+:8082\", drill!=\"false\"}",
        "disk{mount=\"\", fs!=\"ext4\", path=~\".*\"}",
        "{__name__=\"disk\", device=\"sda\"}",
        "rate(disk{device=\"sda\"}[5m]) > 1 and disk",
    ] {
        assert_eq!(served(text), Ok(()), "{text}");
    }
}

#[test]
fn a_selector_that_selects_something_else_is_named() {
    for (text, why) in [
        (
            "disk{device=\"sdb\"}",
            "has a matcher that the alert's labels do not meet: device=\"sdb\"",
        ),
        (
            "disk - disk{device!~\"sd.*\"}",
            "has a matcher that the alert's labels do not meet: device!~\"sd.*\"",
        ),
        (
            "disk{mount=\"/\"}",
            "has a matcher that the alert's labels do not meet: mount=\"/\"",
        ),
        (
            "disk{job=\"node\"}",
            "has a matcher that the alert's labels do not meet: job=\"node\"",
        ),
        (
            "disk{drill!=\"true\"}",
            "has a matcher that the alert's labels do not meet: drill!=\"true\"",
        ),
        ("disk / size", "selects size besides disk"),
        ("size > 1", "does not select disk"),
        ("vector(1)", "does not select disk"),
        (
            "disk > 1 and {device=\"sda\"}",
            "selects {device=\"sda\"} without naming a metric",
        ),
        ("disk @ 10 > 1", "uses the @ modifier"),
        ("rate(disk[5m] @ end()) > 1", "uses the @ modifier"),
    ] {
        assert_eq!(served(text), Err(why.to_owned()), "{text}");
    }
}

#[test]
fn the_shortest_window_of_a_change_is_found_at_any_depth() {
    for (text, seconds) in [
        ("disk > 1", None),
        ("max_over_time(disk[5s]) > 1", None),
        ("sum(rate(disk[1m])) / abs(deriv(disk[30s])) > 1", Some(30)),
        (
            "predict_linear(disk[2m], 60) > max_over_time(disk[1s])",
            Some(120),
        ),
    ] {
        let found = Expression::parse(text).unwrap().shortest_rate_window();
        assert_eq!(found, seconds.map(Duration::from_secs), "{text}");
    }
}

#[test]
fn a_metric_that_is_compared_as_it_is_is_known_even_when_summed() {
    for (text, is) in [
        ("disk > 1", true),
        ("5 < (sum by (device) (disk))", true),
        ("size > 1", false),
        ("rate(disk[5m]) > 1", false),
        ("disk - disk offset 5m > 1", false),
    ] {
        let expression = Expression::parse(text).unwrap();
        assert_eq!(expression.compares_raw_samples("disk"), is, "{text}");
    }
}
