//! One alert's way: from its rule to the browser, and back to calm.

use std::time::Duration;

use alerting::format_duration;
use chrono::Utc;
use promql::Expression;

use crate::{
    judge::{rule::different, theory::Theory},
    part::Part,
    servers::{
        seen::{Held, Moment, Shown},
        server::Fault,
        simulator::CALM,
        view::{self, Sight},
    },
    stack::{Drive, Failure, Stack, Step},
    stage::Stage,
    waiting::after,
};
/// From the crossing to the browser: each has a grace of its own.
const STAGES_OF_RISE: u32 = 5;
const MINUTE: f64 = 60.0;
/// The simulator holds nothing for longer.
const DAY: f64 = 86_400.0;
/// How often the simulator is asked whether it is calm: as often as it moves.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(1);

/// What has not been seen to be gone for so long is waited for.
const A_LOOK: Duration = Duration::from_secs(2);

/// One alert's way.
pub(super) struct Course<'a> {
    pub(super) stack: &'a Stack,
    /// Its place in the ledger.
    pub(super) index: usize,
    pub(super) part: &'a Part,
    pub(super) theory: Theory,
}

impl<'a> Course<'a> {
    /// The way of the part whose place in the ledger is `index`.
    pub(super) fn new(stack: &'a Stack, index: usize, part: &'a Part, theory: Theory) -> Self {
        Self {
            stack,
            index,
            part,
            theory,
        }
    }
}

