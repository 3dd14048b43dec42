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
pub type Later<E> = oneshot::Receiver<Result<Bytes, E>>;

/// Answers by question: those being fetched, and those still fresh.
#[derive(Debug)]
pub struct SharedAnswers<Q, E> {
    waiting: HashMap<Q, Vec<oneshot::Sender<Result<Bytes, E>>>>,
    kept: HashMap<Q, Kept>,
    kept_bytes: usize,
    limits: Limits,
}

/// How long and how many answers are kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long an answer is fresh.
    pub fresh_for: Duration,
    /// Answers kept at most.
    pub answers: usize,
    /// Bytes kept at most.
    pub bytes: usize,
    /// Different questions in flight at most.
    pub in_flight: usize,
}

#[derive(Debug)]
struct Kept {
    answer: Bytes,
    until: Instant,
}

/// What to do about a question.
#[derive(Debug)]
pub enum Turn<E> {
    /// Nothing: here is the answer.
    Known(Bytes),
    /// Somebody has asked already: wait with him.
    Wait(Later<E>),
    /// Fetch the answer, give it to [`SharedAnswers::settle`], and wait for it like the others.
    Fetch(Later<E>),
    /// Too many different questions are in flight.
    Refused,
}

impl<Q: Clone + Eq + Hash, E: Clone> SharedAnswers<Q, E> {
    /// No answers yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            waiting: HashMap::new(),
            kept: HashMap::new(),
            kept_bytes: 0,
            limits,
        }
    }

    /// Takes a question.
    pub fn ask(&mut self, question: &Q, now: Instant) -> Turn<E> {
        if let Some(kept) = self.kept.get(question).filter(|kept| now < kept.until) {
            return Turn::Known(kept.answer.clone());
        }
        let (sender, later) = oneshot::channel();
        if let Some(waiting) = self.waiting.get_mut(question) {
            waiting.push(sender);
            return Turn::Wait(later);
        }
        if self.waiting.len() >= self.limits.in_flight {
            return Turn::Refused;
        }
        self.waiting.insert(question.clone(), vec![sender]);
        Turn::Fetch(later)
    }

    /// Gives the answer to all who wait for it, and keeps it for a while unless it is an error.
    pub fn settle(&mut self, question: &Q, answer: &Result<Bytes, E>, now: Instant) {
        for waiting in self.waiting.remove(question).unwrap_or_default() {
            // Refused: he has gone away meanwhile.
            let _ = waiting.send(answer.clone());
        }
        self.forget_stale(now);
        if let Ok(answer) = answer {
            self.keep(question, answer, now);
        }
    }

    /// Drops the answers that are no longer fresh.
    pub fn forget_stale(&mut self, now: Instant) {
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

    fn answers() -> SharedAnswers<u32, &'static str> {
        SharedAnswers::new(Limits {
            fresh_for: SECOND,
            answers: 3,
            bytes: 10,
            in_flight: 4,
        })
    }

    fn is_fetch(turn: &Turn<&'static str>) -> bool {
        matches!(turn, Turn::Fetch(_))
    }

    #[test]
    fn a_hundred_who_ask_the_same_share_one_query() {
        let (mut answers, now) = (answers(), Instant::now());
        let turns: Vec<_> = (0..100).map(|_| answers.ask(&1, now)).collect();
        assert_eq!(turns.iter().filter(|turn| is_fetch(turn)).count(), 1);

        answers.settle(&1, &Ok("a".into()), now);
        for turn in turns {
            let (Turn::Fetch(mut later) | Turn::Wait(mut later)) = turn else {
                panic!("{turn:?}");
            };
            assert_eq!(later.try_recv().unwrap(), Ok("a".into()));
        }
    }

    #[test]
    fn an_answer_is_kept_for_its_time_and_no_longer() {
        let (mut answers, now) = (answers(), Instant::now());
        assert!(is_fetch(&answers.ask(&1, now)));
        answers.settle(&1, &Ok("a".into()), now);
        let almost = now + SECOND - Duration::from_nanos(1);
        assert!(matches!(answers.ask(&1, almost), Turn::Known(a) if a == "a"));
        assert!(is_fetch(&answers.ask(&1, now + SECOND)));
    }

    #[test]
    fn different_questions_have_different_answers() {
        let (mut answers, now) = (answers(), Instant::now());
        assert!(is_fetch(&answers.ask(&1, now)));
        assert!(is_fetch(&answers.ask(&2, now)));
        answers.settle(&1, &Ok("a".into()), now);
        assert!(matches!(answers.ask(&2, now), Turn::Wait(_)));
    }

    #[test]
    fn an_error_is_told_to_those_who_wait_and_not_kept() {
        let (mut answers, now) = (answers(), Instant::now());
        let Turn::Fetch(mut later) = answers.ask(&1, now) else {
            panic!("nobody has asked before");
        };
        answers.settle(&1, &Err("gone"), now);
        assert_eq!(later.try_recv().unwrap(), Err("gone"));
        assert!(is_fetch(&answers.ask(&1, now)));
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
            assert!(is_fetch(&answers.ask(&question, now)));
        }
        assert!(matches!(answers.ask(&4, now), Turn::Refused));
        assert!(matches!(answers.ask(&3, now), Turn::Wait(_)));
    }
}
