//! The smallest HTTP client: one scrape after the other over one connection.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::{Duration, Instant},
};

use crate::Outcome;

/// A connection to an exporter.
pub(crate) struct Source {
    reader: BufReader<TcpStream>,
}

/// One scrape.
pub(crate) struct Scrape {
    /// From the request to the last byte.
    pub(crate) took: Duration,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn open(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        let reader = BufReader::with_capacity(64 * 1024, stream);
        Ok(Self { reader })
    }

    pub(crate) fn fetch(&mut self) -> Outcome<Scrape> {
        let began = Instant::now();
        let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
        self.reader.get_mut().write_all(request)?;
        let mut status = String::new();
        self.reader.read_line(&mut status)?;
        let mut body = vec![0; self.length()?];
        self.reader.read_exact(&mut body)?;
        let took = began.elapsed();
        if !status.starts_with("HTTP/1.1 200 ") {
            return Err(format!("an exporter answers {}", status.trim()).into());
        }
        let text = String::from_utf8(body)?;
        Ok(Scrape { took, text })
    }

    /// Reads the rest of the head.
    fn length(&mut self) -> Outcome<usize> {
        let mut length = None;
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line)? == 0 {
                return Err("the exporter has hung up".into());
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                return length.ok_or_else(|| "an answer without a length".into());
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = Some(value.trim().parse()?);
            }
        }
    }
}

impl Scrape {
    pub(crate) fn samples(&self) -> usize {
        let lines = self.text.lines();
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .count()
    }
}
