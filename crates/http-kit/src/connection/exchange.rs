//! The state of the request on a connection: it decides which deadline applies.

use std::{cell::Cell, task::Waker, time::Duration};

use actix_web::rt::time::Instant;

/// Bytes of a body that are read before its handler asks for them.
const READ_AHEAD: usize = 32 * 1024;

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// For the head of a request, or the end of the connection.
    Head,
    /// For the body of a request, whose handler runs.
    Body,
    /// For its own answer. What the client sends meanwhile belongs to later requests and stays in the kernel.
    Answer,
    /// For its end: the answer was sent before the body of the request ended.
    End,
}

/// The state that a connection and its requests share.
pub(super) struct Exchange {
    phase: Cell<Phase>,
    /// The answer started before the end of the body.
    cut_short: Cell<bool>,
    /// Requests that have started.
    begun: Cell<u64>,
    changed_at: Cell<Instant>,
    body_deadline: Duration,
    /// Bytes that arrived since the handler last asked for a part of the body.
    ahead: Cell<usize>,
    /// The task that reads when the hold ends.
    held: Cell<Option<Waker>>,
    /// The client reads its answers too slowly, or sends requests before it has read them.
    behind: Cell<bool>,
    /// Only probes are answered.
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

    /// Requests that have started.
    pub(super) fn begun(&self) -> u64 {
        self.begun.get()
    }

    /// When the last request started or, once it is answered, ended.
    pub(super) fn changed_at(&self) -> Instant {
        self.changed_at.get()
    }

    /// The deadline of a body.
    pub(super) fn body_deadline(&self) -> Duration {
        self.body_deadline
    }

    /// Records that the client reads too slowly, or sends the next request already.
    pub(super) fn fall_behind(&self) {
        self.behind.set(true);
    }

    /// Records that the client has read all of its answers and has sent no request since.
    pub(super) fn catch_up(&self) {
        self.behind.set(false);
    }

    /// Whether the client is behind.
    pub(super) fn is_behind(&self) -> bool {
        self.behind.get()
    }

    /// Whether the connection was admitted above the limit, for a probe.
    pub(super) fn for_probes(&self) -> bool {
        self.for_probes
    }

    /// Starts a request.
    pub(super) fn begin(&self, has_body: bool) {
        self.begun.set(self.begun.get() + 1);
        self.cut_short.set(false);
        self.changed_at.set(Instant::now());
        self.ahead.set(0);
        self.phase
            .set(if has_body { Phase::Body } else { Phase::Answer });
    }

    /// Records that the handler asks for more of the body.
    pub(super) fn body_wanted(&self) {
        self.ahead.set(0);
        self.read_on();
    }

    /// Records bytes that may belong to the body.
    pub(super) fn body_arrived(&self, bytes: usize) {
        self.ahead.set(self.ahead.get() + bytes);
    }

    /// Whether enough of the body waits for its handler.
    pub(super) fn is_ahead(&self) -> bool {
        self.ahead.get() >= READ_AHEAD
    }

    /// Records the end of the body.
    pub(super) fn body_ended(&self) {
        if self.phase.get() == Phase::Body {
            self.phase.set(Phase::Answer);
        }
    }

    /// Records the start of the answer. The rest of the body will not be read.
    pub(super) fn answered(&self) {
        if self.phase.get() == Phase::Body {
            self.cut_short.set(true);
            self.phase.set(Phase::Answer);
        }
    }

    /// Records the end of the answer.
    pub(super) fn end(&self) {
        let cut_short = self.cut_short.get() || self.phase.get() == Phase::Body;
        self.phase
            .set(if cut_short { Phase::End } else { Phase::Head });
        self.changed_at.set(Instant::now());
        self.read_on();
    }

    /// Stores the task that reads when the hold ends.
    pub(super) fn hold(&self, reader: &Waker) {
        self.held.set(Some(reader.clone()));
    }

    /// Wakes the stored task.
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
        exchange.body_arrived(READ_AHEAD);
        assert!(exchange.is_ahead());
        exchange.body_wanted();
        assert!(!exchange.is_ahead());
        exchange.body_ended();
        exchange.answered();
        exchange.end();
        assert_eq!(exchange.phase(), Phase::Head);
    }
}
