//! What is asked of [`IncidentRepo`](super::incident_repo::IncidentRepo). Each query carries the network of its client,
//! which has a share of the pool.

use std::sync::Arc;

use actix::Message;
use http_kit::client_address::ClientNetwork;

use super::{
    incident_query::SharedAnswer,
    model::{IncidentFilter, Page, Period, ServiceCount, Summary},
    queries::error::RepoError,
};
use crate::messages::check::Check;

/// What a query gives.
pub type Answer<T> = Result<Arc<SharedAnswer<T>>, RepoError>;

/// How many incidents has each service?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Answer<Vec<ServiceCount>>")]
pub struct CountByService(pub ClientNetwork);

/// Which incidents are there?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Answer<Page>")]
pub struct ListIncidents(pub IncidentFilter, pub ClientNetwork);

/// How fast were incidents answered?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Answer<Summary>")]
pub struct Summarize(pub Period, pub ClientNetwork);

/// Does the database answer?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Check")]
pub struct DatabaseStatus;
