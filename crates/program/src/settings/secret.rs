//! Values that must never be printed.

use std::fmt;

use serde::Deserialize;
use url::Url;

/// A string that is formatted as `[secret]`. Only [`Secret::reveal`] returns it.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// True if the value is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// `address` without user, password, query and fragment, for logs and messages.
pub fn redacted(address: &Url) -> String {
    let mut shown = address.clone();
    if !shown.username().is_empty() || shown.password().is_some() {
        // These fail only for addresses that cannot have credentials.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
    }
    shown.set_query(None);
    shown.set_fragment(None);
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "[secret] [secret]");
        assert_eq!(secret.reveal(), "hunter2");
    }

    #[test]
    fn an_address_is_shown_without_its_credentials() {
        let address =
            Url::parse("postgres://reader:hunter2@db:5432/incidents?password=x#y").unwrap();
        assert_eq!(redacted(&address), "postgres://db:5432/incidents");
    }
}
