//! The series that Prometheus has with a catalogue: those of the simulator, of the other scrape jobs, and of rules.

use std::collections::BTreeSet;

use alerting::Labels;
use promql::Selector;
use promql_parser::parser::{self, Expr};

use super::{family_state::FamilyState, metric_ownership::MetricOwnership};
use crate::catalogue::Catalogue;

/// The series of every scrape target (Prometheus, "Automatically generated labels and time series").
const SCRAPE_METRICS: [&str; 4] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_series_added",
];
/// Prefixes of the simulator's metrics about itself.
const OWN_PREFIXES: [&str; 2] = ["process_", "mock_metrics_"];
/// The other scrape jobs (monitoring/prometheus/prometheus.yml, the lab) and the prefixes of their metrics. Their series do
/// not have the label `drill`.
const OTHER_JOBS: [(&str, &[&str]); 2] = [
    (
        "prometheus",
        &[
            "prometheus_",
            "process_",
            "go_",
            "promhttp_",
            "net_conntrack_",
        ],
    ),
    ("service-metrics", &["service_metrics_", "process_"]),
];
/// Metrics that Prometheus writes for alert rules.
const RULE_METRICS: [&str; 2] = ["ALERTS", "ALERTS_FOR_STATE"];

/// The series of the simulator and of its scrape.
pub(crate) struct ServedSeries(Vec<(String, Labels)>);

impl ServedSeries {
    /// The series of a simulator with this catalogue.
    pub(crate) fn of(catalogue: &Catalogue) -> Self {
        let mut text = String::new();
        for family in MetricOwnership::of(catalogue).families() {
            FamilyState::new(family, catalogue, 0, usize::MAX).write(&mut text);
        }
        let heads: BTreeSet<_> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| Some(line.rsplit_once(' ')?.0))
            .collect();
        let of_scrape = SCRAPE_METRICS.map(|name| (name.to_owned(), Labels::new()));
        Self(
            heads
                .into_iter()
                .filter_map(series)
                .chain(of_scrape)
                .collect(),
        )
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Labels)> + Clone {
        self.0.iter().map(|(name, labels)| (name.as_str(), labels))
    }

    /// Whether a selector selects the last bucket of a classic histogram, without which it has no quantile.
    pub(crate) fn has_bucket(&self, selector: &Selector) -> bool {
        let last = |labels: &Labels| labels.get("le").is_some_and(|le| le == "+Inf");
        self.all()
            .any(|(name, labels)| last(labels) && selector.selects(name, labels))
    }

    /// Whether a selector selects any of them, or a series that another job or a rule may have.
    pub(crate) fn has(&self, selector: &Selector) -> bool {
        let name = selector.metric().unwrap_or_default();
        let begins = |with: &[&str]| with.iter().any(|begin| name.starts_with(begin));
        // A name with a colon is a recording rule's.
        let of_rules = RULE_METRICS.contains(&name) || name.contains(':');
        let own = begins(&OWN_PREFIXES) && selector.selects(name, &Labels::new());
        let other = |(job, metrics): &(&str, &[&str])| {
            (begins(metrics) || SCRAPE_METRICS.contains(&name)) && selector.may_select_job(job)
        };
        of_rules
            || own
            || OTHER_JOBS.iter().any(other)
            || self
                .all()
                .any(|(name, labels)| selector.selects(name, labels))
    }
}

/// Parses a series of the exposition, whose syntax is that of a PromQL selector.
fn series(head: &str) -> Option<(String, Labels)> {
    let Ok(Expr::VectorSelector(selector)) = parser::parse(head) else {
        return None;
    };
    let matchers = selector.matchers.matchers.into_iter();
    let labels = matchers.map(|matcher| (matcher.name, matcher.value));
    Some((selector.name?, labels.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::CheckedCatalogue;
    use promql::Expression;

    #[test]
    fn exactly_built_in_series_flags_and_the_catalogue_s_series_are_served() {
        let text = "[[alert]]\nname = \"A\"\nexpr = \"a > 1\"\ntrigger = 5\nlabels = { door = \"it's \\\"x\\\"\" }\nflag = \"a_flag\"\n";
        let catalogue = CheckedCatalogue::parse("mine.toml", text, 1.0).unwrap();
        let served = ServedSeries::of(&catalogue);
        let has = |text: &str| {
            let required = Expression::parse(text).unwrap().required();
            required.iter().all(|selector| served.has(selector))
        };
        for text in [
            "a{door=\"it's \\\"x\\\"\"}",
            "a_flag",
            "http_requests_total{service=\"api\",job=\"mock-metrics\"}",
            "request_duration_seconds_bucket{le=\"0.5\"}",
            "mock_high_cpu_usage_percent{instance=\"mock-app-2\"}",
            "up{job=\"mock-metrics\"}",
            "process_resident_memory_bytes",
            "up{job=\"prometheus\"}",
            "process_open_fds{job=~\"service-.*\",drill=\"\"}",
            "prometheus_tsdb_head_series",
            "go_goroutines",
            "ALERTS{alertname=\"B\"}",
            "instance:cpu:rate5m",
        ] {
            assert!(has(text), "{text}");
        }
        for text in [
            "b",
            "a{door=\"y\"}",
            "a{job=\"node\"}",
            "up{job=\"node\"}",
            "a{drill!=\"true\"}",
            "prometheus_tsdb_head_series{job=\"node\"}",
            "process_open_fds{job=\"node\"}",
            "go_goroutines{drill=\"true\"}",
        ] {
            assert!(!has(text), "{text}");
        }
    }
}
