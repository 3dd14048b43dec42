//! The limit: no framework, one thread. It fetches the payload, makes one frame of it and writes that to socket after
//! socket; what a socket does not take at once is written when it is ready for more.
//! `limit PORT UPSTREAM INTERVAL_MS`.

use std::{
    io::{ErrorKind, Read, Write},
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};

use crate::{Outcome, fetch, http::Connection};

const LISTENER: Token = Token(usize::MAX);

struct Reader {
    stream: TcpStream,
    /// Of the request for the upgrade; done when it ends in an empty line.
    head: Vec<u8>,
    open: bool,
    /// Of the current frame.
    written: usize,
}

/// Runs it for ever.
pub(crate) fn run(port: u16, upstream: &str, interval: Duration) -> Outcome<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port).into())?;
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut readers: Vec<Reader> = Vec::new();
    let mut frame = Vec::new();
    let mut events = Events::with_capacity(1024);
    let mut source = Connection::open(upstream.trim_start_matches("http://"))?;
    let mut next = Instant::now() + interval;
    let mut sequence = 0_u64;
    loop {
        if Instant::now() >= next {
            next += interval;
            sequence += 1;
            frame = encode(fetch::data(&mut source)?, sequence);
            for reader in readers.iter_mut().filter(|reader| reader.open) {
                reader.written = 0;
                reader.write(&frame);
            }
        }
        let wait = next.saturating_duration_since(Instant::now());
        match poll.poll(&mut events, Some(wait)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            other => other?,
        }
        for event in &events {
            if event.token() == LISTENER {
                accept(&listener, &poll, &mut readers)?;
                continue;
            }
            let reader = &mut readers[event.token().0];
            if event.is_readable() {
                reader.read();
            }
            if event.is_writable() && reader.open {
                reader.write(&frame);
            }
        }
    }
}

fn accept(listener: &TcpListener, poll: &Poll, readers: &mut Vec<Reader>) -> Outcome<()> {
    loop {
        let mut stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let interest = Interest::READABLE | Interest::WRITABLE;
        let token = Token(readers.len());
        poll.registry().register(&mut stream, token, interest)?;
        stream.set_nodelay(true)?;
        readers.push(Reader {
            stream,
            head: Vec::new(),
            open: false,
            written: usize::MAX,
        });
    }
}

impl Reader {
    fn read(&mut self) {
        let mut buffer = [0; 1024];
        while let Ok(read @ 1..) = self.stream.read(&mut buffer) {
            if self.open {
                continue;
            }
            self.head.extend_from_slice(&buffer[..read]);
            if self.head.ends_with(b"\r\n\r\n") {
                self.head = Vec::new();
                self.open = true;
                // The clients check no more than the status; an empty socket takes these bytes whole.
                let _ = self.stream.write_all(
                    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                );
            }
        }
    }

    fn write(&mut self, frame: &[u8]) {
        while self.written < frame.len() {
            match self.stream.write(&frame[self.written..]) {
                Ok(written) => self.written += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.written = usize::MAX,
            }
        }
    }
}

/// The gateway's envelope around what the query has brought.
fn encode(data: &[u8], sequence: u64) -> Vec<u8> {
    let text = [
        br#"{"type":"instant_metrics","timestamp":"2026-02-10T05:35:22.447Z","seq":"#.as_slice(),
        sequence.to_string().as_bytes(),
        br#","stale":false,"data":{"q":"#,
        data,
        b"}}",
    ]
    .concat();
    let mut frame = vec![0x81];
    match u16::try_from(text.len()) {
        Ok(length @ 0..126) => frame.push(length as u8),
        Ok(length) => {
            frame.push(126);
            frame.extend_from_slice(&length.to_be_bytes());
        }
        Err(_) => {
            frame.push(127);
            frame.extend_from_slice(&(text.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&text);
    frame
}
