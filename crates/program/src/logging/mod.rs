//! Logs on stderr, as text for people or as JSON lines for machines. Nobody who logs ever waits for whoever reads them,
//! and one call in the code can write only so many lines.

mod sampling;
mod telemetry;

use std::{borrow::Cow, fmt::Write, sync::OnceLock, thread, time::Instant};

use chrono::Utc;
use env_filter::Filter;
use log::{Level, LevelFilter, Log as Logging, Metadata, Record};

use crate::{
    output::{self, Priority, escaped, is_printable},
    settings::log::LogSettings,
    timestamp,
};
use sampling::{Sampler, Summary, WINDOW};

pub use telemetry::LogMetrics;

/// Longer words are cut, in bytes.
const LONGEST: usize = 16 << 10;

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
    let mut filter = env_filter::Builder::new();
    // It reports what clients send wrong as our errors, a line each.
    filter.filter_module("actix_http::h1::dispatcher", LevelFilter::Off);
    // The settings' check has refused what cannot be parsed.
    let _ = filter.try_parse(&settings.filter);
    let filter = filter.build();
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
        // Without it, what was withheld is told with the next line of its kind.
        let _ = thread::Builder::new()
            .name("log-summaries".to_owned())
            .spawn(|| logger.summarize_for_ever());
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

    fn summarize_for_ever(&self) {
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
        // Who asks for details wants all of them.
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

    /// At the end of the program: nothing is withheld any longer.
    fn flush(&self) {
        self.summarize(Instant::now() + WINDOW);
        output::flush();
    }
}

/// `service_metrics::program::output` for `program::output`; targets of other people's crates as they are.
fn qualified(target: &str) -> Cow<'_, str> {
    let name = target.split("::").next().unwrap_or(target);
    if WORKSPACE.contains(&name) {
        format!("service_metrics::{target}").into()
    } else {
        target.into()
    }
}

/// At most [`LONGEST`] bytes of `text`.
fn cut(text: &str) -> &str {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// One record is one line, and nobody whose words are logged can forge another or hide a part of it.
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
                // A string takes whatever is written to it.
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

    /// Line ends of three kinds, a direction that is overridden, and a character beyond 16 bits that nobody sees.
    const HOSTILE: &str = "a\n\u{2028}\u{2029}b\u{202e}c\u{e0041}";

    #[test]
    fn as_text_hostile_words_are_one_line_that_shows_all_of_them() {
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
    fn as_json_they_are_escaped_and_the_same_when_read() {
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
    fn words_without_end_are_cut_between_characters() {
        let text = format!("a{}", "\u{e4}".repeat(LONGEST));
        assert_eq!(cut(&text).len(), LONGEST - 1);
    }
}
