//! The clients, on a thread of their own with a runtime of their own: how long one waits, and how many are answered.

use std::{
    cell::Cell,
    future::Future,
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use tokio::task::{JoinSet, LocalSet};

use crate::{
    Outcome,
    client::{self, Connection},
};

/// What one client on one connection waited for its answers, in milliseconds.
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Asks for `path` again and again over one connection.
pub(crate) fn latency(port: u16, path: &'static str, during: Duration) -> Outcome<Latency> {
    on_its_own_thread(move || async move {
        let request = client::request(path);
        let mut connection = Connection::open(port).await?;
        let mut waited = Vec::with_capacity(200_000);
        let began = Instant::now();
        while began.elapsed() < during {
            let asked = Instant::now();
            let answer = connection.exchange(&request).await?;
            waited.push(asked.elapsed().as_secs_f64() * 1e3);
            if answer.status != 200 {
                return Err(format!("{path} answered {}", answer.status).into());
            }
        }
        Ok(Latency {
            p50: percentile(&waited, 50),
            p99: percentile(&waited, 99),
        })
    })
}

/// The value below which so many percent of all are.
pub(crate) fn percentile(all: &[f64], percent: usize) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() * percent / 100]
}

/// Answers per second over `connections` connections, each of which asks again as soon as it has its answer. The
/// paths take turns. Anything but a whole 200 that `is_right` is an error: a fast wrong answer must not count.
pub(crate) fn throughput(
    port: u16,
    paths: &[String],
    connections: usize,
    during: Duration,
    is_right: fn(&[u8]) -> bool,
) -> Outcome<f64> {
    let requests: Vec<_> = paths.iter().map(|path| client::request(path)).collect();
    on_its_own_thread(move || async move {
        let (requests, turn) = (Rc::new(requests), Rc::new(Cell::new(0)));
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(Connection::open(port).await?);
        }
        let until = Instant::now() + during;
        let mut clients = JoinSet::new();
        for mut connection in open {
            let (requests, turn) = (requests.clone(), turn.clone());
            clients.spawn_local(async move {
                let mut answers = 0_u32;
                loop {
                    turn.set((turn.get() + 1) % requests.len());
                    let answer = connection.exchange(&requests[turn.get()]).await?;
                    if answer.status != 200 || !is_right(answer.body) {
                        let body = String::from_utf8_lossy(answer.body).into_owned();
                        return Err(format!("a wrong answer, {}: {body}", answer.status).into());
                    }
                    if Instant::now() >= until {
                        return Outcome::Ok(answers);
                    }
                    answers += 1;
                }
            });
        }
        let mut answers = 0.0;
        while let Some(client) = clients.join_next().await {
            answers += f64::from(client??);
        }
        Ok(answers / during.as_secs_f64())
    })
}

/// Runs clients where they share no thread with anything else of this program.
pub(crate) fn on_its_own_thread<T, F>(clients: impl FnOnce() -> F + Send + 'static) -> Outcome<T>
where
    T: Send + 'static,
    F: Future<Output = Outcome<T>>,
{
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        LocalSet::new().block_on(&runtime, clients())
    });
    thread.join().map_err(|_| "a client panicked")?
}
