//! Everything one gateway actor may say to another.
//!
//! | message            | from | to           | reply                                   |
//! |--------------------|------|--------------|-----------------------------------------|
//! | [`CountByService`] | REST | IncidentRepo | counts as finished JSON, or why not     |
//! | [`ListIncidents`]  | REST | IncidentRepo | incidents as finished JSON, or why not  |
//! | [`Summarize`]      | REST | IncidentRepo | a summary as finished JSON, or why not  |
//! | [`DatabaseStatus`] | REST | IncidentRepo | whether the database answers            |

use actix::Message;
use bytes::Bytes;

use crate::gateway::{
    model::{
        check::Check,
        incident::{IncidentFilter, Period},
    },
    storage::error::RepoError,
};

/// How many incidents has each service?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Bytes, RepoError>")]
pub struct CountByService;

/// Which incidents are there?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Bytes, RepoError>")]
pub struct ListIncidents(pub IncidentFilter);

/// How fast were incidents answered?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Bytes, RepoError>")]
pub struct Summarize(pub Period);

/// Does the database answer?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Check")]
pub struct DatabaseStatus;
