//! The predictions of expressions against `promtool test rules`, which runs Prometheus' own engine and compares exactly.

use std::{collections::BTreeMap, f64::consts::TAU, fmt::Write, time::Duration};

use promql::{Expression, Predictor, Sample, SeriesRef};
use simulator::simulation::baseline::noise;

use crate::support::promtool;

/// The interval of samples in promtool's tests. Other samples are left out.
const INTERVAL: u32 = 250;
/// The times of evaluation, in milliseconds.
const TIMES: &[u64] = &[
    0, 1_000, 15_000, 31_000, 120_000, 299_750, 300_000, 450_000, 547_250, 600_000, 607_500,
    727_000, 900_000, 1_013_250, 1_200_000, 1_490_000, 1_500_000, 1_500_250, 1_560_000,
];

/// Each has a result for some series at some time.
const EXPRESSIONS: &[&str] = &[
    // Newest samples and offsets.
    "m",
    "m{device=\"sda\"}",
    "m offset 5m",
    "m offset -1m",
    "m - m offset 1m",
    // Counters.
    "rate(m[5m])",
    "rate(m[1m])",
    "rate(m[47s])",
    "rate(m[5m] offset 3m)",
    "increase(m[5m])",
    "increase(m[1m]) > 0",
    "increase(m[10m])",
    "irate(m[2m])",
    "resets(m[10m])",
    "rate(m[4m]) * 60 >= 2.5",
    // Gauges.
    "delta(m[5m])",
    "delta(m[1m]) > 1",
    "idelta(m[2m])",
    "deriv(m[5m])",
    "deriv(m[5m]) > 0.1",
    "deriv(m[10m] offset 2m)",
    "predict_linear(m[5m], 3600)",
    "predict_linear(m[10m] offset 1m, 4 * 3600) > 1000",
    "changes(m[5m])",
    "avg_over_time(m[5m])",
    "min_over_time(m[5m])",
    "max_over_time(m[5m])",
    "sum_over_time(m[5m])",
    "count_over_time(m[5m])",
    "count_over_time(m[1m])",
    "last_over_time(m[10m])",
    "present_over_time(m[10m])",
    "stddev_over_time(m[5m])",
    "stdvar_over_time((m[5m]))",
    "quantile_over_time(0.95, m[5m])",
    "quantile_over_time(1.5, m[5m])",
    "quantile_over_time(-1, m[5m])",
    // Functions of instant vectors.
    "abs(m)",
    "ceil(m / 7)",
    "floor(m / 7)",
    "round(m / 7)",
    "round(m / 7, 0.1)",
    "sqrt(m)",
    "round(exp(m / 100), 0.001)",
    "round(ln(m), 0.001)",
    "sgn(m - 42)",
    "clamp(m, 12, 60.5)",
    "clamp(m, 60, 12)",
    "clamp_min(m, 20)",
    "clamp_max(m, 20)",
    "-m ^ 2",
    "-(m > 42)",
    // Comparisons, and the side that they keep.
    "m > 42",
    "m >= 42",
    "m < 42",
    "m <= 42",
    "m == 42",
    "m != 42",
    "42 < m",
    "100 > m / 2",
    "m > bool 42",
    "42 > bool m",
    "m > m offset 1m",
    "m >= bool m offset 1m",
    "(m > 42) > 2 - 1 + (1 < bool 2)",
    "m > 42 < 100",
    // Arithmetic.
    "m + 1",
    "1 - m",
    "m * 3 / 7",
    "m % 7",
    "-m % 3",
    "m / 0",
    "2 ^ 3 ^ 2 + m",
    "100 * (1 - m / (m + 5))",
    // Sets.
    "m > 42 and m < 100",
    "m and rate(m[1m]) > 0",
    "m > 42 or m < 20",
    "m unless m > 42",
    "m and on (device) deriv(m[5m]) > 0",
    // Aggregations of the one series.
    "sum(m)",
    "avg by (device) (m)",
    "max without (job) (rate(m[5m]))",
    "min(m) > 42",
    "count(m > 42)",
    "group(m)",
    "sum by (device) (rate(m[5m])) / sum by (device) (avg_over_time(m[5m]))",
    "m * on (device) group_left sum by (device) (m)",
    "m > on (device) group_right sum by (device) (m) - 1",
    "sum without (job) (m) / ignoring (job) m",
    "sum by (device, job) (m) / ignoring (job) sum by (device) (m)",
    "sum(m) and on () m > 42",
    "(m >= on (device) m) > sum by (device) (m) - 1",
];

struct Series {
    name: &'static str,
    samples: Vec<Sample>,
}

/// A sample every 15 s for 25 minutes with the value `value(i)`, if there is one. `jitter` is in steps of the interval.
fn scraped(
    name: &'static str,
    jitter: fn(u32) -> u32,
    value: impl Fn(u32) -> Option<f64>,
) -> Series {
    let sample = |i| {
        let at = Duration::from_millis(u64::from(i * 15_000 + jitter(i) * INTERVAL));
        value(i).map(|value| Sample { at, value })
    };
    Series {
        name,
        samples: (0..=100).filter_map(sample).collect(),
    }
}

