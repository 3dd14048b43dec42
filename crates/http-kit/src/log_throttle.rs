//! Limits log lines that a client can cause: one per subject, and a number per minute.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Remembered subjects; the oldest is forgotten first.
const MAX_SUBJECTS: usize = 128;
/// Lines per minute.
const MAX_LINES: u32 = 10;
const MINUTE: Duration = Duration::from_secs(60);

/// What has been logged. Its memory is bounded by `MAX_SUBJECTS` subjects, which the caller keeps short.
#[derive(Debug, Default)]
pub struct LogThrottle(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    subjects: VecDeque<Box<str>>,
    minute: Option<Instant>,
    lines: u32,
}

impl LogThrottle {
    /// Whether to write a line about `subject` now; true once per subject.
    pub fn admits(&self, subject: &str) -> bool {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.admits(subject, Instant::now())
    }
}

impl Log {
    fn admits(&mut self, subject: &str, now: Instant) -> bool {
        if self.subjects.iter().any(|known| **known == *subject) {
            return false;
        }
        if self.minute.is_none_or(|began| now - began >= MINUTE) {
            (self.minute, self.lines) = (Some(now), 0);
        }
        if self.lines == MAX_LINES {
            return false;
        }
        self.lines += 1;
        if self.subjects.len() == MAX_SUBJECTS {
            self.subjects.pop_front();
        }
        self.subjects.push_back(subject.into());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_is_due_once() {
        let throttle = LogThrottle::default();
        assert!(throttle.admits("a"));
        assert!(throttle.admits("b"));
        assert!(!throttle.admits("a"));
    }

    #[test]
    fn many_subjects_have_few_lines_and_little_memory() {
        let (mut log, began) = (Log::default(), Instant::now());
        let mut lines = 0;
        for second in 0..3600 {
            for nth in 0..10 {
                let now = began + Duration::from_secs(second);
                lines += u32::from(log.admits(&format!("{second} {nth}"), now));
            }
        }
        assert_eq!(lines, 60 * MAX_LINES);
        assert_eq!(log.subjects.len(), MAX_SUBJECTS);
    }
}
