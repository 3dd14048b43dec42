//! Range answers of a real Prometheus: its own metrics, scraped once a second for two minutes.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Outcome, payload::Payload, server::Server};

/// How long it scrapes itself before it is asked.
const HISTORY: Duration = Duration::from_secs(125);
/// The window of the query, one point a second.
const WINDOW: u32 = 120;
/// Answers, a second apart.
const VARIANTS: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    result: Vec<&'a RawValue>,
}

/// Runs a Prometheus in `scratch`, and takes about `bytes` of what it answers: every n-th of its series.
///
/// # Errors
/// When there is no `prometheus`, or it does not do what is asked.
pub(crate) fn record(scratch: &Path, bytes: usize) -> Outcome<Vec<Payload>> {
    let server = Server::start(PATIENCE, |command, port| {
        let target = format!("127.0.0.1:{port}");
        let file = scratch.join("prometheus.yml");
        fs::write(
            &file,
            format!(
                "global: {{scrape_interval: 1s}}\n\
                 scrape_configs: [{{job_name: prometheus, static_configs: [{{targets: [\"{target}\"]}}]}}]\n"
            ),
        )?;
        command
            .arg("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                scratch.join("tsdb").display()
            ))
            .arg(format!("--web.listen-address={target}"))
            .stderr(Stdio::null());
        Ok(())
    })?;
    thread::sleep(HISTORY);
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    (0..VARIANTS)
        .map(|variant| {
            let end = now - 1 - u64::from(VARIANTS - variant);
            let query = format!(
                "/api/v1/query_range?query=%7Bjob%3D%22prometheus%22%7D&start={}&end={end}&step=1",
                end - u64::from(WINDOW)
            );
            thin(&fetched(server.port, &query)?, bytes)
        })
        .collect()
}

/// The answer's body, in one piece: HTTP/1.0 knows no chunks.
fn fetched(port: u16, path: &str) -> Outcome<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n");
    let end = end.ok_or("an answer without a head")?;
    if !answer.starts_with(b"HTTP/1.0 200 ") {
        return Err(String::from_utf8_lossy(&answer).into());
    }
    Ok(answer.split_off(end + 4))
}

/// Every n-th series, so that about `bytes` are left.
fn thin(answer: &[u8], bytes: usize) -> Outcome<Payload> {
    let Answer {
        data: Data { result },
    } = serde_json::from_slice(answer)?;
    let every = (answer.len() / bytes).max(1);
    let kept: Vec<&str> = result
        .iter()
        .step_by(every)
        .map(|series| series.get())
        .collect();
    Ok(Payload::new("matrix", &kept.join(",")))
}
