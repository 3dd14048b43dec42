//! The flat form of the channel `metrics`: one number per query, a histogram as its cumulative `le` map.

use http_kit::envelope::write_json;
use prometheus_api::vector::{self, Sample};
use serde::{Serialize, Serializer};
use serde_json::Number;

use crate::messages::channel::{Channel, ChannelName, Metrics};
use crate::messages::snapshot::Snapshot;

/// `name → value` in the order given, as a JSON object.
struct Object<V>(Vec<(String, V)>);

impl<V: Serialize> Serialize for Object<V> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A query's answer in one value; `None` is `null`.
#[derive(Serialize)]
#[serde(untagged)]
enum Flat {
    Sum(Option<Number>),
    Buckets(Object<Option<Number>>),
}

/// Appends `{"<query name>":<sum over series>, …}`; `null` where a query failed, matched nothing or has no finite sum.
fn write(snapshot: &Snapshot, out: &mut Vec<u8>) {
    let flat = snapshot.answers.iter().map(|answer| {
        let samples = answer
            .outcome
            .as_ref()
            .ok()
            .and_then(|raw| vector::samples(raw));
        (
            answer.name.to_string(),
            flatten(&samples.unwrap_or_default()),
        )
    });
    write_json(&Object(flat.collect()), out);
}

fn flatten(samples: &[Sample]) -> Flat {
    if samples.is_empty() {
        Flat::Sum(None)
    } else if samples
        .iter()
        .all(|sample| sample.labels.contains_key("le"))
    {
        Flat::Buckets(buckets(samples))
    } else {
        Flat::Sum(number(samples.iter().map(|sample| sample.value).sum()))
    }
}

/// Cumulative counts by upper bound, smallest first, without `+Inf`. A bound is written in its shortest form:
/// Prometheus 2 says `1` where Prometheus 3 says `1.0`.
fn buckets(samples: &[Sample]) -> Object<Option<Number>> {
    let mut sums: Vec<(f64, f64)> = Vec::new();
    for sample in samples {
        let bound = sample.labels["le"].parse::<f64>().ok();
        let Some(bound) = bound.filter(|bound| bound.is_finite()) else {
            continue;
        };
        match sums.iter_mut().find(|(known, _)| *known == bound) {
            Some((_, sum)) => *sum += sample.value,
            None => sums.push((bound, sample.value)),
        }
    }
    sums.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    let cumulative = sums.into_iter();
    Object(
        cumulative
            .map(|(bound, sum)| (bound.to_string(), number(sum)))
            .collect(),
    )
}

/// A JSON number, whole where it can be; JSON has no NaN and no infinity.
fn number(value: f64) -> Option<Number> {
    const WHOLE: f64 = 9_007_199_254_740_992.0; // 2^53: up to here every whole number is exact
    if value.fract() == 0.0 && value.abs() <= WHOLE {
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}

impl Channel for Metrics {
    const NAME: ChannelName = ChannelName::Metrics;
    const FRAME_TYPE: &'static str = "metrics";
    const TELLS_STALE: bool = false;
    const SKIPS_UNCHANGED: bool = false;

    fn write_data(snapshot: &Snapshot, out: &mut Vec<u8>) {
        write(snapshot, out);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::Utc;

    use super::*;
    use crate::messages::snapshot::Answer;
    use prometheus_api::error::QueryError;

    fn flat(answers: &[(&str, &str)]) -> String {
        let answers = answers
            .iter()
            .map(|(name, result)| Answer {
                name: (*name).into(),
                outcome: Ok(Bytes::from(format!(
                    r#"{{"resultType":"vector","result":[{result}]}}"#
                ))),
                warnings: vec![],
            })
            .collect();
        let mut out = Vec::new();
        write(
            &Snapshot {
                alertmanager: None,
                taken_at: Utc::now(),
                answers,
            },
            &mut out,
        );
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn series_are_summed_and_whole_numbers_stay_whole() {
        let two = r#"{"metric":{"i":"1"},"value":[1,"128000000"]},{"metric":{"i":"2"},"value":[1,"128000000"]}"#;
        let parts = r#"{"metric":{},"value":[1,"0.1"]},{"metric":{},"value":[1,"0.05"]}"#;
        assert_eq!(flat(&[("memory", two)]), r#"{"memory":256000000}"#);
        assert!(flat(&[("cpu", parts)]).starts_with(r#"{"cpu":0.15"#));
    }

    #[test]
    fn a_histogram_is_its_cumulative_map_in_the_order_of_its_bounds() {
        let series =
            |le: &str, value| format!(r#"{{"metric":{{"le":"{le}"}},"value":[1,"{value}"]}}"#);
        let all = [
            series("1", 150),
            series("+Inf", 150),
            series("0.1", 20),
            series("0.1", 30),
            series("0.5", 150),
        ];
        assert_eq!(
            flat(&[("h", &all.join(","))]),
            r#"{"h":{"0.1":50,"0.5":150,"1":150}}"#
        );
    }

    #[test]
    fn nothing_and_nan_are_null() {
        assert_eq!(
            flat(&[("a", ""), ("b", r#"{"metric":{},"value":[1,"NaN"]}"#)]),
            r#"{"a":null,"b":null}"#
        );
        let fault = QueryError {
            error: String::new(),
            error_type: String::new(),
        };
        let answers = vec![Answer {
            name: "c".into(),
            outcome: Err(fault),
            warnings: vec![],
        }];
        let mut out = Vec::new();
        write(
            &Snapshot {
                alertmanager: None,
                taken_at: Utc::now(),
                answers,
            },
            &mut out,
        );
        assert_eq!(out, br#"{"c":null}"#);
    }
}
