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
    /// Alertmanager's `/api/v2`.
    Alertmanager,
    /// The incident database.
    Postgres,
}

impl Source {
    /// All sources.
    pub const ALL: [Self; 5] = [
        Self::PrometheusInstant,
        Self::PrometheusRange,
        Self::PrometheusAlerts,
        Self::Alertmanager,
        Self::Postgres,
    ];

    /// The value of the label `source`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrometheusInstant => "prometheus_instant",
            Self::PrometheusRange => "prometheus_range",
            Self::PrometheusAlerts => "prometheus_alerts",
            Self::Alertmanager => "alertmanager",
            Self::Postgres => "postgres",
        }
    }
}
