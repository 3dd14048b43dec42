//! The actor that plays scenarios: it triggers and recovers alerts at their times. Its messages are in
//! [`super::messages`].

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use actix::{Actor, AsyncContext, Context, Handler, Recipient, SpawnHandle};
use chrono::Utc;
use program::shutdown;

use super::messages::{
    EndStimulus, Running, RunningScenario, StartScenario, StopScenario, Trigger,
};
use crate::{
    catalogue::{Act, Alert, Scenario, Step},
    simulation::stimulus::Stimulus,
};

/// The actor that owns the series of an alert.
#[derive(Debug, Clone)]
pub struct AlertRecipients {
    /// Receives triggers.
    pub trigger: Recipient<Trigger>,
    /// Receives recoveries.
    pub end_stimulus: Recipient<EndStimulus>,
}

/// Plays one scenario at a time, until it is stopped or a step has recovered the last alert that it triggered. It recovers
/// only what it has triggered: a series that something else has taken over stays as it is.
pub struct ScenarioPlayer {
    /// By alert.
    recipients: BTreeMap<String, AlertRecipients>,
    playing: Option<Playing>,
}

struct Playing {
    scenario: Arc<Scenario>,
    running: Running,
    started: Instant,
    /// The index of the next step.
    next: usize,
    /// Runs the next step.
    timer: Option<SpawnHandle>,
    triggered: Vec<Arc<Alert>>,
}

impl ScenarioPlayer {
    /// A player that reaches every alert of the catalogue.
    pub fn new(recipients: BTreeMap<String, AlertRecipients>) -> Self {
        Self {
            recipients,
            playing: None,
        }
    }

    /// Runs the steps that are due, and schedules the next one.
    fn run_due_steps(&mut self, ctx: &mut Context<Self>) {
        let Some(mut playing) = self.playing.take() else {
            return;
        };
        let steps = &playing.scenario.steps;
        let elapsed = playing.started.elapsed();
        let due = steps[playing.next..]
            .iter()
            .take_while(|step| step.at <= elapsed);
        for step in due {
            playing.next += 1;
            playing
                .triggered
                .retain(|alert| alert.name != step.alert.name);
            if matches!(step.act, Act::Trigger { .. }) {
                playing.triggered.push(step.alert.clone());
            }
            log::info!("scenario {}: {}", playing.running.name, describe(step));
            self.run_step(step);
        }
        match steps.get(playing.next) {
            Some(next) => {
                playing.timer = Some(ctx.run_later(next.at - elapsed, Self::run_due_steps));
            }
            None if playing.triggered.is_empty() => {
                log::info!("scenario {} has ended", playing.running.name);
                return;
            }
            None => playing.timer = None,
        }
        self.playing = Some(playing);
    }

    fn run_step(&self, step: &Step) {
        match step.act {
            Act::Trigger { value } => self.trigger(&step.alert, value),
            Act::Recover => self.recover(&step.alert),
        }
    }

    fn trigger(&self, alert: &Arc<Alert>, value: Option<f64>) {
        let mut stimulus = Stimulus::of(alert);
        if let Some(value) = value {
            stimulus.pattern = stimulus.pattern.with_value(value);
        }
        if let Some(recipients) = self.recipients.get(&alert.name) {
            let alert = alert.clone();
            // `do_send` ignores the bound of the mailbox: a scenario has few steps, and none may be lost.
            recipients.trigger.do_send(Trigger { alert, stimulus });
        }
    }

    fn recover(&self, alert: &Arc<Alert>) {
        if let Some(recipients) = self.recipients.get(&alert.name) {
            let alert = alert.clone();
            recipients.end_stimulus.do_send(EndStimulus { alert });
        }
    }
}

fn describe(step: &Step) -> String {
    let name = &step.alert.name;
    match step.act {
        Act::Trigger { value: None } => format!("{name} triggered"),
        Act::Trigger { value: Some(value) } => format!("{name} triggered with {value}"),
        Act::Recover => format!("{name} recovered"),
    }
}

impl Actor for ScenarioPlayer {
    type Context = Context<Self>;

    fn started(&mut self, _: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
    }
}

impl Handler<StartScenario> for ScenarioPlayer {
    type Result = Result<Running, Running>;

    fn handle(
        &mut self,
        StartScenario(scenario): StartScenario,
        ctx: &mut Self::Context,
    ) -> Self::Result {
        if let Some(playing) = &self.playing {
            return Err(playing.running.clone());
        }
        let running = Running {
            name: scenario.name.clone(),
            since: Utc::now(),
        };
        self.playing = Some(Playing {
            scenario,
            running: running.clone(),
            started: Instant::now(),
            next: 0,
            timer: None,
            triggered: Vec::new(),
        });
        self.run_due_steps(ctx);
        Ok(running)
    }
}

