//! Instant samples in Prometheus' text exposition format, as its own `/federate` writes them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use prometheus_api::{
    exposition::escaping::{Escaping, Named, quoted},
    vector::{self, Sample},
};

use crate::messages::snapshot::Snapshot;

/// Labels without `__name__`. An empty value means that there is no such label.
type Labels = BTreeMap<String, String>;

/// The last value of a series, and where it is from.
struct Reading {
    value: f64,
    at_ms: i64,
    /// Whether the series has a name of its own, and not its query's.
    own_name: bool,
}

/// All samples of the snapshot with their own labels and timestamps, grouped by metric name. A sample without a name
/// (an expression's result) gets its query's, unless there is a series of that name and with these labels. A series
/// that several queries bring stands there once, as the latest of them has it. No two series are written alike: a
/// scraper refuses all samples for one label that comes twice.
pub fn federate(snapshot: &Snapshot, escaping: Escaping) -> String {
    let metrics = metrics(snapshot);
    let names = metrics.keys().map(String::as_str).collect();
    let names = escaping.written(names, Named::Metric);
    let mut out = String::new();
    for (name, metric) in &metrics {
        write_metric(&mut out, &names[name.as_str()], metric, escaping);
    }
    out
}

/// Every series of the snapshot, by its metric's name and its labels.
fn metrics(snapshot: &Snapshot) -> BTreeMap<String, BTreeMap<Labels, Reading>> {
    let mut metrics: BTreeMap<String, BTreeMap<Labels, Reading>> = BTreeMap::new();
    for answer in &snapshot.answers {
        let samples = answer.outcome.as_ref().ok();
        let samples = samples.and_then(|raw| vector::samples(raw));
        for sample in samples.unwrap_or_default() {
            let (own, labels, reading) = taken_apart(sample);
            let name = own.unwrap_or_else(|| answer.name.to_string());
            let metric = metrics.entry(name).or_default();
            if !metric
                .get(&labels)
                .is_some_and(|known| known.outranks(&reading))
            {
                metric.insert(labels, reading);
            }
        }
    }
    metrics
}

/// The name of its own, its other labels and the value of a sample.
fn taken_apart(sample: Sample) -> (Option<String>, Labels, Reading) {
    let mut labels = sample.labels;
    labels.retain(|name, value| !name.is_empty() && !value.is_empty());
    let own = labels.remove("__name__");
    let reading = Reading {
        value: sample.value,
        at_ms: sample.at_ms,
        own_name: own.is_some(),
    };
    (own, labels, reading)
}

impl Reading {
    /// Whether it stays where `other` is of the same series too.
    fn outranks(&self, other: &Self) -> bool {
        (self.own_name, self.at_ms) > (other.own_name, other.at_ms)
    }
}

/// Writes the series of one metric, whose name is written as `name`.
fn write_metric(
    out: &mut String,
    name: &str,
    metric: &BTreeMap<Labels, Reading>,
    escaping: Escaping,
) {
    let labels: BTreeSet<&str> = metric
        .keys()
        .flatten()
        .map(|(label, _)| label.as_str())
        .collect();
    let labels = escaping.written(labels, Named::Label);
    let _ = writeln!(out, "# TYPE {name} untyped"); // writing to a String cannot fail
    for (series, reading) in metric {
        let pairs = series.iter();
        let pairs =
            pairs.map(|(label, value)| format!("{}={}", labels[label.as_str()], quoted(value)));
        let series = head(name, pairs);
        let _ = writeln!(out, "{series} {} {}", value(reading.value), reading.at_ms);
    }
}

/// A series as it stands before its value; a quoted name stands within the braces.
fn head(name: &str, pairs: impl Iterator<Item = String>) -> String {
    if name.starts_with('"') {
        let all: Vec<_> = [name.to_owned()].into_iter().chain(pairs).collect();
        return format!("{{{}}}", all.join(","));
    }
    let pairs: Vec<_> = pairs.collect();
    if pairs.is_empty() {
        name.to_owned()
    } else {
        format!("{name}{{{}}}", pairs.join(","))
    }
}

