//! What Prometheus answers: JSON of a chosen size, as like the real thing as matters to copying and compressing it.

use std::fmt::Write;

/// A query's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An instant query: many series, a value each.
    Vector,
    /// A range query: few series, many values each.
    Matrix,
}

/// One answer.
#[derive(Clone)]
pub(crate) struct Payload(String);

impl Payload {
    /// Hardly anything.
    pub(crate) fn tiny() -> Self {
        Self::of(Kind::Vector, 0, 0)
    }

    /// About `bytes` of `kind`; another `variant` has other values.
    pub(crate) fn of(kind: Kind, bytes: usize, variant: u32) -> Self {
        let mut dice = Dice(u64::from(variant) + 1);
        let (name, mut result) = match kind {
            Kind::Vector => ("vector", String::new()),
            Kind::Matrix => ("matrix", String::new()),
        };
        let mut series = 0;
        while result.len() < bytes || series == 0 {
            if series > 0 {
                result.push(',');
            }
            series += 1;
            // Writing to a String never fails.
            let _ = write!(
                result,
                r#"{{"metric":{{"__name__":"http_requests_total","instance":"10.0.{}.{}:9100","job":"mock-metrics","method":"GET","status":"200"}},"#,
                series / 250,
                series % 250
            );
            let mut value = 1e6 + dice.roll() * 1e5;
            match kind {
                Kind::Vector => {
                    let _ = write!(result, r#""value":[1770701722.447,"{value:.3}"]}}"#);
                }
                Kind::Matrix => {
                    result.push_str(r#""values":["#);
                    for point in 0..289 {
                        let comma = if point > 0 { "," } else { "" };
                        let _ = write!(
                            result,
                            r#"{comma}[{},"{value:.0}"]"#,
                            1_770_615_300 + point * 300
                        );
                        value += (dice.roll() * 4000.0).round();
                    }
                    result.push_str("]}");
                }
            }
        }
        Self::new(name, &result)
    }

    /// An answer with these series.
    pub(crate) fn new(result_type: &str, series: &str) -> Self {
        Self(format!(
            r#"{{"status":"success","data":{{"resultType":"{result_type}","result":[{series}]}}}}"#
        ))
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Numbers that look random and are the same in each run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    /// From 0 to 1.
    #[allow(clippy::cast_precision_loss, reason = "32 bits are exact")]
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as f64 / f64::from(u32::MAX)
    }
}
