//! A scripted Prometheus: every query is answered with a body made beforehand, and the moment of the answer is noted.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use crate::{
    clock::{Moment, now},
    payload::Payload,
};

/// A running upstream; it ends with the process.
#[derive(Clone)]
pub(crate) struct Upstream {
    port: u16,
    script: Arc<Mutex<Script>>,
}

struct Script {
    /// Answered in turn.
    bodies: Vec<Arc<[u8]>>,
    asked: usize,
    answered: Vec<Moment>,
}

impl Upstream {
    /// One that answers with nothing yet.
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let upstream = Self {
            port: listener.local_addr()?.port(),
            script: Arc::new(Mutex::new(Script {
                bodies: vec![Payload::tiny().body().into()],
                asked: 0,
                answered: Vec::new(),
            })),
        };
        let served = upstream.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let upstream = served.clone();
                // An error is a client that has gone.
                thread::spawn(move || upstream.serve(stream));
            }
        });
        Ok(upstream)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on queries are answered with these, in turn.
    pub(crate) fn answer_with(&self, payloads: &[Payload]) {
        let bodies = payloads.iter().map(|payload| payload.body().into());
        self.script().bodies = bodies.collect();
    }

    /// When queries have been answered, until now.
    pub(crate) fn answered(&self) -> Vec<Moment> {
        self.script().answered.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut writer = stream;
        loop {
            let Some(path) = request(&mut reader)? else {
                return Ok(());
            };
            let is_query = path.starts_with("/api/v1/query");
            let body: Arc<[u8]> = if is_query {
                self.next()
            } else {
                br#"{"status":"success","data":{"alerts":[]}}"#.as_slice().into()
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            writer.write_all(&[head.as_bytes(), &body].concat())?;
            if is_query {
                self.script().answered.push(now());
            }
        }
    }

    fn next(&self) -> Arc<[u8]> {
        let mut script = self.script();
        script.asked += 1;
        script.bodies[script.asked % script.bodies.len()].clone()
    }
}

/// The path of the next request, whose body is read away; `None` at the end.
fn request(reader: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
    let path = first.split(' ').nth(1).unwrap_or_default();
    Ok(Some(path.to_owned()))
}
