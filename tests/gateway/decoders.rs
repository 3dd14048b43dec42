//! Other people's WebSocket clients read what the gateway compresses: Node's `ws`, and a browser.

use std::{path::PathBuf, process::Stdio};

use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::mpsc,
};

use crate::support::{
    gateway::TestGateway,
    in_the_end,
    scripted_prometheus::ScriptedPrometheus,
    ws::{Message, WsClient},
};

const PADDING: usize = 300_000;
const TYPE: &str = "range_metrics";

/// What a client tells of its session.
#[derive(Debug, Deserialize)]
struct Told {
    extensions: String,
    acknowledged: String,
    frames: Vec<String>,
}

impl Told {
    fn is_right(&self) {
        assert!(
            self.extensions.starts_with("permessage-deflate"),
            "{}",
            self.extensions
        );
        assert_eq!(self.acknowledged, "long");
        for frame in &self.frames {
            let frame: serde_json::Value = serde_json::from_str(frame).unwrap();
            let pad = frame
                .pointer("/data/cpu_usage_1h/result/0/metric/pad")
                .unwrap();
            assert_eq!(pad.as_str().unwrap(), "x".repeat(PADDING));
        }
    }
}

/// A gateway whose frames are compressed, since somebody takes them so: the latest one too, that a client begins with.
async fn gateway(origin: &str) -> (ScriptedPrometheus, TestGateway) {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(PADDING);
    let gateway = prometheus.gateway(200, [("CORS_ALLOWED_ORIGINS", origin)]);
    let mut first = WsClient::open_deflated(gateway.addr, "/ws/range").await;
    while !matches!(first.next().await, Some(Message::Deflated(_))) {}
    actix_web::rt::spawn(async move { while first.next().await.is_some() {} });
    (prometheus, gateway)
}

fn clients() -> PathBuf {
    crate::support::workspace().join("tests/clients")
}

#[actix_web::test]
async fn node_reads_what_is_compressed_and_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["package.json", "package-lock.json", "node.js"] {
        std::fs::copy(clients().join(file), folder.path().join(file)).unwrap();
    }
    let install = Command::new("npm")
        .args(["ci", "--prefer-offline", "--no-audit", "--no-fund"])
        .current_dir(folder.path())
        .output()
        .await
        .unwrap();
    assert!(
        install.status.success(),
        "{}",
        String::from_utf8_lossy(&install.stderr)
    );

    let (_prometheus, gateway) = gateway("http://localhost:3000").await;
    let read = Command::new("node")
        .args(["node.js", &format!("ws://{}/ws/range", gateway.addr), TYPE])
        .current_dir(folder.path())
        .kill_on_drop(true)
        .output();
    let read = in_the_end("node ends", read).await.unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    serde_json::from_slice::<Told>(&read.stdout)
        .unwrap()
        .is_right();
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn a_browser_reads_what_is_compressed_and_is_understood() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (_prometheus, gateway) = gateway(&origin).await;
    let profile = tempfile::tempdir().unwrap();
    let _browser = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--disable-dev-shm-usage", "--remote-debugging-port=0"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!(
            "{origin}/?type={TYPE}&url=ws://{}/ws/range",
            gateway.addr
        ))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let told = in_the_end("the page tells something", told_to(listener)).await;
    serde_json::from_str::<Told>(&told)
        .unwrap_or_else(|error| panic!("{error}: {told}"))
        .is_right();
    gateway.stop().await.unwrap();
}

/// Serves the page until it tells something.
async fn told_to(listener: TcpListener) -> String {
    let (tell, mut told) = mpsc::unbounded_channel();
    // Each on its own: a browser opens connections that it may not use.
    let serve = actix_web::rt::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            actix_web::rt::spawn(answer(stream, tell.clone()));
        }
    });
    let told = told.recv().await.unwrap();
    serve.abort();
    told
}

async fn answer(mut stream: TcpStream, tell: mpsc::UnboundedSender<String>) {
    let Some((line, body)) = request(&mut stream).await else {
        return;
    };
    let page = match line.starts_with("GET /?") {
        true => std::fs::read_to_string(clients().join("page.html")).unwrap(),
        false => String::new(),
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
    let answer = format!("{head}Content-Length: {}\r\n\r\n{page}", page.len());
    // It may have gone.
    let _ = stream.write_all(answer.as_bytes()).await;
    if line.starts_with("POST /told") {
        let _ = tell.send(body);
    }
}

/// The first line and the body; none of a connection that says nothing.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut received = String::new();
    let mut buffer = vec![0; 65_536];
    loop {
        if let Some((head, body)) = received.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return Some((head.lines().next()?.to_owned(), body.to_owned()));
            }
        }
        let read = stream
            .read(&mut buffer)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        received.push_str(std::str::from_utf8(&buffer[..read]).ok()?);
    }
}
