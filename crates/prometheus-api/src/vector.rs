//! Prometheus' instant vector, read where values are needed. The raw channels never come here.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One series of an instant vector and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Labels, `__name__` included.
    pub labels: BTreeMap<String, String>,
    /// Unix time in milliseconds.
    pub at_ms: i64,
    /// The value; Prometheus knows NaN and infinities.
    pub value: f64,
}

/// The wire form (Prometheus HTTP API, "Expression query result formats").
#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Wire {
    // `null` where some servers mean nothing.
    Vector(Option<Vec<WireSample>>),
    Scalar((f64, String)),
    String(serde::de::IgnoredAny),
    Matrix(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct WireSample {
    metric: BTreeMap<String, String>,
    // Absent for native histograms, which have a `histogram` instead.
    value: Option<(f64, String)>,
}

/// The samples of an instant query's `data`; a scalar is one sample without labels. `None` when it is not such data.
pub fn samples(data: &[u8]) -> Option<Vec<Sample>> {
    match serde_json::from_slice(data).ok()? {
        Wire::Vector(series) => Some(
            series
                .into_iter()
                .flatten()
                .filter_map(|series| sample(series.metric, series.value?))
                .collect(),
        ),
        Wire::Scalar(value) => Some(sample(BTreeMap::new(), value).into_iter().collect()),
        Wire::String(_) | Wire::Matrix(_) => None,
    }
}

fn sample(labels: BTreeMap<String, String>, (seconds, value): (f64, String)) -> Option<Sample> {
    // Rust reads Prometheus' `NaN`, `+Inf` and `-Inf` as they are.
    let value = value.parse().ok()?;
    Some(Sample {
        labels,
        at_ms: (seconds * 1000.0).round() as i64,
        value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_is_read_with_its_labels_and_odd_values() {
        let data = br#"{"resultType":"vector","result":[
            {"metric":{"__name__":"up","job":"a"},"value":[1700000000.123,"1"]},
            {"metric":{},"value":[1,"+Inf"]},
            {"metric":{"h":"native"},"histogram":[1,{}]}]}"#;
        let samples = samples(data).unwrap();
        assert_eq!(samples.len(), 2);
        assert_eq!(
            (samples[0].at_ms, samples[0].value),
            (1_700_000_000_123, 1.0)
        );
        assert_eq!(samples[0].labels["job"], "a");
        assert_eq!(samples[1].value, f64::INFINITY);
    }

    #[test]
    fn what_is_not_a_vector_is_none() {
        assert_eq!(samples(br#"{"resultType":"matrix","result":[]}"#), None);
        assert_eq!(samples(b"[]"), None);
        assert_eq!(
            samples(br#"{"resultType":"vector","result":null}"#),
            Some(vec![]),
            "some servers' way to say that there is none"
        );
        assert_eq!(
            samples(br#"{"resultType":"scalar","result":[1,"2.5"]}"#).unwrap()[0].value,
            2.5
        );
    }
}
