//! What expressions are, and what they are worth over time.

use std::{collections::BTreeMap, time::Duration};

use crate::*;

fn parse(text: &str) -> Expression {
    Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn what_is_not_promql_is_said_in_one_line() {
    for text in [
        "",
        "mem >",
        "mem > > 1",
        "rate(mem)",
        "rate(mem[5])",
        "mem offset inf",
        "no_such_function(mem)",
        "sum(mem) by",
        "{}",
        "mem{device=~\"(\"}",
        "mem{a=\"b\" or c=\"d\"}",
        "mem > bool",
        "1 > 2",
        "mem and 1",
        "mem{threshold}",
        "mem\n>\n>\n",
    ] {
        let error = Expression::parse(text).map(|_| text).unwrap_err();
        assert!(!error.trim().is_empty(), "{text}");
        assert!(!error.contains('\n'), "{text}: {error}");
    }
}

#[test]
fn every_metric_that_is_selected_is_named_once() {
    let expression = parse(
        "rate(a_total[5m]) / on(job) b > 0 and {__name__=\"c\"} or sum(max_over_time(d[5m:1m])) unless a_total",
    );
    assert_eq!(
        expression.metrics(),
        ["a_total", "b", "c", "d"].map(str::to_owned).into()
    );
    assert!(parse("vector(1)").metrics().is_empty());
}

#[test]
fn an_expression_as_deep_as_is_allowed_is_read_and_worth_something() {
    let labels = BTreeMap::new();
    let series = SeriesRef {
        metric: "m",
        labels: &labels,
    };
    let sample = Sample {
        at: Duration::ZERO,
        value: 1.0,
    };
    for text in [
        format!("{}m", "-".repeat(998)),
        format!("{}m{}", "abs(".repeat(333), ")".repeat(333)),
        ["m"; 500].join(" ^ "),
        ["m"; 500].join(" or "),
    ] {
        let expression = parse(&text);
        assert_eq!(expression.metrics().len(), 1);
        assert!(!expression.has_condition());
        let predictor = expression.predictor(&series).unwrap();
        assert_eq!(predictor.at(&[sample], Duration::ZERO), Some(1.0));
    }
}

#[test]
fn the_result_keeps_the_labels_that_an_aggregation_leaves() {
    let labels = BTreeMap::new();
    let series = SeriesRef {
        metric: "mem",
        labels: &labels,
    };
    for (text, device, job) in [
        ("rate(mem[5m]) > 1", true, true),
        ("sum by (device) (mem) > 1", true, false),
        ("sum without (device) (mem) > 1", false, true),
        ("sum(mem) > 1", false, false),
    ] {
        let predictor = parse(text).predictor(&series).unwrap();
        let kept = (predictor.keeps("device"), predictor.keeps("job"));
        assert_eq!(kept, (device, job), "{text}");
    }
}

#[test]
fn the_reach_is_the_longest_window_with_its_offset() {
    let labels = BTreeMap::new();
    let series = SeriesRef {
        metric: "mem",
        labels: &labels,
    };
    for (text, minutes) in [
        ("mem > 1", 0),
        ("mem offset 7m > 1", 7),
        ("mem offset -7m > 1", 0),
        ("delta(mem[5m]) > 1", 5),
        ("delta(mem[5m] offset 10m) > 1 and mem > 2", 15),
        (
            "delta(mem[5m] offset -2m) > 1 or rate(mem[1m] offset 1m) > 1",
            3,
        ),
    ] {
        let predictor = parse(text).predictor(&series).unwrap();
        assert_eq!(
            predictor.lookback(),
            Duration::from_secs(60 * minutes),
            "{text}"
        );
    }
}

#[test]
fn a_subquery_reaches_back_further_than_what_it_asks() {
    for (text, minutes) in [
        ("max_over_time(rate(mem[5m])[1h:1m]) > 1", 65),
        ("max_over_time(mem[1h:] offset 10m) > 1", 70),
        ("sum(rate(mem[5m])) / sum(rate(other[10m])) > 1", 10),
    ] {
        let lookback = parse(text).lookback();
        assert_eq!(lookback, Duration::from_secs(60 * minutes), "{text}");
    }
}

#[test]
fn a_condition_holds_from_the_first_sample_past_the_threshold_until_the_first_before_it() {
    let labels = BTreeMap::new();
    let series = SeriesRef {
        metric: "mem",
        labels: &labels,
    };
    let predictor = parse("mem > 90").predictor(&series).unwrap();
    let samples: Vec<Sample> = (0_u32..)
        .zip([10.0, 90.0, 91.0, 95.0, 80.0])
        .map(|(i, value)| Sample {
            at: Duration::from_secs(15) * i,
            value,
        })
        .collect();
    let at = |seconds| predictor.at(&samples, Duration::from_secs(seconds));
    assert_eq!((at(0), at(15), at(29)), (None, None, None));
    assert_eq!((at(30), at(44)), (Some(91.0), Some(91.0)));
    assert_eq!((at(45), at(59), at(60)), (Some(95.0), Some(95.0), None));
}
