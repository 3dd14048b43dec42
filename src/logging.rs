//! Logs on stderr, as text for people or as JSON lines for machines.

use std::io::Write;

use env_logger::{Builder, Target, fmt::Formatter};
use log::{LevelFilter, Record};

use crate::settings::log::Log;

/// Starts logging. A second call, as tests make, changes nothing.
pub fn init(settings: &Log) {
    let mut builder = Builder::new();
    // It reports what clients send wrong as our errors, a line each.
    builder.filter_module("actix_http::h1::dispatcher", LevelFilter::Off);
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
