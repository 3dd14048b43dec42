//! A real HTTP server that answers every query as a healthy Prometheus would, with as many bytes as a test wants.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::gateway::TestGateway;

/// Answers count up: each one differs from the last.
pub(crate) struct ScriptedPrometheus {
    addr: SocketAddr,
    padding: Arc<AtomicUsize>,
}

impl ScriptedPrometheus {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let padding = Arc::new(AtomicUsize::new(0));
        let padded = padding.clone();
        actix_web::rt::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                actix_web::rt::spawn(serve(stream, padded.clone()));
            }
        });
        Self { addr, padding }
    }

    /// From now on one query of the range channel is answered with this many bytes more.
    pub(crate) fn pad(&self, bytes: usize) {
        self.padding.store(bytes, Ordering::Relaxed);
    }

    /// A gateway that polls it every `beat` milliseconds.
    pub(crate) fn gateway<'e>(
        &self,
        beat: u32,
        environment: impl IntoIterator<Item = (&'e str, &'e str)>,
    ) -> TestGateway {
        let own = [
            ("PROMETHEUS_URL", format!("http://{}", self.addr)),
            ("POLL_INTERVAL", beat.to_string()),
        ];
        let environment = environment
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()));
        TestGateway::start(own.into_iter().chain(environment))
    }
}

async fn serve(mut stream: TcpStream, padding: Arc<AtomicUsize>) {
    static ANSWERS: AtomicUsize = AtomicUsize::new(1);
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        head.extend_from_slice(&buffer[..read]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let line = String::from_utf8(std::mem::take(&mut head)).unwrap();
        let count = ANSWERS.fetch_add(1, Ordering::Relaxed);
        let (kind, values) = if line.contains("/query_range?") {
            ("matrix", format!(r#""values":[[1,"{count}"]]"#))
        } else {
            ("vector", format!(r#""value":[1,"{count}"]"#))
        };
        let padding = if kind == "matrix" && line.contains("cpu_usage") {
            padding.load(Ordering::Relaxed)
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
