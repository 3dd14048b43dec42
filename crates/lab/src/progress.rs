//! Progress on stderr while the lab starts: one live line on a terminal, plain lines elsewhere.

use std::{
    io::{IsTerminal, stderr},
    time::{Duration, Instant},
};

use program::output::{self, Priority};

/// How often the live line is rewritten.
const REFRESH_INTERVAL: Duration = Duration::from_millis(100);
const SPINNER: [&str; 4] = ["|", "/", "-", "\\"];

/// How progress is shown.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// One line, rewritten in place.
    Live,
    /// A line per finished step.
    Plain,
    /// Nothing.
    Silent,
}

impl Progress {
    /// [`Self::Live`] if stderr is a terminal, [`Self::Plain`] otherwise.
    pub fn for_stderr() -> Self {
        if stderr().is_terminal() {
            Self::Live
        } else {
            Self::Plain
        }
    }

    /// Prints `what` before a step that takes a while.
    pub(crate) fn announce(self, what: &str) {
        if !matches!(self, Self::Silent) {
            print(format!("{what}\n"));
        }
    }

    /// Waits for `step` and shows progress. A closed stderr is no error.
    pub(crate) async fn during<T, E>(
        self,
        what: &str,
        step: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let started = Instant::now();
        let mut step = std::pin::pin!(step);
        let mut ticks = tokio::time::interval(REFRESH_INTERVAL);
        let result = loop {
            tokio::select! {
                result = &mut step => break result,
                _ = ticks.tick() => self.waiting(what, started.elapsed()),
            }
        };
        self.finished(what, started.elapsed(), result.is_ok());
        result
    }

    fn waiting(self, what: &str, elapsed: Duration) {
        if matches!(self, Self::Live) {
            let tick = elapsed.as_millis() / REFRESH_INTERVAL.as_millis();
            let sign = SPINNER[usize::try_from(tick).unwrap_or_default() % SPINNER.len()];
            print(format!(
                "\r\x1b[2K{sign} starting {what} ({} s)",
                elapsed.as_secs()
            ));
        }
    }

    fn finished(self, what: &str, elapsed: Duration, well: bool) {
        match self {
            Self::Live => print("\r\x1b[2K".to_owned()),
            Self::Plain if well => print(format!(
                "{what} is ready after {:.1} s\n",
                elapsed.as_secs_f32()
            )),
            Self::Plain | Self::Silent => {}
        }
    }
}

fn print(text: String) {
    output::stderr().push(text, Priority::Normal);
}
