//! How bytes reach a browser, and how little a browser can do to us.
//!
//! ```text
//! request ▶ handshake (Origin, key, version) ▶ the socket leaves the HTTP dispatcher
//!                    in:  socket ▶ inbound (guard: the rules of RFC 6455, sizes, rates; inflate) ▶ Session
//!                    out: Relay, Session ▶ wire (control frames, one slot per channel, latest wins) ▶ socket
//! ```
//! A session that was answered `101` costs no HTTP buffers: the dispatcher is gone, the socket is ours to read, write
//! and close.

pub mod close;
mod deflate;
mod extension;
pub mod frame;
pub mod guard;
pub mod handshake;
mod head;
mod header;
pub mod inbound;
pub mod inflate;
mod outbox;
pub mod pinned;
pub mod pump;
pub mod tcp;
mod utf8;
pub mod wire;
