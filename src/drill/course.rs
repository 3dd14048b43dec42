//! One alert's way: from its rule to the browser, and back to calm.

use std::time::Duration;

use chrono::Utc;

use super::{
    judge::{checks, theory::Theory},
    part::Part,
    servers::{
        seen::{Held, Moment, Shown, braces},
        server::Fault,
        watch,
    },
    stack::{Failure, Stack, Step},
    stage::Stage,
    survey::different,
    waiting::after,
};

/// From the crossing to the browser: each has a grace of its own.
const STAGES_OF_RISE: u32 = 5;
const MINUTE: f64 = 60.0;
/// The simulator holds nothing for longer.
const DAY: f64 = 86_400.0;
/// How often the simulator is asked whether it is calm: as often as it moves.
const ASK_AGAIN: Duration = Duration::from_secs(1);

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
        stack.triggered.borrow_mut().insert(name.clone());
        let at = Utc::now();
        let simulator = &stack.servers.simulator;
        let triggered = simulator.trigger(name, self.hold_seconds()).await;
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

    fn refused(&self, stage: Stage, fault: &Fault) -> Failure {
        Failure::at(stage, self.stack.servers.simulator.0.told(fault))
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
        let deadline = after(Utc::now(), patience + self.stack.grace);
        let begun = Utc::now();
        let failed = self.calm(deadline).await.is_none();
        if failed {
            return Err(self.failure(Stage::Calm, begun).await);
        }
        if settles {
            let window = self.part.alert.window.unwrap_or_default();
            tokio::time::sleep(window + self.theory.scrape()).await;
        }
        self.reach(Stage::Calm, Utc::now());
        Ok(())
    }

    /// From the crossing to the browser.
    pub(super) async fn rise(&self) -> Step {
        self.crossed().await?;
        if !self.part.alert.hold_for.is_zero() {
            self.pending().await?;
        }
        self.firing().await?;
        self.in_alertmanager().await?;
        let browser = &self.stack.watch.browser;
        let framed = |shown: &[Shown]| self.fires(shown).map(drop);
        self.wait(Stage::Browser, browser, framed).await
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
        let different = different(rule, &self.part.alert);
        if !different.is_empty() {
            self.warn(format!(
                "the rule that Prometheus has loaded is another one: {}",
                different.join("; ")
            ));
        }
        if !self.theory.predicted {
            self.warn("its expression cannot be predicted: the theory of its crossing and its end is a guess".to_owned());
        }
        Ok(())
    }

    async fn calm(&self, deadline: Moment) -> Option<()> {
        let (watch, identity) = (&self.stack.watch, &self.part.identity);
        let simulator = &self.stack.servers.simulator;
        loop {
            let driven = simulator.alert(&self.part.alert.name).await;
            // An inhibited alert is driven by another one of its own name, elsewhere.
            if driven.is_ok_and(|driven| driven.condition == "calm") {
                break;
            }
            if Utc::now() >= deadline {
                return None;
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
        let gone = |shown: &[Shown]| absent(identity.shown(shown));
        let let_go = |held: &[Held]| absent(identity.held(held));
        watch::until(&watch.prometheus, deadline, gone).await?;
        watch::until(&watch.alertmanager, deadline, let_go).await?;
        watch::until(&watch.browser, deadline, gone).await?;
        Some(())
    }

    async fn crossed(&self) -> Step {
        let watch = &self.stack.watch;
        // By place, since a scenario may watch two alerts of one name.
        let key = format!("{}#{}", self.part.alert.name, self.index);
        let _wanted = watch.want(&key, &self.part.alert.expr);
        let ours = |holding: &[watch::Holding]| {
            let mut ours = holding.iter().filter(|holding| holding.key == key);
            ours.find(|holding| {
                checks::differences(&self.part.identity.labels, &holding.sample.labels).is_empty()
            })
            .map(drop)
        };
        self.wait(Stage::Crossed, &watch.conditions, ours).await
    }

    async fn pending(&self) -> Step {
        let watch = &self.stack.watch;
        let begun = self.before().1.map(|before| before.at);
        let found = watch::until(&watch.prometheus, self.deadline(Stage::Pending), |shown| {
            self.part.identity.shown(shown).cloned()
        });
        let Some((shown, seen)) = found.await else {
            return Err(self
                .failure(Stage::Pending, begun.unwrap_or_else(Utc::now))
                .await);
        };
        if shown.fires() && !self.was_pending().await {
            return Err(self.failure(Stage::Pending, begun.unwrap_or(seen)).await);
        }
        self.reach(Stage::Pending, shown.since().unwrap_or(seen));
        Ok(())
    }

    /// Whether Prometheus itself has noted that it was pending, too short to be seen.
    async fn was_pending(&self) -> bool {
        let mut labels = self.part.identity.labels.clone();
        labels.insert("alertname".to_owned(), self.part.identity.name.clone());
        labels.insert("alertstate".to_owned(), "pending".to_owned());
        let since = self.before().0.unwrap_or_else(Utc::now);
        let range = (Utc::now() - since).num_seconds() + 1;
        let query = format!("count_over_time(ALERTS{}[{range}s])", braces(&labels));
        let samples = self.stack.servers.prometheus.query(&query).await;
        samples.is_ok_and(|samples| !samples.is_empty())
    }

    async fn firing(&self) -> Step {
        let prometheus = &self.stack.watch.prometheus;
        let fires = |shown: &[Shown]| self.fires(shown).cloned();
        let shown = self.wait(Stage::Firing, prometheus, fires).await?;
        let trigger = self.before().0.unwrap_or_else(Utc::now);
        let found = checks::check(
            &self.part.alert,
            &self.part.identity,
            &shown,
            (trigger, Utc::now()),
        );
        self.stack
            .ledger
            .change(self.index, |record| record.shown = Some(shown));
        for warning in found.warnings {
            self.warn(warning);
        }
        self.judge(Stage::Firing, &found.faults)
    }

    fn fires<'a>(&self, shown: &'a [Shown]) -> Option<&'a Shown> {
        let ours = self.part.identity.shown(shown);
        ours.filter(|shown| shown.fires())
    }

    async fn in_alertmanager(&self) -> Step {
        let state = if self.part.inhibited {
            "suppressed"
        } else {
            "active"
        };
        let ours = |held: &[Held]| {
            let ours = self.part.identity.held(held);
            ours.filter(|held| held.status.state == state).cloned()
        };
        let watch = &self.stack.watch;
        let held = self
            .wait(Stage::Alertmanager, &watch.alertmanager, ours)
            .await?;
        let mut faults = checks::differences(&self.part.identity.labels, &held.labels);
        checks::annotations(&held.annotations, &mut faults);
        self.judge(Stage::Alertmanager, &faults)
    }
}

fn absent<T>(found: Option<&T>) -> Option<()> {
    found.is_none().then_some(())
}
