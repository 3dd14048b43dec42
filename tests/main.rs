//! The integration tests: the built library against real servers.

mod gateway;
mod support;
