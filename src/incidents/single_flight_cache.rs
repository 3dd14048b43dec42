//! One query in flight for all who ask the same, and its answer for those who ask a moment later. Plain state without a
//! clock and without an actor: `IncidentRepo` keeps one for each kind of query.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

/// The answer to a query, once it is there.
pub(super) type Pending<A, E> = oneshot::Receiver<Result<A, E>>;

/// Answers by query: those being fetched, and those still fresh. `Q` is a query, `C` a client, `A` an answer, which is cheap
/// to clone.
#[derive(Debug)]
pub(super) struct SingleFlightCache<Q, C, A, E> {
    in_flight: HashMap<Q, InFlight<C, A, E>>,
    /// How many queries have ever been in flight.
    begun: u64,
    fresh: HashMap<Q, Fresh<A>>,
    fresh_bytes: usize,
    limits: Limits,
}

/// A query without an answer yet.
#[derive(Debug)]
struct InFlight<C, A, E> {
    /// Distinguishes it from earlier flights of the same query.
    number: u64,
    /// True while it is fetched. Before that, each client waits for its own turn, since another's may come much later.
    fetching: bool,
    clients: HashMap<C, Vec<oneshot::Sender<Result<A, E>>>>,
}

/// The bounds of a cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How long an answer is fresh.
    pub(super) fresh_for: Duration,
    /// Fresh answers at most.
    pub(super) answers: usize,
    /// Bytes of fresh answers at most.
    pub(super) bytes: usize,
    /// Different queries in flight at most.
    pub(super) in_flight: usize,
}

#[derive(Debug)]
struct Fresh<A> {
    answer: A,
    bytes: usize,
    until: Instant,
}

/// What a client's query finds.
#[derive(Debug)]
pub(super) enum Lookup<A, E> {
    /// A fresh answer.
    Hit(A),
    /// The same query: it is being fetched, or this client has asked already. Wait for its answer.
    Joined(Pending<A, E>),
    /// Nothing. Wait for the client's turn to fetch the answer: when it comes, and [`SingleFlightCache::begin_fetch`] is
    /// true, fetch it and hand it to [`SingleFlightCache::settle`]; if it does not come, call
    /// [`SingleFlightCache::give_up`] with the number.
    Miss(Pending<A, E>, u64),
    /// Too many different queries in flight.
    Full,
}

