//! `make bench-fanout`: what it costs to bring one frame to many browsers, side by side with a bare write loop, which no
//! server can beat, and with Node's `ws`, which one would otherwise use.
//!
//! Prints one table. `cargo bench --bench fanout -- --quick` tries the bench itself, and for one question alone there is
//! for example `-- --sessions 9000 --bytes 20000 --servers limit,gateway`.

#![allow(
    clippy::cast_precision_loss,
    reason = "what is counted here is far below 2^52"
)]

mod clients;
mod clock;
mod fetch;
mod frames;
mod hitch;
#[path = "../common/http.rs"]
mod http;
mod limit;
#[path = "../common/machine.rs"]
mod machine;
mod measure;
#[path = "../common/memory.rs"]
mod memory;
mod payload;
#[path = "../common/peer.rs"]
mod peer;
#[path = "../common/processor.rs"]
mod processor;
mod recorded;
mod report;
mod rivals;
mod scenario;
#[path = "../common/server.rs"]
mod server;
mod upstream;

use std::{
    env,
    error::Error,
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use clap::Parser;
use measure::measure;
use payload::Kind;
use report::Table;
use rivals::{Programs, Rival};
use scenario::{ALL, QUICK, RECORDED_BYTES, Scenario};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["clients", port, path, sessions, extensions] => {
            clients::run(port.parse()?, path, sessions.parse()?, extensions)
        }
        ["limit", port, upstream, interval] => {
            let interval = Duration::from_millis(interval.parse()?);
            limit::run(port.parse()?, upstream, interval)
        }
        _ => bench(&Plan::parse()),
    }
}

/// What is measured.
#[derive(Parser)]
struct Plan {
    /// A few sessions, few beats
    #[arg(long)]
    quick: bool,
    /// One scenario alone: so many sessions
    #[arg(long)]
    sessions: Option<usize>,
    /// Its payload
    #[arg(long, default_value_t = 20_000)]
    bytes: usize,
    /// Its beat
    #[arg(long, default_value_t = 2_000)]
    interval_ms: u64,
    /// Its clients take compressed range data
    #[arg(long)]
    deflate: bool,
    /// Of 200 kB, as a real Prometheus has answered it
    #[arg(long)]
    recorded: bool,
    /// Beats that are measured in each round
    #[arg(long)]
    beats: Option<u32>,
    /// Rounds
    #[arg(long)]
    rounds: Option<u32>,
    /// How long /health takes beside large answers, and nothing else
    #[arg(long)]
    hitch: bool,
    /// Another build of the gateway than the bench's own
    #[arg(long, value_name = "FILE")]
    gateway: Option<PathBuf>,
    /// These servers alone
    #[arg(long, value_delimiter = ',', value_enum)]
    servers: Vec<Rival>,
    /// Cargo says so
    #[arg(long, hide = true)]
    bench: bool,
}

impl Plan {
    fn scenarios(&self) -> Vec<Scenario> {
        match self.sessions {
            Some(sessions) => vec![Scenario {
                sessions,
                kind: match self.deflate || self.recorded {
                    true => Kind::Matrix,
                    false => Kind::Vector,
                },
                recorded: self.recorded,
                bytes: match self.recorded {
                    true => RECORDED_BYTES,
                    false => self.bytes,
                },
                interval: Duration::from_millis(self.interval_ms),
                deflate: self.deflate,
            }],
            None if self.hitch => Vec::new(),
            None if self.quick => QUICK.to_vec(),
            None => ALL.to_vec(),
        }
    }

    fn is_whole(&self) -> bool {
        self.sessions.is_none() && !self.quick
    }

    fn servers(&self) -> Vec<Rival> {
        match self.servers.is_empty() {
            true => Rival::ALL.to_vec(),
            false => self.servers.clone(),
        }
    }
}

fn bench(plan: &Plan) -> Outcome<()> {
    let (rounds, beats) = if plan.quick { (1, 3) } else { (3, 5) };
    let (rounds, beats) = (plan.rounds.unwrap_or(rounds), plan.beats.unwrap_or(beats));
    let notes = machine::described();
    let scratch = tempfile::tempdir()?;
    let mut scenarios = plan.scenarios();
    let mut recorded = Vec::new();
    if scenarios.iter().any(|scenario| scenario.recorded) {
        said("two minutes of a real Prometheus")?;
        match recorded::record(scratch.path(), RECORDED_BYTES) {
            Ok(payloads) => recorded = payloads,
            Err(error) => {
                said(&format!("without real data: {error}"))?;
                scenarios.retain(|scenario| !scenario.recorded);
            }
        }
    }
    let programs = Programs {
        peer: peer::install("fanout").ok(),
        gateway: plan
            .gateway
            .clone()
            .unwrap_or_else(|| env!("CARGO_BIN_EXE_service-metrics").into()),
        scratch: scratch.path().to_owned(),
        recorded,
    };
    let mut table = Table::default();
    for scenario in &scenarios {
        for round in 1..=rounds {
            for rival in plan.servers() {
                let can = !rival.is_node() || programs.peer.is_some();
                if !can || (plan.servers.is_empty() && !rival.takes_part(scenario)) {
                    continue;
                }
                said(&format!(
                    "round {round} of {rounds}, {scenario}: {}",
                    rival.name()
                ))?;
                table.add(scenario, rival, measure(&programs, rival, scenario, beats)?);
            }
        }
    }
    let hitch = match plan.hitch || plan.is_whole() {
        true => {
            said("/health beside large answers")?;
            hitch::table(&programs)?
        }
        false => String::new(),
    };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "\n{table}\n{hitch}")?;
    for note in notes {
        writeln!(stdout, "- {note}")?;
    }
    writeln!(
        stdout,
        "- {rounds} rounds, the servers in turn, each started anew; {beats} beats each after one that is left out; medians."
    )?;
    Ok(())
}

/// Tells whoever waits what is going on.
fn said(doing: &str) -> io::Result<()> {
    writeln!(io::stderr(), "bench: {doing}")
}
