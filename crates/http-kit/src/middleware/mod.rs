//! Middleware that both servers put around their routes. The outermost one is [`crate::connection::track_request`].

mod check_host;
mod cors_error_envelope;

pub use check_host::check_host;
pub use cors_error_envelope::cors_error_envelope;
