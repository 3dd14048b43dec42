//! The second process: opens sessions, reads whatever comes, and notes when each frame was there.
//! `clients PORT PATH SESSIONS EXTENSIONS`; `go` and `stop` on stdin; on stdout `open`, then a line per arrival.

use std::{
    io::{self, BufRead, BufWriter, ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};
use socket2::{Domain, Socket, Type};

use crate::{
    Outcome,
    clock::{Moment, now},
    frames::Frames,
};

/// Nothing moves for so long before the orders are looked at.
const TICK: Duration = Duration::from_millis(20);
/// Sessions from one source address: far fewer than it has ports.
const PER_ADDRESS: usize = 10_000;

static STOP: AtomicBool = AtomicBool::new(false);

/// One arrival: when, and how many bytes it took on the wire.
pub(crate) struct Arrival {
    pub(crate) at: Moment,
    pub(crate) bytes: u64,
}

struct Client {
    stream: TcpStream,
    frames: Frames,
}

/// Runs it until `stop`.
pub(crate) fn run(port: u16, path: &str, sessions: usize, extensions: &str) -> Outcome<()> {
    let mut poll = Poll::new()?;
    let mut clients = Vec::with_capacity(sessions);
    for index in 0..sessions {
        let mut stream = open(port, path, extensions, index)?;
        let token = Token(index);
        poll.registry()
            .register(&mut stream, token, Interest::READABLE)?;
        clients.push(Some(Client {
            stream,
            frames: Frames::default(),
        }));
    }
    told("open")?;
    thread::spawn(|| {
        // Whatever is said, or the end of who could say it.
        let _ = io::stdin().lock().read_line(&mut String::new());
        STOP.store(true, Ordering::Relaxed);
    });
    let (arrivals, lost) = receive(&mut poll, &mut clients)?;
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "lost {lost}")?;
    for Arrival { at, bytes } in arrivals {
        writeln!(out, "{at} {bytes}")?;
    }
    Ok(out.flush()?)
}

fn receive(poll: &mut Poll, clients: &mut [Option<Client>]) -> io::Result<(Vec<Arrival>, usize)> {
    let mut events = Events::with_capacity(1024);
    let mut buffer = vec![0; 256 * 1024];
    let (mut arrivals, mut lost) = (Vec::new(), 0);
    while !STOP.load(Ordering::Relaxed) {
        match poll.poll(&mut events, Some(TICK)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            other => other?,
        }
        for event in &events {
            let slot = &mut clients[event.token().0];
            let Some(client) = slot else { continue };
            if client.drain(&mut buffer, &mut arrivals).is_err() {
                *slot = None;
                lost += 1;
            }
        }
    }
    Ok((arrivals, lost))
}

impl Client {
    /// Reads all there is. An error is the end of the connection.
    fn drain(&mut self, buffer: &mut [u8], arrivals: &mut Vec<Arrival>) -> io::Result<()> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    let (mut pinged, at) = (false, now());
                    self.frames.take(&buffer[..read], |frame| {
                        pinged |= frame.is_ping();
                        if frame.is_data() {
                            arrivals.push(Arrival {
                                at,
                                bytes: frame.bytes,
                            });
                        }
                    });
                    if pinged {
                        // Masked with zeros, and empty.
                        self.stream.write_all(&[0x8A, 0x80, 0, 0, 0, 0])?;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

fn open(port: u16, path: &str, extensions: &str, index: usize) -> Outcome<TcpStream> {
    let host = u8::try_from(index / PER_ADDRESS + 1)?;
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::new(127, 0, 1, host), 0)).into())?;
    socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.set_tcp_nodelay(true)?;
    let mut stream = std::net::TcpStream::from(socket);
    let offer = match extensions {
        "" => String::new(),
        offer => format!("Sec-WebSocket-Extensions: {offer}\r\n"),
    };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\n{offer}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&head);
    if !head.starts_with("HTTP/1.1 101") {
        return Err(format!("session {index}: {head}").into());
    }
    if !extensions.is_empty() && !head.to_lowercase().contains("permessage-deflate") {
        return Err(format!("session {index} is not compressed: {head}").into());
    }
    stream.set_nonblocking(true)?;
    Ok(TcpStream::from_std(stream))
}

fn told(word: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{word}")?;
    out.flush()
}
