//! `mock-metrics backfill`: writes a history of all series and alerts as OpenMetrics text, for `promtool tsdb
//! create-blocks-from openmetrics`.
//!
//! ```text
//! episodes (from the seed) ──▶ past: the application, step by step ──▶ recording ──▶ alerts: every rule ──▶ openmetrics
//! ```
//! A simulator with the same seed, hours and end (`simulation.history_…`) plays the same past and continues from there, so
//! that no series jumps.

mod alerts;
mod episodes;
mod openmetrics;
mod output;
mod past;
mod recording;
mod unfinished;

use std::{
    collections::BTreeSet,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::{Args, builder::NonEmptyStringValueParser};
use tokio::sync::oneshot;

use crate::{catalogue::Catalogue, simulation::application::Application, source::Source};
use alerting::{Labels, is_label};
use output::Attempt;
use program::{
    exit::{self, ProgramError},
    shutdown,
};
use recording::Recording;

pub use past::Past;

/// The arguments of `backfill`.
#[derive(Debug, Args)]
pub struct BackfillOptions {
    /// Length of the history in hours
    #[arg(long, value_name = "H", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=168))]
    hours: u32,
    /// Seed of the history; the same seed gives the same history [default: the setting simulation.seed]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// End of the history, such as 2026-02-10T05:35:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<DateTime<Utc>>,
    /// Label `job` of the series
    #[arg(long, value_name = "NAME", default_value = "mock-metrics", value_parser = NonEmptyStringValueParser::new())]
    job: String,
    /// Label `instance` of the series
    #[arg(
        long,
        value_name = "HOST:PORT",
        default_value = "host.docker.internal:8082",
        value_parser = NonEmptyStringValueParser::new()
    )]
    instance: String,
    /// Further label of the series; may be repeated
    #[arg(long = "label", value_name = "NAME=VALUE", default_value = "drill=true", value_parser = label)]
    labels: Vec<(String, String)>,
    /// File to write; it appears when it is complete [default: stdout]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes the history.
///
/// # Errors
/// Arguments that do not fit each other; bad settings or a bad catalogue; a file that cannot be written; a signal.
pub async fn backfill(options: BackfillOptions, source: &Source) -> Result<(), ProgramError> {
    let now = Utc::now();
    options.check(now).map_err(ProgramError::Usage)?;
    if source.time_scale.is_some() {
        let message = "--time-scale cannot be used with backfill, which writes unscaled time";
        return Err(ProgramError::Usage(message.to_owned()));
    }
    let simulation = source.settings()?.simulation;
    let past = Past {
        unscaled: source.unscaled()?,
        seed: options.seed.unwrap_or(simulation.seed),
        length: Duration::from_secs(u64::from(options.hours) * 3_600),
        until: options.until.unwrap_or(now),
    };
    if let Some(message) = past.without_alerts() {
        exit::eprint_line(&format!("mock-metrics: {message}"));
    }
    let stop = shutdown::stop_signal()?;
    let attempt = Attempt::default();
    let writing = attempt.clone();
    let (done, written) = oneshot::channel();
    thread::spawn(move || {
        shutdown::panics_here_are_fatal();
        let _ = done.send(options.write(&past, simulation.max_label_values, &writing));
    });
    tokio::select! {
        Ok(written) = written => written,
        signal = stop => {
            // The thread ends with the process.
            attempt.abandon();
            Err(ProgramError::Signalled(signal.signal()))
        }
    }
}

/// How far `--until` may be in the future, for clocks that differ.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

impl BackfillOptions {
    /// Checks what the parser of arguments cannot.
    fn check(&self, now: DateTime<Utc>) -> Result<(), String> {
        let first = DateTime::UNIX_EPOCH + TimeDelta::hours(i64::from(self.hours));
        if self
            .until
            .is_some_and(|until| until < first || until > now + MAX_CLOCK_SKEW)
        {
            return Err(format!(
                "--until: must be from {} on, so that it begins after 1970, and not in the future",
                first.to_rfc3339_opts(SecondsFormat::Secs, true)
            ));
        }
        let mut names = BTreeSet::new();
        match self.labels.iter().find(|(name, _)| !names.insert(name)) {
            Some((name, _)) => Err(format!("--label: {name} is given twice")),
            None => Ok(()),
        }
    }

    fn write(&self, past: &Past, limit: usize, attempt: &Attempt) -> Result<(), ProgramError> {
        let recording = self.record(past, limit);
        let catalogue = &past.unscaled;
        let written = match &self.output {
            None => write(recording, catalogue, io::stdout().lock()),
            Some(file) => attempt.write(file, |out| write(recording, catalogue, out)),
        };
        let place = self.output.as_deref().map(Path::to_string_lossy);
        let place = place.unwrap_or("stdout".into());
        written.map_err(|error| exit::write_error(&place, &error))
    }

    fn record(&self, past: &Past, limit: usize) -> Recording {
        let until = past.until.timestamp().unsigned_abs();
        let start = until.saturating_sub(past.length.as_secs());
        let mut target: Labels = self.labels.iter().cloned().collect();
        target.insert("job".to_owned(), self.job.clone());
        target.insert("instance".to_owned(), self.instance.clone());
        let mut recording = Recording::of(target);
        let mut application = Application::new(&past.unscaled, past.seed, limit);
        let mut text = String::new();
        past.play(&mut application, |application| {
            text.clear();
            application.write(&mut text);
            recording.scrape(&text, start + application.age().as_secs());
        });
        recording
    }
}

fn write(recording: Recording, catalogue: &Catalogue, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let families = recording.into_families();
    let alerts = alerts::of(catalogue, &families);
    for family in families.iter().chain(&alerts) {
        family.write(&mut out)?;
    }
    openmetrics::end(&mut out)
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let must = |_| "must be a time as RFC 3339 writes it, such as 2026-02-10T05:35:00Z".to_owned();
    text.parse().map_err(must)
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    if !is_label(name) {
        return Err(
            "NAME must consist of letters, digits and `_`, and must not begin with a digit or `__`"
                .to_owned(),
        );
    }
    if let "job" | "instance" = name {
        return Err(format!("use --{name} to set the label {name}"));
    }
    Ok((name.to_owned(), value.to_owned()))
}
