//! `make bench-scrape`: what one scrape costs of a simulator with a hundred thousand series, side by side with Node's
//! prom-client, which exposes the same series in the same run.
//!
//! Prints one table. `cargo bench --bench scrape -- --quick` tries the bench itself.

#![allow(
    clippy::cast_precision_loss,
    reason = "what is counted here is far below 2^52"
)]

mod catalogue;
#[path = "../common/http.rs"]
mod http;
#[path = "../common/machine.rs"]
mod machine;
mod measure;
#[path = "../common/memory.rs"]
mod memory;
#[path = "../common/peer.rs"]
mod peer;
#[path = "../common/processor.rs"]
mod processor;
mod report;
mod rivals;
#[path = "../common/server.rs"]
mod server;

use std::{
    env,
    error::Error,
    fs,
    io::{self, Write},
};

use measure::Measured;
use report::Table;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let quick = env::args().any(|argument| argument == "--quick");
    let (alerts, scrapes) = if quick { (2_000, 3) } else { (100_000, 10) };
    let notes = machine::described();
    let scratch = tempfile::tempdir()?;
    let peer = peer::install("scrape");

    said(&format!("a catalogue of {alerts} alerts"))?;
    let file = scratch.path().join("alerts.toml");
    fs::write(&file, catalogue::text(alerts))?;
    let simulator = || rivals::simulator(&file, scratch.path());
    let mut all = vec![Measured::of("mock-metrics", simulator)?];
    if let Ok(peer) = peer {
        said("the same series with prom-client")?;
        let series = scratch.path().join("series.txt");
        fs::write(&series, all[0].text()?)?;
        let node = || rivals::prom_client(&peer, &series);
        all.push(Measured::of("Node, prom-client", node)?);
    }
    for round in 0..=scrapes {
        said(&format!("scrape {round} of {scrapes}"))?;
        for measured in &mut all {
            measured.scrape(round > 0)?;
        }
    }
    for measured in &mut all {
        measured.rest()?;
    }

    let mut stdout = io::stdout().lock();
    writeln!(stdout, "\n{}", Table(&all))?;
    for note in notes {
        writeln!(stdout, "- {note}")?;
    }
    writeln!(
        stdout,
        "- {scrapes} scrapes of each in turn, after one that is left out, over one connection each; medians. Both move all \
         series once a second meanwhile; a scrape may meet such a beat. \"At rest\" is what the beats alone cost, \"start\" the \
         time until the first scrape is answered.\n\
         - {}: `register.metrics()` and `http`, one process.",
        machine::said("node", &["--version"])
    )?;
    Ok(())
}

/// Tells whoever waits what is going on.
fn said(doing: &str) -> io::Result<()> {
    writeln!(io::stderr(), "bench: {doing}")
}
