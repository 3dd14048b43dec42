//! The actor that owns one family. Its messages are in [`super::messages`].

use std::time::{Duration, Instant};

use actix::{Actor, Addr, AsyncContext, Context, Handler, MessageResult};
use chrono::{DateTime, Utc};
use program::shutdown;

use super::messages::{
    AlertStatus, Apply, EndStimulus, Expose, ListAlerts, Recover, Reset, Trigger,
};
use crate::{
    catalogue::Alert,
    simulation::{
        alert_state::AlertState,
        application::Application,
        family_state::{FamilyState, SeriesLimitError},
        metric_ownership::MetricOwnership,
    },
};

/// The step of the series.
const STEP: Duration = Duration::from_secs(1);

/// Owns the series of one family and moves them once a second.
pub struct SimulatorActor {
    family: FamilyState,
    /// The size of its last exposition, in bytes.
    exposed: usize,
    /// The age of the family when the actor started.
    age: Duration,
    started_at: Instant,
    /// The wall-clock time at which the family had age zero.
    epoch: DateTime<Utc>,
}

impl SimulatorActor {
    /// An actor that goes on with a family of this age.
    pub fn new(family: FamilyState, age: Duration) -> Self {
        Self {
            family,
            exposed: 0,
            age,
            started_at: Instant::now(),
            epoch: Utc::now() - age,
        }
    }

    fn now(&self) -> Duration {
        self.age + self.started_at.elapsed()
    }
}

/// The status of an alert. `epoch` is the time at which its family had age zero.
fn status(epoch: DateTime<Utc>, state: &AlertState) -> AlertStatus {
    AlertStatus {
        alert: state.alert().clone(),
        condition: state.condition(),
        driven: state.is_driven(),
        value: state.value(),
        compared: state.compared(),
        since: epoch + state.since(),
    }
}

impl Actor for SimulatorActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
        // After a stall, `run_interval` catches up on missed steps, which find little or no time elapsed.
        ctx.run_interval(STEP, |simulator, _| {
            simulator.family.step(simulator.now());
        });
    }
}

impl Handler<Apply> for SimulatorActor {
    type Result = Result<f64, SeriesLimitError>;

    fn handle(&mut self, message: Apply, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        self.family
            .apply(now, message.lever, &message.labels, message.change)
    }
}

impl Handler<Expose> for SimulatorActor {
    type Result = String;

    fn handle(&mut self, Expose(mut text): Expose, _: &mut Self::Context) -> String {
        let before = text.len();
        // Reserved with a margin: a text that doubled its capacity as it grew would waste many megabytes.
        text.reserve(self.exposed + self.exposed / 16);
        self.family.write(&mut text);
        self.exposed = text.len() - before;
        text
    }
}

impl Handler<ListAlerts> for SimulatorActor {
    type Result = MessageResult<ListAlerts>;

    fn handle(&mut self, _: ListAlerts, _: &mut Self::Context) -> Self::Result {
        let alerts = self.family.alerts().iter();
        MessageResult(alerts.map(|state| status(self.epoch, state)).collect())
    }
}

impl Handler<Trigger> for SimulatorActor {
    type Result = Option<AlertStatus>;

    fn handle(&mut self, message: Trigger, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        let found = self
            .family
            .trigger(now, &message.alert.name, message.stimulus)?;
        Some(status(self.epoch, found))
    }
}

impl Handler<Recover> for SimulatorActor {
    type Result = Option<AlertStatus>;

    fn handle(&mut self, message: Recover, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        let found = self.family.recover(now, &message.alert.name)?;
        Some(status(self.epoch, found))
    }
}

impl Handler<EndStimulus> for SimulatorActor {
    type Result = ();

    fn handle(&mut self, message: EndStimulus, _: &mut Self::Context) {
        self.family.end_stimulus(self.now(), &message.alert.name);
    }
}

impl Handler<Reset> for SimulatorActor {
    type Result = ();

