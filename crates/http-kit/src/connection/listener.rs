//! The listening socket, and the workers that serve it.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket},
    num::NonZero,
    thread::available_parallelism,
};

use actix_server::{Server, ServerBuilder};

/// Connections that may wait to be accepted: after a restart, thousands come at once.
const BACKLOG: i32 = 4096;

/// Listens on a port. On a machine that has only IPv6, `0.0.0.0` becomes `::`, which includes IPv4.
///
/// # Errors
/// If the port is taken, or the address is not one of this machine.
pub fn bind(ip: IpAddr, port: u16) -> io::Result<TcpListener> {
    let ip = if ip == IpAddr::V4(Ipv4Addr::UNSPECIFIED) && has_only_ipv6() {
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

/// Whether the machine has a route to others over IPv6 and none over IPv4. Sends nothing.
fn has_only_ipv6() -> bool {
    let has_route = |from: IpAddr, to: &str| {
        let socket = UdpSocket::bind(SocketAddr::new(from, 0));
        socket.is_ok_and(|socket| socket.connect(to).is_ok())
    };
    // Addresses for documentation (RFC 5737, RFC 3849): they use the default route.
    !has_route(Ipv4Addr::UNSPECIFIED.into(), "192.0.2.1:9")
        && has_route(Ipv6Addr::UNSPECIFIED.into(), "[2001:db8::1]:9")
}

/// The number of worker threads: `wanted`, or one per core if that is 0.
pub fn workers(wanted: usize) -> usize {
    match wanted {
        0 => available_parallelism().map_or(2, NonZero::get),
        wanted => wanted,
    }
}

/// A server with `workers` threads (0: one per core) that leaves signals to its program. When it is stopped, requests have
/// `drain_seconds` to end. It has no limit of connections, since actix-server would stop accepting, probes included;
/// `ConnectionLimits` limits them.
pub fn server(workers: usize, drain_seconds: u64) -> ServerBuilder {
    Server::build()
        .workers(self::workers(workers))
        .max_concurrent_connections(usize::MAX >> 1)
        .disable_signals()
        .shutdown_timeout(drain_seconds)
}
