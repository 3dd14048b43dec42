//! What a value does while nobody disturbs it, and where its noise comes from. Pure functions of time.

use std::{f64::consts::TAU, time::Duration};

/// What a value (or a rate, per second) does while nobody disturbs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Calm {
    /// Stays where it is.
    Still(f64),
    /// Swings slowly around `mean` with a little noise on top; below zero only where `mean` is.
    Wave {
        /// The middle.
        mean: f64,
        /// The largest distance from the middle, noise aside.
        swing: f64,
        /// Seconds from crest to crest.
        period: f64,
        /// The largest addition of noise.
        noise: f64,
    },
}

impl Calm {
    /// The value at `now`; `noise` is from −1 to 1.
    pub fn at(self, now: Duration, noise: f64) -> f64 {
        match self {
            Self::Still(value) => value,
            Self::Wave {
                mean,
                swing,
                period,
                noise: most,
            } => floored(mean, mean + turn(swing, period, now) + most * noise),
        }
    }
}

/// How far a swing has taken a value from its mean. Most series have none, and a sine is what takes longest of all this.
fn turn(swing: f64, period: f64, now: Duration) -> f64 {
    if swing == 0.0 {
        return 0.0;
    }
    swing * (TAU * now.as_secs_f64() / period).sin()
}

/// A value that has wandered from its mean: bytes and percents do not fall below zero, temperatures may.
pub fn floored(mean: f64, value: f64) -> f64 {
    if mean < 0.0 { value } else { value.max(0.0) }
}

/// Noise from −1 to 1: the same for the same seed, stream and beat, whatever the timer did.
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

/// A stream of noise for a name (FNV-1a).
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
        let wave = Calm::Wave {
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

        let low = Calm::Wave {
            mean: 0.0,
            swing: 3.0,
            period: 600.0,
            noise: 0.0,
        };
        assert_eq!(low.at(seconds(450), 0.0), 0.0);
    }

    #[test]
    fn a_wave_around_a_mean_below_zero_is_left_there() {
        let frost = Calm::Wave {
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
