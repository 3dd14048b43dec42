//! One question in flight for all who ask it, and its answer for those who come a moment later. Plain state, no clock
//! and no actor of its own: `IncidentRepo` keeps one.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::oneshot;

/// What comes of a question, later.
pub(super) type Later<E> = oneshot::Receiver<Result<Bytes, E>>;

/// Answers by question: those being fetched, and those still fresh. `Q` is a question, `C` who asks.
#[derive(Debug)]
pub(super) struct SharedAnswers<Q, C, E> {
    waiting: HashMap<Q, Waiting<C, E>>,
    /// How often a question has begun to be waited for.
    begun: u64,
    kept: HashMap<Q, Kept>,
    kept_bytes: usize,
    limits: Limits,
}

/// Those who wait for an answer.
#[derive(Debug)]
struct Waiting<C, E> {
    /// Tells it from those who have waited for the same question before.
    number: u64,
    /// It is being fetched. Until then, each client waits for his own turn: another's may come much later.
    fetched: bool,
    clients: HashMap<C, Vec<oneshot::Sender<Result<Bytes, E>>>>,
}

/// How long and how many answers are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How long an answer is fresh.
    pub(super) fresh_for: Duration,
    /// Answers kept at most.
    pub(super) answers: usize,
    /// Bytes kept at most.
    pub(super) bytes: usize,
    /// Different questions in flight at most.
    pub(super) in_flight: usize,
}

#[derive(Debug)]
struct Kept {
    answer: Bytes,
    until: Instant,
}

/// What to do about a question.
#[derive(Debug)]
pub(super) enum Turn<E> {
    /// Nothing: here is the answer.
    Known(Bytes),
    /// It is being fetched, or this client has asked already: wait with the others.
    Wait(Later<E>),
    /// Wait for the client's turn to fetch the answer. When it comes, and [`SharedAnswers::fetch`] says so, fetch it and
    /// give it to [`SharedAnswers::settle`]; if it does not come, tell [`SharedAnswers::give_up`] the number.
    Queue(Later<E>, u64),
    /// Too many different questions are in flight.
    Refused,
}

