//! Whether a drill would notify people. It is asked before anything is triggered.

use alerting::{
    Labels,
    relabelling::AlertRelabelling,
    routing::{Receiver, RoutingTree},
};
use program::exit::ProgramError;
use promql::SeriesRef;

use super::Preflight;
use crate::{
    alert_key::has_drill_label, observers::servers::Servers, rehearsed_alert::RehearsedAlert,
};

/// What can be done if people would be notified.
const REMEDY: &str =
    "Route drill=\"true\" to nobody (Ai/output/deployment.md), or go on with --page-people";
/// How warnings name the label.
const DRILL_LABEL: &str = "the label drill=\"true\", by which Alertmanager knows a drill";

/// Who would be notified.
pub(crate) struct PagingCheck {
    /// Alertmanager's routing; `None` where people may be notified.
    pub(crate) routing: Option<RoutingTree>,
    pub(crate) warnings: Vec<String>,
}

impl PagingCheck {
    /// Foresees which receivers get the alerts of a drill.
    ///
    /// # Errors
    /// When people would be notified, or it is not known whether they would, unless `may_page`.
    pub(crate) async fn run(
        servers: &Servers,
        preflight: &Preflight,
        alerts: &[RehearsedAlert],
        may_page: bool,
    ) -> Result<Self, ProgramError> {
        let relabelling = AlertRelabelling::read(&preflight.prometheus_configuration);
        let deliveries: Vec<_> = alerts
            .iter()
            .map(|alert| Delivery::foresee(alert, preflight, &relabelling))
            .collect();
        let mut warnings = drill_label_warnings(&deliveries, preflight.adds_drill_label());
        let routing = match routing_tree(servers).await {
            Ok(routing) => routing,
            Err(why) => {
                let unknown = format!("whether this drill would notify people is not known: {why}");
                if !may_page {
                    return Err(ProgramError::Failed(format!("{unknown}. {REMEDY}")));
                }
                warnings.push(unknown);
                return Ok(Self {
                    routing: None,
                    warnings,
                });
            }
        };
        let received: Vec<_> = deliveries
            .iter()
            .filter_map(|alert| Some((alert.name, routing.receivers(alert.delivered.as_ref()?))))
            .collect();
        let people = describe_receivers(&received, |receiver| !receiver.integrations.is_empty());
        if !people.is_empty() && !may_page {
            let people = people.join("; ");
            warnings.push(format!(
                "this drill would notify people: {people}. {REMEDY}"
            ));
            return Err(ProgramError::Failed(warnings.join("\n")));
        }
        let people = people.iter();
        warnings.extend(people.map(|receiver| format!("this drill notifies people: {receiver}")));
        warnings.extend(hidden_webhook_warnings(&received));
        Ok(Self {
            routing: (!may_page).then_some(routing),
            warnings,
        })
    }
}

async fn routing_tree(servers: &Servers) -> Result<RoutingTree, String> {
    let alertmanager = &servers.alertmanager;
    let text = alertmanager.api.configuration().await;
    let text = text.map_err(|error| alertmanager.describe(&error))?;
    RoutingTree::read(&text).map_err(|why| {
        let address = alertmanager.address();
        format!("the configuration of Alertmanager at {address} cannot be read: {why}")
    })
}

fn hidden_webhook_warnings(received: &[(&str, Vec<&Receiver>)]) -> Vec<String> {
    let hidden = describe_receivers(received, |receiver| {
        receiver.integrations.is_empty() && receiver.has_hidden_webhook
    });
    let warning = |receiver| {
        format!(
            "{receiver}, has a webhook whose address Alertmanager hides: it is assumed to be a gateway's (`max_alerts: 1` \
             of the webhook confirms that)"
        )
    };
    hidden.into_iter().map(warning).collect()
}

/// An alert on its way to Alertmanager, as far as its labels can be foreseen.
struct Delivery<'a> {
    name: &'a str,
    /// Whether it has the drill label in Prometheus.
    has_drill_label: bool,
    /// Its labels in Alertmanager; `None` if it is dropped on the way.
    delivered: Option<Labels>,
}

