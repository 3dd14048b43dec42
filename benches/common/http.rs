//! The smallest HTTP client that keeps up with what it measures: one request after the other over one connection.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use crate::Outcome;

/// A connection to a server.
pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
    body: Vec<u8>,
}

impl Connection {
    /// To `host:port`.
    pub(crate) fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            reader: BufReader::with_capacity(64 * 1024, stream),
            body: Vec::new(),
        })
    }

    /// The body of the answer, which must be a 200 with a length.
    pub(crate) fn get(&mut self, path: &str) -> Outcome<&[u8]> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.reader.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let mut length = None;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = Some(value.trim().parse()?);
            }
        }
        self.body
            .resize(length.ok_or("an answer without a length")?, 0);
        self.reader.read_exact(&mut self.body)?;
        if !status.starts_with("HTTP/1.1 200 ") {
            return Err(format!("{path} is answered {status}").into());
        }
        Ok(&self.body)
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err("the server has hung up".into());
        }
        Ok(line.trim_end().to_owned())
    }
}
