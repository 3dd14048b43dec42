//! The gateway's own metrics. Each feature counts its own; what is common to several is here.

mod registry;
mod sources;

pub use registry::{DURATIONS, Registry};
pub use sources::{SourceMetrics, Sources, Telemetry};
