//! The `host[:port]` of a `Host` header, of a request target and of an `Origin` (RFC 9110 §4.2, RFC 3986 §3.2), parsed
//! strictly: what a browser would not send is refused.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// The longest name that DNS can hold.
const MAX_NAME_LENGTH: usize = 253;

/// A host and an optional port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The host.
    pub host: Host,
    /// `None` for the default port of the scheme.
    pub port: Option<u16>,
}

/// A host by address or by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// An address in its canonical form: `127.0.0.1`, `[::1]`. Others (`127.1`, `0x7f.1`) are names.
    Ip(IpAddr),
    /// A name in lower case, without a trailing dot.
    Name(String),
}

impl Authority {
    /// Parses `host[:port]`; `None` if it is malformed or has user information or an IPv6 zone.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        if let Some(rest) = text.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            let port = match port {
                "" => None,
                port => read_port(port.strip_prefix(':')?)?,
            };
            return Some(Self {
                host: Host::Ip(address.into()),
                port,
            });
        }
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, read_port(port)?),
            None => (text, None),
        };
        Some(Self {
            host: Host::parse(host)?,
            port,
        })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Ip(IpAddr::V4(address)) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl Host {
    /// Parses a name or an IPv4 address.
    fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return address.is_ipv4().then_some(Self::Ip(address));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let label = |label: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            !label.is_empty() && label.bytes().all(known)
        };
        let well_formed = name.len() <= MAX_NAME_LENGTH && name.split('.').all(label);
        well_formed.then(|| Self::Name(name.to_ascii_lowercase()))
    }
}

/// `Some(None)` for an empty port, which RFC 3986 allows.
#[allow(
    clippy::option_option,
    reason = "the outer one says whether it is well-formed"
)]
fn read_port(text: &str) -> Option<Option<u16>> {
    if text.is_empty() {
        return Some(None);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str, port: Option<u16>) -> Option<Authority> {
        let host = Host::Name(name.to_owned());
        Some(Authority { host, port })
    }

    fn ip(ip: &str, port: Option<u16>) -> Option<Authority> {
        let host = Host::Ip(ip.parse().unwrap());
        Some(Authority { host, port })
    }

    #[test]
    fn names_and_canonical_addresses_are_read() {
        for (text, expected) in [
            ("localhost", name("localhost", None)),
            ("LocalHost:8005", name("localhost", Some(8005))),
            ("localhost.", name("localhost", None)),
            ("localhost.:80", name("localhost", Some(80))),
            ("dash.example.org:", name("dash.example.org", None)),
            ("mock_metrics", name("mock_metrics", None)),
            ("127.0.0.1:8005", ip("127.0.0.1", Some(8005))),
            ("[::1]", ip("::1", None)),
            ("[::FFFF:127.0.0.1]:1", ip("::ffff:127.0.0.1", Some(1))),
            // Browsers convert these to 127.0.0.1 before they send them; sent as they are, they are names.
            ("127.1", name("127.1", None)),
            ("0x7f000001", name("0x7f000001", None)),
            ("0177.0.0.1", name("0177.0.0.1", None)),
            ("2130706433", name("2130706433", None)),
            ("127.0.0.1.", name("127.0.0.1", None)),
        ] {
            assert_eq!(Authority::parse(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            ".",
            ":80",
            "a..b",
            ".a",
            "a..",
            "user@localhost",
            "user:secret@localhost",
            "localhost@evil.example",
            "localhost:80:80",
            "localhost:http",
            "localhost:-1",
            "localhost:+1",
            "localhost:65536",
            "local host",
            "localhost/",
            "localhost, evil.example",
            "::1",
            "[::1",
            "[::1]8005",
            "[fe80::1%eth0]",
            "[127.0.0.1]",
            "[v1.fe80]",
            "b\u{fc}cher.example",
        ] {
            assert_eq!(Authority::parse(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(Authority::parse(b"\xff"), None);
        assert_eq!(Authority::parse(&[b'a'; 254]), None);
    }
}
