//! Settings in layers: built-in defaults, a file, the environment, flags. Later layers win.
//!
//! A program deserializes all layers into one typed tree. Its defaults are the commented file in `config/`. Every mistake is
//! reported at once, one line each with its key, before a port is bound.

pub mod connections;
mod error;
pub mod layers;
pub mod log;
mod secret;
pub mod section;
mod tree;
pub mod validator;

pub use error::SettingsError;
pub use layers::{Alias, Program, load};
pub use secret::{Secret, redacted};
