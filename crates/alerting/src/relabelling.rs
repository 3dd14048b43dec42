//! What Prometheus' configuration says of alerts: the labels with which they are sent to Alertmanager, and how often rules
//! are evaluated.

use std::time::Duration;

use promql_parser::{label::Matcher, parser::token::T_EQL_REGEX, util::parse_duration};
use yaml_rust2::{Yaml, YamlLoader};

use crate::{labels::Labels, routing::scalar_text};

/// The defaults of a step (Prometheus configuration, "relabel_config").
const DEFAULT_REGEX: &str = "(.*)";
const DEFAULT_SEPARATOR: &str = ";";
const DEFAULT_REPLACEMENT: &str = "$1";

/// What Prometheus does to the labels of alerts before it sends them to Alertmanager.
#[derive(Debug, Default)]
pub struct AlertRelabelling {
    external_labels: Labels,
    steps: Vec<Yaml>,
}

impl AlertRelabelling {
    /// Reads Prometheus' configuration (`/api/v1/status/config`). A text that is no configuration relabels nothing.
    pub fn read(configuration: &str) -> Self {
        let document = document(configuration);
        let external = document["global"]["external_labels"].as_hash();
        let external = external.into_iter().flatten();
        let pair =
            |(name, value): (&Yaml, &Yaml)| Some((name.as_str()?.to_owned(), scalar_text(value)));
        Self {
            external_labels: external.filter_map(pair).collect(),
            steps: document["alerting"]["alert_relabel_configs"]
                .as_vec()
                .cloned()
                .unwrap_or_default(),
        }
    }

    /// The labels with which an alert is sent, as far as they can be foreseen. `None` if it is dropped.
    pub fn apply(&self, alert: &Labels) -> Option<Labels> {
        let mut labels = self.external_labels.clone();
        labels.extend(alert.clone());
        labels.retain(|_, value| !value.is_empty());
        for step in &self.steps {
            relabel(step, &mut labels)?;
        }
        Some(labels)
    }
}

fn document(configuration: &str) -> Yaml {
    let documents = YamlLoader::load_from_str(configuration).unwrap_or_default();
    documents.into_iter().next().unwrap_or(Yaml::BadValue)
}

/// `global.evaluation_interval`: how often a group of rules is evaluated that has no interval of its own.
pub fn evaluation_interval(configuration: &str) -> Option<Duration> {
    let document = document(configuration);
    parse_duration(document["global"]["evaluation_interval"].as_str()?).ok()
}

/// Applies one step; `None` if it drops the alert. A step that is not understood changes nothing.
fn relabel(step: &Yaml, labels: &mut Labels) -> Option<()> {
    let regex = step["regex"].as_str().unwrap_or(DEFAULT_REGEX);
    let matcher = Matcher::new_matcher(T_EQL_REGEX, String::new(), regex.to_owned());
    let Ok(matcher) = matcher else {
        return Some(());
    };
    let sources = step["source_labels"].as_vec().into_iter().flatten();
    let sources = sources.filter_map(Yaml::as_str);
    let values = sources.map(|name| labels.get(name).map_or("", String::as_str));
    let value = values
        .collect::<Vec<_>>()
        .join(step["separator"].as_str().unwrap_or(DEFAULT_SEPARATOR));
    let matches = matcher.is_match(&value);
    match step["action"].as_str().unwrap_or("replace") {
        "drop" => (!matches).then_some(())?,
        "keep" => matches.then_some(())?,
        "labeldrop" => labels.retain(|name, _| !matcher.is_match(name)),
        "labelkeep" => labels.retain(|name, _| matcher.is_match(name)),
        "replace" if matches => {
            let replacement = match step["replacement"].as_str().unwrap_or(DEFAULT_REPLACEMENT) {
                DEFAULT_REPLACEMENT if regex == DEFAULT_REGEX => value,
                text if !text.contains('$') => text.to_owned(),
                _ => return Some(()),
            };
            if let Some(target) = step["target_label"].as_str() {
                labels.insert(target.to_owned(), replacement);
                labels.retain(|_, value| !value.is_empty());
            }
        }
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::labels;

    fn sent(relabelling: &str) -> Option<Labels> {
        let text = format!(
            "global:\n  external_labels: {{site: a, job: other}}\nalerting:\n  alert_relabel_configs: [{relabelling}]\n"
        );
        let of = [
            ("alertname", "A"),
            ("drill", "true"),
            ("job", "mock"),
            ("no", ""),
        ];
        AlertRelabelling::read(&text).apply(&labels(&of))
    }

    #[test]
    fn an_alert_is_sent_with_external_labels_and_relabelled() {
        let usual = [
            ("alertname", "A"),
            ("drill", "true"),
            ("job", "mock"),
            ("site", "a"),
        ];
        let with = |name: &'static str, value: &'static str| {
            let mut all = labels(&usual);
            all.insert(name.to_owned(), value.to_owned());
            all.retain(|_, value| !value.is_empty());
            Some(all)
        };
        for (relabelling, expected) in [
            ("", Some(labels(&usual))),
            ("{regex: dr.*, action: labeldrop}", with("drill", "")),
            (
                "{regex: alertname, action: labelkeep}",
                Some(labels(&[("alertname", "A")])),
            ),
            (
                "{source_labels: [drill], regex: \"true\", action: drop}",
                None,
            ),
            (
                "{source_labels: [drill], regex: \"tru\", action: drop}",
                Some(labels(&usual)),
            ),
            (
                "{source_labels: [drill], regex: \"false\", action: keep}",
                None,
            ),
            ("{target_label: drill, replacement: ''}", with("drill", "")),
            (
                "{source_labels: [job], target_label: team}",
                with("team", "mock"),
            ),
            (
                "{source_labels: [job, site], separator: '-', target_label: t}",
                with("t", "mock-a"),
            ),
            (
                "{source_labels: [job], regex: x, target_label: t, replacement: y}",
                Some(labels(&usual)),
            ),
            (
                "{source_labels: [job], regex: '(m).*', target_label: t}",
                Some(labels(&usual)),
            ),
            ("{regex: '(', action: labeldrop}", Some(labels(&usual))),
        ] {
            assert_eq!(sent(relabelling), expected, "{relabelling}");
        }
        assert_eq!(
            AlertRelabelling::read("a: [").apply(&labels(&usual)),
            Some(labels(&usual))
        );
    }

    #[test]
    fn the_interval_of_rules_is_the_configuration_s() {
        let read = evaluation_interval;
        assert_eq!(
            read("global: {scrape_interval: 1m, evaluation_interval: 5s}"),
            Some(Duration::from_secs(5))
        );
        for none in ["", "global: {}", "global: {evaluation_interval: soon}"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
