//! What features say to each other, and the values in it. What is said within a feature stands in the feature.
//!
//! | message           | from               | to                                          |
//! |-------------------|--------------------|---------------------------------------------|
//! | [`Publish`]       | PromPoller         | a hub; for alerts, AlertmanagerPoller       |
//! | [`Publish`]       | AlertmanagerPoller | AlertHub                                    |
//! | [`PollAlertsNow`] | the webhook        | PromPoller                                  |

pub mod channel;
pub mod check;
pub mod snapshot;
pub mod source;

use std::marker::PhantomData;

use actix::Message;

use snapshot::Snapshot;

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

/// Something has happened to alerts: look at them now, not at the next beat.
#[derive(Message)]
#[rtype(result = "()")]
pub struct PollAlertsNow;
