//! Checks that alerts do not contradict each other or the built-in metrics on the type of a metric, the baseline of a
//! series, or the family of a flag.

use std::collections::{BTreeMap, btree_map::Entry};

use alerting::Labels;
use prometheus_api::exposition::metric_type::MetricType;

use crate::{
    catalogue::{Alert, Catalogue, EntryErrors},
    simulation::{
        background_series, built_in_metrics,
        metric_ownership::MetricOwnership,
        traffic::{self, REQUESTS},
    },
};

/// All contradictions, a line each. Each alert is compared with the first one that has the same metric or series.
pub(super) fn check(catalogue: &Catalogue) -> Vec<String> {
    let ownership = MetricOwnership::of(catalogue);
    let mut first = First::default();
    let mut all = Vec::new();
    for alert in &catalogue.alerts {
        let mut errors = EntryErrors::of(format!("alert {}", alert.name));
        check_built_in(alert, &mut errors);
        check_flag(alert, &ownership, &mut errors);
        first.check(alert, &mut errors);
        all.append(&mut errors.into_lines());
    }
    all
}

/// A metric that an alert names.
#[derive(Clone, Copy)]
struct Named<'a> {
    /// The key that an error about the type names.
    key: &'static str,
    metric: &'a str,
    kind: MetricType,
    baseline: f64,
    noise: f64,
}

fn named(alert: &Alert) -> impl Iterator<Item = Named<'_>> {
    let flag = alert.flag.iter().map(|flag| Named {
        key: "flag",
        metric: flag,
        kind: MetricType::Gauge,
        baseline: 0.0,
        noise: 0.0,
    });
    let metric = Named {
        key: "type",
        metric: &alert.metric,
        kind: alert.kind,
        baseline: alert.baseline,
        noise: alert.noise,
    };
    std::iter::once(metric).chain(flag)
}

fn check_built_in(alert: &Alert, errors: &mut EntryErrors) {
    for named in named(alert) {
        let Some(found) = built_in_metrics::find(named.metric) else {
            continue;
        };
        let (metric, theirs, ours) = (named.metric, found.kind.name(), named.kind.name());
        if found.kind == MetricType::Histogram {
            let key = if named.key == "type" {
                "metric"
            } else {
                named.key
            };
            let message =
                format!("{metric} belongs to a built-in histogram, which an alert cannot move");
            errors.add(key, message);
        } else if found.kind != named.kind {
            errors.add(
                named.key,
                format!("{metric} is built in with type {theirs}, not {ours}"),
            );
        }
    }
    if alert.metric == REQUESTS && traffic::counts_in(&alert.labels) {
        let message = "are those of the simulated requests, which an alert cannot move";
        errors.add("labels", message);
    }
}

/// A flag belongs to the same family as the metric of its alert, since one actor exposes both.
fn check_flag(alert: &Alert, ownership: &MetricOwnership, errors: &mut EntryErrors) {
    let Some(flag) = &alert.flag else { return };
    if *flag == alert.metric {
        errors.add("flag", "must be a metric other than the alert's own");
    }
    let (flags, metrics) = (ownership.family(flag), ownership.family(&alert.metric));
    if let (Some(flags), Some(metrics)) = (flags, metrics)
        && flags != metrics
    {
        let message =
            format!("{flag} belongs to the family {flags}, but the alert's metric to {metrics}");
        errors.add("flag", message);
    }
}

/// The first alert with each metric and each series.
#[derive(Default)]
struct First<'a> {
    metrics: BTreeMap<&'a str, (&'a Alert, Named<'a>)>,
    series: BTreeMap<(&'a str, &'a Labels), (&'a Alert, Named<'a>)>,
}

impl<'a> First<'a> {
    fn check(&mut self, alert: &'a Alert, errors: &mut EntryErrors) {
        for ours in named(alert) {
            let series = (ours.metric, &alert.labels);
            match self.metrics.entry(ours.metric) {
                Entry::Occupied(first) => {
                    let (other, theirs) = first.get();
                    check_type(&ours, theirs, &other.name, errors);
                }
                Entry::Vacant(place) => {
                    place.insert((alert, ours));
                }
            }
            match self.series.entry(series) {
                Entry::Occupied(first)
                    if background_series::find(ours.metric, &alert.labels).is_none() =>
                {
                    let (other, theirs) = first.get();
                    check_baseline(&ours, theirs, &other.name, errors);
                }
                Entry::Occupied(_) => {}
                Entry::Vacant(place) => {
                    place.insert((alert, ours));
                }
            }
        }
    }
}

