//! Socket options: no delay, and dead peers are detected.

use std::{
    task::{Context, Waker},
    time::Duration,
};

use actix_web::rt::net::TcpStream;
use socket2::SockRef;

/// How many times later than the stall deadline the kernel gives a session up.
const NET_UNDER_STALL: u32 = 10;

/// Makes the socket forget who waited for it last. That was the HTTP dispatcher's task: tokio keeps a finished task's
/// memory, here some kilobytes, for as long as anything holds a waker of it.
pub fn forget_waiters(io: &TcpStream) {
    let mut nobody = Context::from_waker(Waker::noop());
    // A waker is replaced where the socket is not ready; where it is, none waits.
    let _ = io.poll_read_ready(&mut nobody);
    let _ = io.poll_write_ready(&mut nobody);
}

/// Policy for a socket that has become a session: a bounded send buffer, so that a reader that stops costs little, and
/// a kernel that leaves the judgement to us. Its clock runs on while a window that is nearly closed lets a few bytes
/// through, and would reset a reader that is slow but moves. Who takes nothing meets our stall deadline, who is gone
/// answers no pings; the kernel's is only the net under both.
pub fn on_session(io: &TcpStream, send_buffer_bytes: usize, stall: Duration) {
    let socket = SockRef::from(io);
    warn_if(socket.set_send_buffer_size(send_buffer_bytes), "SO_SNDBUF");
    let given_up = stall * NET_UNDER_STALL;
    warn_if(
        socket.set_tcp_user_timeout(Some(given_up)),
        "TCP_USER_TIMEOUT",
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

#[cfg(test)]
mod tests {
    use actix_web::rt::net::TcpListener;

    use super::*;

    #[actix::test]
    async fn the_kernel_is_more_patient_with_a_session_than_we_are() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let io = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        on_session(&io, 131_072, Duration::from_secs(30));
        let patience = SockRef::from(&io).tcp_user_timeout().unwrap().unwrap();
        assert_eq!(patience, Duration::from_secs(300));
    }
}
