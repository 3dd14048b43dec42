//! An HTTP client for one server: with its credentials, without redirects and without a deadline. It loads certificate
//! authorities only for `https://`.

use std::{cell::RefCell, error::Error, net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use actix_rt::net::TcpStream;
use actix_service::{Service, ServiceExt};
use actix_tls::connect::{
    ConnectError as TcpConnectError, ConnectInfo, Connection, Connector as TcpConnector, Resolve,
    Resolver,
};
use awc::{
    Client, Connector,
    error::{ConnectError, SendRequestError},
    http::{Uri, header},
};
use futures_util::future::LocalBoxFuture;
use rustls::ClientConfig;
use socket2::{SockRef, TcpKeepalive};
use url::Url;

use super::{certificates::Authorities, lookup::lookup, socket::Socket};
use crate::percent::decode_lossy;

/// TCP keepalive: idle time, interval, probes. It ends a request without a deadline when the network is gone.
const KEEPALIVE: (Duration, Duration, u32) = (Duration::from_secs(10), Duration::from_secs(5), 3);

/// The `User-Agent` in the access logs of other servers.
const USER_AGENT: &str = concat!("service-metrics/", env!("CARGO_PKG_VERSION"));

/// One server, over HTTP/1.1. Not `Send`: its connections stay on the arbiter that made it. Cheap to clone.
#[derive(Clone)]
pub struct HttpClient(Rc<Inner>);

struct Inner {
    https: bool,
    authorization: Option<header::HeaderValue>,
    state: RefCell<State>,
}

struct State {
    client: Option<Client>,
    /// The problems with certificates that were logged last, so that each is logged once.
    reported: Vec<String>,
}

impl HttpClient {
    /// A client for `base`. It connects at the first request. Credentials in `base` are removed and become Basic
    /// authentication; without them, `bearer` is the token of Bearer authentication.
    pub fn new(base: &mut Url, bearer: Option<&str>) -> Self {
        let authorization = basic(base).or_else(|| bearer.map(|token| format!("Bearer {token}")));
        // Does not fail for an address with a host.
        let _ = base.set_username("");
        let _ = base.set_password(None);
        let authorization = authorization.and_then(|value| {
            let mut value = header::HeaderValue::try_from(value).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self(Rc::new(Inner {
            https: base.scheme() == "https",
            authorization,
            state: RefCell::new(State {
                client: None,
                reported: Vec::new(),
            }),
        }))
    }

    /// The client, with its authentication.
    ///
    /// # Errors
    /// If the address is `https://` and no certificate authority can be used. The next call reads them again.
    pub fn get(&self) -> Result<Client, String> {
        let mut state = self.0.state.borrow_mut();
        if let Some(client) = &state.client {
            return Ok(client.clone());
        }
        let tls = if self.0.https {
            let authorities = Authorities::load();
            report(&authorities.problems, &mut state.reported);
            Some(authorities.client_config()?)
        } else {
            None
        };
        let client = self.build(tls);
        state.client = Some(client.clone());
        Ok(client)
    }

    /// Records why a request failed. After a failed TLS handshake, the next request reads the authorities again, since they
    /// may have been corrected.
    pub fn note_failure(&self, error: &SendRequestError) {
        let handshake = matches!(error, SendRequestError::Connect(ConnectError::Io(error))
            if error.get_ref().is_some_and(|cause| cause.is::<rustls::Error>()));
        if self.0.https && handshake {
            self.0.state.borrow_mut().client = None;
        }
    }

    fn build(&self, tls: Option<Arc<ClientConfig>>) -> Client {
        let mut connector = Connector::new().connector(tcp());
        if let Some(tls) = tls {
            connector = connector.rustls_0_23(tls);
        }
        // Each caller has one deadline for the whole request.
        let mut builder = Client::builder()
            .connector(connector)
            .add_default_header((header::USER_AGENT, USER_AGENT))
            .disable_redirects()
            .disable_timeout();
        if let Some(value) = &self.0.authorization {
            builder = builder.add_default_header((header::AUTHORIZATION, value.clone()));
        }
        builder.finish()
    }
}

/// TCP connections with our own look-up of names, and with keepalive.
fn tcp()
-> impl Service<ConnectInfo<Uri>, Response = Connection<Uri, Socket>, Error = TcpConnectError> + Clone
{
    let connect = TcpConnector::new(Resolver::custom(OwnResolver)).service();
    connect.map(|connection: Connection<Uri, TcpStream>| {
        let (time, interval, retries) = KEEPALIVE;
        let keepalive = TcpKeepalive::new()
            .with_time(time)
            .with_interval(interval)
            .with_retries(retries);
        let socket = SockRef::from(connection.io_ref());
        let timeout = time + interval * retries;
        let set = socket
            .set_tcp_keepalive(&keepalive)
            .and_then(|()| socket.set_tcp_user_timeout(Some(timeout)));
        if let Err(error) = set {
            log::debug!("a socket option was refused: {error}");
        }
        let (io, uri) = connection.into_parts();
        Connection::new(uri, Socket(io))
    })
}

struct OwnResolver;

impl Resolve for OwnResolver {
    fn lookup<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> LocalBoxFuture<'a, Result<Vec<SocketAddr>, Box<dyn Error>>> {
        Box::pin(async move {
            let found = lookup(host).await?;
            Ok(found.iter().map(|ip| SocketAddr::new(*ip, port)).collect())
        })
    }
}

fn basic(base: &Url) -> Option<String> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    (!base.username().is_empty() || base.password().is_some()).then(|| {
        let user = decode_lossy(base.username());
        let password = decode_lossy(base.password().unwrap_or_default());
        let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
        format!("Basic {credentials}")
    })
}

/// Logs the problems that are not in `reported`.
fn report(problems: &[String], reported: &mut Vec<String>) {
    for problem in problems
        .iter()
        .filter(|problem| !reported.contains(problem))
    {
        log::warn!("certificate authorities: {problem}; it is skipped");
    }
    *reported = problems.to_vec();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix::test]
    async fn credentials_leave_the_address_and_become_a_header() {
        for (given, bearer, expected, left) in [
            ("http://h:9090", None, None, "http://h:9090/"),
            (
                "http://u:p%40w@h/x/",
                None,
                Some("Basic dTpwQHc="),
                "http://h/x/",
            ),
            (
                "http://:token@h",
                Some("b"),
                Some("Basic OnRva2Vu"),
                "http://h/",
            ),
            ("https://h", Some("b"), Some("Bearer b"), "https://h/"),
        ] {
            let mut base = Url::parse(given).unwrap();
            let client = HttpClient::new(&mut base, bearer);
            assert_eq!(base.as_str(), left);
            let header = client.0.authorization.as_ref();
            assert_eq!(header.map(|value| value.to_str().unwrap()), expected);
        }
    }
}
