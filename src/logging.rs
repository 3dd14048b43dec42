//! Logs on stderr, as text for people or as JSON lines for machines.

use std::io::Write;

use env_logger::{Builder, Target, fmt::Formatter};
use log::Record;
use serde::Deserialize;

use crate::settings::Faults;

/// The section `[log]`, the same in every program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// What is logged, in `RUST_LOG`'s form: `info`, `service_metrics=debug,warn`.
    pub filter: String,
    /// `text` or `json`.
    pub format: String,
}

impl LogSettings {
    pub(crate) fn check(&self, faults: &mut Faults) {
        if let Err(error) = env_filter::Builder::new().try_parse(&self.filter) {
            faults.add("log.filter", error);
        }
        let known = matches!(self.format.as_str(), "text" | "json");
        faults.expect(
            known,
            "log.format",
            format_args!("must be text or json, found {:?}", self.format),
        );
    }
}

/// Starts logging. A second call, as tests make, changes nothing.
pub fn init(settings: &LogSettings) {
    let mut builder = Builder::new();
    builder
        .parse_filters(&settings.filter)
        .target(Target::Stderr);
    if settings.format == "json" {
        builder.format(json_line);
    } else {
        builder.format(text_line);
    }
    let _ = builder.try_init();
}

/// Control characters are escaped: one record is one line, and nobody whose words are logged can forge another.
fn text_line(out: &mut Formatter, record: &Record<'_>) -> std::io::Result<()> {
    let (time, level, target) = (out.timestamp_millis(), record.level(), record.target());
    write!(out, "[{time} {level:<5} {target}] ")?;
    for c in record.args().to_string().chars() {
        if c.is_control() {
            write!(out, "{}", c.escape_default())?;
        } else {
            write!(out, "{c}")?;
        }
    }
    writeln!(out)
}

fn json_line(out: &mut Formatter, record: &Record<'_>) -> std::io::Result<()> {
    let line = serde_json::json!({
        "timestamp": out.timestamp_millis().to_string(),
        "level": record.level().as_str(),
        "target": record.target(),
        "message": record.args().to_string(),
    });
    writeln!(out, "{line}")
}
