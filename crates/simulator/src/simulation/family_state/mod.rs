//! The series of one alert family and the states of its alerts: what one actor owns.

mod alerts;
mod lever_alerts;
mod state;

#[cfg(test)]
mod alerts_tests;
#[cfg(test)]
mod flags_tests;
#[cfg(test)]
mod state_tests;

pub use state::{FamilyState, SeriesLimitError};
