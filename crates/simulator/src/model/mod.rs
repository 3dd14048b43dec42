//! The simulated application as plain values: time is an argument, and nothing here knows an actor.
//!
//! | what                                    | where                                                            |
//! |-----------------------------------------|------------------------------------------------------------------|
//! | all families, one family                | [`boards`], [`board`]                                            |
//! | its metrics, one series                 | [`metrics`], [`series`]                                          |
//! | what a series does by itself            | [`calm`]                                                         |
//! | what drives it away and back            | [`pattern`], [`drive`], [`adjustment`] (as a request wants it)   |
//! | what is set by hand                     | [`change`]                                                       |
//! | where an alert stands                   | [`rehearsal`], judged by its [`history`]                         |
//! | how all of it is told                   | [`exposition`]                                                   |
//!
//! What there is by default, in tables:
//!
//! | table        | holds                                                                                   |
//! |--------------|-----------------------------------------------------------------------------------------|
//! | [`family`]   | the six families                                                                        |
//! | [`levers`]   | the metrics that `POST /simulate/…` sets: path, labels, calm baseline                   |
//! | [`moving`]   | the gauges and counters that move by themselves                                         |
//! | [`traffic`]  | the simulated requests: `http_requests_total` and the histogram of their durations      |
//! | [`built_in`] | the metrics of these three, by name: whose they are, and of what type                   |
//! | [`owners`]   | which family has which metric, once a catalogue has added its own                       |

pub mod adjustment;
pub mod board;
pub mod boards;
pub mod built_in;
pub mod calm;
pub mod change;
pub mod drive;
pub mod exposition;
pub mod family;
pub mod history;
pub mod levers;
pub mod metrics;
pub mod moving;
pub mod owners;
pub mod pattern;
pub mod rehearsal;
pub mod series;
pub mod traffic;
