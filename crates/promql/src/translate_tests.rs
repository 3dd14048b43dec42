//! Which expressions are translated, and which are refused by name.

use std::collections::BTreeMap;

use crate::{Expression, Predictor, SeriesRef};

fn predictor(text: &str) -> Result<Predictor, String> {
    let labels = BTreeMap::from([("device".to_owned(), "sda".to_owned())]);
    let series = SeriesRef {
        metric: "disk",
        labels: &labels,
    };
    Expression::parse(text).unwrap().predictor(&series)
}

#[test]
fn what_cannot_be_predicted_is_refused_by_name() {
    for (text, why) in [
        (
            "histogram_quantile(0.9, rate(disk[5m])) > 1",
            "uses histogram_quantile",
        ),
        (
            "label_replace(disk, \"a\", \"b\", \"c\", \"d\") > 1",
            "uses label_replace",
        ),
        ("absent(disk)", "uses absent"),
        ("absent_over_time(disk[5m])", "uses absent_over_time"),
        ("disk > time()", "uses time"),
        ("disk > scalar(disk)", "uses scalar"),
        ("disk or vector(0)", "uses vector"),
        ("clamp_max(disk, scalar(disk)) > 1", "uses clamp_max"),
        ("topk(3, disk) > 1", "uses topk"),
        ("quantile(0.5, disk) > 1", "uses quantile"),
        ("stddev(disk) > 1", "uses stddev"),
        (
            "max_over_time(rate(disk[5m])[1h:]) > 1",
            "uses max_over_time",
        ),
        ("first_over_time(disk[5m]) > 1", "uses first_over_time"),
        ("holt_winters(disk[5m], 0.5, 0.5) > 1", "uses holt_winters"),
        (
            "double_exponential_smoothing(disk[5m], 0.5, 0.5) > 1",
            "uses double_exponential_smoothing",
        ),
        ("disk + fill(0) disk > 1", "uses fill"),
        ("disk atan2 2 > 1", "uses atan2"),
        ("disk[5m]", "is a range"),
    ] {
        assert_eq!(predictor(text).unwrap_err(), why, "{text}");
    }
}

#[test]
fn sides_that_prometheus_might_not_match_are_refused() {
    for text in [
        "disk / sum(disk) > 1",
        "sum by (device) (disk) / disk",
        "sum by (device) (disk) / sum by (job) (disk)",
        "sum without (job) (disk) > on (job) disk",
        "disk and on (device) sum(disk)",
        "disk > 5 or sum(disk)",
        "(disk > on (device) disk) > disk",
    ] {
        let why = predictor(text).unwrap_err();
        assert!(
            why.starts_with("matches sides with different labels"),
            "{text}: {why}"
        );
    }
}

#[test]
fn sides_with_the_same_labels_are_matched() {
    for text in [
        "disk / disk",
        "rate(disk[5m]) > 1 and disk < 5",
        "disk / on (device) disk",
        "disk / on (device) group_left disk",
        "disk > on (device) group_right sum by (device) (disk)",
        "sum by (device, job) (disk) / ignoring (job) sum by (device) (disk)",
        "sum without (job) (disk) / ignoring (job) disk",
        "sum(disk) / sum(disk)",
        "sum(disk) and on () disk > 1",
        "(disk > on (device) disk) > sum by (device) (disk)",
        "disk * ignoring (job) group_left sum without (job) (disk) > disk",
    ] {
        assert!(predictor(text).is_ok(), "{text}: {:?}", predictor(text));
    }
}

#[test]
fn numbers_are_computed_when_they_are_read() {
    let predictor = predictor("disk > 2 ^ 3 * 100 + (7 > bool -1)").unwrap();
    assert!(format!("{predictor:?}").contains("Number(801.0)"));
}
