//! What browsers and other clients may ask over HTTP.

mod errors;
pub mod incidents;
mod parameters;
