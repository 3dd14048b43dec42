//! Live metrics for browsers, and proof that alerts work.
//!
//! Three programs, one package:
//!
//! | program           | runs                   | is                                                                |
//! |-------------------|------------------------|-------------------------------------------------------------------|
//! | `service-metrics` | in the compose network | [`gateway`]: Prometheus, Alertmanager and PostgreSQL on one side, browsers on the other |
//! | `mock-metrics`    | on the host            | [`mock`]: a simulator whose metrics set off alert rules on demand; its `drill` rehearses these rules ([`drill`]) |
//! | `lab`             | on a developer's machine | [`lab`]: starts the real servers and both programs, stops them together |
//!
//! ```text
//! 1  Prometheus ──▶ PromPoller ──▶ InstantHub, RangeHub, MetricsHub, AlertHub ──▶ Relay ──▶ browser
//!    Alertmanager ──▶ AlertmanagerPoller, between PromPoller and AlertHub
//! 2  PostgreSQL ──▶ IncidentRepo ──▶ REST ──▶ browser
//! 3  control API ──▶ SimulatorActor (one per family) ──▶ exposition ──▶ Prometheus ──▶ rules ──▶ Alertmanager
//! ```
//! A [`drill`] closes the circle: it pulls a lever at 3 and waits until a browser sees the alert at 1.
//!
//! Beside them stands what the programs share: settings, logging, shutdown, exit codes, and the forms of an error answer,
//! of CORS, of percent-encoding, and of counts and near misses in words; [`web`] is how both HTTP servers treat
//! connections, clients and hosts, [`outbound`] how other servers are reached, [`output`] how lines leave the program
//! without waiting for a reader, [`files`] how files are written where others may have put links; [`descriptors`],
//! [`memory_limit`] and [`capacity`] tell how many clients the machine holds.
//!
//! The only allowed imports run `bin → app → http → actors → {upstream, storage, socket} → model`; `settings` is read
//! by `app` and its `options` alone; `gateway` and `mock` do not name each other; `drill` knows of `mock` only the
//! catalogue and what theory says of it and of its expressions; `lab` knows the programs by their command lines only.
//! `tests/architecture.rs` holds these arrows.

pub mod api_error;
pub mod capacity;
pub mod commands;
pub mod cors;
pub mod descriptors;
pub mod drill;
pub mod exit;
pub mod files;
pub mod gateway;
pub mod lab;
pub mod logging;
pub mod memory_limit;
pub mod mock;
pub mod outbound;
pub mod output;
pub mod percent;
pub mod settings;
pub mod shutdown;
pub mod web;
pub mod words;
