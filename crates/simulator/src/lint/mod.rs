//! Checks a catalogue: whether its alerts make sense one by one (`semantic`) and together (`consistency`), whether they
//! can fire (`can_fire`), and what `mock-metrics check` prints of it (`report`).

mod can_fire;
mod checked;
mod consistency;
mod promtool;
mod report;
mod semantic;

#[cfg(test)]
mod file_tests;
#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
mod semantic_tests;

pub use can_fire::{CanFire, can_fire};
pub use checked::CheckedCatalogue;
pub use report::{CheckOptions, check};
