//! A real HTTP server that answers every query as a healthy Prometheus would, with as many bytes as a test wants.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::gateway::TestGateway;

/// Answers count up: each one differs from the last, until they are told to stay.
pub(crate) struct ScriptedPrometheus {
    addr: SocketAddr,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    padding: AtomicUsize,
    stays: AtomicBool,
    answers: AtomicUsize,
}

impl ScriptedPrometheus {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let script = Arc::new(Script::default());
        let followed = script.clone();
        actix_web::rt::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                actix_web::rt::spawn(serve(stream, followed.clone()));
            }
        });
        Self { addr, script }
    }

    /// From now on one query of the range channel is answered with this many bytes more.
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

async fn serve(mut stream: TcpStream, script: Arc<Script>) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        head.extend_from_slice(&buffer[..read]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let line = String::from_utf8(std::mem::take(&mut head)).unwrap();
        let step = usize::from(!script.stays.load(Ordering::Relaxed));
        let count = script.answers.fetch_add(step, Ordering::Relaxed) + step;
        let (kind, values) = if line.contains("/query_range?") {
            ("matrix", format!(r#""values":[[1,"{count}"]]"#))
        } else {
            ("vector", format!(r#""value":[1,"{count}"]"#))
        };
        let padding = if kind == "matrix" && line.contains("cpu_usage") {
            script.padding.load(Ordering::Relaxed)
        } else {
            0
        };
        let data = if line.contains("/alerts ") {
            format!(r#""alerts":[{{"labels":{{"count":"{count}"}}}}]"#)
        } else {
            let padding = "x".repeat(padding);
            format!(
                r#""resultType":"{kind}","result":[{{"metric":{{"pad":"{padding}"}},{values}}}]"#
            )
        };
        let body = format!(r#"{{"status":"success","data":{{{data}}}}}"#);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
