//! The simulator's control API, as far as a drill needs it; and whether it serves the catalogue that is to be rehearsed.

use std::time::Duration;

use alerting::format_duration;
use chrono::TimeDelta;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use simulator::catalogue::{Alert, Catalogue};

use super::{
    seen::{Moment, clock},
    server::{Fault, Server},
};
/// The condition of what nobody drives.
pub(crate) const CALM: &str = "calm";
/// The condition of what is on its way back to calm.
const RECOVERING: &str = "recovering";
/// How many differences of two catalogues are told.
const DIFFERENCES: usize = 3;

/// mock-metrics.
#[derive(Clone)]
pub(crate) struct Simulator(pub(crate) Server);

/// What it rehearses, and how fast.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Served {
    pub(crate) time_scale: f64,
    #[serde(rename = "data")]
    pub(crate) alerts: Vec<Driven>,
}

/// One of its alerts.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Driven {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) expr: String,
    #[serde(rename = "for", default)]
    pub(crate) hold_for: String,
    /// `calm`, `rising`, `active` or `recovering`.
    #[serde(default)]
    pub(crate) condition: String,
    /// A trigger of it is under way.
    #[serde(default = "yes")]
    pub(crate) driven: bool,
    /// Since when the condition is that.
    #[serde(default)]
    pub(crate) since: Option<Moment>,
    #[serde(default)]
    pub(crate) value: Value,
}

/// A simulator that does not say.
fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct One {
    data: Driven,
}

impl Simulator {
    /// Its alerts.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn alerts(&self) -> Result<Served, Fault> {
        self.0.read(&["api", "alerts"], &[]).await
    }

    /// One alert.
    ///
    /// # Errors
    /// Why it is not known.
    pub(crate) async fn alert(&self, name: &str) -> Result<Driven, Fault> {
        let one: One = self.0.read(&["api", "alerts", name], &[]).await?;
        Ok(one.data)
    }

    /// How an alert stands at `now` that is not calm, and how it comes to be; its expression looks back over `window`.
    pub(crate) fn busy(
        &self,
        driven: &Driven,
        alert: &Alert,
        window: Duration,
        now: Moment,
    ) -> String {
        let Driven {
            name,
            condition,
            value,
            ..
        } = driven;
        let past = |begun: Moment| match window.is_zero() {
            true => format!("it is calm by {}", clock(begun)),
            false => format!(
                "what its window of {} still holds is past by {}",
                format_duration(window),
                clock(begun + delta(window))
            ),
        };
        let recover = self.0.url(&["api", "alerts", name, "recover"], &[]);
        let reset = self.0.url(&["api", "reset"], &[]);
        let end = format!(
            "bring it back with `curl -X POST {recover}`, or everything with `curl -X POST {reset}`"
        );
        let how = if condition == RECOVERING {
            let back = driven.since.unwrap_or(now) + delta(alert.recover.settles_after());
            format!("nothing is to be done: {} at most", past(back))
        } else if driven.driven || window.is_zero() {
            end
        } else if driven.is_at_rest(alert) {
            format!(
                "nothing drives it, and nothing is to be done: {} at most",
                past(now)
            )
        } else if alert.is_counter() {
            // Its value does not tell whether it still counts.
            let past = past(now);
            format!(
                "nothing drives it: unless somebody still counts it up, {past} at most; else {end}"
            )
        } else {
            end
        };
        format!("the simulator says {condition} at {value}; {how}")
    }

    /// Triggers an alert, which recovers by itself after so many seconds of the unscaled catalogue.
    ///
    /// # Errors
    /// Why it did not.
    pub(crate) async fn trigger(&self, name: &str, hold_seconds: f64) -> Result<(), Fault> {
        let body = json!({ "hold_seconds": hold_seconds });
        let path = ["api", "alerts", name, "trigger"];
        self.0.post(&path, Some(&body)).await.map(done)
    }

    /// Recovers an alert.
    ///
    /// # Errors
    /// Why it did not.
    pub(crate) async fn recover(&self, name: &str) -> Result<(), Fault> {
        let path = ["api", "alerts", name, "recover"];
        self.0.post(&path, None).await.map(done)
    }
}

/// An answer that says no more than that it is done.
pub(super) fn done(_: IgnoredAny) {}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or_default()
}

impl Served {
    /// What is different in `catalogue`, in words; `None` if it is the same.
    pub(crate) fn differs_from(&self, catalogue: &Catalogue) -> Option<String> {
        let find = |name: &str| self.alerts.iter().find(|driven| driven.name == name);
        let ours = catalogue
            .alerts
            .iter()
            .filter_map(|alert| match find(&alert.name) {
                None => Some(format!("it has no {}", alert.name)),
                Some(driven) => driven.differs_from(alert),
            });
        let theirs = self
            .alerts
            .iter()
            .filter(|driven| catalogue.alert(&driven.name).is_none());
        let theirs = theirs.map(|driven| format!("it has {} too", driven.name));
        let all: Vec<String> = ours.chain(theirs).collect();
        let told = all
            .iter()
            .take(DIFFERENCES)
            .cloned()
            .collect::<Vec<_>>()
            .join("; ");
        match all.len() {
            0 => None,
            count if count > DIFFERENCES => {
                Some(format!("{told}; and {} more", count - DIFFERENCES))
            }
            _ => Some(told),
        }
    }
}

impl Driven {
    /// Whether its gauge is where it is in calm times.
    pub(crate) fn is_at_rest(&self, alert: &Alert) -> bool {
        let value = self.value.as_f64();
        let is_near = |value: f64| (value - alert.baseline).abs() <= alert.noise;
        !alert.is_counter() && value.is_some_and(is_near)
    }

    fn differs_from(&self, alert: &Alert) -> Option<String> {
        let hold_for = format_duration(alert.for_duration);
        let (what, theirs, ours) = if self.expr != alert.expr {
            ("expr", &self.expr, &alert.expr)
        } else if self.hold_for != hold_for {
            ("for", &self.hold_for, &hold_for)
        } else {
            return None;
        };
        Some(format!(
            "{what} of {} is `{theirs}` there, `{ours}` here",
            self.name
        ))
    }
}

#[cfg(test)]
#[path = "simulator_tests.rs"]
mod tests;
