//! Finds the alerts whose expression aggregates other series with the alert's own.

use std::sync::Arc;

use prometheus_api::exposition::write;
use promql::Expression;

use crate::{
    catalogue::{Alert, Catalogue},
    simulation::served_series::ServedSeries,
};

/// Sets [`Alert::aggregated_with`] of every alert.
pub(crate) fn find_aggregated_series(catalogue: &mut Catalogue) {
    let expression = |alert: &Alert| Expression::parse(&alert.expr).ok();
    let aggregates = |alert: &Arc<Alert>| expression(alert).is_some_and(|one| one.is_aggregation());
    if !catalogue.alerts.iter().any(aggregates) {
        return;
    }
    let served = ServedSeries::of(catalogue);
    for alert in &mut catalogue.alerts {
        let own = (alert.metric.as_str(), &alert.labels);
        let other = expression(alert).and_then(|one| one.aggregates(own, &served.all()));
        if let Some((name, labels)) = other {
            let labels = labels
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            let other = write::head(name, &write::labels(labels));
            Arc::make_mut(alert).aggregated_with = Some(other.trim_end().to_owned());
        }
    }
}
