//! The actor that owns one family's series. What may be said to it: [`super::messages`].

use std::time::{Duration, Instant};

use actix::{Actor, Addr, AsyncContext, Context, Handler, MessageResult};
use chrono::{DateTime, Utc};
use program::shutdown;

use super::messages::{AlertState, Apply, EndDrive, Expose, ListAlerts, Recover, Reset, Trigger};
use crate::{
    catalogue::Alert,
    model::{
        board::{Board, MetricFull},
        boards::Boards,
        owners::Owners,
        rehearsal::Rehearsal,
    },
};
/// How often the series move.
const BEAT: Duration = Duration::from_secs(1);

/// Owns the series of one family and moves them once a second.
pub struct SimulatorActor {
    board: Board,
    /// How many bytes its series took in the last exposition.
    exposed: usize,
    /// How old the board was when the actor began.
    age: Duration,
    began: Instant,
    /// The moment on the wall clock from which the board counts.
    born_at: DateTime<Utc>,
}

impl SimulatorActor {
    /// A family whose board is so old, and goes on from there.
    pub fn new(board: Board, age: Duration) -> Self {
        Self {
            board,
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

/// What is told of an alert. `born_at` is the moment from which its board counts.
fn state(born_at: DateTime<Utc>, rehearsal: &Rehearsal) -> AlertState {
    AlertState {
        alert: rehearsal.alert().clone(),
        condition: rehearsal.condition(),
        driven: rehearsal.is_driven(),
        value: rehearsal.value(),
        compared: rehearsal.compared(),
        since: born_at + rehearsal.since(),
    }
}

impl Actor for SimulatorActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
        // After a stall the interval replays missed beats; they find little or no time elapsed.
        ctx.run_interval(BEAT, |simulator, _| {
            simulator.board.step(simulator.now());
        });
    }
}

impl Handler<Apply> for SimulatorActor {
    type Result = Result<f64, MetricFull>;

    fn handle(&mut self, asked: Apply, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        self.board
            .apply(now, asked.lever, &asked.labels, asked.change)
    }
}

impl Handler<Expose> for SimulatorActor {
    type Result = String;

    fn handle(&mut self, Expose(mut text): Expose, _: &mut Self::Context) -> String {
        let before = text.len();
        // Values grow longer and shorter; a text that doubles as it grows would leave holes of many megabytes.
        text.reserve(self.exposed + self.exposed / 16);
        self.board.write(&mut text);
        self.exposed = text.len() - before;
        text
    }
}

impl Handler<ListAlerts> for SimulatorActor {
    type Result = MessageResult<ListAlerts>;

    fn handle(&mut self, _: ListAlerts, _: &mut Self::Context) -> Self::Result {
        let rehearsals = self.board.rehearsals().iter();
        MessageResult(rehearsals.map(|of| state(self.born_at, of)).collect())
    }
}

impl Handler<Trigger> for SimulatorActor {
    type Result = Option<AlertState>;

    fn handle(&mut self, asked: Trigger, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        let found = self.board.trigger(now, &asked.alert.name, asked.drive)?;
        Some(state(self.born_at, found))
    }
}

impl Handler<Recover> for SimulatorActor {
    type Result = Option<AlertState>;

    fn handle(&mut self, asked: Recover, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        let found = self.board.recover(now, &asked.alert.name)?;
        Some(state(self.born_at, found))
    }
}

impl Handler<EndDrive> for SimulatorActor {
    type Result = ();

    fn handle(&mut self, asked: EndDrive, _: &mut Self::Context) {
        self.board.end_drive(self.now(), &asked.alert.name);
    }
}

impl Handler<Reset> for SimulatorActor {
    type Result = ();

    fn handle(&mut self, _: Reset, _: &mut Self::Context) {
        self.board.reset(self.now());
    }
}

/// The actors, one per family: six that are built in, and one for each further family of the catalogue.
#[derive(Debug, Clone)]
pub struct Simulators {
    owners: Owners,
    actors: Vec<(String, Addr<SimulatorActor>)>,
}

impl Simulators {
    /// Starts them on the current arbiter, with boards that go on from the age that they have by now.
    pub fn start(boards: Boards, age: Duration) -> Self {
        let (owners, boards) = boards.into_parts();
        let start = |(family, board)| (family, SimulatorActor::new(board, age).start());
        Self {
            owners,
            actors: boards.into_iter().map(start).collect(),
        }
    }

    /// The actor of a family.
    pub fn of(&self, family: &str) -> Option<&Addr<SimulatorActor>> {
        let mut actors = self.all();
        actors.find_map(|(of, actor)| (of == family).then_some(actor))
    }

    /// The actor that owns the series of an alert of the catalogue.
    pub fn of_alert(&self, alert: &Alert) -> Option<&Addr<SimulatorActor>> {
        self.of(self.owners.family(&alert.metric)?)
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
        catalogue::Catalogue,
        model::{change::Change, levers::find, rehearsal::Condition},
    };

    fn catalogue() -> Catalogue {
        Catalogue::load(None, 1.0).unwrap()
    }

    fn started(catalogue: &Catalogue) -> Simulators {
        Simulators::start(Boards::new(catalogue, 1, 100), Duration::ZERO)
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
        let board = Board::new("network", &catalogue(), 1, 100);
        let mut simulator = SimulatorActor::new(board, past);
        simulator.board.step(simulator.now());
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
            drive: alert.drive(),
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
