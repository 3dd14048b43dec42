//! Rules for the values of settings. A value that breaks a rule is recorded with its key.

use std::{collections::BTreeMap, error::Error, fmt::Display, net::IpAddr, ops::RangeInclusive};

use ipnet::IpNet;
use tokio_postgres::config::SslMode;
use url::Url;

use super::{error::SettingsError, secret::Secret};

/// Minimum length of a token in bytes: 128 bits, if it is random.
const MIN_TOKEN_LENGTH: usize = 16;

/// Collects what is wrong with the settings, so that the user sees all of it at once.
#[derive(Debug, Default)]
pub struct Validator {
    messages: Vec<String>,
    sources: BTreeMap<String, String>,
}

/// Parses a network in CIDR notation, or a single address.
pub fn network(text: &str) -> Option<IpNet> {
    let single = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(single)
}

impl Validator {
    /// Records that `key` is wrong, with the source of its value.
    pub fn reject(&mut self, key: &str, must: impl Display) {
        let whole = key.split('[').next().unwrap_or(key);
        let source = self.sources.get(whole).map(|source| format!(" ({source})"));
        let source = source.unwrap_or_default();
        let fault = format!("{key}: {must}{source}");
        // A key in a file may contain line ends.
        self.messages.push(fault.replace(char::is_control, " "));
    }

    /// Sets where the value of `key` comes from; later layers replace earlier ones.
    pub fn set_source(&mut self, key: &str, source: String) {
        self.sources.insert(key.to_owned(), source);
    }

    /// Where the value of `key` comes from; `None` for the default.
    pub fn source(&self, key: &str) -> Option<&str> {
        self.sources.get(key).map(String::as_str)
    }

    /// Records that `key` is wrong unless `holds`.
    pub fn require(&mut self, holds: bool, key: &str, must: impl Display) {
        if !holds {
            self.reject(key, must);
        }
    }

    /// All that was recorded.
    pub fn into_error(self) -> SettingsError {
        SettingsError(self.messages)
    }

    /// Returns `value` if nothing was recorded.
    ///
    /// # Errors
    /// All that was recorded.
    pub fn finish<T>(self, value: T) -> Result<T, SettingsError> {
        if self.messages.is_empty() {
            Ok(value)
        } else {
            Err(self.into_error())
        }
    }

    /// A number within `bounds`; NaN never is.
    pub fn within<N>(&mut self, key: &str, value: N, bounds: RangeInclusive<N>)
    where
        N: Copy + PartialOrd + Display,
    {
        let (least, most) = bounds.into_inner();
        let must = format_args!("must be {least} to {most}, found {value}");
        self.require(least <= value && value <= most, key, must);
    }

    /// An address to listen on.
    pub fn ip(&mut self, key: &str, host: &str) {
        self.require(host.parse::<IpAddr>().is_ok(), key, "must be an IP address");
    }

    /// Networks of trusted proxies.
    pub fn networks(&mut self, key: &str, networks: &[String]) {
        for text in networks {
            match network(text) {
                None => self.reject(
                    key,
                    format_args!("{text:?} is not a network such as 10.0.0.0/8 or an address"),
                ),
                Some(network) if network.prefix_len() == 0 => self.reject(
                    key,
                    format_args!("{text:?} would let everyone choose the address it is known by"),
                ),
                Some(_) => {}
            }
        }
    }

    /// A name that appears in JSON, logs and metrics.
    pub fn name(&mut self, key: &str, name: &str) {
        let plain = !name.is_empty() && name.len() <= 128 && !name.chars().any(char::is_control);
        self.require(plain, key, "must be 1 to 128 printable characters");
        let trimmed = name.trim() == name;
        self.require(trimmed, key, "must not begin or end with a blank");
    }

    /// A list of names without duplicates.
    pub fn unique_names(&mut self, key: &str, names: &[String]) {
        for (index, name) in names.iter().enumerate() {
            let place = format!("{key}[{index}]");
            self.name(&place, name);
            let must = format_args!("{name:?} is in the list twice");
            self.require(!names[..index].contains(name), &place, must);
        }
    }

