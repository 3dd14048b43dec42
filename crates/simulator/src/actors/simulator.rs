//! The actor that owns one family's series. What may be said to it: [`super::messages`].

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

/// How often the series move.
const BEAT: Duration = Duration::from_secs(1);

/// Owns the series of one family and moves them once a second.
pub struct SimulatorActor {
    family_state: FamilyState,
    /// How many bytes its series took in the last exposition.
    exposed: usize,
    /// How old the family_state was when the actor began.
    age: Duration,
    began: Instant,
    /// The moment on the wall clock from which the family_state counts.
    born_at: DateTime<Utc>,
}

impl SimulatorActor {
    /// A family whose family_state is so old, and goes on from there.
    pub fn new(family_state: FamilyState, age: Duration) -> Self {
        Self {
            family_state,
            exposed: 0,
            age,
            began: Instant::now(),
            born_at: Utc::now() - age,
        }
    }

    fn now(&self) -> Duration {
        self.age + self.began.elapsed()
    }
}

/// What is told of an alert. `born_at` is the moment from which its family_state counts.
fn state(born_at: DateTime<Utc>, alert_state: &AlertState) -> AlertStatus {
    AlertStatus {
        alert: alert_state.alert().clone(),
        condition: alert_state.condition(),
        driven: alert_state.is_driven(),
        value: alert_state.value(),
        compared: alert_state.compared(),
        since: born_at + alert_state.since(),
    }
}

impl Actor for SimulatorActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
        // After a stall the interval replays missed beats; they find little or no time elapsed.
        ctx.run_interval(BEAT, |simulator, _| {
            simulator.family_state.step(simulator.now());
        });
    }
}

impl Handler<Apply> for SimulatorActor {
    type Result = Result<f64, SeriesLimitError>;

    fn handle(&mut self, asked: Apply, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        self.family_state
            .apply(now, asked.lever, &asked.labels, asked.change)
    }
}

impl Handler<Expose> for SimulatorActor {
    type Result = String;

    fn handle(&mut self, Expose(mut text): Expose, _: &mut Self::Context) -> String {
        let before = text.len();
        // Values grow longer and shorter; a text that doubles as it grows would leave holes of many megabytes.
        text.reserve(self.exposed + self.exposed / 16);
        self.family_state.write(&mut text);
        self.exposed = text.len() - before;
        text
    }
}

impl Handler<ListAlerts> for SimulatorActor {
    type Result = MessageResult<ListAlerts>;

    fn handle(&mut self, _: ListAlerts, _: &mut Self::Context) -> Self::Result {
        let alerts = self.family_state.alerts().iter();
        MessageResult(alerts.map(|of| state(self.born_at, of)).collect())
    }
}

impl Handler<Trigger> for SimulatorActor {
    type Result = Option<AlertStatus>;

    fn handle(&mut self, asked: Trigger, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        let found = self
            .family_state
            .trigger(now, &asked.alert.name, asked.stimulus)?;
        Some(state(self.born_at, found))
    }
}

impl Handler<Recover> for SimulatorActor {
    type Result = Option<AlertStatus>;

    fn handle(&mut self, asked: Recover, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        let found = self.family_state.recover(now, &asked.alert.name)?;
        Some(state(self.born_at, found))
    }
}

impl Handler<EndStimulus> for SimulatorActor {
    type Result = ();

    fn handle(&mut self, asked: EndStimulus, _: &mut Self::Context) {
        self.family_state
            .end_stimulus(self.now(), &asked.alert.name);
    }
}

impl Handler<Reset> for SimulatorActor {
    type Result = ();

    fn handle(&mut self, _: Reset, _: &mut Self::Context) {
        self.family_state.reset(self.now());
    }
}

/// The actors, one per family: six that are built in, and one for each further family of the catalogue.
#[derive(Debug, Clone)]
pub struct Simulators {
    ownership: MetricOwnership,
    actors: Vec<(String, Addr<SimulatorActor>)>,
}

impl Simulators {
    /// Starts them on the current arbiter, with application that go on from the age that they have by now.
    pub fn start(application: Application, age: Duration) -> Self {
        let (ownership, application) = application.into_parts();
        let start =
            |(family, family_state)| (family, SimulatorActor::new(family_state, age).start());
        Self {
            ownership,
            actors: application.into_iter().map(start).collect(),
        }
    }

    /// The actor of a family.
    pub fn of(&self, family: &str) -> Option<&Addr<SimulatorActor>> {
        let mut actors = self.all();
        actors.find_map(|(of, actor)| (of == family).then_some(actor))
    }

    /// The actor that owns the series of an alert of the catalogue.
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
    async fn a_simulator_sets_what_it_is_told_and_exposes_its_family_alone() {
        let actors = started(&catalogue());
        let asked = Apply {
            lever: find("disk-usage").unwrap(),
            labels: vec!["sda".to_owned()],
            change: Change::To(85.0),
        };
        let disk = actors.of("disk").unwrap();
        assert_eq!(disk.send(asked).await.unwrap(), Ok(85.0));

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
        let family_state = FamilyState::new("network", &catalogue(), 1, 100);
        let mut simulator = SimulatorActor::new(family_state, past);
        simulator.family_state.step(simulator.now());
        let text = simulator.start().send(Expose(String::new())).await.unwrap();
        assert!(
            !text.contains("request_duration_seconds_count{service=\"api\"} 0\n"),
            "{text}"
        );
    }

    #[actix::test]
    async fn an_alert_is_told_by_the_actor_of_its_series_with_the_time_of_its_last_change() {
        let catalogue = catalogue();
        let actors = started(&catalogue);
        let alert = catalogue.alert("ServiceDown").unwrap();
        let before = Utc::now();
        let asked = Trigger {
            alert: alert.clone(),
            stimulus: Stimulus::of(alert),
        };
        let actor = actors.of_alert(alert).unwrap();
        let state = actor.send(asked).await.unwrap().unwrap();
        assert_eq!((state.condition, state.value), (Condition::Active, 0.0));
        assert!(state.since >= before && state.since <= Utc::now());

        let asked = Recover {
            alert: alert.clone(),
        };
        let elsewhere = actors.of("disk").unwrap();
        assert!(elsewhere.send(asked).await.unwrap().is_none());
    }
}
