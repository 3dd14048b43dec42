//! The sections `[server]` and `[cors]`.

use std::time::Duration;

use http_kit::{
    client_address::TrustedProxies,
    connection::{ConnectionMetrics, Policy},
    host::KnownHosts,
};
use ipnet::IpNet;
use program::{
    exit::ProgramError,
    settings::{
        connections::ConnectionSettings,
        validator::{self, Validator},
    },
};
use url::Url;

use super::feature::failed;
use crate::telemetry::Telemetry;

/// The gateway's name among the containers of `docker-compose.yml`.
const COMPOSE_SERVICE: &str = "service-metrics";

program::section! {
    /// The port, and the HTTP connections to it.
    pub struct Server = "server" {
        /// Address to listen on.
        pub host: String = "0.0.0.0",
        /// Port to listen on; 0 takes a free one.
        pub port: u16 = 8005,
        /// Host names that are answered; `*.example.org` stands for all below it. Requests to other names get 421. Always
        /// answered: `localhost`, `*.localhost`, IP addresses, the name of the machine, `service-metrics` and the host of
        /// `external_url`. Probes, scrapes and the webhook are answered whatever the name.
        pub hosts: Vec<String> = [],
        /// Where people find the gateway, such as `https://metrics.example.org`. Empty: unknown.
        pub external_url: String = "",
        /// Threads that serve requests and sessions. 0: one per core.
        pub workers: usize = 0,
        /// How long sessions may take to close at shutdown; at most 8.
        pub drain_seconds: f64 = 5.0,
        /// Proxies, as addresses or networks such as `10.0.0.0/8`, whose `Forwarded` or `X-Forwarded-For` names their
        /// client: limits then count its address instead of the proxy's. The right-most hop that is no such proxy counts.
        pub trusted_proxies: Vec<String> = [],
        /// One rendering of `/metrics` is served for this long. 0: each scrape has its own.
        pub metrics_share_seconds: f64 = 0.25,
        flatten connections: ConnectionSettings,
    }
}

program::section! {
    /// Web pages of other origins.
    pub struct Cors = "cors" {
        /// Origins that may read and connect, for REST and WebSocket alike, such as `https://ui.example.org:8443`: whole
        /// origins, without wildcards. In the environment: `a,b` or `["a", "b"]`. The defaults are where UIs are developed.
        pub allowed_origins: Vec<String> = ["http://localhost:3000", "http://localhost:5173", "http://localhost:8080"],
    }
}

impl Server {
    /// How long one rendering of `/metrics` is served.
    pub fn metrics_share(&self) -> Duration {
        Duration::from_secs_f64(self.metrics_share_seconds)
    }

    /// How long sessions may take to close at shutdown.
    pub fn drain(&self) -> Duration {
        Duration::from_secs_f64(self.drain_seconds)
    }

    /// Whose word on who a client is counts.
    pub fn proxies(&self) -> TrustedProxies {
        TrustedProxies::new(&self.proxy_networks())
    }

    /// The networks of `trusted_proxies`.
    pub fn proxy_networks(&self) -> Vec<IpNet> {
        let networks = self.trusted_proxies.iter();
        networks
            .filter_map(|network| validator::network(network))
            .collect()
    }

    /// The names that the gateway answers to; the paths `for_any_host` are answered whatever the name.
    pub(super) fn known_hosts(&self, for_any_host: &[&str]) -> KnownHosts {
        let external = Url::parse(&self.external_url).ok();
        let external = external.as_ref().and_then(Url::host_str);
        let names = self.hosts.iter().map(String::as_str);
        let names = names.chain(external).chain([COMPOSE_SERVICE]);
        KnownHosts::new(names, for_any_host, "server.hosts")
    }

    /// What connections are held to, when the machine has room for `total` of them.
    ///
    /// # Errors
    /// When a metric's name is used twice: a mistake in the program.
    pub fn policy(&self, total: usize, telemetry: &Telemetry) -> Result<Policy, ProgramError> {
        let metrics = ConnectionMetrics::new(telemetry.inner(), "service_metrics");
        let metrics = metrics.map_err(failed)?;
        Ok(Policy::new(
            &self.connections,
            total,
            self.proxies(),
            metrics,
        ))
    }

    /// Notes what is wrong.
    pub fn check(&self, validator: &mut Validator) {
        validator.ip("server.host", &self.host);
        validator.within("server.workers", self.workers, 0..=1024);
        validator.within("server.drain_seconds", self.drain_seconds, 0.0..=8.0);
        validator.networks("server.trusted_proxies", &self.trusted_proxies);
        validator.hosts("server.hosts", &self.hosts);
        if !self.external_url.is_empty() {
            validator.public_url("server.external_url", &self.external_url);
        }
        self.connections.check(validator);
        let share = self.metrics_share_seconds;
        validator.within("server.metrics_share_seconds", share, 0.0..=1.0);
    }
}

impl Cors {
    /// Notes what is wrong.
    pub fn check(&self, validator: &mut Validator) {
        validator.origins("cors.allowed_origins", &self.allowed_origins);
    }
}
