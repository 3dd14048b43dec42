//! Gives unique names to alerts that share an `alertname`, such as a warning and a critical alert with two thresholds.

use std::sync::Arc;

use alerting::Labels;
use prometheus_api::exposition::write;

use super::alert::Alert;

/// Adds the rule labels in which alerts of one `alertname` differ to their names: `DiskFull{severity="critical"}`. Alerts
/// with the same rule labels keep the same name, which the lint reports.
pub(super) fn make_unique(alerts: &mut [Arc<Alert>]) {
    let added: Vec<_> = alerts.iter().map(|alert| own(alert)).collect();
    for index in 0..alerts.len() {
        let (name, ours) = &added[index];
        let theirs = added.iter().filter(|(other, _)| other == name);
        let theirs: Vec<_> = theirs.map(|(_, labels)| labels).collect();
        let differs_from_others = |(label, value): &(&String, &String)| {
            let differs = |labels: &&Labels| labels.get(*label) != Some(*value);
            theirs.iter().any(differs)
        };
        let labels = ours.iter().filter(differs_from_others);
        let labels = labels.map(|(label, value)| (label.as_str(), value.as_str()));
        let labels = write::labels(labels);
        if !labels.is_empty() {
            Arc::make_mut(&mut alerts[index]).name = format!("{name}{{{labels}}}");
        }
    }
}

fn own(alert: &Alert) -> (String, Labels) {
    (alert.alertname.clone(), alert.added_labels())
}

#[cfg(test)]
mod tests {
    use crate::lint::CheckedCatalogue;

    fn alert(threshold: u32, more: &str) -> String {
        format!("[[alert]]\nname = \"Full\"\nexpr = \"disk > {threshold}\"\ntrigger = 99\n{more}\n")
    }

    #[test]
    fn alerts_of_one_alertname_are_named_with_the_labels_of_their_rules() {
        let text = [
            alert(80, ""),
            alert(90, "severity = \"critical\""),
            alert(
                95,
                "severity = \"critical\"\nrule_labels = { team = \"a\" }",
            ),
            alert(80, "").replace("Full", "Other"),
        ];
        let catalogue = CheckedCatalogue::parse("mine.toml", &text.concat(), 1.0).unwrap();
        let names = catalogue.alerts.iter().map(|alert| alert.name.as_str());
        let expected = [
            r#"Full{severity="warning"}"#,
            r#"Full{severity="critical"}"#,
            r#"Full{severity="critical",team="a"}"#,
            "Other",
        ];
        assert_eq!(names.collect::<Vec<_>>(), expected);
        for name in expected {
            assert_eq!(catalogue.alert(name).unwrap().name, name);
        }
        let full = catalogue
            .alerts
            .iter()
            .filter(|alert| alert.alertname == "Full");
        assert_eq!(full.count(), 3);
    }

    #[test]
    fn alerts_that_nothing_tells_apart_are_one_too_many() {
        let errors = |text: &str| {
            let error = CheckedCatalogue::parse("mine.toml", text, 1.0).unwrap_err();
            error.errors().to_vec()
        };
        let twice = errors(&(alert(80, "") + &alert(90, "")));
        assert_eq!(twice, ["alert Full: name: is used twice"]);
        let three = alert(80, "") + &alert(90, "") + &alert(95, "severity = \"critical\"");
        let message = r#"alert Full{severity="warning"}: name: is used twice"#;
        assert_eq!(errors(&three), [message]);
    }

    #[test]
    fn a_scenario_must_say_which_of_them_it_means() {
        let scenario = |name: &str| {
            let text = [
                alert(80, ""),
                alert(90, "severity = \"critical\""),
                format!(
                    "[[scenario]]\nname = \"s\"\ntitle = \"t\"\nexpect = ['{name}']\nsteps = [{{ at = \"0s\", trigger = '{name}' }}]\n"
                ),
            ];
            CheckedCatalogue::parse("mine.toml", &text.concat(), 1.0)
                .map_err(|error| error.to_string())
        };
        assert!(scenario(r#"Full{severity="critical"}"#).is_ok());
        let message = scenario("Full").unwrap_err();
        let which = r#"there are several alerts "Full": Full{severity="warning"}, Full{severity="critical"}"#;
        assert!(message.contains(which), "{message}");
    }
}
