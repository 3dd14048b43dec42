//! The one integration binary: the built programs over real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod mock;
mod support;
