//! What the kernel is told about the sockets: no delay, and no patience with the dead.

use std::time::Duration;

use actix_web::rt::net::TcpStream;
use socket2::{SockRef, TcpKeepalive};

/// Policy for every connection, HTTP and WebSocket alike.
///
/// `stall` is our own deadline for a peer that takes nothing. The kernel's (RFC 5482) is the net under it and comes
/// later: a connection that it ends is only seen as gone, not as evicted.
pub fn on_accept(io: &TcpStream, stall: Duration) {
    let socket = SockRef::from(io);
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10));
    warn_if(socket.set_tcp_nodelay(true), "TCP_NODELAY");
    warn_if(socket.set_tcp_keepalive(&keepalive), "SO_KEEPALIVE");
    warn_if(
        socket.set_tcp_user_timeout(Some(stall + stall / 2)),
        "TCP_USER_TIMEOUT",
    );
}

/// Policy for a socket that has become a session: a bounded send buffer, so that a reader that stops costs little.
pub fn on_session(io: &TcpStream, send_buffer_bytes: usize) {
    warn_if(
        SockRef::from(io).set_send_buffer_size(send_buffer_bytes),
        "SO_SNDBUF",
    );
}

/// Hands bytes to the kernel, whether or not the socket is reported writable.
pub(super) fn send_now(io: &TcpStream, bytes: &[u8]) -> std::io::Result<usize> {
    SockRef::from(io).send(bytes)
}

/// Says that nothing more will be sent; what is on its way still arrives.
pub(super) fn finish_sending(io: &TcpStream) {
    // Fails only when the peer is gone already.
    let _ = SockRef::from(io).shutdown(std::net::Shutdown::Write);
}

/// Lets the kernel forget what a peer has not taken, at once, when the socket is dropped.
pub(super) fn forget_unsent(io: &TcpStream) {
    warn_if(
        SockRef::from(io).set_linger(Some(Duration::ZERO)),
        "SO_LINGER",
    );
}

fn warn_if(result: std::io::Result<()>, option: &str) {
    if let Err(error) = result {
        log::debug!("{option} was refused: {error}");
    }
}
