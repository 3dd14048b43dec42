//! The log on stderr, as text or as JSON lines. Logging never waits for the reader, and each call in the code may write
//! only so many lines.

mod sampling;
mod telemetry;

use std::{borrow::Cow, fmt::Write, sync::OnceLock, thread, time::Instant};

use chrono::Utc;
use env_filter::Filter;
use log::{Level, Log as Logging, Metadata, Record};

use crate::{
    output::{self, Priority, escaped, is_printable},
    settings::log::{LogSettings, TARGET_ROOT},
    timestamp,
};
use sampling::{Sampler, Summary, WINDOW};

pub use telemetry::LogMetrics;

/// Longer messages are cut, in bytes.
const MAX_MESSAGE_BYTES: usize = 16 << 10;

/// The crates of this workspace. Their records carry `service_metrics::` before their own name, so that one filter,
/// `service_metrics=debug`, takes all of them, however the code is divided.
const WORKSPACE: &[&str] = &[
    "alerting",
    "drill",
    "http_kit",
    "lab",
    "mock_metrics",
    "program",
    "prometheus_api",
    "promql",
    "simulator",
];

static LOGGER: OnceLock<Logger> = OnceLock::new();

/// Starts logging. A second call, as tests make, changes nothing.
pub fn init(settings: &LogSettings) {
    // `LogSettings::check` has refused a filter that cannot be parsed; the empty filter logs errors.
    let filter = settings.parse_filter();
    let filter = filter.unwrap_or_else(|_| env_filter::Builder::new().build());
    let level = filter.filter();
    let logger: &'static Logger = LOGGER.get_or_init(|| Logger {
        filter,
        format: if settings.format == "json" {
            json_line
        } else {
            text_line
        },
        sampler: Sampler::default(),
    });
    if log::set_logger(logger).is_ok() {
        log::set_max_level(level);
        output::stderr().report_as(|text| match LOGGER.get() {
            Some(logger) => (logger.format)(Level::Warn, &qualified(module_path!()), text),
            None => format!("{text}\n"),
        });
        // If it cannot start, withheld lines are reported with the next line of their kind.
        let _ = thread::Builder::new()
            .name("log-summaries".to_owned())
            .spawn(|| logger.summarize_periodically());
    }
}

type Format = fn(Level, &str, &str) -> String;

struct Logger {
    filter: Filter,
    format: Format,
    sampler: Sampler,
}

impl Logger {
    fn write(&self, level: Level, target: &str, text: &str) {
        let priority = match level {
            Level::Error => Priority::Reserved,
            _ => Priority::Normal,
        };
        output::stderr().push((self.format)(level, target, cut(text)), priority);
    }

    fn write_summary(&self, summary: &Summary) {
        self.write(summary.level, &summary.target, &summary.to_string());
    }

    fn summarize_periodically(&self) {
        loop {
            thread::sleep(WINDOW);
            self.summarize(Instant::now());
        }
    }

    fn summarize(&self, now: Instant) {
        for summary in self.sampler.ended(now) {
            self.write_summary(&summary);
        }
    }
}

impl Logging for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = qualified(metadata.target());
        let metadata = Metadata::builder()
            .level(metadata.level())
            .target(&target)
            .build();
        self.filter.enabled(&metadata)
    }

    fn log(&self, record: &Record<'_>) {
        let target = qualified(record.target());
        let record = &Record::builder()
            .args(*record.args())
            .level(record.level())
            .target(&target)
            .module_path_static(record.module_path_static())
            .file_static(record.file_static())
            .line(record.line())
            .build();
        if !self.filter.matches(record) {
            return;
        }
        let text = record.args().to_string();
        // Debug and trace lines are never withheld.
        if record.level() <= Level::Info {
            let admitted = self.sampler.admit(record, &text, Instant::now());
            if let Some(summary) = &admitted.before {
                self.write_summary(summary);
            }
            if !admitted.written {
                return;
            }
        }
        self.write(record.level(), record.target(), &text);
    }

    /// Called at the end of the program: reports all withheld lines.
    fn flush(&self) {
        self.summarize(Instant::now() + WINDOW);
        output::flush();
    }
}

/// `service_metrics::program::output` for `program::output`; targets of other crates are unchanged.
fn qualified(target: &str) -> Cow<'_, str> {
    let name = target.split("::").next().unwrap_or(target);
    if WORKSPACE.contains(&name) {
        format!("{TARGET_ROOT}::{target}").into()
    } else {
        target.into()
    }
}

/// At most [`MAX_MESSAGE_BYTES`] bytes of `text`.
fn cut(text: &str) -> &str {
    let mut end = MAX_MESSAGE_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// One record is one line: text from outside can neither forge another record nor hide a part of this one.
fn text_line(level: Level, target: &str, text: &str) -> String {
    format!("[{} {level:<5} {target}] {}\n", now(), escaped(text))
}

fn json_line(level: Level, target: &str, text: &str) -> String {
    let record = serde_json::json!({
        "timestamp": now(),
        "level": level.as_str(),
        "target": target,
        "message": text,
    });
    let mut line = String::new();
    for c in record.to_string().chars() {
        if is_printable(c) {
            line.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
    }
    line + "\n"
}

fn now() -> String {
    timestamp::format(&Utc::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three kinds of line ends, a bidirectional override, and an invisible character beyond 16 bits.
    const HOSTILE: &str = "a\n\u{2028}\u{2029}b\u{202e}c\u{e0041}";

    #[test]
    fn as_text_a_hostile_message_is_one_line_that_shows_all_of_it() {
        let line = text_line(Level::Warn, "x", HOSTILE);
        assert!(
            line.ends_with(
                r"Z WARN  x] a\n\u{2028}\u{2029}b\u{202e}c\u{e0041}
"
            ),
            "{line}"
        );
    }

    #[test]
    fn as_json_it_is_escaped_and_the_same_when_parsed() {
        let line = json_line(Level::Error, "x", HOSTILE);
        assert!(line.is_ascii() && line.trim_end().chars().all(is_printable));
        let record: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(record["message"], HOSTILE);
        assert_eq!(record["level"], "ERROR");
    }

    #[test]
    fn records_of_all_our_crates_carry_one_name() {
        for (target, expected) in [
            ("program::output", "service_metrics::program::output"),
            ("simulator", "service_metrics::simulator"),
            ("service_metrics::stream", "service_metrics::stream"),
            ("actix_server::builder", "actix_server::builder"),
            ("programs", "programs"),
        ] {
            assert_eq!(qualified(target), expected);
        }
    }

    #[test]
    fn the_list_of_our_crates_is_complete() {
        let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let names = std::fs::read_dir(crates).unwrap().map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.replace('-', "_")
        });
        let mut names: Vec<_> = names.collect();
        names.sort();
        assert_eq!(names, WORKSPACE);
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let text = format!("a{}", "\u{e4}".repeat(MAX_MESSAGE_BYTES));
        assert_eq!(cut(&text).len(), MAX_MESSAGE_BYTES - 1);
    }
}
