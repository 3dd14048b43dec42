//! Whether the alerts of a catalogue can fire on the series that the simulator serves.

use promql::Expression;

use super::checked::CheckedCatalogue;
use crate::{
    catalogue::{Alert, parse_promql},
    prediction::{PredictionError, PredictionResult},
    simulation::served_series::ServedSeries,
};

/// Whether an alert can fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CanFire {
    /// Its trigger makes its condition hold for long enough.
    Yes,
    /// It cannot, for this reason.
    No(String),
    /// Only a drill can show it, for this reason.
    Unknown(String),
}

/// Whether each alert can fire on the series that the simulator serves, in their order.
pub fn can_fire(catalogue: &CheckedCatalogue) -> Vec<CanFire> {
    let mut served = None;
    let predicted = catalogue.predicted();
    predicted
        .map(|(alert, prediction)| {
            alert_can_fire(alert, prediction, || {
                served.get_or_insert_with(|| ServedSeries::of(catalogue))
            })
        })
        .collect()
}

fn alert_can_fire<'s>(
    alert: &Alert,
    prediction: &PredictionResult,
    served: impl FnOnce() -> &'s mut ServedSeries,
) -> CanFire {
    let Err(PredictionError::Unsupported(why)) = prediction else {
        return CanFire::Yes;
    };
    let Ok(expression) = parse_promql(&alert.expr) else {
        return CanFire::Unknown(why.clone());
    };
    if Expression::is_absence(&expression) {
        let reason = "it fires while a series is absent, and the simulator removes none";
        return CanFire::No(reason.to_owned());
    }
    let served = served();
    let required = expression.required().into_iter();
    let missing = required.filter(|selector| !served.has(selector));
    let mut missing: Vec<_> = missing.map(|selector| selector.to_string()).collect();
    missing.dedup();
    let histograms = expression.histograms().into_iter();
    let without = histograms.map(|selector| (served.has_bucket(&selector), selector));
    let without = without
        .filter(|(has, _)| !has)
        .map(|(_, selector)| selector)
        .next();
    match (missing.as_slice(), without) {
        ([], Some(selector)) => CanFire::No(format!(
            "histogram_quantile needs buckets up to le=\"+Inf\", and none is served for {selector}"
        )),
        ([], None) => CanFire::Unknown(why.clone()),
        (missing, _) => CanFire::No(format!("no series is served for {}", missing.join(" and "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_alert(expr: &str, more: &str) -> CanFire {
        let text = format!(
            "[[alert]]\nname = \"A\"\nmetric = \"a\"\nexpr = '{expr}'\ntrigger = 500\nbaseline = 1\n{more}\n"
        );
        let catalogue = CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap();
        can_fire(&catalogue).remove(0)
    }

    #[test]
    fn an_alert_can_fire_or_cannot_or_only_a_drill_can_tell() {
        assert_eq!(of_alert("a > 100", ""), CanFire::Yes);
        for (expr, why) in [
            ("a / b > 100", "no series is served for b"),
            (
                "a / b{x=\"y\"} > 100 and b{x=\"y\"} == 0 and c > 1",
                "no series is served for b{x=\"y\"} and c",
            ),
            (
                "histogram_quantile(0.9, rate(a[5m])) > up{job=\"node\"}",
                "no series is served for up{job=\"node\"}",
            ),
            (
                "histogram_quantile(0.9, rate(a[5m])) > 1",
                "histogram_quantile needs buckets up to le=\"+Inf\", and none is served for a",
            ),
            (
                "absent(a)",
                "it fires while a series is absent, and the simulator removes none",
            ),
        ] {
            assert_eq!(of_alert(expr, ""), CanFire::No(why.to_owned()), "{expr}");
        }
        for (expr, why) in [
            (
                "a / memory_usage_bytes > 100",
                "selects memory_usage_bytes besides a",
            ),
            (
                "histogram_quantile(0.9, rate(request_duration_seconds_bucket[5m])) > a",
                "selects request_duration_seconds_bucket besides a",
            ),
            ("a > 100 or b > 1", "selects b besides a"),
            ("a > 100 unless on () b", "selects b besides a"),
        ] {
            assert_eq!(
                of_alert(expr, ""),
                CanFire::Unknown(why.to_owned()),
                "{expr}"
            );
        }
    }

    /// The simulated requests are in the same sum, and predictions are made from one series.
    #[test]
    fn an_aggregation_of_other_series_cannot_be_predicted() {
        let expr = "sum by (service) (rate(http_requests_total{status_code=~\"5..\"}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05";
        let labels = "{ service = \"api\", status_code = \"599\", method = \"GET\" }";
        let text = format!(
            "[[alert]]\nname = \"A\"\nmetric = \"http_requests_total\"\nexpr = '{expr}'\ntrigger = 5\nlabels = {labels}\n"
        );
        let catalogue = CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap();
        let CanFire::Unknown(why) = can_fire(&catalogue).remove(0) else {
            panic!("{:?}", can_fire(&catalogue));
        };
        assert!(why.starts_with("aggregates http_requests_total{"), "{why}");
        assert_eq!(catalogue.rise("A"), None);
    }
}
