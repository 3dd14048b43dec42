//! The tree that an expression is translated to, and its value at a time.

use crate::{
    sample::{Sample, millis},
    window::Window,
};

/// How old the newest sample may be, in milliseconds: the default of Prometheus' `--query.lookback-delta`.
const LOOKBACK_DELTA: i64 = 300_000;

/// A part of an expression, over one series.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// A scalar. Operations on numbers alone are computed during translation.
    Number(f64),
    /// The newest sample.
    Newest {
        /// Milliseconds back from now.
        offset: i64,
    },
    Window(Window),
    Call(ValueFunction, Box<Self>),
    /// 1 wherever there is a value.
    One(Box<Self>),
    Arithmetic(Arithmetic, Sides),
    /// 1 or 0.
    Test(Comparison, Sides),
    /// A comparison without `bool`: one side, where the comparison holds.
    Filter {
        comparison: Comparison,
        sides: Sides,
        keeps_right: bool,
    },
    And(Sides),
    Or(Sides),
    Unless(Sides),
}

/// The left and the right side of an operator.
pub(super) type Sides = Box<(Node, Node)>;

/// PromQL's functions of an instant vector, and the unary minus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum ValueFunction {
    Negate,
    Abs,
    Ceil,
    Floor,
    Sqrt,
    Exp,
    Ln,
    Sgn,
    /// To a multiple of this.
    Round(f64),
    ClampMin(f64),
    ClampMax(f64),
    Clamp {
        min: f64,
        max: f64,
    },
}

/// The arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Arithmetic {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
}

/// The comparison operators. With NaN only `NotEqual` holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

impl Node {
    /// The value at `now` (milliseconds), if there is one.
    pub(super) fn at(&self, samples: &[Sample], now: i64) -> Option<f64> {
        let both = |sides: &Sides| Some((sides.0.at(samples, now)?, sides.1.at(samples, now)?));
        match self {
            Self::Number(value) => Some(*value),
            Self::Newest { offset } => newest(samples, now - offset),
            Self::Window(window) => window.at(samples, now),
            Self::Call(function, of) => function.apply(of.at(samples, now)?),
            Self::One(of) => of.at(samples, now).map(|_| 1.0),
            Self::Arithmetic(arithmetic, sides) => {
                both(sides).map(|(left, right)| arithmetic.apply(left, right))
            }
            Self::Test(comparison, sides) => {
                both(sides).map(|(left, right)| comparison.test(left, right))
            }
            Self::Filter {
                comparison,
                sides,
                keeps_right,
            } => {
                let (left, right) = both(sides)?;
                let kept = if *keeps_right { right } else { left };
                comparison.holds(left, right).then_some(kept)
            }
            Self::And(sides) => both(sides).map(|(left, _)| left),
            Self::Or(sides) => {
                let left = sides.0.at(samples, now);
                left.or_else(|| sides.1.at(samples, now))
            }
            Self::Unless(sides) => match sides.1.at(samples, now) {
                Some(_) => None,
                None => sides.0.at(samples, now),
            },
        }
    }
}

fn newest(samples: &[Sample], now: i64) -> Option<f64> {
    let until = samples.partition_point(|s| millis(s.at) <= now);
    let newest = samples.get(..until)?.last()?;
    (now - millis(newest.at) <= LOOKBACK_DELTA).then_some(newest.value)
}

impl ValueFunction {
    fn apply(self, value: f64) -> Option<f64> {
        Some(match self {
            Self::Negate => -value,
            Self::Abs => value.abs(),
            Self::Ceil => value.ceil(),
            Self::Floor => value.floor(),
            Self::Sqrt => value.sqrt(),
            Self::Exp => value.exp(),
            Self::Ln => value.ln(),
            Self::Sgn if value > 0.0 => 1.0,
            Self::Sgn if value < 0.0 => -1.0,
            Self::Sgn => value,
            Self::Round(to) => {
                let inverse = 1.0 / to;
                (value * inverse + 0.5).floor() / inverse
            }
            Self::ClampMin(min) => larger(min, value),
            Self::ClampMax(max) => smaller(max, value),
            Self::Clamp { min, max } if max < min => return None,
            Self::Clamp { min, max } => larger(min, smaller(max, value)),
        })
    }
}

/// NaN if either is NaN, except that infinity stays infinity.
fn larger(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}

fn smaller(a: f64, b: f64) -> f64 {
    -larger(-a, -b)
}

impl Arithmetic {
    pub(super) fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Sub => left - right,
            Self::Mul => left * right,
            Self::Div => left / right,
            Self::Mod => left % right,
            Self::Pow => left.powf(right),
        }
    }
}

impl Comparison {
    /// 1 if it holds, else 0.
    pub(super) fn test(self, left: f64, right: f64) -> f64 {
        f64::from(self.holds(left, right))
    }

    pub(super) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Greater => left > right,
            Self::Less => left < right,
            Self::GreaterOrEqual => left >= right,
            Self::LessOrEqual => left <= right,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_newest_sample_counts_for_five_minutes_and_not_longer() {
        let node = Node::Newest { offset: 0 };
        let samples = [Sample {
            at: Duration::from_secs(60),
            value: 7.0,
        }];
        assert_eq!(node.at(&samples, 59_999), None);
        assert_eq!(node.at(&samples, 60_000), Some(7.0));
        assert_eq!(node.at(&samples, 360_000), Some(7.0));
        assert_eq!(node.at(&samples, 360_001), None);
        assert_eq!(
            Node::Newest { offset: 60_000 }.at(&samples, 420_000),
            Some(7.0)
        );
        assert_eq!(Node::Newest { offset: -1 }.at(&samples, 59_999), Some(7.0));
    }

    #[test]
    fn only_not_equal_holds_with_nan() {
        for (comparison, holds) in [
            (Comparison::Equal, 0.0),
            (Comparison::NotEqual, 1.0),
            (Comparison::Greater, 0.0),
            (Comparison::Less, 0.0),
            (Comparison::GreaterOrEqual, 0.0),
            (Comparison::LessOrEqual, 0.0),
        ] {
            assert_eq!(comparison.test(f64::NAN, f64::NAN), holds, "{comparison:?}");
        }
    }

    #[test]
    fn a_filter_keeps_the_vector_whichever_side_it_is_on() {
        let filter = |left, right, keeps_right| {
            let node = Node::Filter {
                comparison: Comparison::Greater,
                sides: Box::new((Node::Number(left), Node::Number(right))),
                keeps_right,
            };
            node.at(&[], 0)
        };
        assert_eq!(filter(3.0, 2.0, false), Some(3.0));
        assert_eq!(filter(3.0, 2.0, true), Some(2.0));
        assert_eq!(filter(2.0, 2.0, true), None);
    }

    #[test]
    fn clamping_to_limits_that_have_crossed_leaves_nothing() {
        let clamp = |min, max, value| ValueFunction::Clamp { min, max }.apply(value);
        assert_eq!(clamp(1.0, 5.0, 9.0), Some(5.0));
        assert_eq!(clamp(1.0, 5.0, -9.0), Some(1.0));
        assert_eq!(clamp(5.0, 1.0, 3.0), None);
        assert!(clamp(1.0, 5.0, f64::NAN).is_some_and(f64::is_nan));
    }
}
