//! Which alerts are rehearsed, and which of them together. Pure.

use std::sync::Arc;

use program::{exit::ProgramError, text};
use simulator::catalogue::{Alert, Catalogue, Scenario};

use crate::options::DrillOptions;
/// What is rehearsed.
pub(super) enum Chosen {
    /// Alerts, each by itself, in the catalogue's order.
    Alerts(Vec<Arc<Alert>>),
    /// A story.
    Scenario(Arc<Scenario>),
}

/// Finds what the command line asks for.
///
/// # Errors
/// Each name that the catalogue has not, with those that are nearly it.
pub(super) fn choose(
    options: &DrillOptions,
    catalogue: &Catalogue,
) -> Result<Chosen, ProgramError> {
    let mut faults = Vec::new();
    if let Some(name) = &options.scenario {
        if let Some(scenario) = catalogue.scenario(name) {
            return Ok(Chosen::Scenario(scenario.clone()));
        }
        let known = catalogue
            .scenarios
            .iter()
            .map(|scenario| scenario.name.as_str());
        faults.push(unknown("scenario", name, known));
    }
    for name in options
        .names
        .iter()
        .filter(|name| !catalogue.alerts.iter().any(|alert| means(name, alert)))
    {
        let known = catalogue.alerts.iter().map(|alert| alert.name.as_str());
        faults.push(unknown("alert", name, known));
    }
    let families = catalogue.families();
    for family in options
        .family
        .iter()
        .filter(|family| !families.contains(&family.as_str()))
    {
        faults.push(unknown("family", family, families.iter().copied()));
    }
    if !faults.is_empty() {
        return Err(ProgramError::Usage(faults.join("\n")));
    }
    let chosen = |alert: &&Arc<Alert>| {
        let named = options.names.iter().any(|name| means(name, alert));
        options.all || named || options.family.contains(&alert.family)
    };
    Ok(Chosen::Alerts(
        catalogue.alerts.iter().filter(chosen).cloned().collect(),
    ))
}

/// Alerts that drive the same series, which must wait for each other, as indexes; each group in the given order.
pub(super) fn groups(alerts: &[Arc<Alert>]) -> Vec<Vec<usize>> {
    let same = |a: &Alert, b: &Alert| a.metric == b.metric && a.labels == b.labels;
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, alert) in alerts.iter().enumerate() {
        let group = groups
            .iter_mut()
            .find(|group| same(&alerts[group[0]], alert));
        match group {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

/// Whether a name means an alert; it may be that of several.
fn means(name: &str, alert: &Alert) -> bool {
    alert.name == name || alert.alertname == name
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    format!("there is no {what} {name:?}{}", text::suggest(name, known))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use simulator::lint::CheckedCatalogue;

    use super::*;

    fn options(names: &[&str], family: &[&str], scenario: Option<&str>) -> DrillOptions {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        DrillOptions {
            names: owned(names),
            all: false,
            family: owned(family),
            scenario: scenario.map(str::to_owned),
            report: Vec::new(),
            prometheus: None,
            alertmanager: None,
            gateway: None,
            simulator: None,
            other_rules: false,
            page_people: false,
            grace: Duration::ZERO,
        }
    }

    fn names(options: &DrillOptions) -> Vec<String> {
        match choose(options, &CheckedCatalogue::load(None, 1.0).unwrap()) {
            Ok(Chosen::Alerts(alerts)) => alerts.iter().map(|alert| alert.name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    fn refused(options: &DrillOptions) -> String {
        let refused = choose(options, &CheckedCatalogue::load(None, 1.0).unwrap());
        refused.err().unwrap().to_string()
    }

    #[test]
    fn a_name_is_that_of_one_alert_or_of_all_that_bear_it() {
        let alert = |severity: &str| {
            format!(
                "[[alert]]\nname = \"Full\"\nexpr = \"disk > 90\"\ntrigger = 95\nseverity = \"{severity}\"\n"
            )
        };
        let text = alert("warning") + &alert("critical");
        let catalogue = CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap();
        let chosen = |name: &str| match choose(&options(&[name], &[], None), &catalogue) {
            Ok(Chosen::Alerts(alerts)) => alerts.len(),
            _ => 0,
        };
        assert_eq!(chosen("Full"), 2);
        assert_eq!(chosen(r#"Full{severity="critical"}"#), 1);
        assert_eq!(chosen("Full{}"), 0);
    }

    #[test]
    fn names_and_families_are_rehearsed_in_the_catalogue_s_order() {
        assert_eq!(
            names(&options(&["PacketLoss", "DiskFull"], &[], None)),
            ["DiskFull", "PacketLoss"]
        );
        assert_eq!(names(&options(&["PacketLoss"], &["disk"], None)).len(), 5);
        assert_eq!(
            names(&DrillOptions {
                all: true,
                ..options(&[], &[], None)
            })
            .len(),
            27
        );
    }

    #[test]
    fn an_unknown_name_is_told_with_those_that_are_near() {
        let told = refused(&options(&["DiskFul", "Xyz"], &["disc"], None));
        let lines: Vec<_> = told.lines().collect();
        assert!(
            lines[0].contains("\"DiskFul\"; did you mean") && lines[0].contains("DiskFull"),
            "{told}"
        );
        assert!(lines[1].contains("there are HighMemoryUsage, "), "{told}");
        assert!(
            lines[2].contains("family \"disc\"; did you mean disk?"),
            "{told}"
        );
        let told = refused(&options(&[], &[], Some("outage")));
        assert_eq!(
            told,
            "there is no scenario \"outage\"; did you mean database-outage?"
        );
    }

    #[test]
    fn alerts_of_one_series_wait_for_each_other_and_all_others_do_not() {
        let mut catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        assert!(
            groups(&catalogue.alerts)
                .iter()
                .all(|group| group.len() == 1)
        );
        let labels = catalogue.alerts[2].labels.clone();
        Arc::make_mut(&mut catalogue.alerts[3]).labels = labels;
        let groups = groups(&catalogue.alerts);
        let together: Vec<_> = groups.iter().filter(|group| group.len() > 1).collect();
        assert_eq!(together, [&vec![2, 3]], "the CPU's usage and its spike");
        assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), 27);
    }
}
