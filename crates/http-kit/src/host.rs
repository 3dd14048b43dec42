//! The host names that a server answers to, against DNS rebinding: a page whose name resolves to this machine has a trusted
//! address and the same origin as the server. Only the name in `Host` reveals it.

use std::collections::BTreeSet;

use actix_web::{
    dev::RequestHead,
    http::{Version, header},
};
use log::warn;
use rustix::system::uname;

use crate::{
    api_error::ApiError,
    authority::{Authority, Host},
    log_throttle::LogThrottle,
};

/// A refused host is repeated up to this length, in bytes.
const MAX_SHOWN: usize = 100;

/// The names that a server answers to, besides `localhost`, `*.localhost`, every IP address and the machine's own name.
#[derive(Debug)]
pub struct KnownHosts {
    names: BTreeSet<String>,
    /// `.example.org` stands for `*.example.org`.
    suffixes: Vec<String>,
    any_host: Vec<String>,
    setting: &'static str,
    refused: LogThrottle,
}

impl KnownHosts {
    /// Answers to `names` (exact, or `*.example.org` for all below it), and on the paths `any_host` to every host. A refusal
    /// names `setting` as the place to add a host.
    pub fn new<'n>(
        names: impl IntoIterator<Item = &'n str>,
        any_host: &[&str],
        setting: &'static str,
    ) -> Self {
        let mut known = BTreeSet::from(["localhost".to_owned()]);
        let mut suffixes = vec![".localhost".to_owned()];
        let machine = uname().nodename().to_string_lossy().into_owned();
        let names = names.into_iter().map(str::to_owned);
        for name in names.chain([machine]) {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            match name.strip_prefix('*') {
                Some(suffix) => suffixes.push(suffix.to_owned()),
                None => drop(known.insert(name)),
            }
        }
        Self {
            names: known,
            suffixes,
            any_host: any_host.iter().map(|path| (*path).to_owned()).collect(),
            setting,
            refused: LogThrottle::default(),
        }
    }

    /// Checks the host in the target of a request, if it has one (RFC 9112 §3.2.2), and in its header. HTTP/1.0 needs no
    /// `Host`, since browsers do not use it.
    ///
    /// # Errors
    /// 421 for an unknown host, 400 for none or several.
    pub fn check(&self, head: &RequestHead) -> Result<(), ApiError> {
        if self.any_host.iter().any(|path| path == head.uri.path()) {
            return Ok(());
        }
        if let Some(target) = head.uri.authority() {
            self.check_host(target.as_str().as_bytes())?;
        }
        let mut hosts = head.headers.get_all(header::HOST);
        match (hosts.next(), hosts.next()) {
            (Some(host), None) => self.check_host(host.as_bytes()),
            (None, _) if head.version < Version::HTTP_11 => Ok(()),
            (None, _) => Err(ApiError::BadData("there is no Host header".to_owned())),
            (Some(_), Some(_)) => Err(ApiError::BadData("more than one Host header".to_owned())),
        }
    }

    fn check_host(&self, host: &[u8]) -> Result<(), ApiError> {
        if Authority::parse(host).is_some_and(|host| self.knows(&host.host)) {
            return Ok(());
        }
        let shown = host[..host.len().min(MAX_SHOWN)].escape_ascii().to_string();
        let setting = self.setting;
        if self.refused.admits(&shown) {
            warn!(
                "requests to the host \"{shown}\" are refused; {setting} lists the hosts that are answered"
            );
        }
        Err(ApiError::UnknownHost(format!(
            "this server does not answer to the host \"{shown}\"; add its name to {setting} if it is one of its own"
        )))
    }

    fn knows(&self, host: &Host) -> bool {
        match host {
            // An address does not resolve to another one.
            Host::Ip(_) => true,
            Host::Name(name) => {
                let below = |suffix: &String| name.ends_with(suffix.as_str());
                self.names.contains(name) || self.suffixes.iter().any(below)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{ResponseError, test::TestRequest};

    use super::*;

    fn status(request: TestRequest) -> u16 {
        let names = ["service-metrics", "Dash.Example.org.", "*.apps.example.org"];
        let known = KnownHosts::new(names, &["/health"], "server.hosts");
        let answer = known.check(request.to_srv_request().head());
        answer.map_or_else(|error| error.status_code().as_u16(), |()| 200)
    }

    fn to(host: &str) -> u16 {
        status(TestRequest::get().insert_header((header::HOST, host)))
    }

    #[test]
    fn a_server_answers_to_its_own_names_and_addresses_at_any_port() {
        for host in [
            "localhost",
            "LOCALHOST:8005",
            "localhost.",
            "a.b.localhost:1",
            "127.0.0.1:8005",
            "192.0.2.7",
            "[::1]:8005",
            "[2001:db8::7]",
            "service-metrics:8005",
            "dash.example.org",
            "DASH.example.org.:443",
            "a.apps.example.org",
            "a.b.apps.example.org:8443",
        ] {
            assert_eq!(to(host), 200, "{host}");
        }
        let machine = uname();
        assert_eq!(to(machine.nodename().to_str().unwrap()), 200);
    }

    #[test]
    fn any_other_name_is_misdirected() {
        for host in [
            "",
            "evil.example",
            "evil.example:8005",
            "localhost.evil.example",
            "evillocalhost",
            "localhost@evil.example",
            "evil.example@localhost",
            "127.0.0.1.evil.example",
            "127.1",
            "0x7f000001",
            "0177.0.0.1",
            "2130706433",
            "127.0.0.1.",
            "[fe80::1%25eth0]",
            "::1",
            "localhost:8005:8005",
            "localhost:99999",
            "localhost, evil.example",
            "apps.example.org",
            "evilapps.example.org",
            ".apps.example.org",
            "dash.example.org.evil.example",
            "*",
        ] {
            assert_eq!(to(host), 421, "{host}");
        }
    }

    #[test]
    fn the_host_in_the_target_counts_like_the_header() {
        let at = |target: &str, host: &str| {
            let request = TestRequest::get().uri(target);
            status(request.insert_header((header::HOST, host)))
        };
        assert_eq!(at("http://localhost:8005/api", "localhost:8005"), 200);
        assert_eq!(at("http://evil.example/api", "localhost:8005"), 421);
        assert_eq!(at("http://localhost:8005/api", "evil.example"), 421);
        assert_eq!(at("http://evil@localhost/api", "localhost"), 421);
        assert_eq!(at("http://evil.example/health", "evil.example"), 200);
        assert_eq!(at("/health", "evil.example"), 200);
        for path in [
            "/health/",
            "/Health",
            "//health",
            "/%68ealth",
            "/api?/health",
        ] {
            assert_eq!(at(path, "evil.example"), 421, "{path}");
        }
    }

    #[test]
    fn one_host_is_needed_but_by_http_1_0() {
        assert_eq!(status(TestRequest::get()), 400);
        assert_eq!(status(TestRequest::get().version(Version::HTTP_10)), 200);
        let one = || TestRequest::get().insert_header((header::HOST, "localhost"));
        assert_eq!(status(one()), 200);
        assert_eq!(
            status(one().append_header((header::HOST, "localhost"))),
            400
        );
        let old = TestRequest::get().version(Version::HTTP_10);
        assert_eq!(
            status(old.insert_header((header::HOST, "evil.example"))),
            421
        );
    }

    #[test]
    fn a_refused_host_is_cut_and_escaped() {
        let known = KnownHosts::new([], &[], "server.hosts");
        let message = |host: &[u8]| known.check_host(host).unwrap_err().to_string();
        let text = message("a\u{202e}\"\n".as_bytes());
        assert!(text.contains(r#""a\xe2\x80\xae\"\n""#), "{text}");
        assert!(text.contains("server.hosts"), "{text}");
        assert!(message(&[b'a'; 10_000]).len() < 300);
    }
}
