//! Whether Prometheus has watched an alert's series for as long as its expression looks back.

use std::time::Duration;

use alerting::format_duration;
use chrono::Utc;
use simulator::catalogue::Alert;

use crate::{
    course::{ASK_AGAIN, Course},
    evidence::selector,
    stack::{Failure, Step},
    stage::Stage,
    waiting::after,
};
impl Course<'_> {
    /// Waits until Prometheus has watched the series for as long as the expression looks back: over a window that is
    /// hardly begun, averages and slopes are other than they are in operation. Asks again while Prometheus does not
    /// answer, within the grace.
    pub(super) async fn watched_for(&self, window: Duration) -> Step {
        let (alert, scrape) = (&self.part.alert, self.theory.scrape());
        let query = watched(alert, window, scrape);
        let prometheus = &self.stack.servers.prometheus;
        let mut answered = Utc::now();
        let deadline = after(answered, window + scrape * 2);
        self.expect(deadline);
        let mut told = None;
        loop {
            let why = match prometheus.query(&query).await {
                Ok(samples) if !samples.is_empty() => return Ok(()),
                Ok(_) if Utc::now() >= deadline => {
                    self.warn(never(alert, window));
                    return Ok(());
                }
                Ok(_) => {
                    answered = Utc::now();
                    hardly(window)
                }
                Err(fault) => {
                    let why = prometheus.0.told(&fault);
                    if Utc::now() >= after(answered, self.stack.grace) {
                        return Err(Failure::unasked(Stage::Calm, why));
                    }
                    why
                }
            };
            if told.as_ref() != Some(&why) {
                self.waits(why.clone());
                told = Some(why);
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }
}

/// Holds if there was a sample so long ago, and not merely within the five minutes before for which an instant query
/// takes the last one.
fn watched(alert: &Alert, window: Duration, scrape: Duration) -> String {
    format!(
        "present_over_time({}[{}ms] offset {}ms)",
        selector(alert),
        (scrape * 2).as_millis(),
        window.as_millis()
    )
}

fn hardly(window: Duration) -> String {
    format!(
        "Prometheus has watched its series for less than its window of {}",
        format_duration(window)
    )
}

fn never(alert: &Alert, window: Duration) -> String {
    format!(
        "Prometheus did not have {} from {} ago: what it says over that window may come early or late",
        selector(alert),
        format_duration(window)
    )
}

#[cfg(test)]
mod tests {
    use promql_parser::parser;

    use super::*;
    use simulator::lint::CheckedCatalogue;

    #[test]
    fn what_is_asked_is_promql_whatever_the_labels_hold_and_asks_for_two_scrapes_of_that_time() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut alert = Alert::clone(catalogue.alert("ServiceDown").unwrap());
        alert.metric = "m".to_owned();
        alert.labels = [("door".to_owned(), "\"\u{200b}\\".to_owned())].into();
        let query = watched(&alert, Duration::from_secs(60), Duration::from_millis(1500));
        assert_eq!(
            query,
            "present_over_time(m{door=\"\\\"\u{200b}\\\\\"}[3000ms] offset 60000ms)"
        );
        assert!(parser::parse(&query).is_ok());
    }
}
