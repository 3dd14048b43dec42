//! Makes the test cases of one rule, with series that the simulation moves.

use std::time::Duration;

use alerting::rule_state::{RuleState, State};
use promql::{Expression, Predictor, Sample, SeriesRef};

use super::case::{Case, Evaluation};
use crate::{
    catalogue::Alert,
    prediction::{self, ScrapedSeries},
    simulation::stimulus::Stimulus,
};

/// The evaluations at the baseline: an hour at the default interval.
const BASELINE_EVALUATIONS: u32 = 240;
/// The evaluations while the alert fires.
const FIRING_EVALUATIONS: u32 = 3;
/// The evaluations at the threshold, after the window is full and the `for` has passed.
const STEADY_EVALUATIONS: u32 = 10;
/// The relative distance of a value next to the threshold.
const NEAR: f64 = 1e-6;

/// Makes the cases of one alert.
pub(super) struct Cases<'a> {
    alert: &'a Alert,
    interval: Duration,
    pub(super) predictor: Predictor,
}

impl<'a> Cases<'a> {
    /// The cases of an alert whose rule is evaluated at each `interval`.
    ///
    /// # Errors
    /// Why one series is not enough for its expression.
    pub(super) fn of(alert: &'a Alert, interval: Duration) -> Result<Self, String> {
        Ok(Self {
            alert,
            interval,
            predictor: prediction::predictor(alert, interval)?,
        })
    }

    /// The baseline, then the trigger until the alert has fired for a while, then the recovery.
    pub(super) fn full_course(&self) -> Case {
        let mut scraped = self.scraped();
        let baseline_until = self.interval * BASELINE_EVALUATIONS;
        scraped.scrape_until(baseline_until.saturating_sub(scraped.now), |_| false);
        let baseline_until = scraped.now;
        scraped
            .series
            .stimulate(Stimulus::of(self.alert), baseline_until);
        let mut rule = RuleState::new(self.alert.for_duration, self.alert.keep_firing_for);
        let moving = self.alert.trigger.settles_after(self.alert.baseline);
        let end = baseline_until + scraped.time_limit(moving) + self.alert.for_duration;
        while scraped.now < end {
            let value = scraped.scrape();
            if rule.evaluate(scraped.now, value.is_some()) == State::Firing {
                break;
            }
        }
        scraped.scrape_until(self.interval * FIRING_EVALUATIONS, |_| false);
        self.recovered(scraped, baseline_until)
    }

    /// A condition that holds for less than the `for`. The series recovers as soon as the condition holds. Where a window
    /// makes that too late, missing scrapes leave a single high sample in the window. `None` if neither works.
    pub(super) fn pending_only(&self) -> Option<Case> {
        if self.alert.for_duration.is_zero() {
            return None;
        }
        let mut scraped = self.scraped();
        let baseline_until = scraped.now;
        scraped
            .series
            .stimulate(Stimulus::of(self.alert), baseline_until);
        let moving = self.alert.trigger.settles_after(self.alert.baseline);
        scraped.scrape_until(scraped.time_limit(moving), |value| value.is_some());
        let soon = self.recovered(scraped, baseline_until);
        let is_short = |case: &Case| case.is_ever(State::Pending) && !case.is_ever(State::Firing);
        if is_short(&soon) {
            return Some(soon);
        }
        let peak = soon.samples.iter().map(|sample| sample.value);
        let far = |value: &f64| (value - self.alert.baseline).abs();
        let peak = peak.max_by(|a, b| far(a).total_cmp(&far(b)))?;
        let window = self.steps(self.predictor.lookback());
        let mut gaps = [window.max(1), window + 1].into_iter();
        gaps.find_map(|gap| self.after_a_gap(gap, peak).filter(is_short))
    }

    /// A signal that is exactly the threshold, and one next to it on the side with the opposite result. `None` where no such
    /// series can be made.
    pub(super) fn at_the_threshold(&self) -> Option<[Case; 2]> {
        let (signal, threshold) = Expression::parse(&self.alert.expr).ok()?.comparison()?;
        let signal = signal.predictor(&SeriesRef {
            metric: &self.alert.metric,
            labels: &self.alert.labels,
        });
        let signal = signal.ok()?;
        let is_exact = |samples: &[Sample], at| signal.at(samples, at) == Some(threshold);
        let exact = self.steady(&signal, threshold, is_exact)?;
        let fires = exact.evaluations.last()?.value.is_some();
        let is_opposite =
            |samples: &[Sample], at| self.predictor.at(samples, at).is_some() != fires;
        let step = threshold.abs().max(1.0) * NEAR;
        let mut sides = [threshold + step, threshold - step].into_iter();
        let near = sides.find_map(|wanted| self.steady(&signal, wanted, is_opposite))?;
        Some([exact, near])
    }

    /// A constant or a line whose signal is `wanted`, and which passes at each evaluation with a full window.
    fn steady(
        &self,
        signal: &Predictor,
        wanted: f64,
        passes: impl Fn(&[Sample], Duration) -> bool,
    ) -> Option<Case> {
        let full = self.steps(signal.lookback()) + 1;
        let count = full + self.steps(self.alert.for_duration) + STEADY_EVALUATIONS;
        let level = |level: f64, _| level;
        let slope = |slope: f64, index: u32| slope * f64::from(index);
        let found = [level, slope].into_iter().find_map(|shape| {
            let shaped = |size| self.samples(count, |index| shape(size, index));
            let at = |size| signal.at(&shaped(size), self.interval * (count - 1));
            let size = solve_linear(at, wanted)?;
            // Rounding may have missed the value by one step.
            let sizes = [size, size.next_up(), size.next_down()];
            sizes.into_iter().map(shaped).find(|samples| {
                let mut full = samples.iter().skip(full as usize);
                full.all(|sample| passes(samples, sample.at))
            })
        });
        Some(self.evaluated(found?, Duration::ZERO, self.interval * (count - 1)))
    }

