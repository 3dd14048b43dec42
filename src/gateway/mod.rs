//! The gateway: Prometheus and PostgreSQL on one side, any number of browsers on the other.
//!
//! ```text
//!                      ┌ Publish ▶ InstantHub ┐
//! Prometheus ▶ PromPoller ▶ … ▶ RangeHub      ├ Deliver ▶ Relay (per worker) ▶ Wire (per socket) ▶ browser
//!                      ├ … ▶ MetricsHub       │                 subscribes it ▲                   │
//!                      └ … ▶ AlertHub         ┘                       Session (per socket) ◀ text ┘
//!
//! Alertmanager ▶ http (webhook) ▶ LookAgain ▶ PromPoller
//!
//! PostgreSQL ▶ IncidentRepo ◀ ListIncidents, … ◀ http ◀ browser
//! ```
//!
//! | room         | holds                                                                     |
//! |--------------|---------------------------------------------------------------------------|
//! | [`app`]      | the gateway as a value; the only file that wires actors to each other     |
//! | `options`    | what the settings mean to its parts                                       |
//! | [`http`]     | every route on one screen, a file per resource                            |
//! | [`actors`]   | the cast, and all they may say to each other                              |
//! | [`socket`]   | how bytes reach a browser: handshake, frames, back-pressure, close codes  |
//! | [`storage`]  | what is read from PostgreSQL                                              |
//! | [`upstream`] | what is read over HTTP                                                    |
//! | [`model`]    | plain values                                                              |

pub mod actors;
pub mod app;
pub mod http;
pub mod model;
mod options;
pub mod socket;
pub mod storage;
pub mod telemetry;
pub mod upstream;
