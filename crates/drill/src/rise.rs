//! An alert's way from the crossing to the browser.

use chrono::Utc;

use crate::{
    course::{ASK_AGAIN, Course},
    judge::checks,
    servers::{
        seen::{Held, Moment, Shown, braces, is_marked},
        view,
        watch::Holding,
    },
    stack::{Failure, Step},
    stage::Stage,
};

impl Course<'_> {
    /// From the crossing to the browser.
    pub(super) async fn rise(&self) -> Step {
        self.crossed().await?;
        if !self.part.alert.for_duration.is_zero() {
            self.pending().await?;
        }
        self.firing().await?;
        self.in_alertmanager().await?;
        let browser = &self.stack.watch.browser;
        let framed = |shown: &[Shown]| self.fires(shown).map(drop);
        self.wait(Stage::Browser, browser, framed).await
    }

    async fn crossed(&self) -> Step {
        let watch = &self.stack.watch;
        // By place, since a scenario may watch two alerts of one name.
        let key = format!("{}#{}", self.part.alert.name, self.index);
        let _wanted = watch.want(&key, &self.part.alert.expr);
        let ours = |holding: &[Holding]| {
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
        let deadline = self.deadline(Stage::Pending);
        self.expect(deadline);
        let found = view::until(&watch.prometheus, deadline, |shown| {
            self.part.identity.shown(shown).cloned()
        });
        let Some((shown, seen)) = found.await else {
            return Err(self
                .failure(Stage::Pending, begun.unwrap_or_else(Utc::now))
                .await);
        };
        if shown.fires() {
            self.was_pending(begun.unwrap_or(seen)).await?;
        }
        self.reach(
            Stage::Pending,
            shown.since(self.stack.survey.skew).unwrap_or(seen),
        );
        Ok(())
    }

    /// Makes sure that Prometheus itself has noted that it was pending, too short to be seen. Asks again while Prometheus
    /// does not answer, as long as the stage may take.
    async fn was_pending(&self, begun: Moment) -> Step {
        let mut labels = self.part.identity.own();
        labels.insert("alertname".to_owned(), self.part.identity.name.clone());
        labels.insert("alertstate".to_owned(), "pending".to_owned());
        let since = self.before().0.unwrap_or_else(Utc::now);
        let range = (Utc::now() - since).num_seconds() + 1;
        let query = format!("count_over_time(ALERTS{}[{range}s])", braces(&labels));
        let prometheus = &self.stack.servers.prometheus;
        loop {
            match prometheus.query(&query).await {
                Ok(samples) if !samples.is_empty() => return Ok(()),
                Ok(_) => return Err(self.failure(Stage::Pending, begun).await),
                Err(fault) if Utc::now() >= self.deadline(Stage::Pending) => {
                    let told = prometheus.0.told(&fault);
                    let why =
                        format!("whether it was pending before it fired is not known: {told}");
                    return Err(Failure::unasked(Stage::Pending, why));
                }
                Err(_) => tokio::time::sleep(ASK_AGAIN).await,
            }
        }
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
            self.stack.survey.skew,
        );
        self.stack
            .ledger
            .change(self.index, |record| record.shown = Some(shown));
        for warning in found.warnings {
            self.warn(warning);
        }
        let mut faults = found.faults;
        if self.stack.other_rules {
            found.of_rule.into_iter().for_each(|told| self.warn(told));
        } else {
            faults.extend(found.of_rule);
        }
        self.judge(Stage::Firing, &faults)
    }

    fn fires<'a>(&self, shown: &'a [Shown]) -> Option<&'a Shown> {
        let ours = self.part.identity.shown(shown);
        ours.filter(|shown| shown.fires())
    }

    /// What Alertmanager has may be another alert than Prometheus has (`alert_relabel_configs`), and go elsewhere.
    fn as_it_is_told(&self, held: &Held) -> Vec<String> {
        // Of what is inhibited nobody is told.
        if self.part.inhibited {
            return Vec::new();
        }
        let mut shown = None;
        let ledger = &self.stack.ledger;
        ledger.change(self.index, |record| shown.clone_from(&record.shown));
        let was_marked = shown.is_some_and(|shown| is_marked(&shown.labels));
        let mut told = Vec::new();
        if was_marked && !is_marked(&held.labels) {
            told.push(
                "it has lost its label drill=\"true\" on the way to Alertmanager (alert_relabel_configs of Prometheus), \
                 which takes it for a real alert"
                    .to_owned(),
            );
        }
        let named = self.stack.routes.iter().flat_map(|routes| {
            let named = held.receivers.iter();
            named.filter_map(|named| routes.receiver(&named.name))
        });
        told.extend(named.filter(|receiver| !receiver.ways.is_empty()).map(|receiver| {
            let (name, ways) = (&receiver.name, receiver.ways.join(", "));
            format!("Alertmanager tells people of it: the receiver {name:?} ({ways}); --page-people allows that")
        }));
        told
    }

    async fn in_alertmanager(&self) -> Step {
        let state = if self.part.inhibited {
            "suppressed"
        } else {
            "active"
        };
        let inhibitors = &self.part.inhibitors;
        let ours = |all: &[Held]| {
            let ours = self.part.identity.held(all)?;
            let caused = !self.part.inhibited || checks::inhibited(ours, all, inhibitors);
            (ours.status.state == state && caused).then(|| ours.clone())
        };
        let watch = &self.stack.watch;
        let held = self
            .wait(Stage::Alertmanager, &watch.alertmanager, ours)
            .await?;
        let mut faults = checks::differences(&self.part.identity.labels, &held.labels);
        let told = self.as_it_is_told(&held);
        if self.stack.routes.is_some() {
            faults.extend(told);
        } else {
            told.into_iter().for_each(|told| self.warn(told));
        }
        if !self.stack.other_rules {
            checks::annotations(&held.annotations, &mut faults);
        }
        self.judge(Stage::Alertmanager, &faults)
    }
}
