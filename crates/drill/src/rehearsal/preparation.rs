//! Before the trigger: the rule is loaded, the alert is calm everywhere, and its series has been scraped for long enough.

use std::time::Duration;

use alerting::format_duration;
use chrono::Utc;
use promql::Expression;
use simulator::catalogue::Alert;

use super::{
    gather_evidence::explain_not_calm,
    stage_runner::{POLL_PAUSE, StageRunner},
};
use crate::{
    recorder::record::StageError,
    rehearsed_alert::series_selector,
    stages::{Stage, plan},
    time::{Moment, after},
};

/// How long an alert may take to be gone before the reason is looked up and shown.
const EXPLAIN_AFTER: Duration = Duration::from_secs(2);

/// Reaches the stages `rule` and `calm`. With `settle`, where another alert has moved the same series before, waits until
/// the lookback window contains baseline values only.
pub(super) async fn prepare(runner: &StageRunner<'_>, settle: bool) -> Result<(), StageError> {
    check_rule(runner)?;
    runner.recorder.reached(Stage::Rule, Utc::now(), None);
    wait_until_calm(runner).await?;
    let lookback = runner.budget.lookback();
    if settle {
        settle_for(runner, lookback).await;
    } else if !lookback.is_zero() {
        wait_for_lookback(runner, lookback).await?;
    }
    runner.recorder.reached(Stage::Calm, Utc::now(), None);
    check_required_series(runner).await
}

fn check_rule(runner: &StageRunner<'_>) -> Result<(), StageError> {
    let (context, recorder) = (runner.context, runner.recorder);
    let Some(rule) = context.preflight.rule(&runner.alert.alert) else {
        let why = format!(
            "Prometheus has loaded no rule named {}. Make the rules with `mock-metrics rules{}`, name the file in \
             rule_files of Prometheus' configuration, and have it read again (SIGHUP, or POST /-/reload)",
            runner.alert.key.name, context.catalogue_flags
        );
        return Err(StageError::failed(Stage::Rule, why));
    };
    if !rule.last_error.is_empty() {
        recorder.warn(format!(
            "Prometheus cannot evaluate the rule: {}",
            rule.last_error
        ));
    }
    if !runner.budget.predicted {
        let warning = "its expression cannot be predicted: the time that it may take to cross and to end is a guess";
        recorder.warn(warning.to_owned());
    }
    Ok(())
}

/// Waits until neither the simulator drives the alert nor any server has it.
async fn wait_until_calm(runner: &StageRunner<'_>) -> Result<(), StageError> {
    let budget = &runner.budget;
    let resolution = budget.allows(Stage::ResolvedPrometheus).unwrap_or_default();
    // Over a window that has hardly begun, the alert may be active without a trigger.
    let window = budget.lookback() + budget.scrape_interval() * 2;
    let begun = Utc::now();
    let deadline = after(begun, resolution + window + runner.context.grace);
    runner.recorder.expect_until(deadline);
    let mut calm = simulator_becomes_calm(runner, deadline).await;
    for condition in plan::CALM {
        calm = calm && becomes_gone(runner, condition, deadline).await;
    }
    match calm {
        true => Ok(()),
        false => Err(runner.diagnose(Stage::Calm, begun).await),
    }
}

/// Waits until the simulator does not drive the alert. Shows why it is not calm whenever that changes.
async fn simulator_becomes_calm(runner: &StageRunner<'_>, deadline: Moment) -> bool {
    let simulator = &runner.context.servers.simulator;
    let alert = &runner.alert.alert;
    let mut shown = None;
    loop {
        let answer = simulator.api.alert(&alert.name).await;
        let why = match &answer {
            Ok(simulated) if simulated.is_calm() => return true,
            Ok(simulated) => explain_not_calm(&runner.context.servers, alert, simulated),
            Err(error) => simulator.describe(error),
        };
        // The value alone changes all the time.
        let condition = answer
            .map(|simulated| (simulated.is_at_baseline(alert), simulated.condition))
            .ok();
        if shown.as_ref() != Some(&condition) {
            runner.recorder.waits_for(why);
            shown = Some(condition);
        }
        if Utc::now() >= deadline {
            return false;
        }
        tokio::time::sleep(POLL_PAUSE).await;
    }
}

