//! The actor that owns one family's series, and all that may be said to it.
//!
//! | message    | from               | reply                                     |
//! |------------|--------------------|-------------------------------------------|
//! | [`Apply`]  | `POST /simulate/…` | the value that the series has, or why not |
//! | [`Expose`] | `GET /metrics`     | the family's exposition text              |

use std::time::{Duration, Instant};

use actix::{Actor, Addr, AsyncContext, Context, Handler, Message};

use super::{
    board::{Board, MetricFull},
    change::Change,
    family::Family,
    levers::Lever,
};
use crate::shutdown;

/// How often the series move.
const BEAT: Duration = Duration::from_secs(1);

/// Owns the series of one family and moves them once a second.
pub struct SimulatorActor {
    board: Board,
    born: Instant,
}

impl SimulatorActor {
    /// A family at its calm baseline.
    pub fn new(family: Family, seed: u64, max_label_values: usize) -> Self {
        Self {
            board: Board::new(family, seed, max_label_values),
            born: Instant::now(),
        }
    }
}

impl Actor for SimulatorActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
        // After a stall the interval replays missed beats; they find little or no time elapsed.
        ctx.run_interval(BEAT, |simulator, _| {
            simulator.board.step(simulator.born.elapsed());
        });
    }
}

/// Changes one series.
#[derive(Debug, Message)]
#[rtype(result = "Result<f64, MetricFull>")]
pub struct Apply {
    /// The row of the table.
    pub lever: &'static Lever,
    /// The values of the labels that the path gives, in its order.
    pub labels: Vec<String>,
    /// What is asked.
    pub change: Change,
}

impl Handler<Apply> for SimulatorActor {
    type Result = Result<f64, MetricFull>;

    fn handle(&mut self, asked: Apply, _: &mut Self::Context) -> Self::Result {
        let now = self.born.elapsed();
        self.board
            .apply(now, asked.lever, &asked.labels, asked.change)
    }
}

/// Asks for all series as exposition text.
#[derive(Debug, Message)]
#[rtype(result = "String")]
pub struct Expose;

impl Handler<Expose> for SimulatorActor {
    type Result = String;

    fn handle(&mut self, _: Expose, _: &mut Self::Context) -> String {
        let mut text = String::new();
        self.board.write(&mut text);
        text
    }
}

/// The six actors.
#[derive(Debug, Clone)]
pub struct Simulators(Vec<(Family, Addr<SimulatorActor>)>);

impl Simulators {
    /// Starts one actor per family on the current arbiter.
    pub fn start(seed: u64, max_label_values: usize) -> Self {
        let start = |family| SimulatorActor::new(family, seed, max_label_values).start();
        Self(Family::ALL.map(|family| (family, start(family))).into())
    }

    /// The actor of `family`.
    pub fn of(&self, family: Family) -> &Addr<SimulatorActor> {
        let found = self.0.iter().find(|(of, _)| *of == family);
        &found.expect("there is an actor for each family").1
    }

    /// All of them, in the order of the exposition.
    pub fn all(&self) -> impl Iterator<Item = (Family, &Addr<SimulatorActor>)> {
        self.0.iter().map(|(family, actor)| (*family, actor))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::levers::find, *};

    #[actix::test]
    async fn a_simulator_sets_what_it_is_told_and_exposes_its_family_alone() {
        let actors = Simulators::start(1, 100);
        let asked = Apply {
            lever: find("disk-usage").unwrap(),
            labels: vec!["sda".to_owned()],
            change: Change::To(85.0),
        };
        assert_eq!(actors.of(Family::Disk).send(asked).await.unwrap(), Ok(85.0));

        let disk = actors.of(Family::Disk).send(Expose).await.unwrap();
        assert!(disk.contains("mock_disk_usage_percent{device=\"sda\",mountpoint=\"/data\"} 85\n"));
        assert!(!disk.contains("mock_db_"));
        let database = actors.of(Family::Database).send(Expose).await.unwrap();
        assert!(!database.contains("disk_usage_percent"));
    }

    #[actix::test]
    async fn a_simulator_moves_by_itself_as_time_passes() {
        let past = Duration::from_secs(100);
        let mut simulator = SimulatorActor::new(Family::Network, 1, 100);
        simulator.born = simulator.born.checked_sub(past).unwrap();
        simulator.board.step(simulator.born.elapsed());
        let text = simulator.start().send(Expose).await.unwrap();
        assert!(
            !text.contains("request_duration_seconds_count{service=\"api\"} 0\n"),
            "{text}"
        );
    }
}
