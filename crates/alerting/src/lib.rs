//! Alert rules as values: rules and rule files, labels, durations, templates of annotations, the states of an alert, and
//! its labels and receivers on the way to people.

mod duration;
mod labels;
pub mod printed_numbers;
pub mod relabelling;
pub mod routing;
mod rule;
pub mod rule_file;
pub mod rule_state;
pub mod template;
pub mod template_syntax;
pub mod yaml;

pub use duration::{format_duration, parse_duration};
pub use labels::{Labels, is_label, is_name};
pub use rule::Rule;
