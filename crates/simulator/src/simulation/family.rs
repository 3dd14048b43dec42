//! The six alert families. Each has one actor, which owns the family's series.

use std::fmt;

/// A group of alerts and the metrics behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Memory and CPU of the application.
    MemoryCpu,
    /// Storage devices.
    Disk,
    /// HTTP traffic and the network under it.
    Network,
    /// Databases.
    Database,
    /// Pods, queues, caches.
    Microservices,
    /// Prometheus watching itself.
    Prometheus,
}

impl Family {
    /// All of them, in the order of the exposition.
    pub const ALL: [Self; 6] = [
        Self::MemoryCpu,
        Self::Disk,
        Self::Network,
        Self::Database,
        Self::Microservices,
        Self::Prometheus,
    ];

    /// The contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MemoryCpu => "memory-cpu",
            Self::Disk => "disk",
            Self::Network => "network",
            Self::Database => "database",
            Self::Microservices => "microservices",
            Self::Prometheus => "prometheus",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
