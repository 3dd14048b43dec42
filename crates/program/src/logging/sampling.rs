//! Limits how many lines each call in the code may write. Otherwise a client could cause any number of lines.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use log::{Level, Record};

/// Lines are counted per window of this length.
pub(super) const WINDOW: Duration = Duration::from_secs(10);
/// Lines of one call within [`WINDOW`] that differ only in digits.
const MAX_SIMILAR_LINES: u32 = 5;
/// Lines of one call within [`WINDOW`].
const MAX_LINES: u32 = 60;

/// File and line of a call.
type CallSite = (&'static str, u32);

/// Counts the lines of each call in the code. The number of calls bounds its memory.
#[derive(Default)]
pub(super) struct Sampler {
    windows: Mutex<BTreeMap<CallSite, Window>>,
    withheld: AtomicU64,
}

/// The lines of one call since `began`.
struct Window {
    began: Instant,
    lines: u32,
    /// Counts by a hash of the line without its digits.
    similar: BTreeMap<u64, u32>,
    withheld: Option<Summary>,
}

/// What to write for a record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Admitted {
    /// The lines withheld in the window before, to be reported first.
    pub(super) before: Option<Summary>,
    /// Whether to write the record itself.
    pub(super) written: bool,
}

/// The withheld records of one call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) level: Level,
    pub(super) target: String,
    count: u64,
    /// The message of the first one.
    text: String,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = WINDOW.as_secs();
        let (count, text) = (self.count, &self.text);
        write!(
            f,
            "{count} more of this kind within {seconds} s, the first: {text}"
        )
    }
}

impl Sampler {
    /// Decides on a record with the message `text`.
    pub(super) fn admit(&self, record: &Record<'_>, text: &str, now: Instant) -> Admitted {
        let site = (
            record.file_static().unwrap_or_default(),
            record.line().unwrap_or_default(),
        );
        let mut windows = self.lock();
        let window = match windows.entry(site) {
            Entry::Vacant(new) => new.insert(Window::new(now)),
            Entry::Occupied(known) => known.into_mut(),
        };
        let before = window.ended(now);
        let written = window.admit(text);
        if !written {
            self.withheld.fetch_add(1, Ordering::Relaxed);
            let summary = window.withheld.get_or_insert_with(|| Summary {
                level: record.level(),
                target: record.target().to_owned(),
                count: 0,
                text: text.to_owned(),
            });
            summary.count += 1;
        }
        Admitted { before, written }
    }

    /// The withheld records of the windows that have ended.
    pub(super) fn ended(&self, now: Instant) -> Vec<Summary> {
        let mut windows = self.lock();
        let ended = windows.values_mut().filter_map(|window| window.ended(now));
        ended.collect()
    }

    /// Records withheld since the start.
    pub(super) fn withheld(&self) -> u64 {
        self.withheld.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<CallSite, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn new(began: Instant) -> Self {
        Self {
            began,
            lines: 0,
            similar: BTreeMap::new(),
            withheld: None,
        }
    }

    /// Starts the next window if this one is over, and returns what was withheld.
    fn ended(&mut self, now: Instant) -> Option<Summary> {
        if now.saturating_duration_since(self.began) < WINDOW {
            return None;
        }
        std::mem::replace(self, Self::new(now)).withheld
    }

    fn admit(&mut self, text: &str) -> bool {
        if self.lines == MAX_LINES {
            return false;
        }
        let similar = self.similar.entry(hash_without_numbers(text)).or_default();
        if *similar == MAX_SIMILAR_LINES {
            return false;
        }
        *similar += 1;
        self.lines += 1;
        true
    }
}

fn hash_without_numbers(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for byte in text.bytes().filter(|byte| !byte.is_ascii_digit()) {
        byte.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(sampler: &Sampler, line: u32, text: &str, now: Instant) -> Admitted {
        let mut record = Record::builder();
        record.level(Level::Error).target("x");
        record.file_static(Some("x.rs")).line(Some(line));
        sampler.admit(&record.build(), text, now)
    }

    #[test]
    fn the_same_is_written_a_few_times_and_then_counted() {
        let (sampler, now) = (Sampler::default(), Instant::now());
        let written = (0..1_470)
            .filter(|number| admit(&sampler, 1, &format!("request {number} failed"), now).written);
        assert_eq!(written.count(), 5);
        assert_eq!(sampler.withheld(), 1_465);
        // Another call, and another message of the same call, are written all the same.
        assert!(admit(&sampler, 2, "request 1 failed", now).written);
        assert!(admit(&sampler, 1, "the disk is full", now).written);

        let later = now + WINDOW;
        let next = admit(&sampler, 1, "request 1 failed", later);
        assert!(next.written);
        let message = next.before.unwrap().to_string();
        assert_eq!(
            message,
            "1465 more of this kind within 10 s, the first: request 5 failed"
        );
        assert_eq!(sampler.ended(later + WINDOW), []);
    }

    #[test]
    fn messages_that_differ_each_time_are_counted_too_and_reported_when_it_is_quiet() {
        let (sampler, now) = (Sampler::default(), Instant::now());
        let word = |number: u32| char::from_u32(0x4e00 + number).unwrap().to_string();
        let written = (0..1_000).filter(|number| admit(&sampler, 1, &word(*number), now).written);
        assert_eq!(written.count(), 60);
        assert_eq!(sampler.ended(now), []);
        let summaries = sampler.ended(now + WINDOW);
        assert!(matches!(
            &summaries[..],
            [Summary {
                count: 940,
                level: Level::Error,
                ..
            }]
        ));
        assert_eq!(sampler.ended(now + WINDOW * 2), []);
    }
}
