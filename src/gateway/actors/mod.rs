//! The cast: who lives in the gateway, and the addresses at which the rest of it finds them.

pub mod incident_repo;
pub mod messages;
pub mod shared_answers;

use actix::Addr;

use incident_repo::IncidentRepo;

/// The actors that handlers may ask.
#[derive(Clone)]
pub struct Actors {
    /// Knows the incidents.
    pub incidents: Addr<IncidentRepo>,
}