    fn handle(&mut self, _: Reset, _: &mut Self::Context) {
        self.family.reset(self.now());
    }
}

/// The actors, one per family: six that are built in, and one for each further family of the catalogue.
#[derive(Debug, Clone)]
pub struct Simulators {
    ownership: MetricOwnership,
    actors: Vec<(String, Addr<SimulatorActor>)>,
}

impl Simulators {
    /// Starts an actor per family on the current arbiter. `age` is the age of the application by now.
    pub fn start(application: Application, age: Duration) -> Self {
        let (ownership, families) = application.into_parts();
        let start = |(name, family)| (name, SimulatorActor::new(family, age).start());
        Self {
            ownership,
            actors: families.into_iter().map(start).collect(),
        }
    }

    /// The actor of a family.
    pub fn of(&self, family: &str) -> Option<&Addr<SimulatorActor>> {
        let mut actors = self.all();
        actors.find_map(|(of, actor)| (of == family).then_some(actor))
    }

    /// The actor that owns the series of an alert.
    pub fn of_alert(&self, alert: &Alert) -> Option<&Addr<SimulatorActor>> {
        self.of(self.ownership.family(&alert.metric)?)
    }

    /// All of them, in the order of the exposition.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Addr<SimulatorActor>)> {
        let actors = self.actors.iter();
        actors.map(|(family, actor)| (family.as_str(), actor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lint::CheckedCatalogue,
        simulation::{alert_state::Condition, change::Change, levers::find, stimulus::Stimulus},
    };

    fn catalogue() -> CheckedCatalogue {
        CheckedCatalogue::load(None, 1.0).unwrap()
    }

    fn started(catalogue: &CheckedCatalogue) -> Simulators {
        Simulators::start(Application::new(catalogue, 1, 100), Duration::ZERO)
    }

    #[actix::test]
    async fn a_simulator_applies_a_request_and_exposes_only_its_family() {
        let actors = started(&catalogue());
        let message = Apply {
            lever: find("disk-usage").unwrap(),
            labels: vec!["sda".to_owned()],
            change: Change::To(85.0),
        };
        let disk = actors.of("disk").unwrap();
        assert_eq!(disk.send(message).await.unwrap(), Ok(85.0));

        let text = disk.send(Expose(String::new())).await.unwrap();
        assert!(text.contains("mock_disk_usage_percent{device=\"sda\",mountpoint=\"/data\"} 85\n"));
        assert!(!text.contains("mock_db_"));
        let text = actors
            .of("database")
            .unwrap()
            .send(Expose(String::new()))
            .await
            .unwrap();
        assert!(!text.contains("disk_usage_percent"));
    }

    #[actix::test]
    async fn a_simulator_moves_by_itself_as_time_passes() {
        let past = Duration::from_secs(100);
        let family = FamilyState::new("network", &catalogue(), 1, 100);
        let mut simulator = SimulatorActor::new(family, past);
        simulator.family.step(simulator.now());
        let text = simulator.start().send(Expose(String::new())).await.unwrap();
        assert!(
            !text.contains("request_duration_seconds_count{service=\"api\"} 0\n"),
            "{text}"
        );
    }

    #[actix::test]
    async fn the_actor_of_an_alert_s_series_replies_with_the_time_of_the_last_change() {
        let catalogue = catalogue();
        let actors = started(&catalogue);
        let alert = catalogue.alert("ServiceDown").unwrap();
        let before = Utc::now();
        let message = Trigger {
            alert: alert.clone(),
            stimulus: Stimulus::of(alert),
        };
        let actor = actors.of_alert(alert).unwrap();
        let state = actor.send(message).await.unwrap().unwrap();
        assert_eq!((state.condition, state.value), (Condition::Active, 0.0));
        assert!(state.since >= before && state.since <= Utc::now());

        let message = Recover {
            alert: alert.clone(),
        };
        let elsewhere = actors.of("disk").unwrap();
        assert!(elsewhere.send(message).await.unwrap().is_none());
    }
}
