//! What is measured, in which order, and what of it is in the table.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use lab::{Program, free_port};
use tokio::runtime::Runtime;

use crate::{
    Outcome, first_frame, load,
    node::Peer,
    platform::Platform,
    process,
    rivals::{Nodes, Rivals},
    said,
    table::{Rounds, Row, Target, Unit},
    webhook,
};

const CONNECTIONS: usize = 32;
const BEAT: Duration = Duration::from_secs(10);
const BY_SERVICE: &str = "/api/metrics/incidents/by-service";
const DETAILS: &str = "/api/metrics/incidents/details";

/// How much is measured.
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) load: Duration,
    pub(crate) latency: Duration,
    pub(crate) idle_beats: u32,
    pub(crate) webhooks: usize,
}

/// All that is needed to measure.
pub(crate) struct Bench {
    pub(crate) plan: Plan,
    pub(crate) runtime: Runtime,
    pub(crate) platform: Platform,
    pub(crate) peer: Option<Peer>,
}

impl Plan {
    /// For below the table.
    pub(crate) fn described(&self) -> [String; 4] {
        [
            format!(
                "{} rounds of {:?} per load and {:?} per latency after one that is left out, gateway and Node in turn; \
                 min – max is over the rounds, \"better\" the median of their ratios.",
                self.rounds, self.load, self.latency
            ),
            "The gateway shares an answer for up to a second (`incidents.share_seconds` = 1) and says so in its \
             documentation; Node asks PostgreSQL for each request, except where it shares its answers too."
                .to_owned(),
            format!(
                "The clients are one thread of the bench with {CONNECTIONS} keep-alive connections, no pipelining; clients, \
                 PostgreSQL and servers share the cores. MB are 10^6 bytes. Idle: polling every 10 s, database connected, \
                 {} beats after the start.",
                self.idle_beats
            ),
            format!(
                "Webhook to browser: from `POST /api/alerts/webhook` to the frame on the channel `alerts`, {} times, each \
                 with another answer of a server in Prometheus' place.",
                self.webhooks
            ),
        ]
    }
}

impl Bench {
    /// Measures everything; takes some minutes.
    pub(crate) fn run(self) -> Outcome<Vec<Row>> {
        let first_frame = self.first_frame()?;
        let gateway = self.gateway(None)?;
        let idle = self.idle(&gateway)?;
        let rivals = Rivals {
            gateway,
            unshared: self.gateway(Some("0"))?,
            node: self.nodes()?,
        };
        rivals.agree_on([BY_SERVICE, DETAILS])?;
        let mut rows = self.latencies(&rivals)?;
        rows.extend(self.load(&rivals)?);
        rows.extend(webhook::rows(&self)?);
        rows.push(first_frame);
        rows.extend(idle);
        let resident = process::resident(rivals.gateway.pid())?;
        rows.push(Row::told("RSS after the load", Unit::Megabytes, resident));
        Ok(rows)
    }

    /// From the start of the process to the first frame in a client's hands.
    fn first_frame(&self) -> Outcome<Row> {
        said("start to first frame")?;
        let ours = self.rounds(|| {
            let port = free_port()?;
            let began = Instant::now();
            let frame = thread::spawn(move || {
                load::on_its_own_thread(move || first_frame::seconds_since(began, port))
            });
            self.runtime.block_on(async {
                let gateway = self.platform.gateway(port, None).await?;
                let seconds = frame.join().map_err(|_| "the client panicked")?;
                gateway.stop().await;
                seconds
            })
        })?;
        Ok(Row {
            what: "start to first frame",
            target: Target::Below(2.0),
            unit: Unit::Seconds,
            ours,
            peer: None,
        })
    }

    fn idle(&self, gateway: &Program) -> Outcome<[Row; 3]> {
        said("idle")?;
        thread::sleep(BEAT * self.plan.idle_beats + Duration::from_secs(2));
        let pid = gateway.pid();
        let resident = self.rounds(|| {
            thread::sleep(Duration::from_millis(500));
            process::resident(pid)
        })?;
        let (_, ready) = self.runtime.block_on(gateway.get("/-/ready"))?;
        if !ready.contains(r#""status":"ready""#) {
            return Err(format!("it was idle without its servers: {ready}").into());
        }
        let program = env!("CARGO_BIN_EXE_service-metrics");
        #[allow(clippy::cast_precision_loss, reason = "a program is not that large")]
        let size = fs::metadata(program)?.len() as f64 / 1e6;
        let threads = process::threads(pid)?;
        Ok([
            Row {
                what: "idle RSS",
                target: Target::Below(25.0),
                unit: Unit::Megabytes,
                ours: resident,
                peer: None,
            },
            Row::told("threads, idle", Unit::Count, threads),
            Row::told("size of the program", Unit::Megabytes, size),
        ])
    }

    fn nodes(&self) -> Outcome<Option<Nodes>> {
        let database = self.platform.postgres.url();
        let start = |peer: &Peer| Nodes::start(peer, &database);
        self.peer.as_ref().map(start).transpose()
    }

