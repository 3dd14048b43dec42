//! One measurement: a server, its clients, some beats.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Outcome,
    clock::Moment,
    memory,
    payload::Payload,
    processor,
    rivals::{Programs, Rival, Running},
    scenario::Scenario,
    upstream::Upstream,
};

/// The offer of a browser.
const OFFER: &str = "permessage-deflate; client_max_window_bits";

/// How long a server may take for its next poll.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one server did on one scenario.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// Bytes per session, without frames.
    pub(crate) idle: f64,
    /// Bytes per session, after the frames.
    pub(crate) after: f64,
    /// Server CPU per delivery, in µs.
    pub(crate) processor: f64,
    /// Until half of the clients have the frame, in ms since Prometheus has answered; per beat.
    pub(crate) p50: Vec<f64>,
    pub(crate) p99: Vec<f64>,
    pub(crate) last: Vec<f64>,
    /// One frame on the wire, in bytes.
    pub(crate) frame: f64,
    /// Frames that did not arrive, and sessions that were lost.
    pub(crate) missing: usize,
}

/// The second process.
pub(crate) struct Clients {
    child: Child,
    words: BufReader<std::process::ChildStdout>,
}

/// Measures `beats` beats, after one that is left out.
pub(crate) fn measure(
    programs: &Programs,
    rival: Rival,
    scenario: &Scenario,
    beats: u32,
) -> Outcome<Numbers> {
    let upstream = Upstream::start()?;
    let server = programs.start(rival, scenario, &upstream.url())?;
    let pid = server.process.child.id();
    let beat = scenario.interval;
    upstream.wait_for_answers(2)?;
    let alone = memory::resident(pid)?;
    let clients = Clients::open(&server, rival, scenario)?;
    upstream.wait_for_answers(1)?;
    thread::sleep(beat / 2);
    let idle = memory::resident(pid)?;

    upstream.answer_with(&scenario.payloads(&programs.recorded));
    upstream.wait_for_answers(1)?;
    thread::sleep(beat * 9 / 10);
    let before = processor::processor(pid)?;
    let first = upstream.answered().len();
    upstream.wait_for_answers(beats as usize)?;
    thread::sleep(beat * 9 / 10);
    let spent = processor::processor(pid)? - before;
    let moments = upstream.answered();
    let after = memory::resident(pid)?;
    upstream.answer_with(&[Payload::tiny()]);
    let told = clients.close()?;

    let each = |bytes: f64| (bytes - alone) / scenario.sessions as f64;
    let mut numbers = Numbers {
        idle: each(idle),
        after: each(after),
        missing: told.lost,
        ..Numbers::default()
    };
    let mut deliveries = 0;
    for moment in &moments[first..first + beats as usize] {
        let end = moment + u64::try_from(beat.as_micros())?;
        let arrivals = told.between(*moment, end);
        deliveries += arrivals.len();
        numbers.missing += scenario.sessions.saturating_sub(arrivals.len());
        let at = |part: usize| {
            let index = (arrivals.len() * part / 100).min(arrivals.len().saturating_sub(1));
            arrivals
                .get(index)
                .map_or(f64::NAN, |(at, _)| (at - moment) as f64 / 1e3)
        };
        numbers.p50.push(at(50));
        numbers.p99.push(at(99));
        numbers.last.push(at(100));
        numbers.frame = arrivals.last().map_or(f64::NAN, |(_, bytes)| *bytes as f64);
    }
    numbers.processor = spent / deliveries as f64;
    Ok(numbers)
}

/// What the clients have noted, in the order of time.
pub(crate) struct Told {
    lost: usize,
    arrivals: Vec<(Moment, u64)>,
}

impl Told {
    fn between(&self, from: Moment, to: Moment) -> &[(Moment, u64)] {
        let index = |moment| self.arrivals.partition_point(|(at, _)| *at < moment);
        &self.arrivals[index(from)..index(to)]
    }
}

impl Clients {
    /// Opens their sessions.
    pub(crate) fn open(server: &Running, rival: Rival, scenario: &Scenario) -> Outcome<Self> {
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .arg(env::current_exe()?)
            .args(["clients", &server.process.port.to_string(), server.path])
            .arg(scenario.sessions.to_string())
            .arg(match scenario.deflate && rival != Rival::Limit {
                true => OFFER,
                false => "",
            })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut words = BufReader::new(child.stdout.take().ok_or("no pipe")?);
        let mut word = String::new();
        words.read_line(&mut word)?;
        if word.trim() != "open" {
            let _ = child.wait();
            return Err("the clients could not open their sessions".into());
        }
        Ok(Self { child, words })
    }

    /// Ends them.
    pub(crate) fn close(mut self) -> Outcome<Told> {
        if let Some(mut orders) = self.child.stdin.take() {
            orders.write_all(b"stop\n")?;
        }
        let mut told = Told {
            lost: 0,
            arrivals: Vec::new(),
        };
        for line in self.words.lines() {
            let line = line?;
            let (at, bytes) = line.split_once(' ').ok_or("a strange line")?;
            match at {
                "lost" => told.lost = bytes.parse()?,
                at => told.arrivals.push((at.parse()?, bytes.parse()?)),
            }
        }
        self.child.wait()?;
        told.arrivals.sort_unstable();
        Ok(told)
    }
}

impl Upstream {
    /// Waits until `more` queries have been answered.
    pub(crate) fn wait_for_answers(&self, more: usize) -> Outcome<()> {
        let wanted = self.answered().len() + more;
        let mut last = Instant::now();
        let mut seen = 0;
        while seen < wanted {
            thread::sleep(Duration::from_millis(1));
            let answered = self.answered().len();
            if answered > seen {
                (seen, last) = (answered, Instant::now());
            } else if last.elapsed() > PATIENCE {
                return Err("the server does not poll".into());
            }
        }
        Ok(())
    }
}
