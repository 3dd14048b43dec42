//! A real HTTP server that answers every query as a healthy Prometheus would, with as many bytes as a test wants.
//!
//! It has a thread of its own: whatever a test does meanwhile, the gateway is answered.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime,
    sync::{Semaphore, oneshot},
};

use super::gateway::TestGateway;

/// One of the instant and one of the range queries, as they stand in a request: the others wait for their answers.
const PACEMAKERS: [&str; 2] = [
    "/query?query=prometheus_engine_queries",
    "/query_range?query=http_requests_total",
];

/// Answers count up: each one differs from the last, until they are told to stay.
pub(crate) struct ScriptedPrometheus {
    addr: SocketAddr,
    script: Arc<Script>,
    /// Its thread ends when this is dropped.
    _alive: oneshot::Sender<()>,
}

#[derive(Default)]
struct Script {
    padding: AtomicUsize,
    stays: AtomicBool,
    answers: AtomicUsize,
    /// By [`PACEMAKERS`], if there are beats on demand only.
    beats: Option<[Semaphore; 2]>,
}

impl ScriptedPrometheus {
    pub(crate) async fn start() -> Self {
        Self::following(Script::default()).await
    }

    /// Of the instant and of the range queries, as many beats are answered as [`Self::beat`] has been called. The alerts
    /// have answers all the time.
    pub(crate) async fn on_demand() -> Self {
        let beats = Some([Semaphore::new(0), Semaphore::new(0)]);
        Self::following(Script {
            beats,
            ..Script::default()
        })
        .await
    }

    async fn following(script: Script) -> Self {
        let (script, (alive, ended)) = (Arc::new(script), oneshot::channel());
        let (tell, told) = oneshot::channel();
        let followed = Arc::clone(&script);
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_io().build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let serving = async {
                    loop {
                        let (stream, _) = listener.accept().await.unwrap();
                        tokio::spawn(serve(stream, Arc::clone(&followed)));
                    }
                };
                tokio::select! { _ = ended => {}, () = serving => {} }
            });
        });
        Self {
            addr: told.await.unwrap(),
            script,
            _alive: alive,
        }
    }

    /// Allows one beat more.
    pub(crate) fn beat(&self) {
        for pacemaker in self.script.beats.as_ref().expect("beats on demand") {
            pacemaker.add_permits(1);
        }
    }

    /// From now on one query of the range channel is answered with this many bytes more, and so are the alerts.
    pub(crate) fn pad(&self, bytes: usize) {
        self.script.padding.store(bytes, Ordering::Relaxed);
    }

    /// From now on the same question has the same answer, or not.
    pub(crate) fn stay(&self, stays: bool) {
        self.script.stays.store(stays, Ordering::Relaxed);
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// A gateway that polls it every `beat` milliseconds.
    pub(crate) fn gateway<'e>(
        &self,
        beat: u32,
        environment: impl IntoIterator<Item = (&'e str, &'e str)>,
    ) -> TestGateway {
        let own = [
            ("PROMETHEUS_URL", self.url()),
            ("POLL_INTERVAL", beat.to_string()),
        ];
        let environment = environment
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()));
        TestGateway::start(own.into_iter().chain(environment))
    }
}

impl Script {
    /// Waits for the beat that a request belongs to.
    async fn beat(&self, request: &str) {
        for (pacemaker, query) in self.beats.iter().flatten().zip(PACEMAKERS) {
            if request.contains(query) {
                pacemaker.acquire().await.unwrap().forget();
            }
        }
    }

    /// The body of the answer.
    fn answer(&self, request: &str) -> String {
        let step = usize::from(!self.stays.load(Ordering::Relaxed));
        let count = self.answers.fetch_add(step, Ordering::Relaxed) + step;
        let (kind, values) = if request.contains("/query_range?") {
            ("matrix", format!(r#""values":[[1,"{count}"]]"#))
        } else {
            ("vector", format!(r#""value":[1,"{count}"]"#))
        };
        let alerts = request.contains("/alerts ");
        let padded = alerts || (kind == "matrix" && request.contains("cpu_usage"));
        let padding = if padded {
            self.padding.load(Ordering::Relaxed)
        } else {
            0
        };
        let padding = "x".repeat(padding);
        let data = if alerts {
            format!(r#""alerts":[{{"labels":{{"count":"{count}","pad":"{padding}"}}}}]"#)
        } else {
            format!(
                r#""resultType":"{kind}","result":[{{"metric":{{"pad":"{padding}"}},{values}}}]"#
            )
        };
        format!(r#"{{"status":"success","data":{{{data}}}}}"#)
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Script>) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        head.extend_from_slice(&buffer[..read]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let request = String::from_utf8(std::mem::take(&mut head)).unwrap();
        script.beat(&request).await;
        let body = script.answer(&request);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
