//! A proxy before Prometheus that passes every byte on as it came and remembers what has gone through.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use actix_web::rt::spawn;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A request that was answered.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// Path and query, as the client sent them.
    pub(crate) target: String,
    /// The header `Authorization`.
    pub(crate) authorization: Option<String>,
    /// The body of the answer, freed of its transfer coding.
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
struct Seen {
    exchanges: Vec<Exchange>,
    waiting: HashMap<String, usize>,
    most_waiting: usize,
    asked: usize,
}

#[derive(Clone)]
pub(crate) struct RecordingProxy {
    addr: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

impl RecordingProxy {
    /// Listens on a free port and passes on to `server`, whose paths do not have `prefix`.
    pub(crate) async fn start(server: u16, prefix: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            addr: listener.local_addr().unwrap(),
            seen: Arc::default(),
        };
        let accepting = proxy.clone();
        spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let proxy = accepting.clone();
                // Either side may hang up at any time.
                spawn(async move { proxy.serve(client, server, prefix).await.ok() });
            }
        });
        proxy
    }

    /// `host:port`.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The answered requests so far.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.seen.lock().unwrap().exchanges.clone()
    }

    /// How many requests have come, answered or not.
    pub(crate) fn asked(&self) -> usize {
        self.seen.lock().unwrap().asked
    }

    /// How many requests to the same endpoint have waited for their answers at the same time, at most.
    pub(crate) fn most_waiting(&self) -> usize {
        self.seen.lock().unwrap().most_waiting
    }

    async fn serve(&self, mut client: TcpStream, server: u16, prefix: &str) -> io::Result<()> {
        let mut server = TcpStream::connect(("127.0.0.1", server)).await?;
        while let Some(head) = read_head(&mut client).await? {
            let target = head.split(' ').nth(1).unwrap().to_owned();
            assert!(target.starts_with(prefix), "{target}");
            let passed_on = head.replacen(&target, &target[prefix.len()..], 1);
            let endpoint = target.split('?').next().unwrap();
            self.begin(endpoint);
            let answer = async {
                server.write_all(passed_on.as_bytes()).await?;
                read_answer(&mut server).await
            };
            let mut next = [0];
            let answer = tokio::select! {
                answer = answer => answer,
                // It sends nothing while it waits: it has hung up.
                _ = client.peek(&mut next) => Err(io::ErrorKind::ConnectionAborted.into()),
            };
            *self.seen.lock().unwrap().waiting.get_mut(endpoint).unwrap() -= 1;
            let (bytes, body) = answer?;
            self.seen.lock().unwrap().exchanges.push(Exchange {
                target,
                authorization: header(&head, "authorization").map(str::to_owned),
                body,
            });
            client.write_all(&bytes).await?;
        }
        Ok(())
    }

    fn begin(&self, endpoint: &str) {
        let mut seen = self.seen.lock().unwrap();
        seen.asked += 1;
        let waiting = seen.waiting.entry(endpoint.to_owned()).or_default();
        *waiting += 1;
        let waiting = *waiting;
        seen.most_waiting = waiting.max(seen.most_waiting);
    }
}

/// A message's head, the empty line included; none if the connection has ended.
pub(crate) async fn read_head(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(String::from_utf8(head).unwrap()))
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
}

/// All bytes of an answer, and its body.
async fn read_answer(server: &mut TcpStream) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let ended = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let head = read_head(server).await?.ok_or_else(ended)?;
    let mut bytes = head.clone().into_bytes();
    let mut body = Vec::new();
    if let Some(length) = header(&head, "content-length") {
        body.resize(length.parse().unwrap(), 0);
        server.read_exact(&mut body).await?;
        bytes.extend_from_slice(&body);
        return Ok((bytes, body));
    }
    loop {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(server.read_u8().await?);
        }
        let size = str::from_utf8(&line).unwrap().trim();
        let size = usize::from_str_radix(size, 16).unwrap();
        let mut chunk = vec![0; size + 2];
        server.read_exact(&mut chunk).await?;
        bytes.append(&mut line);
        bytes.extend_from_slice(&chunk);
        body.extend_from_slice(&chunk[..size]);
        if size == 0 {
            return Ok((bytes, body));
        }
    }
}
