//! Which alerts the levers of a family drive: those whose flag a lever sets.

use std::sync::Arc;

use crate::catalogue::{self, Alert, Catalogue};

/// The alerts of the catalogue that levers of this family drive. For each flagged alert of the built-in catalogue, it is the
/// alert with the same flag that is nearest: on the same metric first, then with the same labels.
pub(super) fn driven_by_levers(family: &str, catalogue: &Catalogue) -> Vec<Arc<Alert>> {
    let nearest = |built_in: Arc<Alert>| {
        let distance = |alert: &Arc<Alert>| {
            let other_metric = alert.metric != built_in.metric;
            (other_metric, alert.labels != built_in.labels)
        };
        let with_flag = with_same_flag(catalogue, &built_in);
        with_flag.min_by_key(|alert| distance(alert)).cloned()
    };
    built_in_flagged(family, catalogue)
        .filter_map(nearest)
        .collect()
}

/// The built-in alerts that levers drive although the catalogue does not have them. A lever moves their metrics with any
/// catalogue, unless an alert with the same flag moves the metric.
pub(super) fn lever_only(family: &str, catalogue: &Catalogue) -> Vec<Arc<Alert>> {
    let is_moved_by_catalogue = |built_in: &Arc<Alert>| {
        let mut with_flag = with_same_flag(catalogue, built_in);
        with_flag.any(|alert| alert.metric == built_in.metric)
    };
    let flagged = built_in_flagged(family, catalogue);
    flagged
        .filter(|alert| !is_moved_by_catalogue(alert))
        .collect()
}

fn built_in_flagged(family: &str, catalogue: &Catalogue) -> impl Iterator<Item = Arc<Alert>> {
    let built_in = catalogue::flagged_alerts(catalogue.timing.scale).into_iter();
    built_in.filter(move |alert| alert.family == family)
}

fn with_same_flag<'c>(
    catalogue: &'c Catalogue,
    built_in: &Alert,
) -> impl Iterator<Item = &'c Arc<Alert>> {
    let alerts = catalogue.alerts.iter();
    alerts.filter(move |alert| alert.flag == built_in.flag)
}
