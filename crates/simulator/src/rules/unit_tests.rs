//! Unit tests of the rules, for `promtool test rules`.

use std::{
    fmt::{self, Write},
    time::Duration,
};

use alerting::{Labels, format_duration, rule_state::State};
use alerting::{template, yaml::quoted};
use prometheus_api::exposition::write as exposition;

use super::{
    case::{Case, Evaluation},
    cases::Cases,
    notation::values,
};
use crate::{
    catalogue::{Alert, Catalogue},
    prediction,
};

/// The most evaluations of the longest duration of a catalogue. promtool takes about 20 s for ten times as many.
const MAX_EVALUATIONS: u32 = 2_000;

/// Writes unit tests of the rule file at `rule_file`, a path relative to the file of tests.
pub(super) fn write(out: &mut String, catalogue: &Catalogue, rule_file: &str) -> fmt::Result {
    let interval = interval(catalogue);
    writeln!(out, "rule_files: [{}]", quoted(rule_file))?;
    writeln!(out, "evaluation_interval: {}", format_duration(interval))?;
    writeln!(out, "tests:")?;
    for alert in &catalogue.alerts {
        let cases = match Cases::of(alert, interval) {
            Ok(cases) => cases,
            Err(why) => {
                left_out(out, alert, &format!("its expression {why}"))?;
                continue;
            }
        };
        let window = cases.predictor.lookback();
        if interval > catalogue.timing.interval && !window.is_zero() && window < interval * 4 {
            let why = format!(
                "the longest duration of the catalogue makes promtool evaluate every {} only, too seldom for its window",
                format_duration(interval)
            );
            left_out(out, alert, &why)?;
            continue;
        }
        let tests = Tests::of(
            alert,
            &cases,
            interval,
            distinguishing_labels(catalogue, alert),
        );
        tests.write(out, "is set off and recovers", &cases.full_course())?;
        match cases.pending_only() {
            Some(case) => tests.write(out, "is pending for less than its `for`", &case)?,
            None if alert.for_duration.is_zero() => {}
            None => left_out(out, alert, "each condition holds for longer than its `for`")?,
        }
        match cases.at_the_threshold() {
            Some([exact, near]) => {
                tests.write(out, "is exactly at its threshold", &exact)?;
                tests.write(out, "is next to its threshold", &near)?;
            }
            None => left_out(out, alert, "no series is exactly at its threshold")?,
        }
    }
    Ok(())
}

/// The evaluation interval of all tests: that of Prometheus, or longer to limit the evaluations of the longest duration.
fn interval(catalogue: &Catalogue) -> Duration {
    let longest = catalogue.alerts.iter().map(|alert| {
        let reach = prediction::predictor(alert, catalogue.timing.interval);
        let reach = reach.map_or(Duration::ZERO, |predictor| predictor.lookback());
        reach + alert.for_duration + alert.keep_firing_for
    });
    let longest = longest.max().unwrap_or_default();
    let needed = Duration::from_secs(longest.as_secs() / u64::from(MAX_EVALUATIONS));
    catalogue.timing.interval.max(needed)
}

/// The rule labels that distinguish an alert from others with its `alertname`. A label that only others have is empty.
fn distinguishing_labels(catalogue: &Catalogue, alert: &Alert) -> Labels {
    let others = catalogue.alerts.iter();
    let others =
        others.filter(|other| other.alertname == alert.alertname && other.name != alert.name);
    let mut distinguishing = Labels::new();
    for other in others {
        let names = other.added_labels().into_keys();
        distinguishing.extend(names.map(|name| (name, String::new())));
        distinguishing.extend(alert.added_labels());
    }
    distinguishing
}

fn left_out(out: &mut String, alert: &Alert, why: &str) -> fmt::Result {
    writeln!(out, "  # left out: {}: {why}", alert.name)
}

/// The tests of one alert.
struct Tests<'a> {
    alert: &'a Alert,
    interval: Duration,
    /// The labels that distinguish the alert from others with its `alertname`. Empty where there is no other.
    distinguishing: Labels,
    /// The time from which the window is full.
    full_window: Duration,
    /// The labels of the series.
    series: Labels,
    /// The labels of the expression's result.
    result: Labels,
}

impl<'a> Tests<'a> {
    fn of(alert: &'a Alert, cases: &Cases<'_>, interval: Duration, distinguishing: Labels) -> Self {
        // The labels that the scrape of the simulator adds.
        let scraped = [
            ("job", "mock-metrics"),
            ("instance", "localhost:8082"),
            ("drill", "true"),
        ];
        let mut series = scraped
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect::<Labels>();
        series.extend(alert.labels.clone());
        let kept = series
            .iter()
            .filter(|(name, _)| cases.predictor.keeps(name));
        let result = kept.map(|(name, value)| (name.clone(), value.clone()));
        Self {
            alert,
            interval,
            distinguishing,
            full_window: cases.predictor.lookback() + interval * 2,
            result: result.collect(),
            series,
        }
    }

