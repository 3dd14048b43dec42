//! Which alerts a drill rehearses, which of them wait for each other, and how much time each has.

use std::{sync::Arc, time::Duration};

use program::{exit::ProgramError, text};
use simulator::catalogue::{Alert, Catalogue, Scenario};

use crate::{
    options::DrillOptions,
    rehearsed_alert::RehearsedAlert,
    stages::{
        Stage,
        time_budget::{Intervals, TimeBudget},
    },
};

/// What a drill rehearses.
pub(crate) enum Selection {
    /// Single alerts, in the catalogue's order.
    Alerts(Vec<Arc<Alert>>),
    /// A scenario.
    Scenario(Arc<Scenario>),
}

/// Finds what the command line names.
///
/// # Errors
/// Each name that the catalogue does not have, with similar ones.
pub(crate) fn select(
    options: &DrillOptions,
    catalogue: &Catalogue,
) -> Result<Selection, ProgramError> {
    let mut errors = Vec::new();
    if let Some(name) = &options.scenario {
        if let Some(scenario) = catalogue.scenario(name) {
            return Ok(Selection::Scenario(scenario.clone()));
        }
        let known = catalogue
            .scenarios
            .iter()
            .map(|scenario| scenario.name.as_str());
        errors.push(unknown("scenario", name, known));
    }
    for name in options
        .names
        .iter()
        .filter(|name| !catalogue.alerts.iter().any(|alert| is_named(alert, name)))
    {
        let known = catalogue.alerts.iter().map(|alert| alert.name.as_str());
        errors.push(unknown("alert", name, known));
    }
    let families = catalogue.families();
    for family in options
        .family
        .iter()
        .filter(|family| !families.contains(&family.as_str()))
    {
        errors.push(unknown("family", family, families.iter().copied()));
    }
    if !errors.is_empty() {
        return Err(ProgramError::Usage(errors.join("\n")));
    }
    let is_selected = |alert: &&Arc<Alert>| {
        let named = options.names.iter().any(|name| is_named(alert, name));
        options.all || named || options.family.contains(&alert.family)
    };
    Ok(Selection::Alerts(
        catalogue
            .alerts
            .iter()
            .filter(is_selected)
            .cloned()
            .collect(),
    ))
}

