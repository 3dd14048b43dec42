//! What the actors of the stream say to each other, and what the routes may ask them.
//!
//! | message             | from       | to         | reply                                    |
//! |---------------------|------------|------------|------------------------------------------|
//! | [`RegisterRelay`]   | Relay      | a hub      | –                                        |
//! | [`Deliver`]         | a hub      | Relay      | –                                        |
//! | [`LatestFrame`]     | REST       | a hub      | the frame, or none before the first poll |
//! | [`PollerStatus`]    | readiness  | PromPoller | how it and Prometheus are                |
//! | [`LastInstants`]    | REST       | PromPoller | the answers of the last beat             |

use std::sync::{Arc, atomic::AtomicUsize};

use actix::{Message, Recipient};

use super::socket::{frame::Frame, pinned::KeepFrom};
use crate::messages::{check::Check, snapshot::Snapshot};

/// A worker's relay wants a channel's frames, the latest one at once.
#[derive(Message)]
#[rtype(result = "()")]
pub struct RegisterRelay {
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
#[rtype(result = "Option<LentFrame>")]
pub struct LatestFrame;

/// The answer to [`LatestFrame`].
pub struct LentFrame {
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

/// What did the last beat's instant queries bring?
#[derive(Message)]
#[rtype(result = "Option<Snapshot>")]
pub struct LastInstants;
