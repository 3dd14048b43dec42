//! The names of the supported functions. Constant arguments are in PromQL's order.

use std::sync::Once;

use promql_parser::parser::{self, register_extra_functions, value::ValueType};

use crate::{node::ValueFunction, window::RangeFunction};

static REGISTER: Once = Once::new();

/// Makes the parser, which follows Prometheus 3, accept functions that Prometheus 3 has renamed.
pub(super) fn register_prometheus_2_functions() {
    REGISTER.call_once(|| {
        let arguments = vec![ValueType::Matrix, ValueType::Scalar, ValueType::Scalar];
        let smoothing =
            parser::Function::new("holt_winters", arguments, 0, ValueType::Vector, false);
        register_extra_functions(vec![smoothing]).expect("the parser has no function of that name");
    });
}

/// The function of a range vector with this name and these constant arguments.
pub(super) fn range_function(name: &str, numbers: &[f64]) -> Option<RangeFunction> {
    Some(match (name, numbers) {
        ("rate", []) => RangeFunction::Rate,
        ("increase", []) => RangeFunction::Increase,
        ("delta", []) => RangeFunction::Delta,
        ("irate", []) => RangeFunction::Irate,
        ("idelta", []) => RangeFunction::Idelta,
        ("deriv", []) => RangeFunction::Deriv,
        ("predict_linear", &[ahead]) => RangeFunction::PredictLinear(ahead),
        ("changes", []) => RangeFunction::Changes,
        ("resets", []) => RangeFunction::Resets,
        ("avg_over_time", []) => RangeFunction::Avg,
        ("min_over_time", []) => RangeFunction::Min,
        ("max_over_time", []) => RangeFunction::Max,
        ("sum_over_time", []) => RangeFunction::Sum,
        ("count_over_time", []) => RangeFunction::Count,
        ("last_over_time", []) => RangeFunction::Last,
        ("present_over_time", []) => RangeFunction::Present,
        ("stddev_over_time", []) => RangeFunction::Stddev,
        ("stdvar_over_time", []) => RangeFunction::Stdvar,
        ("quantile_over_time", &[q]) => RangeFunction::Quantile(q),
        _ => return None,
    })
}

/// The function of an instant vector with this name and these constant arguments.
pub(super) fn value_function(name: &str, numbers: &[f64]) -> Option<ValueFunction> {
    Some(match (name, numbers) {
        ("abs", []) => ValueFunction::Abs,
        ("ceil", []) => ValueFunction::Ceil,
        ("floor", []) => ValueFunction::Floor,
        ("sqrt", []) => ValueFunction::Sqrt,
        ("exp", []) => ValueFunction::Exp,
        ("ln", []) => ValueFunction::Ln,
        ("sgn", []) => ValueFunction::Sgn,
        ("round", []) => ValueFunction::Round(1.0),
        ("round", &[to]) => ValueFunction::Round(to),
        ("clamp_min", &[min]) => ValueFunction::ClampMin(min),
        ("clamp_max", &[max]) => ValueFunction::ClampMax(max),
        ("clamp", &[min, max]) => ValueFunction::Clamp { min, max },
        _ => return None,
    })
}
