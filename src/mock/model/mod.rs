//! The simulated application as plain values: time is an argument, and nothing here knows an actor.
//!
//! | what                                    | where                                                            |
//! |-----------------------------------------|------------------------------------------------------------------|
//! | all families, one family                | [`boards`], [`board`]; whose metric is whose: [`owners`], [`built_in`] |
//! | its metrics, one series                 | [`metrics`], [`series`]                                          |
//! | what a series does by itself            | [`calm`], [`moving`], [`traffic`]                                |
//! | what drives it away and back            | [`pattern`], [`drive`], [`adjustment`] (as a request wants it)   |
//! | what is set by hand                     | [`levers`] (the table of paths and metrics), [`change`]          |
//! | where an alert stands                   | [`rehearsal`], judged by its [`history`]                         |
//! | how all of it is told                   | [`exposition`], [`family`]                                       |

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
mod rehearsing;
pub mod series;
pub mod traffic;
