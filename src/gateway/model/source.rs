//! Where the gateway's data comes from.

/// Where data comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `/api/v1/query`.
    PrometheusInstant,
    /// `/api/v1/query_range`.
    PrometheusRange,
    /// `/api/v1/alerts`.
    PrometheusAlerts,
    /// The incident database.
    Postgres,
}

impl Source {
    /// All sources.
    pub const ALL: [Self; 4] = [
        Self::PrometheusInstant,
        Self::PrometheusRange,
        Self::PrometheusAlerts,
        Self::Postgres,
    ];

    /// The value of the label `source`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrometheusInstant => "prometheus_instant",
            Self::PrometheusRange => "prometheus_range",
            Self::PrometheusAlerts => "prometheus_alerts",
            Self::Postgres => "postgres",
        }
    }
}