fn value(value: f64) -> String {
    if value.is_infinite() {
        if value > 0.0 {
            "+Inf".into()
        } else {
            "-Inf".into()
        }
    } else {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::Utc;

    use super::*;
    use crate::messages::snapshot::Answer;

    fn federated(answers: &[(&str, &str)], escaping: Escaping) -> String {
        let answers = answers.iter().map(|(name, result)| Answer {
            name: (*name).into(),
            outcome: Ok(Bytes::from(format!(
                r#"{{"resultType":"vector","result":[{result}]}}"#
            ))),
            warnings: vec![],
        });
        let snapshot = Snapshot {
            alertmanager: None,
            taken_at: Utc::now(),
            answers: answers.collect(),
        };
        federate(&snapshot, escaping)
    }

    const NAMES: &[(&str, &str)] = &[
        (
            "b",
            r#"{"metric":{"__name__":"b","job":"j","path":"a\\\"\n"},"value":[1.5,"2"]}"#,
        ),
        ("rate of a", r#"{"metric":{},"value":[1,"-Inf"]}"#),
        (
            "utf8",
            r#"{"metric":{"__name__":"größe.b","k8s.pod":"é"},"value":[1,"1"]}"#,
        ),
        (
            "again",
            r#"{"metric":{"__name__":"b","job":"k","none":""},"value":[2,"NaN"]}"#,
        ),
    ];

    #[test]
    fn samples_keep_their_labels_and_times_and_families_are_together() {
        let expected = concat!(
            "# TYPE b untyped\n",
            "b{job=\"j\",path=\"a\\\\\\\"\\n\"} 2 1500\n",
            "b{job=\"k\"} NaN 2000\n",
            "# TYPE gr__e_b untyped\n",
            "gr__e_b{k8s_pod=\"é\"} 1 1000\n",
            "# TYPE rate_of_a untyped\n",
            "rate_of_a -Inf 1000\n",
        );
        assert_eq!(federated(NAMES, Escaping::Underscores), expected);
    }

    #[test]
    fn names_of_any_characters_are_quoted_where_they_are_allowed() {
        let expected = concat!(
            "# TYPE b untyped\n",
            "b{job=\"j\",path=\"a\\\\\\\"\\n\"} 2 1500\n",
            "b{job=\"k\"} NaN 2000\n",
            "# TYPE \"größe.b\" untyped\n",
            "{\"größe.b\",\"k8s.pod\"=\"é\"} 1 1000\n",
            "# TYPE \"rate of a\" untyped\n",
            "{\"rate of a\"} -Inf 1000\n",
        );
        assert_eq!(federated(NAMES, Escaping::AllowUtf8), expected);
    }

    #[test]
    fn names_that_differ_are_written_differently() {
        let answers = [
            (
                "a",
                r#"{"metric":{"__name__":"m","service.name":"a","service_name":"b"},"value":[1,"1"]},
                   {"metric":{"__name__":"m","service.name":"a"},"value":[1,"2"]},
                   {"metric":{"__name__":"m","service_name":"a"},"value":[1,"3"]}"#,
            ),
            (
                "b",
                r#"{"metric":{"__name__":"n.x"},"value":[1,"4"]},{"metric":{"__name__":"n_x"},"value":[1,"5"]},
                   {"metric":{"__name__":"o","service.name":"a"},"value":[1,"6"]}"#,
            ),
        ];
        let expected = concat!(
            "# TYPE m untyped\n",
            "m{U__service_2e_name=\"a\"} 2 1000\n",
            "m{U__service_2e_name=\"a\",service_name=\"b\"} 1 1000\n",
            "m{service_name=\"a\"} 3 1000\n",
            "# TYPE U__n_2e_x untyped\n",
            "U__n_2e_x 4 1000\n",
            "# TYPE n_x untyped\n",
            "n_x 5 1000\n",
            "# TYPE o untyped\n",
            "o{service_name=\"a\"} 6 1000\n",
        );
        assert_eq!(federated(&answers, Escaping::Underscores), expected);
    }

    #[test]
    fn a_series_stands_there_once_and_no_result_takes_its_place() {
        let series = |at, value| {
            format!(r#"{{"metric":{{"__name__":"up","job":"j"}},"value":[{at},"{value}"]}}"#)
        };
        let (early, late) = (series(1, 0), series(2, 1));
        let nameless = r#"{"metric":{"job":"j"},"value":[3,"7"]}"#;
        let expected = "# TYPE up untyped\nup{job=\"j\"} 1 2000\n";
        for answers in [
            [("x", &*early), ("y", &*late), ("up", nameless)],
            [("up", nameless), ("y", &*late), ("x", &*early)],
        ] {
            assert_eq!(federated(&answers, Escaping::Underscores), expected);
        }
    }
}
