//! The port, and the workers that serve it.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket},
    num::NonZero,
    thread::available_parallelism,
};

use actix_server::{Server, ServerBuilder};

/// Connections that may wait to be accepted: after a restart thousands come back at once.
const BACKLOG: i32 = 4096;

/// Takes the port. Where `0.0.0.0` is meant to be every address, and the machine reaches others over IPv6 alone, that is `::`,
/// IPv4 included.
///
/// # Errors
/// When it is taken, or the address is not one of this machine.
pub fn bind(ip: IpAddr, port: u16) -> io::Result<TcpListener> {
    let ip = if ip == IpAddr::V4(Ipv4Addr::UNSPECIFIED) && has_ipv6_alone() {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED)
    } else {
        ip
    };
    let domain = if ip.is_ipv4() {
        socket2::Domain::IPV4
    } else {
        socket2::Domain::IPV6
    };
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None)?;
    if ip == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
        socket.set_only_v6(false)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::new(ip, port).into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Whether the machine has a way to other machines over IPv6, and none over IPv4. Nothing is sent.
fn has_ipv6_alone() -> bool {
    let leads = |from: IpAddr, to: &str| {
        let socket = UdpSocket::bind(SocketAddr::new(from, 0));
        socket.is_ok_and(|socket| socket.connect(to).is_ok())
    };
    // Addresses of documentation (RFC 5737, RFC 3849), on the way to anywhere.
    !leads(Ipv4Addr::UNSPECIFIED.into(), "192.0.2.1:9")
        && leads(Ipv6Addr::UNSPECIFIED.into(), "[2001:db8::1]:9")
}

/// How many threads serve where `wanted` are: 0 is one per core.
pub fn workers(wanted: usize) -> usize {
    match wanted {
        0 => available_parallelism().map_or(2, NonZero::get),
        wanted => wanted,
    }
}

/// A server with `workers` threads (0: one per core), which leaves signals to its program. Requests have `drain_seconds` to
/// end when it is stopped. How many connections there may be is up to `ConnectionLimits`: actix-server would only stop
/// to accept, probes included.
pub fn server(workers: usize, drain_seconds: u64) -> ServerBuilder {
    Server::build()
        .workers(self::workers(workers))
        .max_concurrent_connections(usize::MAX >> 1)
        .disable_signals()
        .shutdown_timeout(drain_seconds)
}
