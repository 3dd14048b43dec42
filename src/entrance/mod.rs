//! How requests come in. Features hand over their routes, and what these need, as a [`Feature`]; all requests, upgrades
//! like any other, pass the [`Gate`].
//!
//! ```text
//! port ▶ connection limits ▶ HTTP ─┬─▶ Gate ▶ CORS ▶ route ▶ a feature's handler
//!                                  └─▶ upgrade ▶ a feature, which asks the Gate
//! ```

mod diagnosis;
mod feature;
mod gate;
mod index;
mod listener;
mod routes;
pub mod settings;

pub use diagnosis::{Diagnosis, arrived, lost_upgrade};
pub use feature::{Feature, Probe, Role, Shared, StartUpgrades, Upgrade, failed};
pub use gate::Gate;
pub use index::Index;
pub use listener::{Listening, bind, serve};
pub use routes::{NotFoundHint, not_found};
