//! Rules that settings share. A rule that is broken notes a fault with its key.

use std::{collections::BTreeMap, fmt::Display, net::IpAddr, ops::RangeInclusive};

use tokio_postgres::config::SslMode;
use url::Url;

use super::{Secret, SettingsError};

/// Collects faults, so that a user sees all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    told: Vec<String>,
    sources: BTreeMap<String, String>,
}

impl Faults {
    /// Notes that `key` is wrong; where its value came from is told with it.
    pub(crate) fn add(&mut self, key: &str, must: impl Display) {
        let whole = key.split('[').next().unwrap_or(key);
        let source = self.sources.get(whole).map(|source| format!(" ({source})"));
        let source = source.unwrap_or_default();
        let fault = format!("{key}: {must}{source}");
        // A key in a file may have ends of lines in it.
        self.told.push(fault.replace(char::is_control, " "));
    }

    /// Remembers where the value of `key` came from; the last layer counts.
    pub(super) fn came_from(&mut self, key: &str, source: String) {
        self.sources.insert(key.to_owned(), source);
    }

    /// Notes that `key` is wrong unless `holds`.
    pub(crate) fn expect(&mut self, holds: bool, key: &str, must: impl Display) {
        if !holds {
            self.add(key, must);
        }
    }

    /// What was noted.
    pub(crate) fn into_error(self) -> SettingsError {
        SettingsError(self.told)
    }

    /// `value`, if nothing was noted.
    pub(crate) fn or<T>(self, value: T) -> Result<T, SettingsError> {
        if self.told.is_empty() {
            Ok(value)
        } else {
            Err(self.into_error())
        }
    }

    /// A number within bounds; NaN is within none.
    pub(super) fn within<N>(&mut self, key: &str, value: N, bounds: RangeInclusive<N>)
    where
        N: Copy + PartialOrd + Display,
    {
        let (least, most) = bounds.into_inner();
        let must = format_args!("must be {least} to {most}, found {value}");
        self.expect(least <= value && value <= most, key, must);
    }

    /// An address to listen on.
    pub(super) fn ip(&mut self, key: &str, host: &str) {
        self.expect(host.parse::<IpAddr>().is_ok(), key, "must be an IP address");
    }

    /// A name that stands in JSON, logs and metrics.
    pub(super) fn name(&mut self, key: &str, name: &str) {
        let plain = !name.is_empty() && name.len() <= 128 && !name.chars().any(char::is_control);
        self.expect(plain, key, "must be 1 to 128 printable characters");
    }

    /// A base address of an HTTP service. It may hold a password and is not repeated.
    pub(super) fn http_url(&mut self, key: &str, url: &str) {
        match Url::parse(url) {
            Ok(url) => {
                let scheme = matches!(url.scheme(), "http" | "https");
                self.expect(scheme, key, "must start with http:// or https://");
                let base = url.query().is_none() && url.fragment().is_none();
                self.expect(base, key, "must not have a query or a fragment");
            }
            Err(error) => self.add(key, format_args!("is not a URL: {error}")),
        }
    }

    /// The same, as every browser is told it: nothing in it can be a secret.
    pub(super) fn public_url(&mut self, key: &str, url: &str) {
        self.http_url(key, url);
        let secret = |url: Url| !url.username().is_empty() || url.password().is_some();
        let open = !Url::parse(url).is_ok_and(secret);
        self.expect(
            open,
            key,
            "must not have user:password@: browsers are told it",
        );
    }

    /// PostgreSQL's address. Neither it nor what the parser says of it is repeated: both may hold the password.
    pub(super) fn database_url(&mut self, key: &str, url: &Secret) {
        match url.reveal().parse::<tokio_postgres::Config>() {
            Ok(config) => {
                self.expect(!config.get_hosts().is_empty(), key, "must name a host");
                let plain = config.get_ssl_mode() != SslMode::Require;
                self.expect(plain, key, "sslmode=require is not supported");
            }
            Err(_) => self.add(
                key,
                "must look like postgres://user:password@host:5432/database",
            ),
        }
    }

    /// Origins as browsers send them (RFC 6454 §6.2): scheme, host and, unless it is the default, port; nothing else.
    pub(super) fn origins(&mut self, key: &str, origins: &[String]) {
        let exact = |origin: &String| {
            let parsed = Url::parse(origin).map(|url| url.origin());
            parsed.is_ok_and(|parsed| parsed.is_tuple() && parsed.ascii_serialization() == *origin)
        };
        for origin in origins.iter().filter(|origin| !exact(origin)) {
            self.add(
                key,
                format_args!("{origin:?} is not an origin such as https://ui.example.org:8443"),
            );
        }
    }
}
