//! Samples in promtool's notation.

use std::time::Duration;

use promql::Sample;

/// A value per `interval` from time 0 on: `_x3` are three missing samples, `5+0x3` is 5 four times.
pub(super) fn values(samples: &[Sample], interval: Duration) -> String {
    let index = |sample: &Sample| sample.at.as_millis() / interval.as_millis().max(1);
    let mut words = Vec::new();
    let mut next = 0;
    let in_a_row = |a: &Sample, b: &Sample| a.value == b.value && index(a) + 1 == index(b);
    for run in samples.chunk_by(in_a_row) {
        let [first, more @ ..] = run else { continue };
        if index(first) > next {
            words.push(format!("_x{}", index(first) - next));
        }
        words.push(match more.len() {
            0 => first.value.to_string(),
            more => format!("{}+0x{more}", first.value),
        });
        next = index(first) + run.len() as u128;
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_from_time_0_and_runs_are_short() {
        let sample = |(at, value): (u64, f64)| Sample {
            at: Duration::from_secs(at),
            value,
        };
        let written = |samples: &[(u64, f64)]| {
            let samples: Vec<_> = samples.iter().copied().map(sample).collect();
            values(&samples, Duration::from_secs(15))
        };
        assert_eq!(
            written(&[
                (15, 1.5),
                (30, 2.0),
                (45, 2.0),
                (60, 2.0),
                (105, 2.0),
                (120, -3.0)
            ]),
            "_x1 1.5 2+0x2 _x2 2 -3"
        );
        assert_eq!(written(&[]), "");
    }
}