    fn latencies(&self, rivals: &Rivals) -> Outcome<Vec<Row>> {
        let mut rows = Vec::new();
        let node = rivals.node.as_ref().map(|node| node.plain.port);
        for (path, node, names) in [
            ("/health", node, ["/health, p50", "/health, p99"]),
            ("/metrics", None, ["/metrics, p50", "/metrics, p99"]),
        ] {
            said(&format!("latency of {path}"))?;
            let ports: Vec<_> = [rivals.gateway.port()].into_iter().chain(node).collect();
            let [p50, p99] = self.in_turn(&ports, |port| {
                let waited = load::latency(port, path, self.plan.latency)?;
                Ok([waited.p50, waited.p99])
            })?;
            for (what, target, rounds) in [
                (names[0], Target::Below(2.0), p50),
                (names[1], Target::Nothing, p99),
            ] {
                rows.push(Row {
                    what,
                    target,
                    unit: Unit::Milliseconds,
                    ours: rounds[0].clone(),
                    peer: rounds.get(1).cloned(),
                });
            }
        }
        Ok(rows)
    }

    fn load(&self, rivals: &Rivals) -> Outcome<Vec<Row>> {
        let mut rows = Vec::new();
        for (path, least, names) in [
            (
                BY_SERVICE,
                2000.0,
                [
                    "by-service",
                    "by-service, Node shares its answers too",
                    "by-service, share_seconds = 0",
                ],
            ),
            (
                DETAILS,
                1500.0,
                [
                    "details",
                    "details, Node shares its answers too",
                    "details, share_seconds = 0",
                ],
            ),
        ] {
            said(&format!("load on {path}"))?;
            let mut ports = vec![rivals.gateway.port(), rivals.unshared.port()];
            if let Some(node) = &rivals.node {
                ports.extend([node.plain.port, node.sharing.port]);
            }
            let [answers] = self.in_turn(&ports, |port| {
                Ok([self.answers_per_second(port, &[path.to_owned()])?])
            })?;
            let (plain, sharing) = (answers.get(2).cloned(), answers.get(3).cloned());
            let target = Target::AtLeast(least);
            rows.push(Row::load(names[0], target, &answers[0], plain.clone()));
            if sharing.is_some() {
                rows.push(Row::load(names[1], Target::Nothing, &answers[0], sharing));
            }
            rows.push(Row::load(names[2], Target::Nothing, &answers[1], plain));
        }
        said("load on details with filters")?;
        let paths = filters();
        let [answers] = self.in_turn(&[rivals.gateway.port()], |port| {
            Ok([self.answers_per_second(port, &paths)?])
        })?;
        let what = "details, 480 different filters";
        rows.push(Row::load(what, Target::Nothing, &answers[0], None));
        Ok(rows)
    }

    fn answers_per_second(&self, port: u16, paths: &[String]) -> Outcome<f64> {
        load::throughput(port, paths, CONNECTIONS, self.plan.load, |body| {
            body.starts_with(br#"{"status":"success","data":[{""#) && body.ends_with(b"}")
        })
    }

    fn gateway(&self, share_seconds: Option<&str>) -> Outcome<Program> {
        let started = self.platform.gateway(free_port()?, share_seconds);
        Ok(self.runtime.block_on(started)?)
    }

    /// One number per round; the first round warms up and is left out.
    fn rounds(&self, measured: impl Fn() -> Outcome<f64>) -> Outcome<Rounds> {
        measured()?;
        let rounds = (0..self.plan.rounds).map(|_| measured());
        Ok(Rounds(rounds.collect::<Outcome<_>>()?))
    }

    /// In each round all servers one after the other, so that what disturbs one disturbs the others too. Gives the
    /// rounds by number and server.
    fn in_turn<const N: usize>(
        &self,
        ports: &[u16],
        measured: impl Fn(u16) -> Outcome<[f64; N]>,
    ) -> Outcome<[Vec<Rounds>; N]> {
        let mut all = [(); N].map(|()| vec![Rounds::default(); ports.len()]);
        for round in 0..=self.plan.rounds {
            for (server, port) in ports.iter().enumerate() {
                let numbers = measured(*port)?;
                for (of_number, number) in all.iter_mut().zip(numbers) {
                    if round > 0 {
                        of_number[server].0.push(number);
                    }
                }
            }
        }
        Ok(all)
    }
}

/// More different questions than the gateway keeps answers to.
fn filters() -> Vec<String> {
    let mut paths = Vec::new();
    for severity in ["critical", "high", "medium", "low", "warning", "info"] {
        for status in ["open", "acknowledged", "resolved", "closed"] {
            for service in 1..=20 {
                paths.push(format!(
                    "{DETAILS}?limit=100&service=service-{service:02}&status={status}&severity={severity}"
                ));
            }
        }
    }
    paths
}