    fn write(&self, out: &mut String, title: &str, case: &Case) -> fmt::Result {
        let title = format!("{} {title}", self.alert.name);
        let series = format!("{}{{{}}}", self.alert.metric, promql(&self.series));
        writeln!(out, "  - name: {}", quoted(&title))?;
        writeln!(out, "    interval: {}", format_duration(self.interval))?;
        writeln!(out, "    input_series:")?;
        writeln!(out, "      - series: {}", quoted(&series))?;
        let values = values(&case.samples, self.interval);
        writeln!(out, "        values: {}", quoted(&values))?;
        let changes = case.changes();
        self.firing(out, &changes)?;
        writeln!(out, "    promql_expr_test:")?;
        if !case.baseline_until.is_zero() {
            // Before its window is full, Prometheus extrapolates a counter to less.
            let checked = case.baseline_until.saturating_sub(self.full_window);
            if !checked.is_zero() {
                let query = format!("count_over_time(ALERTS[{}])", format_duration(checked));
                self.query(out, &query, case.baseline_until, None)?;
            }
        }
        for change in &changes {
            let alerts = format!("ALERTS{{{}}}", promql(&self.named(&[])));
            let sample = change.state.label().map(|state| ("ALERTS", state, 1));
            self.query(out, &alerts, change.at, sample)?;
        }
        self.counts(out, case)
    }

    /// The alerts that fire at each of these evaluations, with labels and annotations, where these can be rendered.
    fn firing(&self, out: &mut String, changes: &[Evaluation]) -> fmt::Result {
        // promtool compares all alerts of one name.
        if !self.distinguishing.is_empty() {
            return Ok(());
        }
        let mut heading = "    alert_rule_test:\n";
        for change in changes {
            let texts = match (change.state, change.value) {
                (State::Firing, Some(value)) => match self.texts(value) {
                    Some(texts) => Some(texts),
                    None => continue,
                },
                // Kept firing, with a value of an earlier evaluation.
                (State::Firing, None) => continue,
                _ => None,
            };
            write!(out, "{heading}")?;
            heading = "";
            writeln!(out, "      - eval_time: {}", format_duration(change.at))?;
            writeln!(out, "        alertname: {}", quoted(&self.alert.alertname))?;
            match texts {
                None => writeln!(out, "        exp_alerts: []")?,
                Some(texts) => self.expected(out, &texts)?,
            }
        }
        Ok(())
    }

    fn expected(&self, out: &mut String, texts: &[(&str, String)]) -> fmt::Result {
        writeln!(out, "        exp_alerts:\n          - exp_labels:")?;
        for (name, value) in &self.rule_labels() {
            writeln!(out, "              {}: {}", quoted(name), quoted(value))?;
        }
        writeln!(out, "            exp_annotations:")?;
        for (name, text) in texts {
            writeln!(out, "              {}: {}", quoted(name), quoted(text))?;
        }
        Ok(())
    }

    fn texts(&self, value: f64) -> Option<Vec<(&str, String)>> {
        let own = [
            ("summary", &self.alert.summary),
            ("description", &self.alert.description),
        ];
        let more = self
            .alert
            .annotations
            .iter()
            .map(|(name, text)| (name.as_str(), text));
        let rendered = |template: &str| template::render(template, &self.result, value);
        own.into_iter()
            .chain(more)
            .map(|(name, text)| Some((name, rendered(text)?)))
            .collect()
    }

    /// The numbers of pending and of firing evaluations.
    fn counts(&self, out: &mut String, case: &Case) -> fmt::Result {
        let Some(last) = case.evaluations.last() else {
            return Ok(());
        };
        for state in [State::Pending, State::Firing] {
            let Some(label) = state.label() else { continue };
            let count = case.evaluations.iter().filter(|e| e.state == state).count();
            let window = format_duration(last.at + self.interval);
            let selected = promql(&self.named(&[("alertstate", label)]));
            let query = format!("count_over_time(ALERTS{{{selected}}}[{window}])");
            let sample = (count > 0).then_some(("", label, count));
            self.query(out, &query, last.at, sample)?;
        }
        Ok(())
    }

    fn query(
        &self,
        out: &mut String,
        query: &str,
        at: Duration,
        sample: Option<(&str, &str, usize)>,
    ) -> fmt::Result {
        writeln!(out, "      - expr: {}", quoted(query))?;
        writeln!(out, "        eval_time: {}", format_duration(at))?;
        let Some((metric, state, value)) = sample else {
            return writeln!(out, "        exp_samples: []");
        };
        let mut labels = self.rule_labels();
        labels.insert("alertname".to_owned(), self.alert.alertname.clone());
        labels.insert("alertstate".to_owned(), state.to_owned());
        let labels = quoted(&format!("{metric}{{{}}}", promql(&labels)));
        writeln!(
            out,
            "        exp_samples: [{{ labels: {labels}, value: {value} }}]"
        )
    }

    /// The labels that select the alert in `ALERTS`, and further ones.
    fn named(&self, more: &[(&str, &str)]) -> Labels {
        let name = ("alertname", self.alert.alertname.as_str());
        let pairs = [name].into_iter().chain(more.iter().copied());
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        pairs.chain(self.distinguishing.clone()).collect()
    }

    /// The labels of the alert, without its name.
    fn rule_labels(&self) -> Labels {
        let mut labels = self.result.clone();
        labels.extend(self.alert.added_labels());
        labels
    }
}

fn promql(labels: &Labels) -> String {
    exposition::labels(
        labels
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

#[cfg(test)]
#[path = "left_out_tests.rs"]
mod tests;
