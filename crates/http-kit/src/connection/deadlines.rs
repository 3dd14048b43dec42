//! How long a client may take.

use std::time::Duration;

use program::settings::connections::ConnectionSettings;

/// How long a client that is refused while it sends a body may go on sending. A connection that is closed at once is
/// reset, and the client might never read the refusal.
pub(super) const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a client may take for each part of an exchange.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    /// For the head of a request, from its first byte; for the first head, from the start of the connection.
    pub(super) head: Duration,
    /// For the body of a request.
    pub(super) body: Duration,
    /// To take some of an answer. It is also the time over which a reader must be no slower than 8 KiB a second.
    pub(super) write: Duration,
    /// Until its next request.
    pub(super) idle: Duration,
}

impl From<&ConnectionSettings> for Deadlines {
    fn from(settings: &ConnectionSettings) -> Self {
        Self {
            head: settings.head(),
            body: settings.body(),
            write: settings.write(),
            idle: settings.idle(),
        }
    }
}