/// Groups the indexes of alerts that drive the same series: they are rehearsed one after the other.
pub(crate) fn group_by_series(alerts: &[Arc<Alert>]) -> Vec<Vec<usize>> {
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

/// Whether `name` is the alert's name in the catalogue or its `alertname`, which several alerts may share.
fn is_named(alert: &Alert, name: &str) -> bool {
    alert.name == name || alert.alertname == name
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    format!("there is no {what} {name:?}{}", text::suggest(name, known))
}

/// The alerts of `selection`, in the order in which they are reported.
pub(crate) fn rehearsed_alerts(
    selection: &Selection,
    catalogue: &Catalogue,
) -> Vec<RehearsedAlert> {
    match selection {
        Selection::Alerts(alerts) => alerts
            .iter()
            .map(|alert| RehearsedAlert::new(alert, Duration::ZERO))
            .collect(),
        Selection::Scenario(scenario) => RehearsedAlert::of_scenario(scenario, catalogue),
    }
}

/// The time budget of each alert, or why it can never fire or resolve. An inhibited alert depends on the crossing of another
/// one, which may be the slowest of all.
pub(crate) fn time_budgets(
    alerts: &[RehearsedAlert],
    intervals: Intervals,
) -> Vec<Result<TimeBudget, String>> {
    let budgets = alerts
        .iter()
        .map(|rehearsed| TimeBudget::of(&rehearsed.alert, intervals));
    let mut budgets: Vec<_> = budgets.collect();
    let crossings = budgets.iter().flatten();
    let slowest = crossings
        .filter_map(|budget| budget.allows(Stage::Crossed))
        .max();
    for (rehearsed, budget) in alerts.iter().zip(&mut budgets) {
        if rehearsed.inhibited
            && let Ok(budget) = budget
        {
            *budget = budget.for_inhibited(slowest.unwrap_or_default());
        }
    }
    budgets
}

#[cfg(test)]
mod tests {
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
        match select(options, &CheckedCatalogue::load(None, 1.0).unwrap()) {
            Ok(Selection::Alerts(alerts)) => {
                alerts.iter().map(|alert| alert.name.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn refused(options: &DrillOptions) -> String {
        let refused = select(options, &CheckedCatalogue::load(None, 1.0).unwrap());
        refused.err().unwrap().to_string()
    }

    #[test]
    fn a_name_selects_one_alert_or_all_that_share_it() {
        let alert = |severity: &str| {
            format!(
                "[[alert]]\nname = \"Full\"\nexpr = \"disk > 90\"\ntrigger = 95\nseverity = \"{severity}\"\n"
            )
        };
        let text = alert("warning") + &alert("critical");
        let catalogue = CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap();
        let count = |name: &str| match select(&options(&[name], &[], None), &catalogue) {
            Ok(Selection::Alerts(alerts)) => alerts.len(),
            _ => 0,
        };
        assert_eq!(count("Full"), 2);
        assert_eq!(count(r#"Full{severity="critical"}"#), 1);
        assert_eq!(count("Full{}"), 0);
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
    fn an_unknown_name_is_an_error_that_lists_similar_ones() {
        let error = refused(&options(&["DiskFul", "Xyz"], &["disc"], None));
        let lines: Vec<_> = error.lines().collect();
        assert!(
            lines[0].contains("\"DiskFul\"; did you mean") && lines[0].contains("DiskFull"),
            "{error}"
        );
        assert!(lines[1].contains("there are HighMemoryUsage, "), "{error}");
        assert!(
            lines[2].contains("family \"disc\"; did you mean disk?"),
            "{error}"
        );
        let error = refused(&options(&[], &[], Some("outage")));
        assert_eq!(
            error,
            "there is no scenario \"outage\"; did you mean database-outage?"
        );
    }

    #[test]
    fn alerts_of_one_series_wait_for_each_other_and_all_others_do_not() {
        let mut catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        assert!(
            group_by_series(&catalogue.alerts)
                .iter()
                .all(|group| group.len() == 1)
        );
        let labels = catalogue.alerts[2].labels.clone();
        Arc::make_mut(&mut catalogue.alerts[3]).labels = labels;
        let groups = group_by_series(&catalogue.alerts);
        let together: Vec<_> = groups.iter().filter(|group| group.len() > 1).collect();
        assert_eq!(together, [&vec![2, 3]], "the CPU's usage and its spike");
        assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), 27);
    }

    #[test]
    fn a_scenario_has_its_alerts_by_its_steps_and_the_inhibited_ones_by_their_own_labels() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let scenario = catalogue.scenario("failing-disk").unwrap().clone();
        let alerts = rehearsed_alerts(&Selection::Scenario(scenario), &catalogue);
        let found: Vec<_> = alerts
            .iter()
            .map(|alert| {
                let seconds = alert.triggered_after.as_secs();
                (alert.key.to_string(), seconds, alert.inhibited)
            })
            .collect();
        assert_eq!(
            found,
            [
                (r#"DiskReadError{device="sda"}"#.to_owned(), 0, false),
                (r#"DiskWriteError{device="sda"}"#.to_owned(), 30, false),
                (
                    r#"DiskFull{device="sda", mountpoint="/data"}"#.to_owned(),
                    60,
                    false
                ),
                (r#"DiskAlmostFull{device="sda"}"#.to_owned(), 60, true),
            ]
        );
        assert_eq!(alerts[3].inhibitors.len(), 3);
        let full = catalogue.alert("DiskFull").unwrap().trigger;
        assert_eq!(alerts[2].alert.trigger, full.with_value(99.0));
        assert_ne!(alerts[2].alert.trigger, full);
        let second = Duration::from_secs(1);
        let intervals = Intervals {
            scrape: second,
            evaluation: second,
            poll: second,
            observation: second,
        };
        let budgets = time_budgets(&alerts, intervals);
        let crossed = |index: usize| budgets[index].as_ref().unwrap().allows(Stage::Crossed);
        assert!(crossed(3) > crossed(2));
    }
}
