//! `make bench`: how fast and how small the gateway is, side by side with Node, on the servers it really stands between.
//!
//! Prints one table. A target that is missed is told in it and is not an error: what can be measured depends on the
//! machine. `cargo bench --bench gateway -- --quick` has shorter and fewer rounds, to try the bench itself.

mod client;
mod first_frame;
mod load;
#[path = "../common/machine.rs"]
mod machine;
mod measure;
#[path = "../common/memory.rs"]
mod memory;
mod node;
#[path = "../common/peer.rs"]
mod peer;
mod platform;
mod process;
mod rivals;
#[path = "../common/server.rs"]
mod server;
mod socket;
mod table;
mod webhook;

use std::{
    error::Error,
    io::{self, Write},
    time::Duration,
};

use measure::{Bench, Plan};
use node::Peer;
use platform::Platform;
use table::Table;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let plan = if std::env::args().any(|argument| argument == "--quick") {
        Plan {
            rounds: 2,
            load: Duration::from_millis(500),
            latency: Duration::from_millis(300),
            idle_beats: 1,
            webhooks: 20,
        }
    } else {
        Plan {
            rounds: 5,
            load: Duration::from_secs(3),
            latency: Duration::from_secs(2),
            idle_beats: 4,
            webhooks: 200,
        }
    };
    let mut notes = machine::described();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    said("starting PostgreSQL with 100,000 incidents, Prometheus and mock-metrics")?;
    let platform = runtime.block_on(Platform::start())?;
    let peer = Peer::install();
    match &peer {
        Ok(peer) => notes.push(format!(
            "Node {}: benches/gateway/peer, one process, `http` and `pg` with a pool of the same size, the same SQL; its answers \
             are compared with the gateway's before any is counted.",
            peer.version
        )),
        Err(why) => notes.push(format!("Node: not measured ({why}).")),
    }
    notes.extend(plan.described());
    let rows = Bench {
        plan,
        runtime,
        platform,
        peer: peer.ok(),
    }
    .run()?;

    let mut stdout = io::stdout().lock();
    writeln!(stdout, "\n{}", Table(rows))?;
    for note in notes {
        writeln!(stdout, "- {note}")?;
    }
    Ok(())
}

/// Tells whoever waits what is going on.
fn said(doing: &str) -> io::Result<()> {
    writeln!(io::stderr(), "bench: {doing}")
}
