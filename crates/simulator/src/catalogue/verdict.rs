//! Whether an alert of a catalogue can fire on what the simulator serves.

use promql::Expression;

use super::{Alert, Catalogue, expr::promql, sense::Told, served::Served};
use crate::prediction::Unpredicted;

/// What is known of one alert beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Its trigger makes its condition hold for long enough, as theory tells.
    Can,
    /// It cannot, and why.
    Cannot(String),
    /// Only a drill can tell, and why.
    Unknown(String),
}

/// The verdict on each alert, in their order.
pub(super) fn verdicts(catalogue: &Catalogue) -> Vec<Verdict> {
    let mut served = None;
    let told = catalogue.predicted();
    told.map(|(alert, told)| {
        of(alert, told, || {
            served.get_or_insert_with(|| Served::by(catalogue))
        })
    })
    .collect()
}

fn of<'s>(alert: &Alert, told: &Told, served: impl FnOnce() -> &'s mut Served) -> Verdict {
    let Err(Unpredicted::Expression(why)) = told else {
        return Verdict::Can;
    };
    let Ok(expression) = promql(&alert.expr) else {
        return Verdict::Unknown(why.clone());
    };
    if Expression::is_absence(&expression) {
        let told = "it fires while a series is absent, and the simulator takes none away";
        return Verdict::Cannot(told.to_owned());
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
        ([], Some(selector)) => Verdict::Cannot(format!(
            "histogram_quantile needs buckets up to le=\"+Inf\", and none is served for {selector}"
        )),
        ([], None) => Verdict::Unknown(why.clone()),
        (missing, _) => {
            Verdict::Cannot(format!("no series is served for {}", missing.join(" and ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(expr: &str, more: &str) -> Verdict {
        let text = format!(
            "[[alert]]\nname = \"A\"\nmetric = \"a\"\nexpr = '{expr}'\ntrigger = 500\nbaseline = 1\n{more}\n"
        );
        let catalogue = Catalogue::parse("mine.toml", &text, 1.0).unwrap();
        verdicts(&catalogue).remove(0)
    }

    #[test]
    fn an_alert_can_fire_or_cannot_or_only_a_drill_can_tell() {
        assert_eq!(verdict("a > 100", ""), Verdict::Can);
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
                "it fires while a series is absent, and the simulator takes none away",
            ),
        ] {
            assert_eq!(verdict(expr, ""), Verdict::Cannot(why.to_owned()), "{expr}");
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
                verdict(expr, ""),
                Verdict::Unknown(why.to_owned()),
                "{expr}"
            );
        }
    }

    /// The simulator's own requests are summed with it: theory knows one series alone.
    #[test]
    fn what_is_aggregated_with_other_series_is_not_foretold() {
        let expr = "sum by (service) (rate(http_requests_total{status_code=~\"5..\"}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05";
        let labels = "{ service = \"api\", status_code = \"599\", method = \"GET\" }";
        let text = format!(
            "[[alert]]\nname = \"A\"\nmetric = \"http_requests_total\"\nexpr = '{expr}'\ntrigger = 5\nlabels = {labels}\n"
        );
        let catalogue = Catalogue::parse("mine.toml", &text, 1.0).unwrap();
        let Verdict::Unknown(why) = verdicts(&catalogue).remove(0) else {
            panic!("{:?}", verdicts(&catalogue));
        };
        assert!(why.starts_with("aggregates http_requests_total{"), "{why}");
        assert_eq!(catalogue.rise("A"), None);
    }
}
