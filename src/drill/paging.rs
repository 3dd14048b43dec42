//! Whether a drill would tell people, asked before anything is triggered.

use super::{
    judge::{
        checks,
        routes::{Receiver, Routes},
    },
    part::Part,
    servers::{Servers, seen::Labels},
    survey::Survey,
};
use crate::exit::ProgramError;

/// What is said before a drill begins.
pub(super) struct Paging {
    /// Whom Alertmanager tells, which is known by now.
    pub(super) routes: Option<Routes>,
    /// What is not quite right.
    pub(super) warnings: Vec<String>,
}

impl Paging {
    /// Asks Alertmanager where the alerts of a drill would go.
    ///
    /// # Errors
    /// Who would be told, unless that is wanted.
    pub(super) async fn look(
        servers: &Servers,
        survey: &Survey,
        parts: &[Part],
        wanted: bool,
    ) -> Result<Self, ProgramError> {
        let mut paging = Self {
            routes: None,
            warnings: Vec::new(),
        };
        if !survey.marks_drills() {
            paging.warnings.push(
                "Prometheus does not give the simulator's series the label drill=\"true\", by which Alertmanager knows a \
                 drill: add it to the labels of the scrape job's target"
                    .to_owned(),
            );
        }
        let text = match servers.alertmanager.configuration().await {
            Ok(text) => text,
            Err(fault) => {
                let told = servers.alertmanager.0.told(&fault);
                let unknown = "who is told of this drill is not known";
                paging.warnings.push(format!("{unknown}: {told}"));
                return Ok(paging);
            }
        };
        let routes = match Routes::read(&text) {
            Ok(routes) => routes,
            Err(why) => {
                let unknown =
                    "who is told of this drill is not known: Alertmanager's configuration";
                paging.warnings.push(format!("{unknown}: {why}"));
                return Ok(paging);
            }
        };
        let told = parts.iter().map(|part| {
            let receivers = routes.receivers(&labels(part, survey));
            (part.identity.name.as_str(), receivers)
        });
        let told: Vec<_> = told.collect();
        let people = people(&told);
        if !people.is_empty() && !wanted {
            return Err(ProgramError::Failed(format!(
                "this drill would tell people: {}. Route drill=\"true\" to nobody (Ai/output/deployment.md), or go on with \
                 --page-people",
                people.join("; ")
            )));
        }
        paging.warnings.extend(
            people
                .iter()
                .map(|told| format!("this drill tells people: {told}")),
        );
        paging.routes = Some(routes);
        Ok(paging)
    }
}

/// The labels with which an alert would reach Alertmanager, as far as they are known before.
fn labels(part: &Part, survey: &Survey) -> Labels {
    let mut labels = survey.scraped();
    labels.extend(checks::rule_labels(&part.alert));
    labels.extend(
        survey
            .rule(&part.alert)
            .into_iter()
            .flat_map(|rule| rule.labels.clone()),
    );
    let identity = part.identity.clone();
    labels.extend(identity.labels.into_iter().chain(identity.added));
    labels.insert("alertname".to_owned(), part.identity.name.clone());
    labels
}

/// The receivers that are people, each with how it tells them and of what.
fn people(told: &[(&str, Vec<&Receiver>)]) -> Vec<String> {
    let mut people: Vec<(&Receiver, Vec<&str>)> = Vec::new();
    for (alert, receivers) in told {
        for receiver in receivers
            .iter()
            .filter(|receiver| !receiver.ways.is_empty())
        {
            match people.iter_mut().find(|(known, _)| known == receiver) {
                Some((_, alerts)) => alerts.push(alert),
                None => people.push((receiver, vec![alert])),
            }
        }
    }
    let words = people.iter().map(|(receiver, alerts)| {
        let (name, ways) = (&receiver.name, receiver.ways.join(", "));
        let of = match alerts.as_slice() {
            [alert] => (*alert).to_owned(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
            [] => String::new(),
        };
        format!("the receiver {name:?} ({ways}), of {of}")
    });
    words.collect()
}
