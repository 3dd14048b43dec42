//! What everybody else notices of large answers: how long `/health` takes while megabytes are read, framed, compressed
//! and written on every beat.

use std::{
    fmt::Write,
    thread,
    time::{Duration, Instant},
};

use crate::{
    Outcome,
    http::Connection,
    measure::Clients,
    payload::Kind,
    rivals::{Programs, Rival},
    scenario::Scenario,
    upstream::Upstream,
};

const BYTES: usize = 5_000_000;
const BEAT: Duration = Duration::from_secs(2);
const BEATS: usize = 10;
/// Between two requests.
const PAUSE: Duration = Duration::from_millis(2);

const fn large(sessions: usize, deflate: bool) -> Scenario {
    Scenario {
        sessions,
        kind: Kind::Matrix,
        recorded: false,
        bytes: BYTES,
        interval: BEAT,
        deflate,
    }
}

/// A table: how long `/health` took without large answers and with them.
pub(crate) fn table(programs: &Programs) -> Outcome<String> {
    let mut table =
        "| each beat | /health, p50 | p99 | slowest |\n|---|---:|---:|---:|\n".to_owned();
    let quiet = Scenario {
        bytes: 0,
        ..large(20, false)
    };
    for (name, scenario) in [
        ("hardly anything to 20 sessions", quiet),
        ("5 MB to 20 sessions", large(20, false)),
        ("5 MB, compressed, to 20 sessions", large(20, true)),
        ("5 MB, compressed, to 200 sessions", large(200, true)),
    ] {
        let mut times = requests(programs, &scenario)?;
        times.sort_unstable();
        let at = |part: usize| {
            times[(times.len() * part / 1000).min(times.len() - 1)].as_secs_f64() * 1e3
        };
        writeln!(
            table,
            "| {name} | {:.2} ms | {:.1} ms | {:.1} ms |",
            at(500),
            at(990),
            at(1000)
        )?;
    }
    Ok(table)
}

fn requests(programs: &Programs, scenario: &Scenario) -> Outcome<Vec<Duration>> {
    let upstream = Upstream::start()?;
    upstream.answer_with(&scenario.payloads(&[]));
    let server = programs.start(Rival::Gateway, scenario, &upstream.url())?;
    let clients = Clients::open(&server, Rival::Gateway, scenario)?;
    upstream.wait_for_answers(2)?;
    let mut connection = Connection::open(&format!("127.0.0.1:{}", server.process.port))?;
    let before = upstream.answered().len();
    let mut times = Vec::new();
    while upstream.answered().len() < before + BEATS {
        let asked = Instant::now();
        connection.get("/health")?;
        times.push(asked.elapsed());
        thread::sleep(PAUSE);
    }
    clients.close()?;
    Ok(times)
}
