//! Whether a drill would tell people, asked before anything is triggered.

use program::exit::ProgramError;
use simulator::catalogue::Alert;

use crate::{
    judge::{
        expression,
        routes::{Receiver, Routes},
        sent::Sending,
    },
    part::Part,
    servers::{
        Servers,
        seen::{Labels, is_marked},
    },
    survey::Survey,
};
/// What can be done about people who would be told.
const WAY_OUT: &str =
    "Route drill=\"true\" to nobody (Ai/output/deployment.md), or go on with --page-people";

/// What is said before a drill begins.
pub(super) struct Paging {
    /// Whom Alertmanager tells; nothing where people may be told.
    pub(super) routes: Option<Routes>,
    /// What is not quite right.
    pub(super) warnings: Vec<String>,
}

impl Paging {
    /// Asks Alertmanager where the alerts of a drill would go.
    ///
    /// # Errors
    /// Who would be told, or that this is not known, unless people may be told.
    pub(super) async fn look(
        servers: &Servers,
        survey: &Survey,
        parts: &[Part],
        people_may: bool,
    ) -> Result<Self, ProgramError> {
        let sending = Sending::read(&survey.configuration);
        let arriving: Vec<_> = parts
            .iter()
            .map(|part| Arriving::of(part, survey, &sending))
            .collect();
        let mut warnings = unmarked(&arriving, survey.marks_drills());
        let routes = match routes(servers).await {
            Ok(routes) => routes,
            Err(why) => {
                let unknown = format!("whether this drill would tell people is not known: {why}");
                if !people_may {
                    return Err(ProgramError::Failed(format!("{unknown}. {WAY_OUT}")));
                }
                warnings.push(unknown);
                return Ok(Self {
                    routes: None,
                    warnings,
                });
            }
        };
        let told: Vec<_> = arriving
            .iter()
            .filter_map(|alert| Some((alert.name, routes.receivers(alert.sent.as_ref()?))))
            .collect();
        let people = of_receivers(&told, |receiver| !receiver.ways.is_empty());
        if !people.is_empty() && !people_may {
            let people = people.join("; ");
            warnings.push(format!("this drill would tell people: {people}. {WAY_OUT}"));
            return Err(ProgramError::Failed(warnings.join("\n")));
        }
        warnings.extend(
            people
                .iter()
                .map(|told| format!("this drill tells people: {told}")),
        );
        let hidden = of_receivers(&told, |receiver| {
            receiver.ways.is_empty() && receiver.hidden
        });
        warnings.extend(hidden.iter().map(|told| {
            format!(
                "{told}, has a webhook whose address Alertmanager hides: that it is a gateway's is taken on trust \
                 (`max_alerts: 1` says that it is a nudge)"
            )
        }));
        Ok(Self {
            routes: (!people_may).then_some(routes),
            warnings,
        })
    }
}

async fn routes(servers: &Servers) -> Result<Routes, String> {
    let alertmanager = &servers.alertmanager;
    let text = alertmanager.configuration().await;
    let text = text.map_err(|fault| alertmanager.0.told(&fault))?;
    Routes::read(&text).map_err(|why| {
        let shown = alertmanager.0.shown();
        format!("the configuration of Alertmanager at {shown} is not understood: {why}")
    })
}

/// An alert on its way to Alertmanager, as far as its labels are known before.
struct Arriving<'a> {
    name: &'a str,
    /// As Prometheus has it.
    marked: bool,
    /// As Alertmanager gets it, if it does.
    sent: Option<Labels>,
}

impl<'a> Arriving<'a> {
    fn of(part: &'a Part, survey: &Survey, sending: &Sending) -> Self {
        let rule = survey.rule(&part.alert);
        // The rule that is loaded may be another one.
        let alert = rule.map_or_else(
            || Alert::clone(&part.alert),
            |rule| Alert {
                expr: rule.query.clone(),
                ..Alert::clone(&part.alert)
            },
        );
        let mut labels = survey.scraped();
        labels.extend(part.alert.labels.clone());
        labels.retain(|label, _| expression::keeps(&alert, label));
        labels.extend(part.identity.labels.clone());
        labels.extend(rule.map_or_else(|| part.alert.added_labels(), |rule| rule.labels.clone()));
        labels.insert("alertname".to_owned(), part.identity.name.clone());
        Self {
            name: &part.identity.name,
            marked: is_marked(&labels),
            sent: sending.sent(&labels),
        }
    }
}

/// Which alerts have no mark by which Alertmanager knows a drill, and where they lose it. `scraped`: the series have it.
fn unmarked(arriving: &[Arriving<'_>], scraped: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    let names = |lost: &dyn Fn(&Arriving<'_>) -> bool| {
        let lost = arriving.iter().filter(|alert| lost(alert));
        counted_names(&lost.map(|alert| alert.name).collect::<Vec<_>>())
    };
    const MARK: &str = "the label drill=\"true\", by which Alertmanager knows a drill";
    if !scraped {
        warnings.push(format!(
            "Prometheus does not give the simulator's series {MARK}: add it to the labels of the scrape job's target"
        ));
    } else if let Some(names) = names(&|alert| !alert.marked) {
        warnings.push(format!(
            "the rule of {names} does not keep {MARK}: name drill among the labels that its expression keeps, or add it to \
             the rule's labels"
        ));
    }
    let relabelled = |alert: &Arriving<'_>| {
        let arrives = alert.sent.as_ref();
        alert.marked && arrives.is_some_and(|labels| !is_marked(labels))
    };
    if let Some(names) = names(&relabelled) {
        warnings.push(format!(
            "{names} will have lost {MARK}, when it is there: alert_relabel_configs of Prometheus takes it away"
        ));
    }
    if let Some(names) = names(&|alert| alert.sent.is_none()) {
        warnings.push(format!(
            "Prometheus does not send {names} to Alertmanager: alert_relabel_configs drops it"
        ));
    }
    warnings
}

/// The first of some names, and how many more there are.
fn counted_names(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [name] => Some((*name).to_owned()),
        [first, rest @ ..] => Some(format!("{first} and {} more", rest.len())),
    }
}

/// The receivers of a kind, each with how it tells people and of what.
fn of_receivers(told: &[(&str, Vec<&Receiver>)], kind: impl Fn(&Receiver) -> bool) -> Vec<String> {
    let mut found: Vec<(&Receiver, Vec<&str>)> = Vec::new();
    for (alert, receivers) in told {
        for receiver in receivers.iter().filter(|receiver| kind(receiver)) {
            match found.iter_mut().find(|(known, _)| known == receiver) {
                Some((_, alerts)) => alerts.push(alert),
                None => found.push((receiver, vec![alert])),
            }
        }
    }
    let words = found.iter().map(|(receiver, alerts)| {
        let ways = match receiver.ways.is_empty() {
            true => String::new(),
            false => format!(" ({})", receiver.ways.join(", ")),
        };
        let of = counted_names(alerts).unwrap_or_default();
        format!("the receiver {:?}{ways}, of {of}", receiver.name)
    });
    words.collect()
}