    fn scraped(&self) -> ScrapedSeries {
        ScrapedSeries::begin(self.alert, self.predictor.clone(), self.interval)
    }

    /// The recovery, until the window holds the baseline only.
    fn recovered(&self, mut scraped: ScrapedSeries, baseline_until: Duration) -> Case {
        scraped.series.recover(self.alert.recover, scraped.now);
        let rest = scraped.time_limit(self.alert.recover.settles_after());
        let rest = rest + self.alert.keep_firing_for;
        scraped.scrape_until(rest, |_| false);
        self.evaluated(scraped.samples, baseline_until, scraped.now)
    }

    /// The baseline, then `gap` scrapes of which only the last one exists. It is just high enough for the condition to hold.
    fn after_a_gap(&self, gap: u32, peak: f64) -> Option<Case> {
        let begin = self.steps(self.predictor.lookback()) + 2;
        let baseline = self.alert.baseline;
        let high = |part: f64| {
            let away = (peak - baseline) * part;
            let is_counter = self.alert.is_counter();
            baseline + if is_counter { away.ceil() } else { away }
        };
        let shaped = |part: f64| {
            let after = if self.alert.is_counter() {
                high(part)
            } else {
                baseline
            };
            let mut samples = self.samples(begin * 3 + gap * 2, |index| match index {
                index if index < begin + gap => baseline,
                index if index == begin + gap => high(part),
                _ => after,
            });
            samples.drain((begin + 1) as usize..(begin + gap) as usize);
            samples
        };
        let now = self.interval * (begin + gap);
        let holds = |part: f64| self.predictor.at(&shaped(part), now).is_some();
        let (mut too_low, mut enough) = (0.0, 1.0);
        for _ in 0..20 {
            let middle = (too_low + enough) / 2.0;
            *(if holds(middle) {
                &mut enough
            } else {
                &mut too_low
            }) = middle;
        }
        let samples = shaped(enough);
        let end = samples.last()?.at;
        holds(enough).then(|| self.evaluated(samples, self.interval * begin, end))
    }

    fn samples(&self, count: u32, value: impl Fn(u32) -> f64) -> Vec<Sample> {
        let sample = |index| Sample {
            at: self.interval * index,
            value: value(index),
        };
        (0..count).map(sample).collect()
    }

    fn steps(&self, time: Duration) -> u32 {
        let steps = time.as_millis().div_ceil(self.interval.as_millis().max(1));
        u32::try_from(steps).unwrap_or(u32::MAX)
    }

    fn evaluated(&self, samples: Vec<Sample>, baseline_until: Duration, end: Duration) -> Case {
        let mut rule = RuleState::new(self.alert.for_duration, self.alert.keep_firing_for);
        let evaluation = |index| {
            let at = self.interval * index;
            let value = self.predictor.at(&samples, at);
            Evaluation {
                at,
                state: rule.evaluate(at, value.is_some()),
                value,
            }
        };
        let evaluations = (0..=self.steps(end)).map(evaluation).collect();
        Case {
            samples,
            baseline_until,
            evaluations,
        }
    }
}

/// The argument for which `at`, a linear function, is `wanted`.
fn solve_linear(at: impl Fn(f64) -> Option<f64>, wanted: f64) -> Option<f64> {
    let (zero, one) = (at(0.0)?, at(1.0)?);
    if zero == wanted {
        return Some(0.0);
    }
    let solution = (wanted - zero) / (one - zero);
    solution.is_finite().then_some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::CheckedCatalogue;

    #[test]
    fn each_built_in_alert_has_its_four_cases() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        for alert in &catalogue.alerts {
            let cases = Cases::of(alert, catalogue.timing.interval).unwrap();
            let order = |case: &Case| {
                let mut states: Vec<_> = case.evaluations.iter().map(|e| e.state).collect();
                states.dedup();
                states
            };
            use State::{Firing, Inactive, Pending};
            let all = [Inactive, Pending, Firing, Inactive];
            assert_eq!(order(&cases.full_course()), all, "{}", alert.name);
            let short = cases.pending_only().expect(&alert.name);
            assert_eq!(
                order(&short),
                [Inactive, Pending, Inactive],
                "{}",
                alert.name
            );
            let is_enough = alert.expr.contains("==") || alert.expr.contains(">=");
            let [exact, near] = cases.at_the_threshold().expect(&alert.name);
            for (case, fires) in [(exact, is_enough), (near, !is_enough)] {
                let last = if fires { Firing } else { Inactive };
                assert_eq!(order(&case).last(), Some(&last), "{}", alert.name);
                assert_eq!(case.is_ever(Firing), fires, "{}", alert.name);
            }
        }
    }

    #[test]
    fn a_line_is_solved_where_it_has_a_solution() {
        assert_eq!(solve_linear(|x| Some(12.0 * x), 36.0), Some(3.0));
        assert_eq!(solve_linear(|_| Some(0.0), 0.0), Some(0.0));
        assert_eq!(solve_linear(|_| Some(0.0), 1.0), None);
        assert_eq!(solve_linear(|_| None, 1.0), None);
    }
}