impl Handler<StopScenario> for ScenarioPlayer {
    type Result = Option<Running>;

    fn handle(&mut self, _: StopScenario, ctx: &mut Self::Context) -> Self::Result {
        let playing = self.playing.take()?;
        if let Some(timer) = playing.timer {
            ctx.cancel_future(timer);
        }
        for alert in &playing.triggered {
            self.recover(alert);
        }
        Some(playing.running)
    }
}

impl Handler<RunningScenario> for ScenarioPlayer {
    type Result = Option<Running>;

    fn handle(&mut self, _: RunningScenario, _: &mut Self::Context) -> Self::Result {
        self.playing.as_ref().map(|playing| playing.running.clone())
    }
}

#[cfg(test)]
mod tests {
    use actix::Addr;
    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

    use super::super::messages::AlertStatus;
    use super::*;
    use crate::lint::CheckedCatalogue;

    /// Records the messages that a simulator would receive.
    struct Probe(UnboundedSender<String>);

    impl Actor for Probe {
        type Context = Context<Self>;
    }

    impl Handler<Trigger> for Probe {
        type Result = Option<AlertStatus>;

        fn handle(&mut self, message: Trigger, _: &mut Self::Context) -> Self::Result {
            self.0
                .send(format!("trigger {}", message.alert.name))
                .unwrap();
            None
        }
    }

    impl Handler<EndStimulus> for Probe {
        type Result = ();

        fn handle(&mut self, message: EndStimulus, _: &mut Self::Context) {
            self.0
                .send(format!("recover {}", message.alert.name))
                .unwrap();
        }
    }

    fn catalogue(steps: &str) -> CheckedCatalogue {
        let alert = |name: &str| {
            format!("[[alert]]\nname = \"{name}\"\nexpr = \"{name} > 1\"\ntrigger = 2\n")
        };
        let scenario =
            format!("[[scenario]]\nname = \"s\"\ntitle = \"t\"\nexpect = []\nsteps = [{steps}]\n");
        let text = [alert("a"), alert("b"), scenario].concat();
        CheckedCatalogue::parse("mine.toml", &text, 0.001).unwrap()
    }

    fn player(catalogue: &CheckedCatalogue) -> (Addr<ScenarioPlayer>, UnboundedReceiver<String>) {
        let (sender, seen) = unbounded_channel();
        let probe = Probe(sender).start();
        let recipients = |alert: &Arc<Alert>| {
            let recipients = AlertRecipients {
                trigger: probe.clone().recipient(),
                end_stimulus: probe.clone().recipient(),
            };
            (alert.name.clone(), recipients)
        };
        let recipients = catalogue.alerts.iter().map(recipients).collect();
        (ScenarioPlayer::new(recipients).start(), seen)
    }

    fn start(catalogue: &CheckedCatalogue) -> StartScenario {
        StartScenario(catalogue.scenario("s").unwrap().clone())
    }

    #[actix::test]
    async fn steps_run_in_order_and_a_scenario_that_recovers_everything_ends() {
        let scenarios = catalogue(
            "{ at = \"20s\", recover = \"a\" }, { at = \"0s\", trigger = \"a\" }, { at = \"10s\", trigger = \"b\" }, { at = \"20s\", recover = \"b\" }",
        );
        let (player, mut seen) = player(&scenarios);
        player.send(start(&scenarios)).await.unwrap().unwrap();
        for expected in ["trigger a", "trigger b", "recover a", "recover b"] {
            assert_eq!(seen.recv().await.unwrap(), expected);
        }
        assert!(player.send(RunningScenario).await.unwrap().is_none());
    }

    #[actix::test]
    async fn one_runs_at_a_time_and_a_stop_recovers_what_it_has_triggered() {
        let scenarios =
            catalogue("{ at = \"0s\", trigger = \"a\" }, { at = \"24h\", trigger = \"b\" }");
        let (player, mut seen) = player(&scenarios);
        player.send(start(&scenarios)).await.unwrap().unwrap();
        let busy = player.send(start(&scenarios)).await.unwrap().unwrap_err();
        assert_eq!(busy.name, "s");
        assert_eq!(seen.recv().await.unwrap(), "trigger a");

        assert_eq!(player.send(StopScenario).await.unwrap().unwrap().name, "s");
        assert_eq!(seen.recv().await.unwrap(), "recover a");
        assert!(player.send(StopScenario).await.unwrap().is_none());
        player.send(start(&scenarios)).await.unwrap().unwrap();
    }
}
