//! The address of a client, for limits and logs: the peer of its connection or, behind trusted proxies, the address that
//! they forward.

use std::{
    convert::Infallible,
    fmt,
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap, HeaderName},
    web::Data,
};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A client's address in canonical form: `::ffff:192.0.2.1` is `192.0.2.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

/// What counts as one client: an IPv4 address, or a /64 of IPv6, from which a host chooses its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientNetwork(IpAddr);

impl ClientAddress {
    /// The client at the other end of a connection.
    pub fn of_peer(ip: IpAddr) -> Self {
        Self(ip.to_canonical())
    }

    /// The whole address.
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// The network that limits count by.
    pub fn network(self) -> ClientNetwork {
        ClientNetwork(match self.0 {
            IpAddr::V6(v6) if !v6.is_loopback() => {
                let [a, b, c, d, ..] = v6.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            other => other,
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The client of a request, as the [`TrustedProxies`] in the application's data yield it.
impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let none = TrustedProxies::default();
        let proxies = request.app_data::<Data<TrustedProxies>>();
        let proxies = proxies.map_or(&none, |proxies| proxies.get_ref());
        ready(Ok(proxies.client(request.peer_addr(), request.headers())))
    }
}

/// Proxies whose forwarding headers are trusted. Clones share the list.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Trusts every address in `networks`.
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.iter().copied().map(canonical).collect())
    }

    /// The client of a request that came from `peer`.
    ///
    /// | the peer                                                   | the client                             |
    /// |------------------------------------------------------------|----------------------------------------|
    /// | is no trusted proxy                                        | the peer                               |
    /// | is one                                                     | the right-most hop that is none, or else the left-most hop |
    /// | is one; a hop up to the client is no address               | the peer                               |
    /// | is one; `Forwarded` and `X-Forwarded-For` disagree         | the peer                               |
    ///
    /// Hops are those of `Forwarded` (RFC 7239) or `X-Forwarded-For`. Hops left of the client are its own claim and are not
    /// read. If both headers are there and disagree, the proxy may have passed one of them on from its client.
    ///
    /// A connection that has ended has no peer: its address is `0.0.0.0`.
    pub fn client(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> ClientAddress {
        let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
        let peer = ClientAddress::of_peer(peer);
        if !self.trusts(peer) {
            return peer;
        }
        let forwarded = self.client_hop(elements(headers, &header::FORWARDED).map(forwarded_for));
        let x_forwarded_for = self.client_hop(elements(headers, &X_FORWARDED_FOR).map(node));
        match (forwarded, x_forwarded_for) {
            (Hop::Client(client), Hop::None) | (Hop::None, Hop::Client(client)) => client,
            (Hop::Client(one), Hop::Client(other)) if one == other => one,
            _ => peer,
        }
    }

    /// Whether `address` is a trusted proxy.
    pub fn trusts(&self, address: ClientAddress) -> bool {
        self.0.iter().any(|network| network.contains(&address.0))
    }

    /// The client among `hops`, which come from right to left.
    fn client_hop(&self, hops: impl Iterator<Item = Option<ClientAddress>>) -> Hop {
        let mut client = Hop::None;
        for hop in hops {
            let Some(address) = hop else {
                return Hop::Malformed;
            };
            client = Hop::Client(address);
            if !self.trusts(address) {
                break;
            }
        }
        client
    }
}

/// The result of one header.
enum Hop {
    None,
    Client(ClientAddress),
    Malformed,
}

/// The canonical form, in which addresses are compared: `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
fn canonical(network: IpNet) -> IpNet {
    let v4 = network.addr().to_canonical();
    let bits = network.prefix_len().checked_sub(96);
    match (network, bits) {
        (IpNet::V6(_), Some(bits)) if v4.is_ipv4() => IpNet::new(v4, bits).unwrap_or(network),
        _ => network,
    }
}

/// The elements of a list header, from right to left, over all of its lines. Commas in quotes do not separate.
fn elements<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h [u8]> {
    let lines: Vec<_> = headers.get_all(name).collect();
    lines.into_iter().rev().flat_map(|line| {
        let mut quoted = false;
        line.as_bytes().rsplit(move |byte| {
            quoted ^= *byte == b'"';
            *byte == b',' && !quoted
        })
    })
}

/// The node of a `Forwarded` element's parameter `for`, which must be there once.
fn forwarded_for(element: &[u8]) -> Option<ClientAddress> {
    let text = std::str::from_utf8(element).ok()?;
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    let mut nodes = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, only) = nodes.next().filter(|_| nodes.next().is_none())?;
    let only = only.trim();
    let bare = match only.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => only,
    };
    node(bare.as_bytes())
}

/// An address with or without a port; IPv6 in brackets or bare.
fn node(text: &[u8]) -> Option<ClientAddress> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let bracketed = || {
        text.strip_prefix('[')?
            .strip_suffix(']')?
            .parse::<Ipv6Addr>()
            .ok()
    };
    let ip = text.parse::<IpAddr>().ok();
    let ip = ip.or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()));
    let ip = ip.or_else(|| bracketed().map(IpAddr::V6))?;
    Some(ClientAddress::of_peer(ip))
}

#[cfg(test)]
#[path = "client_address_tests.rs"]
mod tests;
