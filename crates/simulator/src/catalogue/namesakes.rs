//! Alerts of one `alertname`, such as a warning and a page at two thresholds: told apart by the labels that their rules add.

use std::sync::Arc;

use alerting::Labels;

use super::Alert;
use crate::model::exposition;

/// Gives each of several alerts of one `alertname` a name of its own: `DiskFull{severity="critical"}`. Those whose rules add
/// the same labels keep one name.
pub(super) fn tell_apart(alerts: &mut [Arc<Alert>]) {
    let added: Vec<_> = alerts.iter().map(|alert| own(alert)).collect();
    for index in 0..alerts.len() {
        let (name, ours) = &added[index];
        let theirs = added.iter().filter(|(other, _)| other == name);
        let theirs: Vec<_> = theirs.map(|(_, labels)| labels).collect();
        let tells = |(label, value): &(&String, &String)| {
            let differs = |labels: &&Labels| labels.get(*label) != Some(*value);
            theirs.iter().any(differs)
        };
        let telling = ours.iter().filter(tells);
        let telling = telling.map(|(label, value)| (label.as_str(), value.as_str()));
        let telling = exposition::labels(telling);
        if !telling.is_empty() {
            Arc::make_mut(&mut alerts[index]).name = format!("{name}{{{telling}}}");
        }
    }
}

fn own(alert: &Alert) -> (String, Labels) {
    (alert.alertname.clone(), alert.added_labels())
}

#[cfg(test)]
mod tests {
    use super::super::Catalogue;

    fn alert(threshold: u32, more: &str) -> String {
        format!("[[alert]]\nname = \"Full\"\nexpr = \"disk > {threshold}\"\ntrigger = 99\n{more}\n")
    }

    #[test]
    fn alerts_of_one_name_are_told_apart_by_the_labels_of_their_rules() {
        let text = [
            alert(80, ""),
            alert(90, "severity = \"critical\""),
            alert(
                95,
                "severity = \"critical\"\nrule_labels = { team = \"a\" }",
            ),
            alert(80, "").replace("Full", "Other"),
        ];
        let catalogue = Catalogue::parse("mine.toml", &text.concat(), 1.0).unwrap();
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
        let faults = |text: &str| {
            let error = Catalogue::parse("mine.toml", text, 1.0).unwrap_err();
            error.faults().to_vec()
        };
        let twice = faults(&(alert(80, "") + &alert(90, "")));
        assert_eq!(twice, ["alert Full: name: stands twice"]);
        let three = alert(80, "") + &alert(90, "") + &alert(95, "severity = \"critical\"");
        let told = r#"alert Full{severity="warning"}: name: stands twice"#;
        assert_eq!(faults(&three), [told]);
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
            Catalogue::parse("mine.toml", &text.concat(), 1.0).map_err(|error| error.to_string())
        };
        assert!(scenario(r#"Full{severity="critical"}"#).is_ok());
        let told = scenario("Full").unwrap_err();
        let which = r#"there are several alerts "Full": Full{severity="warning"}, Full{severity="critical"}"#;
        assert!(told.contains(which), "{told}");
    }
}
