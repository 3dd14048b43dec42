//! Parses the expressions of alert rules and evaluates them over one series.
//!
//! ```text
//! text ──▶ Expression (parsed by promql-parser) ──▶ Predictor (a tree of our own) ──▶ value at a time, or none
//! ```
//! Results are those of Prometheus 2.42, compared bit by bit with its `promtool test rules`:
//! - a range includes both of its ends;
//! - the newest sample counts for five minutes;
//! - sums are compensated where Prometheus compensates them.
//!
//! `exp`, `ln` and powers may differ in the last bit, since Go implements its own. Prometheus since prometheus#13725
//! (March 2024) extrapolates `rate` and `increase` of a counter that has just begun differently.

mod aggregation;
mod condition;
mod error_position;
mod expression;
mod function_names;
mod label_fit;
mod label_flow;
mod node;
mod precheck;
mod predictor;
mod regression;
mod remaining_labels;
mod sample;
mod selection;
mod selector;
mod series_ref;
mod translate;
mod window;

pub use error_position::{UNLOCATED_ERROR, syntax_error_position};
pub use expression::Expression;
pub use label_flow::{are_equivalent, keeps_label};
pub use precheck::quoted_len;
pub use predictor::Predictor;
pub use sample::Sample;
pub use selector::Selector;
pub use series_ref::SeriesRef;

#[cfg(test)]
#[path = "promql_tests.rs"]
mod tests;
