//! What Prometheus' configuration says of alerts: how they are sent to Alertmanager, and how often rules are looked at. Pure.

use std::time::Duration;

use promql_parser::{label::Matcher, parser::token::T_EQL_REGEX, util::parse_duration};
use yaml_rust2::{Yaml, YamlLoader};

use super::routes::text;
use crate::servers::seen::Labels;

/// The pattern, separator and replacement of a relabelling that does not say (Prometheus, "relabel_config").
const ANYTHING: &str = "(.*)";
const SEPARATOR: &str = ";";
const WHOLE: &str = "$1";

/// What Prometheus does to alerts on their way to Alertmanager.
#[derive(Debug, Default)]
pub(crate) struct Sending {
    external: Labels,
    relabelling: Vec<Yaml>,
}

impl Sending {
    /// Reads Prometheus' configuration (`/api/v1/status/config`). What is none changes nothing.
    pub(crate) fn read(configuration: &str) -> Self {
        let document = document(configuration);
        let external = document["global"]["external_labels"].as_hash();
        let external = external.into_iter().flatten();
        let pair = |(name, value): (&Yaml, &Yaml)| Some((name.as_str()?.to_owned(), text(value)));
        Self {
            external: external.filter_map(pair).collect(),
            relabelling: document["alerting"]["alert_relabel_configs"]
                .as_vec()
                .cloned()
                .unwrap_or_default(),
        }
    }

    /// The labels with which an alert arrives, as far as they are known; `None` if it is not sent.
    pub(crate) fn sent(&self, alert: &Labels) -> Option<Labels> {
        let mut labels = self.external.clone();
        labels.extend(alert.clone());
        labels.retain(|_, value| !value.is_empty());
        for step in &self.relabelling {
            relabel(step, &mut labels)?;
        }
        Some(labels)
    }
}

fn document(configuration: &str) -> Yaml {
    let documents = YamlLoader::load_from_str(configuration).unwrap_or_default();
    documents.into_iter().next().unwrap_or(Yaml::BadValue)
}

/// How often the rules of a group are evaluated that does not say.
pub(crate) fn evaluation_interval(configuration: &str) -> Option<Duration> {
    let document = document(configuration);
    parse_duration(document["global"]["evaluation_interval"].as_str()?).ok()
}

/// One step; `None` if it takes the alert away. A step that cannot be followed changes nothing: what Alertmanager really has
/// is looked at when it is there.
fn relabel(step: &Yaml, labels: &mut Labels) -> Option<()> {
    let pattern = step["regex"].as_str().unwrap_or(ANYTHING);
    let matcher = Matcher::new_matcher(T_EQL_REGEX, String::new(), pattern.to_owned());
    let Ok(matcher) = matcher else {
        return Some(());
    };
    let sources = step["source_labels"].as_vec().into_iter().flatten();
    let sources = sources.filter_map(Yaml::as_str);
    let values = sources.map(|name| labels.get(name).map_or("", String::as_str));
    let value = values
        .collect::<Vec<_>>()
        .join(step["separator"].as_str().unwrap_or(SEPARATOR));
    let met = matcher.is_match(&value);
    match step["action"].as_str().unwrap_or("replace") {
        "drop" => (!met).then_some(())?,
        "keep" => met.then_some(())?,
        "labeldrop" => labels.retain(|name, _| !matcher.is_match(name)),
        "labelkeep" => labels.retain(|name, _| matcher.is_match(name)),
        "replace" if met => {
            let replacement = match step["replacement"].as_str().unwrap_or(WHOLE) {
                WHOLE if pattern == ANYTHING => value,
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
    use crate::servers::seen::labels;

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
        Sending::read(&text).sent(&labels(&of))
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
            Sending::read("a: [").sent(&labels(&usual)),
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
