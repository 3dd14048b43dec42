//! What is asked of [`IncidentRepo`](super::incident_repo::IncidentRepo), with who asks.

use actix::Message;
use bytes::Bytes;
use http_kit::client_address::ClientNetwork;

use super::{
    model::{IncidentFilter, Period},
    queries::error::RepoError,
};
use crate::messages::check::Check;

/// How many incidents has each service? With who asks, as in the next two.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Bytes, RepoError>")]
pub struct CountByService(pub ClientNetwork);

/// Which incidents are there?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Bytes, RepoError>")]
pub struct ListIncidents(pub IncidentFilter, pub ClientNetwork);

/// How fast were incidents answered?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Bytes, RepoError>")]
pub struct Summarize(pub Period, pub ClientNetwork);

/// Does the database answer?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Check")]
pub struct DatabaseStatus;
