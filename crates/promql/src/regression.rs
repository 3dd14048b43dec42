//! Least squares as Prometheus computes it, so that a threshold is crossed at the same sample.

use crate::sample::{Sample, millis};

/// A compensated sum (Kahan summation with Neumaier's improvement).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    /// The plain floating-point sum.
    pub(super) uncompensated: f64,
    compensation: f64,
}

impl Sum {
    pub(super) fn add(&mut self, term: f64) {
        let sum = self.uncompensated + term;
        self.compensation += if self.uncompensated.abs() >= term.abs() {
            (self.uncompensated - sum) + term
        } else {
            (term - sum) + self.uncompensated
        };
        self.uncompensated = sum;
    }

    pub(super) fn value(self) -> f64 {
        self.uncompensated + self.compensation
    }
}

/// A line fitted by least squares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// Per second.
    pub(super) slope: f64,
    /// The value at the origin that was given.
    pub(super) intercept: f64,
}

impl Line {
    /// Fits `samples`, of which there is at least one. The intercept is the value at `origin` (milliseconds).
    pub(super) fn through(samples: &[Sample], origin: i64) -> Self {
        let first = samples.first().map_or(f64::NAN, |s| s.value);
        // Rounding would give equal samples a slope.
        if samples.iter().skip(1).all(|s| s.value == first) {
            return Self::flat(first);
        }
        let (mut x_sum, mut y_sum) = (Sum::default(), Sum::default());
        let (mut xy_sum, mut xx_sum) = (Sum::default(), Sum::default());
        for sample in samples {
            let x = (millis(sample.at) - origin) as f64 / 1e3;
            x_sum.add(x);
            y_sum.add(sample.value);
            xy_sum.add(x * sample.value);
            xx_sum.add(x * x);
        }
        let n = samples.len() as f64;
        let (x, y) = (x_sum.value(), y_sum.value());
        let covariance = xy_sum.value() - x * y / n;
        let variance = xx_sum.value() - x * x / n;
        let slope = covariance / variance;
        Self {
            slope,
            intercept: y / n - slope * x / n,
        }
    }

    fn flat(value: f64) -> Self {
        if value.is_infinite() {
            return Self {
                slope: f64::NAN,
                intercept: f64::NAN,
            };
        }
        Self {
            slope: 0.0,
            intercept: value,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn samples(values: &[f64]) -> Vec<Sample> {
        let at = |i| Duration::from_secs(10) * i;
        (0..)
            .zip(values)
            .map(|(i, &value)| Sample { at: at(i), value })
            .collect()
    }

    #[test]
    fn a_sum_keeps_what_rounding_takes() {
        let mut sum = Sum::default();
        for term in [1.0, 1e100, 1.0, -1e100] {
            sum.add(term);
        }
        assert_eq!((sum.uncompensated, sum.value()), (0.0, 2.0));
    }

    #[test]
    fn a_line_goes_through_its_samples() {
        let line = Line::through(&samples(&[5.0, 25.0, 45.0, 65.0]), 30_000);
        assert_eq!((line.slope, line.intercept), (2.0, 65.0));
    }

    #[test]
    fn a_flat_line_is_exactly_flat() {
        let line = Line::through(&samples(&[0.1; 7]), 12_345);
        assert_eq!((line.slope, line.intercept), (0.0, 0.1));
        assert!(
            Line::through(&samples(&[f64::INFINITY; 3]), 0)
                .slope
                .is_nan()
        );
    }
}