impl Course<'_> {
    /// All of its way. Where another alert has moved the same series before, it `settles` first: until its window holds
    /// calm values only.
    pub(super) async fn rehearse(&self, settles: bool) {
        let gone = self.there_and_back(settles).await;
        self.end(gone);
    }

    async fn there_and_back(&self, settles: bool) -> Step {
        self.prepare(settles).await?;
        self.trigger().await?;
        let risen = self.rise().await;
        // Whatever came of it, the simulator is to let go.
        let recovered = self.recover().await;
        risen?;
        self.reach(Stage::Recover, recovered?);
        self.fall().await
    }

    async fn trigger(&self) -> Step {
        let (stack, name) = (self.stack, &self.part.alert.name);
        let at = Utc::now();
        let hold = self.hold_seconds();
        let until = after(at, Duration::from_secs_f64(hold * stack.scale));
        let drive = |known| Drive { until, known };
        stack
            .triggered
            .borrow_mut()
            .insert(name.clone(), drive(false));
        let triggered = stack.servers.simulator.trigger(name, hold).await;
        let mut held = stack.triggered.borrow_mut();
        match triggered {
            Ok(()) => drop(held.insert(name.clone(), drive(true))),
            // It has changed nothing.
            Err(Fault::Status(..)) => drop(held.remove(name)),
            Err(_) => {}
        }
        drop(held);
        triggered.map_err(|fault| self.refused(Stage::Trigger, &fault))?;
        self.triggered(at);
        Ok(())
    }

    async fn recover(&self) -> Step<Moment> {
        let (stack, name) = (self.stack, &self.part.alert.name);
        let at = Utc::now();
        let recovered = stack.servers.simulator.recover(name).await;
        recovered.map_err(|fault| self.refused(Stage::Recover, &fault))?;
        stack.triggered.borrow_mut().remove(name);
        Ok(at)
    }

    /// The simulator has not done what it was told.
    pub(super) fn refused(&self, stage: Stage, fault: &Fault) -> Failure {
        let told = self.stack.servers.simulator.0.told(fault);
        match fault {
            Fault::Unreachable(_) => Failure::unasked(stage, told),
            _ => Failure::at(stage, told),
        }
    }

    /// After which the simulator lets go even if the drill is killed: twice what theory and grace allow, in seconds of the
    /// unscaled catalogue.
    fn hold_seconds(&self) -> f64 {
        let longest = self.theory.until_browser() + self.stack.grace * STAGES_OF_RISE;
        (longest.as_secs_f64() * 2.0 / self.stack.scale).clamp(MINUTE, DAY)
    }

    /// Makes sure that it can begin: its rule is there, and it is active nowhere.
    pub(super) async fn prepare(&self, settles: bool) -> Step {
        self.rule()?;
        self.reach(Stage::Rule, Utc::now());
        let patience = self
            .theory
            .allows(Stage::ResolvedPrometheus)
            .unwrap_or_default();
        // Over a window that is hardly begun it may be active though nothing has happened.
        let window = self.theory.reach() + self.theory.scrape() * 2;
        let deadline = after(Utc::now(), patience + window + self.stack.grace);
        let begun = Utc::now();
        self.expect(deadline);
        let failed = self.calm(deadline).await.is_none();
        if failed {
            return Err(self.failure(Stage::Calm, begun).await);
        }
        let window = self.theory.reach();
        if settles {
            let rest = window + self.theory.scrape();
            self.expect(after(Utc::now(), rest));
            self.waits(format!(
                "another alert has moved its series; its window of {} is to hold calm values only",
                format_duration(window)
            ));
            tokio::time::sleep(rest).await;
        } else if !window.is_zero() {
            self.watched_for(window).await?;
        }
        self.reach(Stage::Calm, Utc::now());
        self.has_series().await
    }

    /// Makes sure that what its expression cannot do without is there: of what theory does not foretell, a drill would wait
    /// for long to no end.
    async fn has_series(&self) -> Step {
        let Ok(expression) = Expression::parse(&self.part.alert.expr) else {
            return Ok(());
        };
        let required = if self.theory.predicted {
            Vec::new()
        } else {
            expression.required()
        };
        let prometheus = &self.stack.servers.prometheus;
        for selector in required {
            // One that cannot be asked is told of where it is waited for.
            let found = prometheus.query(&format!("count({selector})")).await;
            if found.is_ok_and(|samples| samples.is_empty()) {
                let why = format!(
                    "it was not triggered: Prometheus has no series for {selector}, without which its expression cannot hold"
                );
                return Err(Failure::at(Stage::Trigger, why));
            }
        }
        Ok(())
    }

    /// From the recovery until it is active nowhere.
    pub(super) async fn fall(&self) -> Step {
        let (watch, identity) = (&self.stack.watch, &self.part.identity);
        let gone = |shown: &[Shown]| absent(identity.shown(shown));
        let let_go = |held: &[Held]| absent(identity.held(held));
        self.wait(Stage::ResolvedPrometheus, &watch.prometheus, gone)
            .await?;
        self.wait(Stage::ResolvedAlertmanager, &watch.alertmanager, let_go)
            .await?;
        self.wait(Stage::ResolvedBrowser, &watch.browser, gone)
            .await
    }

    fn rule(&self) -> Step {
        let Some(rule) = self.stack.survey.rule(&self.part.alert) else {
            let why = format!(
                "Prometheus has loaded no rule named {}. Make the rules with `mock-metrics rules{}`, name the file in \
                 rule_files of Prometheus' configuration, and have it read again (SIGHUP, or POST /-/reload)",
                self.part.identity.name, self.stack.flags
            );
            return Err(Failure::at(Stage::Rule, why));
        };
        if !rule.last_error.is_empty() {
            self.warn(format!(
                "Prometheus cannot evaluate the rule: {}",
                rule.last_error
            ));
        }
        if !self.theory.predicted {
            self.warn("its expression cannot be predicted: the theory of its crossing and its end is a guess".to_owned());
        }
        Ok(())
    }

    /// In what the rule is not the catalogue's, if it is not.
    pub(super) fn other_rule(&self) -> Option<String> {
        let rule = self.stack.survey.rule(&self.part.alert)?;
        let different = different(rule, &self.part.alert).join("; ");
        (!different.is_empty())
            .then(|| format!("the rule that Prometheus has loaded is another one: {different}"))
    }

    async fn calm(&self, deadline: Moment) -> Option<()> {
        self.let_be(deadline).await?;
        let (watch, identity) = (&self.stack.watch, &self.part.identity);
        let gone = |shown: &[Shown]| absent(identity.shown(shown));
        let let_go = |held: &[Held]| absent(identity.held(held));
        self.gone(&watch.prometheus, deadline, gone).await?;
        self.gone(&watch.alertmanager, deadline, let_go).await?;
        self.gone(&watch.browser, deadline, gone).await
    }

    /// Waits until nobody drives it.
    async fn let_be(&self, deadline: Moment) -> Option<()> {
        let (simulator, alert) = (&self.stack.servers.simulator, &self.part.alert);
        let mut last = None;
        loop {
            // An inhibited alert is driven by another one of its own name, elsewhere.
            let driven = simulator.alert(&alert.name).await;
            let why = match &driven {
                Ok(driven) if driven.condition == CALM => return Some(()),
                Ok(driven) => simulator.busy(driven, alert, self.theory.reach(), Utc::now()),
                Err(fault) => simulator.0.told(fault),
            };
            // Its value alone moves all the time.
            let condition = driven.map(|driven| (driven.is_at_rest(alert), driven.condition));
            let condition = Some(condition.ok());
            if condition != last {
                self.waits(why);
                last = condition;
            }
            if Utc::now() >= deadline {
                return None;
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }

    /// Waits until it is seen no longer.
    async fn gone<T>(
        &self,
        sight: &Sight<T>,
        deadline: Moment,
        gone: impl Fn(&[T]) -> Option<()>,
    ) -> Option<()> {
        let begun = Utc::now();
        if view::until(sight, deadline.min(after(begun, A_LOOK)), &gone)
            .await
            .is_none()
        {
            self.waits(self.failure(Stage::Calm, begun).await.why);
            view::until(sight, deadline, gone).await?;
        }
        Some(())
    }
}

fn absent<T>(found: Option<&T>) -> Option<()> {
    found.is_none().then_some(())
}