impl<Q: Clone + Eq + Hash, C: Eq + Hash, A: Clone, E: Clone> SingleFlightCache<Q, C, A, E> {
    /// An empty cache.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            in_flight: HashMap::new(),
            begun: 0,
            fresh: HashMap::new(),
            fresh_bytes: 0,
            limits,
        }
    }

    /// Looks a client's query up, and enters it where there is no answer.
    pub(super) fn look_up(&mut self, query: &Q, client: C, now: Instant) -> Lookup<A, E> {
        if let Some(fresh) = self.fresh.get(query).filter(|fresh| now < fresh.until) {
            return Lookup::Hit(fresh.answer.clone());
        }
        if !self.in_flight.contains_key(query) && self.in_flight.len() >= self.limits.in_flight {
            return Lookup::Full;
        }
        let begun = &mut self.begun;
        let flight = self.in_flight.entry(query.clone()).or_insert_with(|| {
            *begun += 1;
            InFlight {
                number: *begun,
                fetching: false,
                clients: HashMap::new(),
            }
        });
        let has_asked = flight.clients.contains_key(&client);
        let (sender, pending) = oneshot::channel();
        flight.clients.entry(client).or_default().push(sender);
        if flight.fetching || has_asked {
            Lookup::Joined(pending)
        } else {
            Lookup::Miss(pending, flight.number)
        }
    }

    /// A client's turn has come. False if another client's turn came first: the answer is being fetched, or there.
    pub(super) fn begin_fetch(&mut self, query: &Q) -> bool {
        let flight = self.in_flight.get_mut(query);
        flight.is_some_and(|flight| !std::mem::replace(&mut flight.fetching, true))
    }

    /// A client's turn does not come: the requests of this client get the error, unless the answer is being fetched, or
    /// the query is in flight anew.
    pub(super) fn give_up(&mut self, query: &Q, number: u64, client: &C, error: &E) {
        let flight = self.in_flight.get_mut(query);
        let flight = flight.filter(|flight| flight.number == number && !flight.fetching);
        let Some(flight) = flight else {
            return;
        };
        for sender in flight.clients.remove(client).unwrap_or_default() {
            let _ = sender.send(Err(error.clone()));
        }
        if flight.clients.is_empty() {
            self.in_flight.remove(query);
        }
    }

    /// Hands the answer to all who wait for it, and keeps it while it is fresh, unless it is an error. `bytes` is its size
    /// in memory.
    pub(super) fn settle(&mut self, query: &Q, answer: &Result<A, E>, bytes: usize, now: Instant) {
        let flight = self.in_flight.remove(query);
        let clients = flight.into_iter().flat_map(|flight| flight.clients);
        for sender in clients.flat_map(|(_, senders)| senders) {
            // Refused: the request has been given up.
            let _ = sender.send(answer.clone());
        }
        self.forget_stale(now);
        if let Ok(answer) = answer {
            self.keep(query, answer, bytes, now);
        }
    }

    /// Drops the answers that are no longer fresh.
    pub(super) fn forget_stale(&mut self, now: Instant) {
        self.fresh.retain(|_, fresh| now < fresh.until);
        self.fresh_bytes = self.fresh.values().map(|fresh| fresh.bytes).sum();
    }

    fn keep(&mut self, query: &Q, answer: &A, bytes: usize, now: Instant) {
        let fits =
            self.fresh.len() < self.limits.answers && self.fresh_bytes + bytes <= self.limits.bytes;
        if fits && !self.limits.fresh_for.is_zero() {
            self.fresh_bytes += bytes;
            let fresh = Fresh {
                answer: answer.clone(),
                bytes,
                until: now + self.limits.fresh_for,
            };
            self.fresh.insert(query.clone(), fresh);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn answers() -> SingleFlightCache<u32, char, &'static str, &'static str> {
        SingleFlightCache::new(Limits {
            fresh_for: SECOND,
            answers: 3,
            bytes: 10,
            in_flight: 4,
        })
    }

    fn is_miss(found: &Lookup<&'static str, &'static str>) -> bool {
        matches!(found, Lookup::Miss(..))
    }

    #[test]
    fn a_hundred_who_ask_the_same_share_one_query() {
        let (mut answers, now) = (answers(), Instant::now());
        let turns: Vec<_> = (0..100).map(|_| answers.look_up(&1, 'a', now)).collect();
        assert_eq!(turns.iter().filter(|turn| is_miss(turn)).count(), 1);

        answers.settle(&1, &Ok("a"), 1, now);
        for turn in turns {
            let (Lookup::Miss(mut later, _) | Lookup::Joined(mut later)) = turn else {
                panic!("{turn:?}");
            };
            assert_eq!(later.try_recv().unwrap(), Ok("a"));
        }
    }

    #[test]
    fn another_client_waits_for_his_own_turn_until_the_answer_is_fetched() {
        let (mut answers, now) = (answers(), Instant::now());
        let Lookup::Miss(mut first, number) = answers.look_up(&1, 'a', now) else {
            panic!("nobody has asked before");
        };
        let Lookup::Miss(mut second, _) = answers.look_up(&1, 'b', now) else {
            panic!("the first one's turn may come late");
        };
        answers.give_up(&1, number, &'a', &"busy");
        assert_eq!(first.try_recv().unwrap(), Err("busy"));
        assert!(answers.begin_fetch(&1));
        let Lookup::Joined(mut third) = answers.look_up(&1, 'c', now) else {
            panic!("it is being fetched");
        };
        // Too late to give up, and fetched once only.
        answers.give_up(&1, number, &'b', &"busy");
        assert!(!answers.begin_fetch(&1));
        answers.settle(&1, &Ok("a"), 1, now);
        for later in [&mut second, &mut third] {
            assert_eq!(later.try_recv().unwrap(), Ok("a"));
        }
        assert!(!answers.begin_fetch(&2));
    }

    #[test]
    fn a_turn_that_came_too_late_does_not_end_the_same_question_asked_anew() {
        let (mut answers, now) = (answers(), Instant::now());
        let Lookup::Miss(_, late) = answers.look_up(&1, 'a', now) else {
            panic!("nobody has asked before");
        };
        assert!(answers.begin_fetch(&1), "another client's turn came first");
        answers.settle(&1, &Err("gone"), 1, now);
        let Lookup::Miss(mut anew, _) = answers.look_up(&1, 'a', now) else {
            panic!("an error is not kept");
        };
        answers.give_up(&1, late, &'a', &"busy");
        assert!(anew.try_recv().is_err(), "it still waits");
    }

    #[test]
    fn an_answer_is_kept_for_its_time_and_no_longer() {
        let (mut answers, now) = (answers(), Instant::now());
        assert!(is_miss(&answers.look_up(&1, 'a', now)));
        answers.settle(&1, &Ok("a"), 1, now);
        let almost = now + SECOND - Duration::from_nanos(1);
        assert!(matches!(answers.look_up(&1, 'a', almost), Lookup::Hit(a) if a == "a"));
        assert!(is_miss(&answers.look_up(&1, 'a', now + SECOND)));
    }

    #[test]
    fn different_questions_have_different_answers() {
        let (mut answers, now) = (answers(), Instant::now());
        assert!(is_miss(&answers.look_up(&1, 'a', now)));
        assert!(is_miss(&answers.look_up(&2, 'a', now)));
        answers.settle(&1, &Ok("a"), 1, now);
        assert!(matches!(answers.look_up(&2, 'a', now), Lookup::Joined(_)));
    }

    #[test]
    fn an_error_is_told_to_those_who_wait_and_not_kept() {
        let (mut answers, now) = (answers(), Instant::now());
        let Lookup::Miss(mut later, _) = answers.look_up(&1, 'a', now) else {
            panic!("nobody has asked before");
        };
        answers.settle(&1, &Err("gone"), 1, now);
        assert_eq!(later.try_recv().unwrap(), Err("gone"));
        assert!(is_miss(&answers.look_up(&1, 'a', now)));
    }

    #[test]
    fn what_is_kept_is_bounded_in_number_and_bytes_and_makes_room_when_stale() {
        let (mut answers, now) = (answers(), Instant::now());
        for question in 0..10 {
            answers.settle(&question, &Ok("a"), 1, now);
        }
        assert_eq!(answers.fresh.len(), 3);
        answers.settle(&10, &Ok("a"), 11, now + SECOND);
        assert_eq!((answers.fresh.len(), answers.fresh_bytes), (0, 0));
        answers.settle(&11, &Ok("a"), 10, now + SECOND);
        assert_eq!((answers.fresh.len(), answers.fresh_bytes), (1, 10));
    }

    #[test]
    fn what_is_in_flight_is_bounded() {
        let (mut answers, now) = (answers(), Instant::now());
        for question in 0..4 {
            assert!(is_miss(&answers.look_up(&question, 'a', now)));
        }
        assert!(matches!(answers.look_up(&4, 'a', now), Lookup::Full));
        assert!(matches!(answers.look_up(&3, 'a', now), Lookup::Joined(_)));
    }
}
