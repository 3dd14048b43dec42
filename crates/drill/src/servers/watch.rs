//! Who looks at the servers while alerts are rehearsed: one watcher per server, shared by all drills.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};

use actix_rt::task::JoinHandle;
use tokio::sync::watch::Sender;

use super::{
    alertmanager::Alertmanager,
    gateway::Gateway,
    prometheus::{Prometheus, Sample},
    seen::{Held, Shown},
    server::Fault,
    view::{Sight, View, show, unseen},
};

/// Between two tries to connect.
const PAUSE: Duration = Duration::from_secs(1);
/// Put on the series of a combined query, to tell whose they are.
const WHOSE: &str = "rehearsed_alert";

/// A series for which a condition holds that is wanted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Holding {
    pub(crate) key: String,
    pub(crate) sample: Sample,
}

/// The conditions that somebody waits for: keys and expressions.
type Wanted = Rc<RefCell<BTreeMap<String, String>>>;

/// The watchers. They end when this is dropped.
pub(crate) struct Watch {
    /// The conditions that are wanted, and hold.
    pub(crate) conditions: Sight<Holding>,
    /// Prometheus' active alerts.
    pub(crate) prometheus: Sight<Shown>,
    /// Alertmanager's.
    pub(crate) alertmanager: Sight<Held>,
    /// The last frame that a browser would have.
    pub(crate) browser: Sight<Shown>,
    wanted: Wanted,
    tasks: Vec<JoinHandle<()>>,
}

/// Somebody waits for a condition; until this is dropped it is asked for.
pub(crate) struct Want {
    wanted: Wanted,
    key: String,
}

impl Drop for Want {
    fn drop(&mut self) {
        self.wanted.borrow_mut().remove(&self.key);
    }
}

impl Watch {
    /// Starts looking, Prometheus and Alertmanager at each `beat`; the gateway's last frame is valid for `valid`.
    pub(crate) fn start(
        prometheus: &Prometheus,
        alertmanager: &Alertmanager,
        gateway: &Gateway,
        beat: Duration,
        valid: Duration,
    ) -> Self {
        let mut tasks = Vec::new();
        let wanted = Wanted::default();
        let (p, w) = (prometheus.clone(), wanted.clone());
        let conditions = poll(&mut tasks, beat, async move || holding(&p, &w).await);
        let p = prometheus.clone();
        let alerts = poll(&mut tasks, beat, async move || p.alerts().await);
        let a = alertmanager.clone();
        let held = poll(&mut tasks, beat, async move || a.alerts().await);
        let (sender, browser) = unseen();
        tasks.push(actix_rt::spawn(browse(gateway.clone(), valid, sender)));
        Self {
            conditions,
            prometheus: alerts,
            alertmanager: held,
            browser,
            wanted,
            tasks,
        }
    }

    /// Has [`Self::conditions`] tell of the series for which `expr` holds; they are known by `key`.
    pub(crate) fn want(&self, key: &str, expr: &str) -> Want {
        let (wanted, key) = (self.wanted.clone(), key.to_owned());
        wanted.borrow_mut().insert(key.clone(), expr.to_owned());
        Want { wanted, key }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn poll<T: 'static>(
    tasks: &mut Vec<JoinHandle<()>>,
    beat: Duration,
    ask: impl AsyncFn() -> Result<Vec<T>, Fault> + 'static,
) -> Sight<T> {
    let (sender, sight) = unseen();
    tasks.push(actix_rt::spawn(async move {
        let mut beats = tokio::time::interval(beat);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            show(&sender, ask().await.map_err(|fault| fault.to_string()));
        }
    }));
    sight
}

async fn browse(gateway: Gateway, valid: Duration, to: Sender<Rc<View<Shown>>>) {
    loop {
        let ended = match gateway.browse().await {
            Err(fault) => fault,
            Ok(mut browser) => loop {
                match browser.next(valid).await {
                    Err(fault) => break fault,
                    Ok(frame) if frame.stale => {
                        show(
                            &to,
                            Err("says that it cannot see Prometheus (`stale`)".to_owned()),
                        );
                    }
                    Ok(frame) => show(&to, Ok(frame.alerts)),
                }
            },
        };
        show(&to, Err(ended.to_string()));
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks for all conditions that are wanted in one query.
async fn holding(prometheus: &Prometheus, wanted: &Wanted) -> Result<Vec<Holding>, Fault> {
    let wanted = wanted.borrow().clone();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let combined: Vec<_> = wanted.iter().map(|(key, expr)| marked(key, expr)).collect();
    match prometheus.query(&combined.join(" or ")).await {
        Ok(samples) => Ok(samples.into_iter().filter_map(unmarked).collect()),
        // One that cannot be evaluated takes the others with it: each by itself, then.
        Err(Fault::Status(..)) => {
            let mut holding = Vec::new();
            for query in &combined {
                let samples = prometheus.query(query).await.unwrap_or_default();
                holding.extend(samples.into_iter().filter_map(unmarked));
            }
            Ok(holding)
        }
        Err(fault) => Err(fault),
    }
}

/// The expression stands on lines of its own, since it may end in a comment. The key is a string, and a template.
fn marked(key: &str, expr: &str) -> String {
    let key = key.replace('\\', r"\\").replace('"', r#"\""#);
    let key = key.replace('$', "$$");
    format!("label_replace((\n{expr}\n), \"{WHOSE}\", \"{key}\", \"\", \"\")")
}

fn unmarked(mut sample: Sample) -> Option<Holding> {
    let key = sample.labels.remove(WHOSE)?;
    Some(Holding { key, sample })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conditions_of_many_alerts_are_one_query() {
        let query = marked("A", "m > 1 # much");
        assert!(promql_parser::parser::parse(&format!("{query} or {query}")).is_ok());
    }

    #[test]
    fn a_name_is_marked_as_it_is_whatever_it_holds() {
        let query = marked(r#"Full{team="a"} \ $1"#, "m > 1");
        assert!(promql_parser::parser::parse(&query).is_ok(), "{query}");
        assert!(query.contains(r#""Full{team=\"a\"} \\ $$1""#), "{query}");
    }
}
