//! The names of the functions whose results can be predicted. Those with constants take them in PromQL's order.

use std::sync::Once;

use promql_parser::parser::{self, register_extra_functions, value::ValueType};

use crate::{evaluate::Map, range::Function};

static OF_PROMETHEUS_2: Once = Once::new();

/// Makes the parser, which is that of Prometheus 3, read what 2 had under another name.
pub(super) fn know_those_of_prometheus_2() {
    OF_PROMETHEUS_2.call_once(|| {
        let arguments = vec![ValueType::Matrix, ValueType::Scalar, ValueType::Scalar];
        let smoothing =
            parser::Function::new("holt_winters", arguments, 0, ValueType::Vector, false);
        register_extra_functions(vec![smoothing]).expect("the parser has no function of that name");
    });
}

/// The function of a range vector that is called `name`.
pub(super) fn of_window(name: &str, numbers: &[f64]) -> Option<Function> {
    Some(match (name, numbers) {
        ("rate", []) => Function::Rate,
        ("increase", []) => Function::Increase,
        ("delta", []) => Function::Delta,
        ("irate", []) => Function::Irate,
        ("idelta", []) => Function::Idelta,
        ("deriv", []) => Function::Deriv,
        ("predict_linear", &[ahead]) => Function::PredictLinear(ahead),
        ("changes", []) => Function::Changes,
        ("resets", []) => Function::Resets,
        ("avg_over_time", []) => Function::Avg,
        ("min_over_time", []) => Function::Min,
        ("max_over_time", []) => Function::Max,
        ("sum_over_time", []) => Function::Sum,
        ("count_over_time", []) => Function::Count,
        ("last_over_time", []) => Function::Last,
        ("present_over_time", []) => Function::Present,
        ("stddev_over_time", []) => Function::Stddev,
        ("stdvar_over_time", []) => Function::Stdvar,
        ("quantile_over_time", &[q]) => Function::Quantile(q),
        _ => return None,
    })
}

/// The function of an instant vector that is called `name`.
pub(super) fn of_value(name: &str, numbers: &[f64]) -> Option<Map> {
    Some(match (name, numbers) {
        ("abs", []) => Map::Abs,
        ("ceil", []) => Map::Ceil,
        ("floor", []) => Map::Floor,
        ("sqrt", []) => Map::Sqrt,
        ("exp", []) => Map::Exp,
        ("ln", []) => Map::Ln,
        ("sgn", []) => Map::Sgn,
        ("round", []) => Map::Round(1.0),
        ("round", &[to]) => Map::Round(to),
        ("clamp_min", &[min]) => Map::ClampMin(min),
        ("clamp_max", &[max]) => Map::ClampMax(max),
        ("clamp", &[min, max]) => Map::Clamp { min, max },
        _ => return None,
    })
}