impl<'a> Delivery<'a> {
    fn foresee(
        rehearsed: &'a RehearsedAlert,
        preflight: &Preflight,
        relabelling: &AlertRelabelling,
    ) -> Self {
        let (alert, key) = (&rehearsed.alert, &rehearsed.key);
        let rule = preflight.rule(alert);
        // The loaded rule may have another expression than the catalogue.
        let expr = rule.map_or(&alert.expr, |rule| &rule.query);
        let series = SeriesRef {
            metric: &alert.metric,
            labels: &alert.labels,
        };
        let mut labels = preflight.target_labels();
        labels.extend(alert.labels.clone());
        labels.retain(|label, _| promql::keeps_label(expr, &series, label));
        labels.extend(key.labels.clone());
        labels.extend(rule.map_or_else(|| alert.added_labels(), |rule| rule.labels.clone()));
        labels.insert("alertname".to_owned(), key.name.clone());
        Self {
            name: &key.name,
            has_drill_label: has_drill_label(&labels),
            delivered: relabelling.apply(&labels),
        }
    }

    fn loses_drill_label(&self) -> bool {
        let delivered = self.delivered.as_ref();
        self.has_drill_label && delivered.is_some_and(|labels| !has_drill_label(labels))
    }
}

/// Where alerts lose the drill label, or are dropped. `of_series`: whether the series have the label.
fn drill_label_warnings(deliveries: &[Delivery<'_>], of_series: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    let names = |is_meant: &dyn Fn(&Delivery<'_>) -> bool| {
        let meant = deliveries.iter().filter(|delivery| is_meant(delivery));
        summarize_names(&meant.map(|delivery| delivery.name).collect::<Vec<_>>())
    };
    if !of_series {
        warnings.push(format!(
            "Prometheus does not give the simulator's series {DRILL_LABEL}: add it to the labels of the scrape job's target"
        ));
    } else if let Some(names) = names(&|delivery| !delivery.has_drill_label) {
        warnings.push(format!(
            "the rule of {names} does not keep {DRILL_LABEL}: name drill among the labels that its expression keeps, or add \
             it to the rule's labels"
        ));
    }
    if let Some(names) = names(&|delivery| delivery.loses_drill_label()) {
        warnings.push(format!(
            "{names} will have lost {DRILL_LABEL}, when it arrives: alert_relabel_configs of Prometheus removes it"
        ));
    }
    if let Some(names) = names(&|delivery| delivery.delivered.is_none()) {
        warnings.push(format!(
            "Prometheus does not send {names} to Alertmanager: alert_relabel_configs drops it"
        ));
    }
    warnings
}

/// `A` or `A and 3 more`; `None` without a name.
fn summarize_names(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [name] => Some((*name).to_owned()),
        [first, rest @ ..] => Some(format!("{first} and {} more", rest.len())),
    }
}

/// The receivers for which `is_meant`, each with its integrations and the alerts that it gets.
fn describe_receivers(
    received: &[(&str, Vec<&Receiver>)],
    is_meant: impl Fn(&Receiver) -> bool,
) -> Vec<String> {
    let mut found: Vec<(&Receiver, Vec<&str>)> = Vec::new();
    for (alert, receivers) in received {
        for receiver in receivers.iter().filter(|receiver| is_meant(receiver)) {
            match found.iter_mut().find(|(known, _)| known == receiver) {
                Some((_, alerts)) => alerts.push(alert),
                None => found.push((receiver, vec![alert])),
            }
        }
    }
    let texts = found.iter().map(|(receiver, alerts)| {
        let integrations = match receiver.integrations.is_empty() {
            true => String::new(),
            false => format!(" ({})", receiver.integrations.join(", ")),
        };
        let alerts = summarize_names(alerts).unwrap_or_default();
        format!(
            "the receiver {:?}{integrations}, of {alerts}",
            receiver.name
        )
    });
    texts.collect()
}
