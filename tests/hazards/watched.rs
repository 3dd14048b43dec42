//! A gateway as a process, and what the kernel says that it holds.

use std::{fs, net::SocketAddr};

use ::program::fd_limit;

use super::crowd::Reader;
use crate::{
    support::{
        FOR_EVER_SECONDS, eventually,
        gateway::QUERY_TIMEOUT,
        http, local,
        program::{self, Running},
    },
    webhook,
};

/// More descriptors than any test here opens.
const DESCRIPTORS: usize = 8_000;
/// In milliseconds: one beat at the start, and none after it but those that [`Watched::beat`] makes.
pub(super) const AN_HOUR: u32 = 3_600_000;

pub(super) struct Watched {
    pub(super) program: Running,
    pub(super) addr: SocketAddr,
}

impl Watched {
    /// On a free port of loopback, asking this Prometheus every `beat` milliseconds, without PostgreSQL.
    pub(super) async fn start(prometheus: &str, beat: u32, environment: &[(&str, &str)]) -> Self {
        assert!(
            fd_limit::cap_clients(0, DESCRIPTORS, 0).sessions == DESCRIPTORS,
            "the tests need {DESCRIPTORS} descriptors: see `ulimit -Hn`"
        );
        let mut command = program::gateway();
        command
            .env("PROMETHEUS_URL", prometheus)
            .env("POLL_INTERVAL", beat.to_string())
            .env(QUERY_TIMEOUT, FOR_EVER_SECONDS)
            .env("SERVICE_METRICS__SERVER__DRAIN_SECONDS", "8")
            // All clients of a test have one address.
            .env("SERVICE_METRICS__SERVER__MAX_CONNECTIONS_PER_ADDRESS", "0")
            // A test sees what has just been counted.
            .env("SERVICE_METRICS__SERVER__METRICS_SHARE_SECONDS", "0")
            .env("SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS_PER_ADDRESS", "0")
            .envs(environment.iter().copied());
        let program = Running::start(&mut command);
        let addr = local(program.port().await);
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

    /// Has the alerts asked for at once, as Alertmanager does, and waits until their next frame is published. With a beat
    /// of [`AN_HOUR`] there are no other frames of theirs.
    pub(super) async fn beat(&self) {
        let before = self.frames("alerts", "published").await;
        let answer = http::post(self.addr, webhook::PATH, webhook::LEAST).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        eventually("a frame of alerts", async || {
            (self.frames("alerts", "published").await > before).then_some(())
        })
        .await;
    }

    /// Like [`Self::beat`]; waits until all these readers have seen the frame. Who misses a beat then was not merely slow.
    pub(super) async fn beat_for(&self, readers: &[Reader]) {
        self.beat().await;
        let published = self.frames("alerts", "published").await as u64;
        eventually("all readers have seen the beat", async || {
            let seen = |reader: &Reader| reader.has_seen("alerts", published);
            readers.iter().all(seen).then_some(())
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
