//! PromQL's functions of a range vector, over the samples in a window.

use crate::{
    regression::{Line, Sum},
    sample::{Sample, millis},
};

/// A function over a window of the series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) function: RangeFunction,
    /// Milliseconds.
    pub(super) length: i64,
    /// Milliseconds back from now; negative is ahead.
    pub(super) offset: i64,
}

/// PromQL's functions of a range vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum RangeFunction {
    Rate,
    Increase,
    Delta,
    Irate,
    Idelta,
    Deriv,
    /// The argument: seconds ahead.
    PredictLinear(f64),
    Changes,
    Resets,
    Avg,
    Min,
    Max,
    Sum,
    Count,
    Last,
    Present,
    Stddev,
    Stdvar,
    /// The argument: from 0 to 1. Outside of it the result is infinite.
    Quantile(f64),
}

impl Window {
    /// The value at `now` (milliseconds), or `None` when the window holds too few samples.
    pub(super) fn at(&self, samples: &[Sample], now: i64) -> Option<f64> {
        let end = now - self.offset;
        let start = end - self.length;
        let from = samples.partition_point(|s| millis(s.at) < start);
        let to = samples.partition_point(|s| millis(s.at) <= end);
        let inside = samples.get(from..to)?;
        let (first, last) = (inside.first()?, inside.last()?);
        let values = inside.iter().map(|s| s.value);
        let pairs = || inside.windows(2).map(|pair| (pair[0].value, pair[1].value));
        match self.function {
            RangeFunction::Rate => {
                let increase = self.extrapolate(inside, start, end, true)?;
                Some(increase.delta * (increase.factor / (self.length as f64 / 1e3)))
            }
            RangeFunction::Increase => {
                Some(self.extrapolate(inside, start, end, true)?.extrapolated())
            }
            RangeFunction::Delta => {
                Some(self.extrapolate(inside, start, end, false)?.extrapolated())
            }
            RangeFunction::Irate => last_step(inside, true),
            RangeFunction::Idelta => last_step(inside, false),
            RangeFunction::Deriv if inside.len() < 2 => None,
            RangeFunction::Deriv => Some(Line::through(inside, millis(first.at)).slope),
            RangeFunction::PredictLinear(_) if inside.len() < 2 => None,
            RangeFunction::PredictLinear(ahead) => {
                let line = Line::through(inside, now);
                Some(line.slope * ahead + line.intercept)
            }
            RangeFunction::Changes => Some(count(pairs(), |(a, b)| {
                a != b && !(a.is_nan() && b.is_nan())
            })),
            RangeFunction::Resets => Some(count(pairs(), |(a, b)| b < a)),
            RangeFunction::Avg => Some(average(values)),
            RangeFunction::Min => values.reduce(|a, b| if b < a || a.is_nan() { b } else { a }),
            RangeFunction::Max => values.reduce(|a, b| if b > a || a.is_nan() { b } else { a }),
            RangeFunction::Sum => Some(sum(values)),
            RangeFunction::Count => Some(inside.len() as f64),
            RangeFunction::Last => Some(last.value),
            RangeFunction::Present => Some(1.0),
            RangeFunction::Stddev => Some(variance(values).sqrt()),
            RangeFunction::Stdvar => Some(variance(values)),
            RangeFunction::Quantile(q) => Some(quantile(q, values.collect())),
        }
    }

    /// The growth within the window, and the factor that extrapolates it to the ends of the window.
    fn extrapolate(
        &self,
        inside: &[Sample],
        start: i64,
        end: i64,
        is_counter: bool,
    ) -> Option<Growth> {
        let [first, .., last] = inside else {
            return None;
        };
        let mut delta = last.value - first.value;
        if is_counter {
            let resets = inside.windows(2).filter(|p| p[1].value < p[0].value);
            resets.for_each(|pair| delta += pair[0].value);
        }
        let mut before = (millis(first.at) - start) as f64 / 1e3;
        let after = (end - millis(last.at)) as f64 / 1e3;
        let sampled = (millis(last.at) - millis(first.at)) as f64 / 1e3;
        let between = sampled / (inside.len() - 1) as f64;
        // A counter starts at zero or above.
        if is_counter && delta > 0.0 && first.value >= 0.0 {
            before = before.min(sampled * (first.value / delta));
        }
        // A gap wider than 1.1 steps means that the series begins or ends inside the window: half a step is added.
        let reach = |gap: f64| {
            if gap < between * 1.1 {
                gap
            } else {
                between / 2.0
            }
        };
        let factor = (sampled + reach(before) + reach(after)) / sampled;
        Some(Growth { delta, factor })
    }
}

struct Growth {
    delta: f64,
    factor: f64,
}

impl Growth {
    fn extrapolated(&self) -> f64 {
        self.delta * self.factor
    }
}

