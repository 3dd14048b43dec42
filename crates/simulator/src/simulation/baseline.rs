//! How a value moves undisturbed, and its noise. Pure functions of time.

use std::{f64::consts::TAU, time::Duration};

/// How a value (or a rate, per second) moves undisturbed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Baseline {
    /// Does not change.
    Constant(f64),
    /// Swings around `mean`, with noise. It is negative only if `mean` is.
    Wave {
        /// The mean.
        mean: f64,
        /// The amplitude without noise.
        swing: f64,
        /// The period in seconds.
        period: f64,
        /// The amplitude of the noise.
        noise: f64,
    },
}

impl Baseline {
    /// The value at `now`; `noise` is from −1 to 1.
    pub fn at(self, now: Duration, noise: f64) -> f64 {
        match self {
            Self::Constant(value) => value,
            Self::Wave {
                mean,
                swing,
                period,
                noise: most,
            } => floored(mean, mean + deviation(swing, period, now) + most * noise),
        }
    }
}

/// The current distance from the mean, without noise. Most series have no swing, and the sine is the most expensive part.
fn deviation(swing: f64, period: f64, now: Duration) -> f64 {
    if swing == 0.0 {
        return 0.0;
    }
    swing * (TAU * now.as_secs_f64() / period).sin()
}

/// Keeps a value of zero or above, unless its mean is negative: bytes do not fall below zero, temperatures may.
pub fn floored(mean: f64, value: f64) -> f64 {
    if mean < 0.0 { value } else { value.max(0.0) }
}

/// Noise from −1 to 1, determined by seed, stream and beat.
pub fn noise(seed: u64, stream: u64, beat: u64) -> f64 {
    let mixed = mix(mix(mix(seed) ^ stream) ^ beat);
    // 53 bits are what an f64 holds exactly.
    (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// The finaliser of SplitMix64.
fn mix(input: u64) -> u64 {
    let mut z = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The number of the noise stream of a name (FNV-1a).
pub fn stream(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn a_wave_stays_within_swing_and_noise_and_never_falls_below_zero() {
        let wave = Baseline::Wave {
            mean: 10.0,
            swing: 3.0,
            period: 600.0,
            noise: 1.0,
        };
        for s in 0..1_200 {
            let value = wave.at(seconds(s), noise(1, 2, s));
            assert!((6.0..=14.0).contains(&value), "{value} at {s} s");
        }
        assert!((wave.at(seconds(150), 0.0) - 13.0).abs() < 1e-9);

        let low = Baseline::Wave {
            mean: 0.0,
            swing: 3.0,
            period: 600.0,
            noise: 0.0,
        };
        assert_eq!(low.at(seconds(450), 0.0), 0.0);
    }

    #[test]
    fn a_wave_around_a_mean_below_zero_is_left_there() {
        let frost = Baseline::Wave {
            mean: -20.0,
            swing: 0.0,
            period: 600.0,
            noise: 1.0,
        };
        assert_eq!(frost.at(seconds(0), -1.0), -21.0);
        assert_eq!(frost.at(seconds(0), 0.5), -19.5);
    }

    #[test]
    fn noise_is_repeatable_spread_and_within_bounds() {
        let drawn: Vec<f64> = (0..10_000).map(|beat| noise(7, 3, beat)).collect();
        assert!(drawn.iter().all(|n| (-1.0..1.0).contains(n)));
        assert!((drawn.iter().sum::<f64>() / 10_000.0).abs() < 0.05);
        assert_eq!(drawn[5], noise(7, 3, 5));
        assert_ne!(noise(7, 3, 5), noise(8, 3, 5));
        assert_ne!(stream("a"), stream("b"));
    }
}
