//! A timer that is moved often and goes off rarely.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::rt::time::{Instant, Sleep, sleep_until};

/// Goes off at a deadline, or before it. Moving it costs a timer operation: that is done when it would go off too late, or
/// has gone off too early.
pub(super) struct Alarm(Pin<Box<Sleep>>);

impl Alarm {
    pub(super) fn new(due: Instant) -> Self {
        Self(Box::pin(sleep_until(due)))
    }

    /// Whether it is too late. If not, the task is woken when it is.
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