/// The difference of the last two samples; for a counter, per second.
fn last_step(inside: &[Sample], is_counter: bool) -> Option<f64> {
    let [.., previous, last] = inside else {
        return None;
    };
    let apart = millis(last.at) - millis(previous.at);
    if apart == 0 {
        return None;
    }
    if !is_counter {
        return Some(last.value - previous.value);
    }
    let was_reset = last.value < previous.value;
    let base = if was_reset { 0.0 } else { previous.value };
    Some((last.value - base) / (apart as f64 / 1e3))
}

fn count(pairs: impl Iterator<Item = (f64, f64)>, counts: impl Fn((f64, f64)) -> bool) -> f64 {
    pairs.filter(|&pair| counts(pair)).count() as f64
}

fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let mut sum = Sum::default();
    values.for_each(|value| sum.add(value));
    total(sum)
}

/// The running mean, as Prometheus keeps it: it does not overflow, and an infinite one stays as it is.
fn average(values: impl Iterator<Item = f64>) -> f64 {
    let mut mean = Sum::default();
    let mut count = 0.0;
    for value in values {
        count += 1.0;
        let stays =
            mean.uncompensated.is_infinite() && (value.is_finite() || value == mean.uncompensated);
        if !stays {
            mean.add(value / count - mean.uncompensated / count);
        }
    }
    total(mean)
}

/// The sum without compensation where it is infinite: the compensation is NaN then.
fn total(sum: Sum) -> f64 {
    if sum.uncompensated.is_infinite() {
        sum.uncompensated
    } else {
        sum.value()
    }
}

/// The population's variance (Welford's way).
fn variance(values: impl Iterator<Item = f64>) -> f64 {
    let (mut mean, mut squares) = (Sum::default(), Sum::default());
    let mut count = 0.0;
    for value in values {
        count += 1.0;
        let delta = value - mean.value();
        mean.add(delta / count);
        squares.add(delta * (value - mean.value()));
    }
    squares.value() / count
}

fn quantile(q: f64, mut values: Vec<f64>) -> f64 {
    if q.is_nan() {
        return f64::NAN;
    }
    if !(0.0..=1.0).contains(&q) {
        return f64::INFINITY.copysign(q);
    }
    // NaN counts as the smallest.
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(b.is_nan().cmp(&a.is_nan())));
    let rank = q * (values.len() - 1) as f64;
    let lower = rank.floor() as usize;
    let upper = (lower + 1).min(values.len() - 1);
    let weight = rank - rank.floor();
    values[lower] * (1.0 - weight) + values[upper] * weight
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(function: RangeFunction, samples: &[(u64, f64)], now: u64) -> Option<f64> {
        let window = Window {
            function,
            length: 60_000,
            offset: 0,
        };
        let sample = |&(at, value): &(u64, f64)| Sample {
            at: Duration::from_secs(at),
            value,
        };
        let samples: Vec<Sample> = samples.iter().map(sample).collect();
        window.at(&samples, (now * 1_000) as i64)
    }

    #[test]
    fn a_window_includes_both_of_its_ends() {
        let samples = [(60, 1.0), (120, 1.0)];
        let count = |now| at(RangeFunction::Count, &samples, now);
        assert_eq!((count(59), count(60)), (None, Some(1.0)));
        assert_eq!((count(120), count(121)), (Some(2.0), Some(1.0)));
        assert_eq!((count(180), count(181)), (Some(1.0), None));
    }

    #[test]
    fn growth_is_stretched_to_an_end_that_is_less_than_a_step_and_a_tenth_away() {
        let samples = [(100, 50.0), (110, 60.0), (120, 70.0)];
        let increase = |now| at(RangeFunction::Increase, &samples, now);
        // 40 s are missing in front: half a step is added. Behind, the whole gap up to 10.9 s, then half a step.
        assert_eq!(increase(120), Some(25.0));
        assert_eq!(increase(130), Some(35.0));
        assert_eq!(increase(131), Some(30.0));
    }

    #[test]
    fn a_counter_is_not_taken_to_have_begun_below_zero() {
        let samples = [(80, 2.0), (88, 10.0), (96, 18.0), (104, 26.0), (112, 34.0)];
        assert_eq!(at(RangeFunction::Increase, &samples, 120), Some(42.0));
        assert_eq!(at(RangeFunction::Delta, &samples, 120), Some(44.0));
    }

    #[test]
    fn a_reset_counts_from_zero() {
        let samples = [(60, 10.0), (80, 30.0), (100, 5.0), (120, 15.0)];
        assert_eq!(at(RangeFunction::Increase, &samples, 120), Some(35.0));
        assert_eq!(at(RangeFunction::Resets, &samples, 120), Some(1.0));
        assert_eq!(at(RangeFunction::Irate, &samples[..3], 120), Some(0.25));
    }

    #[test]
    fn one_sample_has_no_rate() {
        let samples = [(60, 10.0)];
        for function in [
            RangeFunction::Rate,
            RangeFunction::Delta,
            RangeFunction::Irate,
            RangeFunction::Deriv,
        ] {
            assert_eq!(at(function, &samples, 70), None, "{function:?}");
        }
        assert_eq!(at(RangeFunction::Changes, &samples, 70), Some(0.0));
    }
}
