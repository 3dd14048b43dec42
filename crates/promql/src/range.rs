//! What functions make of the samples in a window.

use std::time::Duration;

use crate::{
    Sample,
    regression::{Line, Sum},
};

/// A function over a window of the series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) function: Function,
    /// Milliseconds.
    pub(super) length: i64,
    /// Milliseconds back from now; negative is ahead.
    pub(super) offset: i64,
}

/// PromQL's functions of a range vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    Rate,
    Increase,
    Delta,
    Irate,
    Idelta,
    Deriv,
    /// Seconds ahead.
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
    /// From 0 to 1; what is beyond is infinite.
    Quantile(f64),
}

/// Whole milliseconds, which is how exactly Prometheus knows a time.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

impl Window {
    /// Its value at `now`; `None` when it has too few samples.
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
            Function::Rate => {
                let increase = self.extrapolate(inside, start, end, true)?;
                Some(increase.delta * (increase.factor / (self.length as f64 / 1e3)))
            }
            Function::Increase => Some(self.extrapolate(inside, start, end, true)?.whole()),
            Function::Delta => Some(self.extrapolate(inside, start, end, false)?.whole()),
            Function::Irate => last_step(inside, true),
            Function::Idelta => last_step(inside, false),
            Function::Deriv if inside.len() < 2 => None,
            Function::Deriv => Some(Line::through(inside, millis(first.at)).slope),
            Function::PredictLinear(_) if inside.len() < 2 => None,
            Function::PredictLinear(ahead) => {
                let line = Line::through(inside, now);
                Some(line.slope * ahead + line.intercept)
            }
            Function::Changes => Some(count(pairs(), |(a, b)| {
                a != b && !(a.is_nan() && b.is_nan())
            })),
            Function::Resets => Some(count(pairs(), |(a, b)| b < a)),
            Function::Avg => Some(average(values)),
            Function::Min => values.reduce(|a, b| if b < a || a.is_nan() { b } else { a }),
            Function::Max => values.reduce(|a, b| if b > a || a.is_nan() { b } else { a }),
            Function::Sum => Some(sum(values)),
            Function::Count => Some(inside.len() as f64),
            Function::Last => Some(last.value),
            Function::Present => Some(1.0),
            Function::Stddev => Some(variance(values).sqrt()),
            Function::Stdvar => Some(variance(values)),
            Function::Quantile(q) => Some(quantile(q, values.collect())),
        }
    }

    /// The growth within the window, and by what it is to be multiplied because samples do not reach the window's ends.
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
        // A counter cannot have begun below zero.
        if is_counter && delta > 0.0 && first.value >= 0.0 {
            before = before.min(sampled * (first.value / delta));
        }
        // Where a sample is missing next to an end, the series is taken to begin or end half a step from the last one.
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
    fn whole(&self) -> f64 {
        self.delta * self.factor
    }
}

/// The step between the last two samples; of a counter, per second.
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
    finite_or_rough(sum)
}

/// The running mean, as Prometheus keeps it: it does not overflow, and an infinite one stays as it is.
fn average(values: impl Iterator<Item = f64>) -> f64 {
    let mut mean = Sum::default();
    let mut count = 0.0;
    for value in values {
        count += 1.0;
        let stays = mean.rough.is_infinite() && (value.is_finite() || value == mean.rough);
        if !stays {
            mean.add(value / count - mean.rough / count);
        }
    }
    finite_or_rough(mean)
}

/// Beyond infinity the compensation is no number.
fn finite_or_rough(sum: Sum) -> f64 {
    if sum.rough.is_infinite() {
        sum.rough
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
    use super::*;

    fn at(function: Function, samples: &[(u64, f64)], now: u64) -> Option<f64> {
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
        let count = |now| at(Function::Count, &samples, now);
        assert_eq!((count(59), count(60)), (None, Some(1.0)));
        assert_eq!((count(120), count(121)), (Some(2.0), Some(1.0)));
        assert_eq!((count(180), count(181)), (Some(1.0), None));
    }

    #[test]
    fn growth_is_stretched_to_an_end_that_is_less_than_a_step_and_a_tenth_away() {
        let samples = [(100, 50.0), (110, 60.0), (120, 70.0)];
        let increase = |now| at(Function::Increase, &samples, now);
        // 40 s are missing in front: half a step is added. Behind, the whole gap up to 10.9 s, then half a step.
        assert_eq!(increase(120), Some(25.0));
        assert_eq!(increase(130), Some(35.0));
        assert_eq!(increase(131), Some(30.0));
    }

    #[test]
    fn a_counter_is_not_taken_to_have_begun_below_zero() {
        let samples = [(80, 2.0), (88, 10.0), (96, 18.0), (104, 26.0), (112, 34.0)];
        assert_eq!(at(Function::Increase, &samples, 120), Some(42.0));
        assert_eq!(at(Function::Delta, &samples, 120), Some(44.0));
    }

    #[test]
    fn a_reset_counts_from_zero() {
        let samples = [(60, 10.0), (80, 30.0), (100, 5.0), (120, 15.0)];
        assert_eq!(at(Function::Increase, &samples, 120), Some(35.0));
        assert_eq!(at(Function::Resets, &samples, 120), Some(1.0));
        assert_eq!(at(Function::Irate, &samples[..3], 120), Some(0.25));
    }

    #[test]
    fn one_sample_has_no_rate() {
        let samples = [(60, 10.0)];
        for function in [
            Function::Rate,
            Function::Delta,
            Function::Irate,
            Function::Deriv,
        ] {
            assert_eq!(at(function, &samples, 70), None, "{function:?}");
        }
        assert_eq!(at(Function::Changes, &samples, 70), Some(0.0));
    }
}
