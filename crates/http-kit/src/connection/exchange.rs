//! What a connection waits for, as its requests tell it.

use std::{cell::Cell, task::Waker, time::Duration};

use actix_web::rt::time::Instant;

/// Body bytes that are read ahead of a handler that does not ask for them.
const READ_AHEAD: usize = 32 * 1024;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// A request's head, or the end of the connection.
    Head,
    /// A request's body. Its handler is at work.
    Body,
    /// Its own answer: what comes meanwhile belongs to later requests and stays in the kernel.
    Answer,
    /// The end: the answer was given without the rest of the request's body.
    End,
}

/// The state that a [`super::Connection`] and the requests on it share.
pub(super) struct Exchange {
    phase: Cell<Phase>,
    /// The answer comes before the end of the body.
    cut_short: Cell<bool>,
    /// Requests that have begun.
    begun: Cell<u64>,
    changed_at: Cell<Instant>,
    body_deadline: Duration,
    /// Bytes that came since the handler last asked for some of the body.
    ahead: Cell<usize>,
    /// Who would read on.
    held: Cell<Option<Waker>>,
    /// The client does not take its answers as fast as they come, or asks for more before it has.
    behind: Cell<bool>,
    /// Answers nothing but probes.
    for_probes: bool,
}

impl Exchange {
    pub(super) fn new(body_deadline: Duration, for_probes: bool) -> Self {
        Self {
            phase: Cell::new(Phase::Head),
            cut_short: Cell::new(false),
            begun: Cell::new(0),
            changed_at: Cell::new(Instant::now()),
            body_deadline,
            ahead: Cell::new(0),
            held: Cell::new(None),
            behind: Cell::new(false),
            for_probes,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// How many requests have begun.
    pub(super) fn begun(&self) -> u64 {
        self.begun.get()
    }

    /// When the last request began or, once it is answered, when that was.
    pub(super) fn changed_at(&self) -> Instant {
        self.changed_at.get()
    }

    /// How long a body may take.
    pub(super) fn body_deadline(&self) -> Duration {
        self.body_deadline
    }

    /// The client has not taken what it was given, or sends the next request already.
    pub(super) fn fall_behind(&self) {
        self.behind.set(true);
    }

    /// The client has taken all of its answers, as far as is known, and asks for no more.
    pub(super) fn catch_up(&self) {
        self.behind.set(false);
    }

    /// Whether what is given to the client may have to wait here.
    pub(super) fn is_behind(&self) -> bool {
        self.behind.get()
    }

    /// Whether the connection was let in for a probe only, above the limit.
    pub(super) fn for_probes(&self) -> bool {
        self.for_probes
    }

    /// A request begins.
    pub(super) fn begin(&self, has_body: bool) {
        self.begun.set(self.begun.get() + 1);
        self.cut_short.set(false);
        self.changed_at.set(Instant::now());
        self.ahead.set(0);
        self.phase
            .set(if has_body { Phase::Body } else { Phase::Answer });
    }

    /// The handler has asked for more of the body.
    pub(super) fn body_wanted(&self) {
        self.ahead.set(0);
        self.read_on();
    }

    /// Bytes have come that may be the body's.
    pub(super) fn body_came(&self, bytes: usize) {
        self.ahead.set(self.ahead.get() + bytes);
    }

    /// Whether enough of the body waits for the handler.
    pub(super) fn is_ahead(&self) -> bool {
        self.ahead.get() >= READ_AHEAD
    }

    /// The body is there.
    pub(super) fn body_ended(&self) {
        if self.phase.get() == Phase::Body {
            self.phase.set(Phase::Answer);
        }
    }

    /// The answer begins; the rest of the body, if there is one, will not be read.
    pub(super) fn answered(&self) {
        if self.phase.get() == Phase::Body {
            self.cut_short.set(true);
            self.phase.set(Phase::Answer);
        }
    }

    /// The answer has been handed over.
    pub(super) fn end(&self) {
        let cut_short = self.cut_short.get() || self.phase.get() == Phase::Body;
        self.phase
            .set(if cut_short { Phase::End } else { Phase::Head });
        self.changed_at.set(Instant::now());
        self.read_on();
    }

    /// Remembers who would read on.
    pub(super) fn hold(&self, reader: &Waker) {
        self.held.set(Some(reader.clone()));
    }

    /// Wakes who was held.
    pub(super) fn read_on(&self) {
        if let Some(reader) = self.held.take() {
            reader.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        Exchange::new(Duration::from_secs(30), false)
    }

    #[test]
    fn a_request_without_a_body_leads_back_to_the_next_head() {
        let exchange = exchange();
        exchange.begin(false);
        assert_eq!(exchange.phase(), Phase::Answer);
        exchange.answered();
        exchange.end();
        assert_eq!((exchange.phase(), exchange.begun()), (Phase::Head, 1));
    }

    #[test]
    fn an_answer_before_the_end_of_the_body_is_the_connection_s_last() {
        let exchange = exchange();
        exchange.begin(true);
        assert_eq!(exchange.phase(), Phase::Body);
        exchange.answered();
        assert_eq!(exchange.phase(), Phase::Answer);
        exchange.end();
        assert_eq!(exchange.phase(), Phase::End);
    }

    #[test]
    fn a_body_that_was_read_is_not() {
        let exchange = exchange();
        exchange.begin(true);
        exchange.body_came(READ_AHEAD);
        assert!(exchange.is_ahead());
        exchange.body_wanted();
        assert!(!exchange.is_ahead());
        exchange.body_ended();
        exchange.answered();
        exchange.end();
        assert_eq!(exchange.phase(), Phase::Head);
    }
}