impl<Q: Clone + Eq + Hash, C: Eq + Hash, E: Clone> SharedAnswers<Q, C, E> {
    /// No answers yet.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            waiting: HashMap::new(),
            begun: 0,
            kept: HashMap::new(),
            kept_bytes: 0,
            limits,
        }
    }

    /// Takes a question.
    pub(super) fn ask(&mut self, question: &Q, client: C, now: Instant) -> Turn<E> {
        if let Some(kept) = self.kept.get(question).filter(|kept| now < kept.until) {
            return Turn::Known(kept.answer.clone());
        }
        if !self.waiting.contains_key(question) && self.waiting.len() >= self.limits.in_flight {
            return Turn::Refused;
        }
        let begun = &mut self.begun;
        let waiting = self.waiting.entry(question.clone()).or_insert_with(|| {
            *begun += 1;
            Waiting {
                number: *begun,
                fetched: false,
                clients: HashMap::new(),
            }
        });
        let has_asked = waiting.clients.contains_key(&client);
        let (sender, later) = oneshot::channel();
        waiting.clients.entry(client).or_default().push(sender);
        if waiting.fetched || has_asked {
            Turn::Wait(later)
        } else {
            Turn::Queue(later, waiting.number)
        }
    }

    /// A client's turn has come. False if the answer is being fetched, or known, by another's.
    pub(super) fn fetch(&mut self, question: &Q) -> bool {
        let waiting = self.waiting.get_mut(question);
        waiting.is_some_and(|waiting| !std::mem::replace(&mut waiting.fetched, true))
    }

    /// A client's turn does not come: those of this client are told why, unless the answer is being fetched, or has been
    /// and is waited for anew.
    pub(super) fn give_up(&mut self, question: &Q, number: u64, client: &C, error: &E) {
        let waiting = self.waiting.get_mut(question);
        let waiting = waiting.filter(|waiting| waiting.number == number && !waiting.fetched);
        let Some(waiting) = waiting else {
            return;
        };
        for sender in waiting.clients.remove(client).unwrap_or_default() {
            let _ = sender.send(Err(error.clone()));
        }
        if waiting.clients.is_empty() {
            self.waiting.remove(question);
        }
    }

    /// Gives the answer to all who wait for it, and keeps it for a while unless it is an error.
    pub(super) fn settle(&mut self, question: &Q, answer: &Result<Bytes, E>, now: Instant) {
        let waiting = self.waiting.remove(question);
        for sender in waiting
            .into_iter()
            .flat_map(|waiting| waiting.clients.into_values().flatten())
        {
            // Refused: he has gone away meanwhile.
            let _ = sender.send(answer.clone());
        }
        self.forget_stale(now);
        if let Ok(answer) = answer {
            self.keep(question, answer, now);
        }
    }

    /// Drops the answers that are no longer fresh.
    pub(super) fn forget_stale(&mut self, now: Instant) {
        self.kept.retain(|_, kept| now < kept.until);
        self.kept_bytes = self.kept.values().map(|kept| kept.answer.len()).sum();
    }

    fn keep(&mut self, question: &Q, answer: &Bytes, now: Instant) {
        let fits = self.kept.len() < self.limits.answers
            && self.kept_bytes + answer.len() <= self.limits.bytes;
        if fits && !self.limits.fresh_for.is_zero() {
            self.kept_bytes += answer.len();
            let kept = Kept {
                answer: answer.clone(),
                until: now + self.limits.fresh_for,
            };
            self.kept.insert(question.clone(), kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn answers() -> SharedAnswers<u32, char, &'static str> {
        SharedAnswers::new(Limits {
            fresh_for: SECOND,
            answers: 3,
            bytes: 10,
            in_flight: 4,
        })
    }

    fn is_queue(turn: &Turn<&'static str>) -> bool {
        matches!(turn, Turn::Queue(..))
    }

    #[test]
    fn a_hundred_who_ask_the_same_share_one_query() {
        let (mut answers, now) = (answers(), Instant::now());
        let turns: Vec<_> = (0..100).map(|_| answers.ask(&1, 'a', now)).collect();
        assert_eq!(turns.iter().filter(|turn| is_queue(turn)).count(), 1);

        answers.settle(&1, &Ok("a".into()), now);
        for turn in turns {
            let (Turn::Queue(mut later, _) | Turn::Wait(mut later)) = turn else {
                panic!("{turn:?}");
            };
            assert_eq!(later.try_recv().unwrap(), Ok("a".into()));
        }
    }

    #[test]
    fn another_client_waits_for_his_own_turn_until_the_answer_is_fetched() {
        let (mut answers, now) = (answers(), Instant::now());
        let Turn::Queue(mut first, number) = answers.ask(&1, 'a', now) else {
            panic!("nobody has asked before");
        };
        let Turn::Queue(mut second, _) = answers.ask(&1, 'b', now) else {
            panic!("the first one's turn may come late");
        };
        answers.give_up(&1, number, &'a', &"busy");
        assert_eq!(first.try_recv().unwrap(), Err("busy"));
        assert!(answers.fetch(&1));
        let Turn::Wait(mut third) = answers.ask(&1, 'c', now) else {
            panic!("it is being fetched");
        };
        // Too late to give up, and fetched once only.
        answers.give_up(&1, number, &'b', &"busy");
        assert!(!answers.fetch(&1));
        answers.settle(&1, &Ok("a".into()), now);
        for later in [&mut second, &mut third] {
            assert_eq!(later.try_recv().unwrap(), Ok("a".into()));
        }
        assert!(!answers.fetch(&2));
    }

    #[test]
    fn a_turn_that_came_too_late_does_not_end_the_same_question_asked_anew() {
        let (mut answers, now) = (answers(), Instant::now());
        let Turn::Queue(_, late) = answers.ask(&1, 'a', now) else {
            panic!("nobody has asked before");
        };
        assert!(answers.fetch(&1), "another client's turn came first");
        answers.settle(&1, &Err("gone"), now);
        let Turn::Queue(mut anew, _) = answers.ask(&1, 'a', now) else {
            panic!("an error is not kept");
        };
        answers.give_up(&1, late, &'a', &"busy");
        assert!(anew.try_recv().is_err(), "it still waits");
    }

    #[test]
    fn an_answer_is_kept_for_its_time_and_no_longer() {
        let (mut answers, now) = (answers(), Instant::now());
        assert!(is_queue(&answers.ask(&1, 'a', now)));
        answers.settle(&1, &Ok("a".into()), now);
        let almost = now + SECOND - Duration::from_nanos(1);
        assert!(matches!(answers.ask(&1, 'a', almost), Turn::Known(a) if a == "a"));
        assert!(is_queue(&answers.ask(&1, 'a', now + SECOND)));
    }

    #[test]
    fn different_questions_have_different_answers() {
        let (mut answers, now) = (answers(), Instant::now());
        assert!(is_queue(&answers.ask(&1, 'a', now)));
        assert!(is_queue(&answers.ask(&2, 'a', now)));
        answers.settle(&1, &Ok("a".into()), now);
        assert!(matches!(answers.ask(&2, 'a', now), Turn::Wait(_)));
    }

    #[test]
    fn an_error_is_told_to_those_who_wait_and_not_kept() {
        let (mut answers, now) = (answers(), Instant::now());
        let Turn::Queue(mut later, _) = answers.ask(&1, 'a', now) else {
            panic!("nobody has asked before");
        };
        answers.settle(&1, &Err("gone"), now);
        assert_eq!(later.try_recv().unwrap(), Err("gone"));
        assert!(is_queue(&answers.ask(&1, 'a', now)));
    }

    #[test]
    fn what_is_kept_is_bounded_in_number_and_bytes_and_makes_room_when_stale() {
        let (mut answers, now) = (answers(), Instant::now());
        for question in 0..10 {
            answers.settle(&question, &Ok("a".into()), now);
        }
        assert_eq!(answers.kept.len(), 3);
        answers.settle(&10, &Ok("12345678901".into()), now + SECOND);
        assert_eq!((answers.kept.len(), answers.kept_bytes), (0, 0));
        answers.settle(&11, &Ok("1234567890".into()), now + SECOND);
        assert_eq!((answers.kept.len(), answers.kept_bytes), (1, 10));
    }

    #[test]
    fn what_is_in_flight_is_bounded() {
        let (mut answers, now) = (answers(), Instant::now());
        for question in 0..4 {
            assert!(is_queue(&answers.ask(&question, 'a', now)));
        }
        assert!(matches!(answers.ask(&4, 'a', now), Turn::Refused));
        assert!(matches!(answers.ask(&3, 'a', now), Turn::Wait(_)));
    }
}