    /// Host names of this server, without ports.
    pub fn hosts(&mut self, key: &str, hosts: &[String]) {
        let label = |label: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            !label.is_empty() && label.bytes().all(known)
        };
        let is_name = |host: &str| {
            let host = host.strip_suffix('.').unwrap_or(host);
            host.len() <= 253
                && host
                    .strip_prefix("*.")
                    .unwrap_or(host)
                    .split('.')
                    .all(label)
        };
        for host in hosts.iter().filter(|host| !is_name(host)) {
            let must = format_args!(
                "{host:?} is not a name such as metrics.example.org or *.example.org (no scheme, port or path; \
                 addresses are always answered)"
            );
            self.reject(key, must);
        }
    }

    /// A bearer token: long enough not to be guessed, and ASCII for a header; empty for none. Messages do not repeat it.
    pub fn token(&mut self, key: &str, token: &Secret) {
        let token = token.reveal();
        let sound =
            token.len() >= MIN_TOKEN_LENGTH && token.bytes().all(|byte| byte.is_ascii_graphic());
        let must = format_args!(
            "must be at least {MIN_TOKEN_LENGTH} ASCII characters without blanks, or empty for none; \
             openssl rand -hex 16 makes one"
        );
        self.require(token.is_empty() || sound, key, must);
    }

    /// The base address of an HTTP service. Messages do not repeat it: it may hold a password.
    pub fn http_url(&mut self, key: &str, url: &str) {
        match Url::parse(url) {
            Ok(url) => {
                let scheme = matches!(url.scheme(), "http" | "https");
                self.require(scheme, key, "must start with http:// or https://");
                let base = url.query().is_none() && url.fragment().is_none();
                self.require(base, key, "must not have a query or a fragment");
                self.require(url.port() != Some(0), key, "must not have port 0");
                let wildcard = url.host_str().is_some_and(|host| host.contains('*'));
                self.require(!wildcard, key, "must name one host, without *");
            }
            Err(error) => self.reject(key, format_args!("is not a URL: {error}")),
        }
    }

    /// Like [`Self::http_url`], for a server with the API of Prometheus.
    pub fn prometheus_url(&mut self, key: &str, url: &str) {
        self.http_url(key, url);
        let path = Url::parse(url).map(|url| url.path().trim_end_matches('/').to_owned());
        let base = !path.is_ok_and(|path| path.ends_with("/api/v1"));
        self.require(base, key, "must be the address below which /api/v1 is");
    }

    /// Like [`Self::http_url`], for an address that browsers receive: it must not hold a secret.
    pub fn public_url(&mut self, key: &str, url: &str) {
        self.http_url(key, url);
        let secret = |url: Url| !url.username().is_empty() || url.password().is_some();
        let open = !Url::parse(url).is_ok_and(secret);
        self.require(
            open,
            key,
            "must not have user:password@: browsers receive it",
        );
    }

    /// The address of a PostgreSQL database. Messages repeat neither it nor the parser's error: both may hold the password.
    pub fn database_url(&mut self, key: &str, url: &Secret) {
        match url.reveal().parse::<tokio_postgres::Config>() {
            Ok(config) => {
                self.require(!config.get_hosts().is_empty(), key, "must name a host");
                let plain = config.get_ssl_mode() != SslMode::Require;
                self.require(plain, key, "sslmode=require is not supported");
            }
            Err(error) => match unknown_parameter(url.reveal(), &error) {
                Some(name) => self.reject(
                    key,
                    format_args!("the parameter {name:?} is not one that is known here"),
                ),
                None => self.reject(
                    key,
                    "must look like postgres://user:password@host:5432/database",
                ),
            },
        }
    }

    /// Origins (RFC 6454 §6.2): scheme, host and optional port. Case and default ports do not matter; what no browser sends
    /// is refused.
    pub fn origins(&mut self, key: &str, origins: &[String]) {
        for origin in origins {
            if let Err(must) = check_origin(origin) {
                self.reject(key, format_args!("{origin:?} {must}"));
            }
        }
    }
}

/// The unknown parameter of a database address. The error itself may hold a part of the address.
fn unknown_parameter(url: &str, error: &tokio_postgres::Error) -> Option<String> {
    let message = error.source()?.to_string();
    let url = Url::parse(url).ok()?;
    let mut names = url.query_pairs().map(|(name, _)| name);
    let unknown = names.find(|name| message == format!("unknown option `{name}`"))?;
    Some(unknown.into_owned())
}

fn check_origin(origin: &str) -> Result<(), String> {
    if origin.contains('*') {
        return Err(
            "can never match: origins are compared whole, without wildcards; list each one"
                .to_owned(),
        );
    }
    if origin == "null" {
        return Err("is what every sandboxed page says, and cannot be allowed".to_owned());
    }
    let url = Url::parse(origin).ok();
    let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return Err("is not an origin such as https://ui.example.org:8443".to_owned());
    };
    let sent = url.origin().ascii_serialization();
    let default = match url.scheme() {
        "https" => ":443",
        _ => ":80",
    };
    let written = origin.to_ascii_lowercase();
    let matches =
        url.port() != Some(0) && written.strip_suffix(default).unwrap_or(&written) == sent;
    matches
        .then_some(())
        .ok_or_else(|| format!("can never match: a browser says {sent:?}"))
}
