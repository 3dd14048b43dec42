//! Everything one gateway actor may say to another, and what the routes may ask them.
//!
//! | message             | from       | to           | reply                              |
//! |---------------------|------------|--------------|------------------------------------|
//! | [`Publish`]         | PromPoller | a hub, for alerts AlertmanagerPoller | –          |
//! | [`Publish`]         | AlertmanagerPoller | a hub | –                                 |
//! | [`Enlist`]          | Relay      | a hub        | –                                  |
//! | [`Deliver`]         | a hub      | Relay        | –                                  |
//! | [`LatestFrame`]     | REST       | a hub        | the frame, or none before the first poll |
//! | [`PollerStatus`]    | REST       | PromPoller   | how it and Prometheus are          |
//! | [`LookAgain`]       | REST       | PromPoller   | –                                  |
//! | [`LastInstants`]    | REST       | PromPoller   | the answers of the last beat       |
//! | [`CountByService`], [`ListIncidents`], [`Summarize`] | REST | IncidentRepo | finished JSON, or why not |
//! | [`AlertmanagerStatus`] | REST     | AlertmanagerPoller | whether Alertmanager answers   |
//! | [`DatabaseStatus`]  | REST       | IncidentRepo | whether the database answers       |

pub mod channel;
pub mod check;
pub mod snapshot;
pub mod source;

use std::{
    marker::PhantomData,
    sync::{Arc, atomic::AtomicUsize},
};

use actix::{Message, Recipient};
use bytes::Bytes;
use http_kit::client_address::ClientNetwork;

use crate::{
    incidents::{
        model::{IncidentFilter, Period},
        queries::error::RepoError,
    },
    messages::{check::Check, snapshot::Snapshot},
    stream::socket::{frame::Frame, pinned::KeepFrom},
};

/// A beat's answers for channel `C`.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Publish<C: 'static> {
    /// The answers.
    pub snapshot: Snapshot,
    channel: PhantomData<fn() -> C>,
}

impl<C> Publish<C> {
    /// Publishes `snapshot` on channel `C`.
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            snapshot,
            channel: PhantomData,
        }
    }
}

/// A worker's relay wants a channel's frames, the latest one at once.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Enlist {
    /// Where to.
    pub relay: Recipient<Deliver>,
    /// How many of its sessions take compressed frames, always.
    pub deflating: Arc<AtomicUsize>,
}

/// A frame for all sessions of a worker.
#[derive(Debug, Message, Clone, PartialEq)]
#[rtype(result = "()")]
pub struct Deliver(pub Arc<Frame>);

/// What is the latest frame?
#[derive(Message)]
#[rtype(result = "Option<Lent>")]
pub struct LatestFrame;

/// The answer to [`LatestFrame`].
pub struct Lent {
    /// The frame, which is watched.
    pub frame: Arc<Frame>,
    /// Tells when whoever is still at it must let it go.
    pub keep_from: KeepFrom,
}

/// How are you, and how is Prometheus?
#[derive(Message)]
#[rtype(result = "PollerReport")]
pub struct PollerStatus;

/// The answer to [`PollerStatus`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollerReport {
    /// Prometheus answers.
    pub prometheus: Check,
    /// The beat goes on.
    pub poller: Check,
}

/// Something has happened to alerts: look at them now, not at the next beat.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LookAgain;

/// What did the last beat's instant queries bring?
#[derive(Message)]
#[rtype(result = "Option<Snapshot>")]
pub struct LastInstants;

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

/// Does Alertmanager answer?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Check")]
pub struct AlertmanagerStatus;

/// Does the database answer?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Check")]
pub struct DatabaseStatus;
