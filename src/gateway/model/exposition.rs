//! Instant samples in Prometheus' text exposition format 0.0.4, as its own `/federate` writes them.

use std::{collections::BTreeMap, fmt::Write};

use super::{snapshot::Snapshot, vector};

/// All samples of the snapshot with their own labels and timestamps, grouped by metric name. A sample without a name
/// (an expression's result) gets its query's. What a name may not contain in this format is written as `_`.
pub fn federate(snapshot: &Snapshot) -> String {
    let mut families: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for answer in &snapshot.answers {
        let Some(samples) = answer
            .outcome
            .as_ref()
            .ok()
            .and_then(|raw| vector::samples(raw))
        else {
            continue;
        };
        for sample in samples {
            let own = sample.labels.get("__name__").map(String::as_str);
            let name = metric_name(own.unwrap_or(&answer.name));
            let reading = format!("{} {}", value(sample.value), sample.at_ms);
            families
                .entry(name)
                .or_default()
                .insert(labels(&sample.labels), reading);
        }
    }
    let mut out = String::new();
    for (name, series) in families {
        let _ = writeln!(out, "# TYPE {name} untyped"); // writing to a String cannot fail
        for (labels, reading) in series {
            let _ = writeln!(out, "{name}{labels} {reading}");
        }
    }
    out
}

fn labels(labels: &BTreeMap<String, String>) -> String {
    let pairs: Vec<_> = labels
        .iter()
        .filter(|(name, _)| *name != "__name__")
        .map(|(name, value)| {
            let value = value
                .replace('\\', r"\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            format!("{}=\"{value}\"", metric_name(name).replace(':', "_"))
        })
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", pairs.join(","))
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

/// Prometheus 3 knows names of any characters; this format does not.
fn metric_name(name: &str) -> String {
    let valid = |(index, c): (usize, char)| {
        c.is_ascii_alphabetic() || c == '_' || c == ':' || (index > 0 && c.is_ascii_digit())
    };
    name.chars()
        .enumerate()
        .map(|at| if valid(at) { at.1 } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::Utc;

    use super::super::snapshot::Answer;
    use super::*;

    #[test]
    fn samples_keep_their_labels_and_times_and_families_are_together() {
        let answer = |name: &str, result: &str| Answer {
            name: name.into(),
            outcome: Ok(Bytes::from(format!(
                r#"{{"resultType":"vector","result":[{result}]}}"#
            ))),
        };
        let answers = vec![
            answer(
                "b",
                r#"{"metric":{"__name__":"b","job":"j","path":"a\\\"\n"},"value":[1.5,"2"]}"#,
            ),
            answer("rate of a", r#"{"metric":{},"value":[1,"-Inf"]}"#),
            answer(
                "utf8",
                r#"{"metric":{"__name__":"größe.b","k8s.pod":"é"},"value":[1,"1"]}"#,
            ),
            answer(
                "again",
                r#"{"metric":{"__name__":"b","job":"k"},"value":[2,"NaN"]}"#,
            ),
        ];
        let expected = concat!(
            "# TYPE b untyped\n",
            "b{job=\"j\",path=\"a\\\\\\\"\\n\"} 2 1500\n",
            "b{job=\"k\"} NaN 2000\n",
            "# TYPE gr__e_b untyped\n",
            "gr__e_b{k8s_pod=\"é\"} 1 1000\n",
            "# TYPE rate_of_a untyped\n",
            "rate_of_a -Inf 1000\n",
        );
        assert_eq!(
            federate(&Snapshot {
                taken_at: Utc::now(),
                answers
            }),
            expected
        );
    }
}
