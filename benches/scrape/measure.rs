//! What is measured of one exporter.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{Outcome, http::Connection, memory, processor::processor, server::Server};

const METRICS: &str = "/metrics";
/// Between scrapes: no part of the second in which the series move, so that scrapes meet all of it.
const PAUSE: Duration = Duration::from_millis(730);
/// How long an exporter is watched that nobody scrapes.
const REST: Duration = Duration::from_secs(5);

/// An exporter, and what it has done.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    connection: Connection,
    server: Server,
    /// Until it had answered the first scrape, in seconds.
    pub(crate) start: f64,
    /// In milliseconds, of each scrape.
    pub(crate) took: Vec<f64>,
    /// CPU in milliseconds, of each scrape.
    pub(crate) processor: Vec<f64>,
    /// CPU in milliseconds a second, without scrapes.
    pub(crate) at_rest: f64,
    pub(crate) bytes: usize,
    pub(crate) samples: usize,
    /// In bytes, after the first scrape and after the last.
    pub(crate) resident: [f64; 2],
}

impl Measured {
    /// One that `start` starts.
    pub(crate) fn of(name: &'static str, start: impl FnOnce() -> Outcome<Server>) -> Outcome<Self> {
        let began = Instant::now();
        let server = start()?;
        let mut connection = Connection::open(&format!("127.0.0.1:{}", server.port))?;
        // It may listen before it has its series.
        connection.get(METRICS)?;
        let start = began.elapsed().as_secs_f64();
        let resident = memory::resident(server.child.id())?;
        Ok(Self {
            name,
            connection,
            start,
            took: Vec::new(),
            processor: Vec::new(),
            at_rest: 0.0,
            bytes: 0,
            samples: 0,
            resident: [resident, resident],
            server,
        })
    }

    /// What it exposes.
    pub(crate) fn text(&mut self) -> Outcome<&[u8]> {
        self.connection.get(METRICS)
    }

    /// Scrapes once; the first time is not `counted`.
    pub(crate) fn scrape(&mut self, counted: bool) -> Outcome<()> {
        thread::sleep(PAUSE);
        let pid = self.server.child.id();
        let before = processor(pid)?;
        let began = Instant::now();
        let text = self.connection.get(METRICS)?;
        let took = began.elapsed();
        let spent = processor(pid)? - before;
        self.resident[1] = memory::resident(pid)?;
        (self.bytes, self.samples) = (text.len(), samples(text));
        if counted {
            self.took.push(took.as_secs_f64() * 1e3);
            self.processor.push(spent / 1e3);
        }
        Ok(())
    }

    /// Watches what it does between scrapes.
    pub(crate) fn rest(&mut self) -> Outcome<()> {
        let pid = self.server.child.id();
        let before = processor(pid)?;
        thread::sleep(REST);
        let spent = processor(pid)? - before;
        self.at_rest = spent / 1e3 / REST.as_secs_f64();
        Ok(())
    }
}

fn samples(text: &[u8]) -> usize {
    let lines = text.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
        .count()
}
