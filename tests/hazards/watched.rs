//! A gateway as a process, and what the kernel says that it holds.

use std::{fs, net::SocketAddr};

use service_metrics::descriptors;

use crate::{
    programs,
    support::{eventually, http, program::Running},
};

/// More descriptors than any test here opens.
const DESCRIPTORS: usize = 8_000;

pub(super) struct Watched {
    pub(super) program: Running,
    pub(super) addr: SocketAddr,
}

impl Watched {
    /// On a free port of loopback, asking this Prometheus every `beat` milliseconds, without PostgreSQL.
    pub(super) async fn start(prometheus: &str, beat: u32, environment: &[(&str, &str)]) -> Self {
        assert!(
            descriptors::for_sessions(DESCRIPTORS) == DESCRIPTORS,
            "the tests need {DESCRIPTORS} descriptors: see `ulimit -Hn`"
        );
        let mut command = programs::gateway();
        command
            .env("PROMETHEUS_URL", prometheus)
            .env("POLL_INTERVAL", beat.to_string())
            .envs(environment.iter().copied());
        let program = Running::start(&mut command);
        let addr = programs::local(program.port().await);
        Self { program, addr }
    }

    /// The value of one of its own series, 0 if there is none yet.
    pub(super) async fn metric(&self, series: &str) -> f64 {
        let text = http::get(self.addr, "/metrics").await.body;
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        line.map_or(0.0, |value| value.trim().parse().unwrap())
    }

    pub(super) async fn sessions(&self) -> f64 {
        self.metric("service_metrics_sessions ").await
    }

    pub(super) async fn closed(&self, code: &str) -> f64 {
        let series = format!("service_metrics_sessions_closed_total{{code=\"{code}\"}}");
        self.metric(&series).await
    }

    /// Frames of a channel: `published`, `sent` or `skipped`.
    pub(super) async fn frames(&self, channel: &str, what: &str) -> f64 {
        let series = format!("service_metrics_frames_{what}_total{{channel=\"{channel}\"}}");
        self.metric(&series).await
    }

    /// Waits until that many frames more have been published on the channel.
    pub(super) async fn beats(&self, channel: &str, more: u32) {
        let wanted = self.frames(channel, "published").await + f64::from(more);
        eventually("beats", async || {
            (self.frames(channel, "published").await >= wanted).then_some(())
        })
        .await;
    }

    /// Open file descriptors.
    pub(super) fn descriptors(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.program.pid());
        fs::read_dir(folder).unwrap().count()
    }

    /// Resident memory, in KiB.
    pub(super) fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most that it ever had resident, in KiB.
    pub(super) fn most_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    pub(super) fn threads(&self) -> u64 {
        self.status("Threads:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.program.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.unwrap().split_whitespace().next().unwrap();
        number.parse().unwrap()
    }
}
