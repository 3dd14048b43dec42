//! The simulated application as plain values. Time is an argument, and nothing here knows an actor.
//!
//! | what                                  | where                                                                |
//! |---------------------------------------|----------------------------------------------------------------------|
//! | all families, one family              | [`application`], [`family_state`]                                    |
//! | its metrics, one series               | [`metric_store`], [`series`]                                         |
//! | how a series moves undisturbed        | [`baseline`], [`mod@baseline_series`] (the series of an alert)       |
//! | how a trigger moves it, and back      | [`stimulus`], [`playback`]                                           |
//! | what a request to a lever does        | [`change`]                                                           |
//! | the state of an alert                 | [`alert_state`], from the samples in its [`sample_history`]          |
//! | all series, as Prometheus scrapes them| [`served_series`]                                                    |
//!
//! The built-in metrics are tables:
//!
//! | table                 | holds                                                                                |
//! |-----------------------|--------------------------------------------------------------------------------------|
//! | [`family`]            | the six families                                                                     |
//! | [`levers`]            | the metrics that `POST /simulate/…` sets: path, labels, baseline                     |
//! | [`background_series`] | the gauges and counters that move by themselves                                      |
//! | [`traffic`]           | the simulated requests: `http_requests_total` and the histogram of their durations   |
//! | [`built_in_metrics`]  | all of these by name, with their family and type                                     |
//! | [`metric_ownership`]  | the family of each metric, those of a catalogue included                             |

pub mod alert_state;
pub mod application;
pub mod background_series;
pub mod baseline;
pub mod baseline_series;
pub mod built_in_metrics;
pub mod change;
pub mod family;
pub mod family_state;
pub mod levers;
pub mod metric_ownership;
pub mod metric_store;
pub mod number;
pub mod playback;
pub mod sample_history;
pub mod series;
pub mod served_series;
pub mod stimulus;
pub mod traffic;
