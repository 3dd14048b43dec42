//! Alert rules as values: the labels of alerts, durations as Prometheus writes them, templates of annotations, YAML, and
//! the states that an alert goes through.

mod duration;
mod labels;
pub mod rule_state;
pub mod template;
pub mod template_syntax;
pub mod yaml;

pub use duration::span;
pub use labels::{Labels, is_label, is_name};
