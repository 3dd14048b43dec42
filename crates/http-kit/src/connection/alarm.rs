//! A timer that is reset often and rarely expires.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::rt::time::{Instant, Sleep, sleep_until};

/// Expires at a deadline. A reset costs a timer operation, so the timer is reset only when it would expire too late, or has
/// expired too early.
pub(super) struct Alarm(Pin<Box<Sleep>>);

impl Alarm {
    pub(super) fn new(due: Instant) -> Self {
        Self(Box::pin(sleep_until(due)))
    }

    /// Whether `due` has passed. If not, wakes the task when it has.
    pub(super) fn is_late(&mut self, due: Instant, context: &mut Context<'_>) -> bool {
        if due < self.0.deadline() {
            self.0.as_mut().reset(due);
        }
        while let Poll::Ready(()) = self.0.as_mut().poll(context) {
            if due <= Instant::now() {
                return true;
            }
            self.0.as_mut().reset(due);
        }
        false
    }
}