fn check_type(ours: &Named<'_>, theirs: &Named<'_>, other: &str, errors: &mut EntryErrors) {
    if ours.kind != theirs.kind {
        let (metric, kind, not) = (ours.metric, theirs.kind.name(), ours.kind.name());
        errors.add(
            ours.key,
            format!("{metric} is {kind} in alert {other}, not {not}"),
        );
    }
}

fn check_baseline(ours: &Named<'_>, theirs: &Named<'_>, other: &str, errors: &mut EntryErrors) {
    let metric = ours.metric;
    for (key, not, is) in [
        ("baseline", ours.baseline, theirs.baseline),
        ("noise", ours.noise, theirs.noise),
    ] {
        if not != is {
            let key = if ours.key == "flag" { "flag" } else { key };
            let message =
                format!("is {is} for the same series of {metric} in alert {other}, not {not}");
            errors.add(key, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::CheckedCatalogue;

    fn alert(name: &str, metric: &str, more: &str) -> String {
        let series = if metric.ends_with("_total") {
            format!("rate({metric}[1m])")
        } else {
            metric.to_owned()
        };
        format!(
            "[[alert]]\nname = \"{name}\"\nmetric = \"{metric}\"\nexpr = \"{series} > 5\"\ntrigger = 9\n{more}\n"
        )
    }

    fn faults_of(text: &str) -> Vec<String> {
        match CheckedCatalogue::parse("mine.toml", text, 1.0) {
            Ok(_) => Vec::new(),
            Err(error) => error.errors().to_vec(),
        }
    }

    #[test]
    fn what_agrees_is_valid() {
        let text = [
            alert("A", "cart_items", "baseline = 2.0"),
            alert("B", "cart_items", "baseline = 2.0"),
            alert(
                "C",
                "cart_items",
                "labels = { cart = \"x\" }\nbaseline = 3.0",
            ),
            alert("D", "http_requests_total", "labels = { status = \"500\" }"),
            alert(
                "E",
                "cart_items",
                "labels = { cart = \"y\" }\nflag = \"cart_full\"",
            ),
        ];
        assert_eq!(faults_of(&text.concat()), Vec::<String>::new());
    }

    #[test]
    fn a_disagreement_names_the_later_alert_and_the_key() {
        let first = alert("A", "cart_items", "baseline = 2.0");
        for (second, message) in [
            (
                alert("B", "cart_items", "baseline = 3.0"),
                "alert B: baseline: is 2 for the same series of cart_items in alert A, not 3",
            ),
            (
                alert("B", "cart_items", "baseline = 2.0\nnoise = 1.0"),
                "alert B: noise: is 0",
            ),
            (
                alert("B", "cart_items", "type = \"untyped\"\nbaseline = 2.0"),
                "alert B: type: cart_items is gauge in alert A, not untyped",
            ),
            (
                alert("B", "mock_disk_usage_percent", "type = \"counter\"").replace(
                    "mock_disk_usage_percent > 5",
                    "rate(mock_disk_usage_percent[1m]) > 5",
                ),
                "alert B: type: mock_disk_usage_percent is built in with type gauge, not counter",
            ),
            (
                alert("B", "other", "flag = \"mock_disk_read_errors_total\""),
                "alert B: flag: mock_disk_read_errors_total is built in with type counter, not gauge",
            ),
            (
                alert("B", "request_duration_seconds_bucket", ""),
                "alert B: metric: request_duration_seconds_bucket belongs to a built-in histogram",
            ),
            (
                alert(
                    "B",
                    "mock_service_up",
                    "labels = { x = \"y\" }\nflag = \"memory_usage_bytes\"",
                ),
                "alert B: flag: memory_usage_bytes belongs to the family memory-cpu, but the alert's metric to network",
            ),
            (
                alert(
                    "B",
                    "http_requests_total",
                    "labels = { service = \"api\", method = \"GET\", status_code = \"200\" }",
                ),
                "alert B: labels: are those of the simulated requests",
            ),
        ] {
            let found = faults_of(&format!("{first}{second}"));
            assert!(
                found.iter().any(|error| error.starts_with(message)),
                "{message}: {found:?}"
            );
        }
    }
}