fn all_series() -> Vec<Series> {
    let steady = |_| 0;
    let late = |i| i * 7 % 5;
    let drawn = |i: u32| noise(7, 3, u64::from(i));
    let strange = |i: u32| match i % 11 {
        3 if i < 45 => f64::NAN,
        7 if i > 60 => f64::INFINITY,
        8 if i > 80 => f64::NEG_INFINITY,
        _ => f64::from(i),
    };
    let present = |i: u32| !(20..23).contains(&i) && !(50..75).contains(&i) && i % 9 != 4;
    vec![
        scraped("flat", steady, |_| Some(42.0)),
        scraped("flat without an exact form", late, |_| Some(0.1)),
        scraped("ramping", steady, |i| Some(10.0 + 2.5 * f64::from(i))),
        scraped("falling through zero", late, |i| {
            Some(50.3 - 1.7 * f64::from(i))
        }),
        scraped("noisy", steady, |i| Some(42.0 + 30.0 * drawn(i))),
        scraped("leaking", late, |i| {
            Some(256e6 + 1.3e6 * f64::from(i) + 1e5 * drawn(i))
        }),
        scraped("waving", steady, |i| {
            Some(42.0 + 40.0 * (TAU * f64::from(i) / 40.0).sin())
        }),
        scraped("counting from zero, late", steady, |i| {
            (i > 12).then(|| f64::from(i - 13) * 0.7)
        }),
        scraped("counting in bursts", late, |i| Some(f64::from(i / 10 * 3))),
        scraped("resetting", late, |i| {
            Some(f64::from(i % 17) * 3.3 + f64::from(i % 3))
        }),
        scraped("gappy", late, |i| {
            present(i).then(|| 5.0 * f64::from(i) + drawn(i))
        }),
        scraped("single", steady, |i| (i == 40).then_some(77.0)),
        scraped("strange", steady, move |i| Some(strange(i))),
    ]
}

fn predictor(expression: &str) -> Predictor {
    let labels = BTreeMap::from([("device".to_owned(), "sda".to_owned())]);
    let subject = SeriesRef {
        metric: "m",
        labels: &labels,
    };
    let parsed = Expression::parse(expression).unwrap();
    parsed.predictor(&subject).unwrap()
}

/// A unit test file with one test per series.
struct UnitTests(String);

impl UnitTests {
    fn new() -> Self {
        Self("rule_files: []\ntests:\n".to_owned())
    }

    /// Begins the test of `series`.
    fn about(&mut self, series: &Series) {
        let mut values = String::new();
        let mut next = 0;
        for sample in &series.samples {
            let index = sample.at.as_millis() / u128::from(INTERVAL);
            if index > next {
                write!(values, "_x{} ", index - next).unwrap();
            }
            write!(values, "{} ", promql(sample.value)).unwrap();
            next = index + 1;
        }
        let Self(text) = self;
        writeln!(text, "- name: {}\n  interval: {INTERVAL}ms", series.name).unwrap();
        writeln!(
            text,
            "  input_series: [{{series: 'm{{device=\"sda\",job=\"node\"}}', values: '{values}'}}]"
        )
        .unwrap();
        writeln!(text, "  promql_expr_test:").unwrap();
    }

    /// Expects `value` of `expression`. The sum over the one series removes all labels.
    fn expect(&mut self, expression: &str, at: u64, value: Option<f64>) {
        let (asked, samples) = match value {
            None => (format!("sum({expression})"), "[]".to_owned()),
            // NaN is not equal to NaN, neither in promtool nor in PromQL.
            Some(value) if value.is_nan() => (
                format!("count(({expression}) != ({expression}))"),
                "[{labels: '{}', value: 1}]".to_owned(),
            ),
            Some(value) => (
                format!("sum({expression})"),
                format!("[{{labels: '{{}}', value: {}}}]", yaml(value)),
            ),
        };
        writeln!(
            self.0,
            "  - {{expr: '{asked}', eval_time: {at}ms, exp_samples: {samples}}}"
        )
        .unwrap();
    }
}

fn promql(value: f64) -> String {
    if value.is_infinite() {
        let sign = if value > 0.0 { "" } else { "-" };
        return format!("{sign}Inf");
    }
    format!("{value}")
}

fn yaml(value: f64) -> String {
    if value.is_infinite() {
        let sign = if value > 0.0 { "" } else { "-" };
        return format!("{sign}.inf");
    }
    format!("{value:?}")
}

#[test]
fn promtool_agrees_with_every_prediction() {
    let mut unit_tests = UnitTests::new();
    let mut found = vec![false; EXPRESSIONS.len()];
    for series in all_series() {
        unit_tests.about(&series);
        for (expression, found) in EXPRESSIONS.iter().zip(&mut found) {
            let predictor = predictor(expression);
            for &at in TIMES {
                let value = predictor.at(&series.samples, Duration::from_millis(at));
                *found |= value.is_some();
                unit_tests.expect(expression, at, value);
            }
        }
    }
    let (code, output) = promtool::test_rules(&unit_tests.0);
    assert_eq!(code, Some(0), "{output}");

    let empty = EXPRESSIONS.iter().zip(found).filter(|(_, found)| !found);
    let empty: Vec<_> = empty.map(|(expression, _)| *expression).collect();
    assert_eq!(empty, ["clamp(m, 60, 12)"]);
}

#[test]
fn promtool_refuses_a_prediction_that_is_wrong_in_its_last_bit() {
    let series = scraped("noisy", |_| 0, |i| Some(noise(7, 3, u64::from(i))));
    let expression = "deriv(m[5m])";
    let right = predictor(expression).at(&series.samples, Duration::from_secs(600));
    let wrong = right.map(f64::next_up);
    for (value, agrees) in [(right, true), (wrong, false), (None, false)] {
        let mut unit_tests = UnitTests::new();
        unit_tests.about(&series);
        unit_tests.expect(expression, 600_000, value);
        let (code, output) = promtool::test_rules(&unit_tests.0);
        assert_eq!(code == Some(0), agrees, "{value:?}: {output}");
        assert_eq!(output.contains("FAILED"), !agrees, "{value:?}: {output}");
    }
}
