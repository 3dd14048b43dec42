//! What is measured of one exporter.

use std::{thread, time::Duration};

use crate::{Outcome, fetch::Source, process, rivals::Server};

/// Between scrapes: no part of the second in which the series move, so that scrapes meet all of it.
const PAUSE: Duration = Duration::from_millis(730);
/// How long an exporter is watched that nobody scrapes.
const REST: Duration = Duration::from_secs(5);

/// An exporter, and what it has done.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) source: Source,
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
    pub(crate) fn of(name: &'static str, server: Server) -> Outcome<Self> {
        let mut source = Source::open(server.port)?;
        // It may listen before it has its series.
        source.fetch()?;
        let start = server.began.elapsed().as_secs_f64();
        let resident = process::resident(server.pid())?;
        Ok(Self {
            name,
            source,
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

    /// Scrapes once; the first time is not `counted`.
    pub(crate) fn scrape(&mut self, counted: bool) -> Outcome<()> {
        thread::sleep(PAUSE);
        let before = process::processor(self.server.pid())?;
        let scrape = self.source.fetch()?;
        let spent = process::processor(self.server.pid())? - before;
        self.resident[1] = process::resident(self.server.pid())?;
        (self.bytes, self.samples) = (scrape.text.len(), scrape.samples());
        if counted {
            self.took.push(scrape.took.as_secs_f64() * 1e3);
            self.processor.push(spent / 1e3);
        }
        Ok(())
    }

    /// Watches what it does between scrapes.
    pub(crate) fn rest(&mut self) -> Outcome<()> {
        let before = process::processor(self.server.pid())?;
        thread::sleep(REST);
        let spent = process::processor(self.server.pid())? - before;
        self.at_rest = spent / 1e3 / REST.as_secs_f64();
        Ok(())
    }
}