/// Waits until an observer no longer sees the alert. Shows why it still does if that takes long.
async fn becomes_gone(
    runner: &StageRunner<'_>,
    condition: plan::Condition,
    deadline: Moment,
) -> bool {
    let (observers, alert) = (&runner.context.observers, runner.alert);
    let begun = Utc::now();
    let soon = deadline.min(after(begun, EXPLAIN_AFTER));
    if observers.wait_for(condition, alert, soon).await.is_some() {
        return true;
    }
    let error = runner.diagnose(Stage::Calm, begun).await;
    runner.recorder.waits_for(error.why);
    let gone = observers.wait_for(condition, alert, deadline).await;
    gone.is_some()
}

async fn settle_for(runner: &StageRunner<'_>, lookback: Duration) {
    let pause = lookback + runner.budget.scrape_interval();
    runner.recorder.expect_until(after(Utc::now(), pause));
    runner.recorder.waits_for(format!(
        "another alert has moved its series: its window of {} must hold calm values only",
        format_duration(lookback)
    ));
    tokio::time::sleep(pause).await;
}

/// Waits until Prometheus has scraped the series for as long as the expression looks back: over a window that has hardly
/// begun, averages and slopes differ from those in operation. Asks again within the grace while Prometheus does not answer.
async fn wait_for_lookback(runner: &StageRunner<'_>, lookback: Duration) -> Result<(), StageError> {
    let (alert, scrape) = (&runner.alert.alert, runner.budget.scrape_interval());
    let query = lookback_query(alert, lookback, scrape);
    let prometheus = &runner.context.servers.prometheus;
    let mut last_answer = Utc::now();
    let deadline = after(last_answer, lookback + scrape * 2);
    runner.recorder.expect_until(deadline);
    let mut shown = None;
    loop {
        let why = match prometheus.api.query(&query).await {
            Ok(samples) if !samples.is_empty() => return Ok(()),
            Ok(_) if Utc::now() >= deadline => {
                runner.recorder.warn(missing_lookback(alert, lookback));
                return Ok(());
            }
            Ok(_) => {
                last_answer = Utc::now();
                let window = format_duration(lookback);
                format!("Prometheus has scraped its series for less than its window of {window}")
            }
            Err(error) => {
                let why = prometheus.describe(&error);
                if Utc::now() >= after(last_answer, runner.context.grace) {
                    return Err(StageError::no_answer(Stage::Calm, why));
                }
                why
            }
        };
        if shown.as_ref() != Some(&why) {
            runner.recorder.waits_for(why.clone());
            shown = Some(why);
        }
        tokio::time::sleep(POLL_PAUSE).await;
    }
}

/// Makes sure that the series are there without which an expression cannot hold. Where its crossing is predicted, the time
/// budget covers that.
async fn check_required_series(runner: &StageRunner<'_>) -> Result<(), StageError> {
    let Ok(expression) = Expression::parse(&runner.alert.alert.expr) else {
        return Ok(());
    };
    let required = match runner.budget.predicted {
        true => Vec::new(),
        false => expression.required(),
    };
    for selector in required {
        let query = format!("count({selector})");
        // Without an answer, the stage `crossed` reports it.
        let found = runner.context.servers.prometheus.api.query(&query).await;
        if found.is_ok_and(|samples| samples.is_empty()) {
            let why = format!(
                "it was not triggered: Prometheus has no series for {selector}, without which its expression cannot hold"
            );
            return Err(StageError::failed(Stage::Trigger, why));
        }
    }
    Ok(())
}

/// Has a result if there was a sample `lookback` ago. (An instant query would also take one from the five minutes before.)
fn lookback_query(alert: &Alert, lookback: Duration, scrape: Duration) -> String {
    format!(
        "present_over_time({}[{}ms] offset {}ms)",
        series_selector(alert),
        (scrape * 2).as_millis(),
        lookback.as_millis()
    )
}

fn missing_lookback(alert: &Alert, lookback: Duration) -> String {
    format!(
        "Prometheus has no sample of {} from {} ago: results over that window may come early or late",
        series_selector(alert),
        format_duration(lookback)
    )
}

#[cfg(test)]
mod tests {
    use promql_parser::parser;

    use super::*;
    use simulator::lint::CheckedCatalogue;

    #[test]
    fn the_lookback_query_is_promql_whatever_the_labels_hold_and_covers_two_scrapes() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut alert = Alert::clone(catalogue.alert("ServiceDown").unwrap());
        alert.metric = "m".to_owned();
        alert.labels = [("door".to_owned(), "\"\u{200b}\\".to_owned())].into();
        let query = lookback_query(&alert, Duration::from_secs(60), Duration::from_millis(1500));
        assert_eq!(
            query,
            "present_over_time(m{door=\"\\\"\u{200b}\\\\\"}[3000ms] offset 60000ms)"
        );
        assert!(parser::parse(&query).is_ok());
    }
}
