//! The series `ALERTS` and `ALERTS_FOR_STATE` that Prometheus would have stored: every rule, evaluated at every scrape of a
//! recording.

use std::time::Duration;

use alerting::{
    Labels,
    rule_state::{RuleState, State},
};
use prometheus_api::exposition::metric_type::MetricType;
use promql::{Expression, Predictor, Sample, SeriesRef};

use super::openmetrics::{MetricFamily, Recorded};
use crate::catalogue::{Alert, Catalogue};

const STATES: &str = "ALERTS";
const SINCE: &str = "ALERTS_FOR_STATE";
/// How long the newest sample of a series counts in Prometheus.
const LOOKBACK_DELTA: Duration = Duration::from_secs(300);

/// Both metric families, without rules whose expression cannot be evaluated over one series.
pub(super) fn of(catalogue: &Catalogue, recorded: &[MetricFamily]) -> [MetricFamily; 2] {
    let mut states = MetricFamily::new(STATES, MetricType::Gauge, "Alerts by state, always 1.");
    let help = "Unix time since which an alert is active.";
    let mut since = MetricFamily::new(SINCE, MetricType::Gauge, help);
    for alert in &catalogue.alerts {
        let series = recorded.iter().flat_map(|family| &family.series);
        for series in series.filter(|series| series.name == alert.metric) {
            let Some(predictor) = predictor(alert, series) else {
                continue;
            };
            let labels = labels(alert, series, &predictor);
            let active = evaluate(alert, series, &predictor);
            for state in [State::Pending, State::Firing] {
                let own = active.iter().filter(|active| active.state == state);
                let samples: Vec<_> = own.map(|active| (active.at, 1.0)).collect();
                let mut labels = labels.clone();
                labels.extend(state.label().map(|state| pair("alertstate", state)));
                states.add(STATES, labels, samples);
            }
            let samples = active.iter().map(|active| (active.at, active.since as f64));
            since.add(SINCE, labels, samples.collect());
        }
    }
    [states, since]
}

/// An evaluation at which an alert was active. Times are Unix seconds.
struct Active {
    at: u64,
    state: State,
    since: u64,
}

fn predictor(alert: &Alert, series: &Recorded) -> Option<Predictor> {
    let subject = SeriesRef {
        metric: &alert.metric,
        labels: &series.labels,
    };
    let expression = Expression::parse(&alert.expr).ok()?;
    expression.predictor(&subject).ok()
}

fn evaluate(alert: &Alert, series: &Recorded, predictor: &Predictor) -> Vec<Active> {
    let sample = |(at, value): &(u64, f64)| Sample {
        at: Duration::from_secs(*at),
        value: *value,
    };
    let samples: Vec<_> = series.samples.iter().map(sample).collect();
    let lookback = predictor.lookback() + LOOKBACK_DELTA;
    let mut rule = RuleState::new(alert.for_duration, alert.keep_firing_for);
    let mut from = 0;
    let evaluations = samples.iter().enumerate().filter_map(|(index, newest)| {
        let now = newest.at;
        while samples[from].at + lookback < now {
            from += 1;
        }
        let holds = predictor.at(&samples[from..=index], now).is_some();
        let state = rule.evaluate(now, holds);
        rule.active_at().map(|since| Active {
            at: now.as_secs(),
            state,
            since: since.as_secs(),
        })
    });
    evaluations.collect()
}

/// The labels of an alert: those of its series that the expression keeps, and those of the rule.
fn labels(alert: &Alert, series: &Recorded, predictor: &Predictor) -> Labels {
    let kept = series
        .labels
        .iter()
        .filter(|(name, _)| predictor.keeps(name));
    let mut labels: Labels = kept.map(|(name, value)| pair(name, value)).collect();
    labels.extend(alert.added_labels());
    labels.extend([pair("alertname", &alert.alertname)]);
    labels
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::CheckedCatalogue;

    #[test]
    fn a_full_disk_was_pending_then_firing_and_so_was_every_rule_it_breaks() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut disk = MetricFamily::new("mock_disk_usage_percent", MetricType::Gauge, "");
        let value = |scrape: u64| {
            if (4..12).contains(&scrape) {
                95.0
            } else {
                40.0
            }
        };
        let samples = (0..20).map(|scrape| (scrape * 15, value(scrape)));
        let labels = [pair("device", "sda"), pair("job", "mock-metrics")];
        disk.add("mock_disk_usage_percent", labels.into(), samples.collect());

        let [states, since] = of(&catalogue, &[disk]);
        let times_of = |name: &str, state: &str| {
            let series = states.series.iter().find(|series| {
                series.labels["alertname"] == name && series.labels["alertstate"] == state
            });
            let times = series.unwrap().samples.iter().map(|(at, _)| *at);
            times.collect::<Vec<_>>()
        };
        for name in ["DiskFull", "DiskAlmostFull"] {
            assert_eq!(times_of(name, "pending"), [60, 75, 90, 105], "{name}");
            assert_eq!(times_of(name, "firing"), [120, 135, 150, 165], "{name}");
        }
        assert_eq!(states.series[0].labels["device"], "sda");
        assert_eq!(states.series[0].labels["job"], "mock-metrics");
        assert!(
            since.series[0]
                .samples
                .iter()
                .all(|(_, since)| *since == 60.0)
        );
    }

    #[test]
    fn an_alert_of_the_past_has_every_label_that_its_rule_adds() {
        let text = "[[alert]]\nname = \"A\"\nexpr = \"a > 1\"\nfor = \"0s\"\ntrigger = 5\n\
                    rule_labels = { team = \"shop\" }\n";
        let catalogue = CheckedCatalogue::parse("mine.toml", text, 1.0).unwrap();
        let mut family = MetricFamily::new("a", MetricType::Gauge, "");
        family.add("a", Labels::new(), vec![(0, 5.0), (15, 5.0)]);
        let [states, _] = of(&catalogue, &[family]);
        let labels = &states.series[0].labels;
        let added = ["alertname", "family", "severity", "team"].map(|name| labels[name].as_str());
        assert_eq!(added, ["A", "own", "warning", "shop"]);
    }
}
