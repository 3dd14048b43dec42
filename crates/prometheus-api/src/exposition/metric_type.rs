//! The types of metrics in the text exposition format.

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricType {
    /// Only grows, except for resets.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Cumulative buckets with sum and count.
    Histogram,
    /// A plain number under a name that the conventions reserve for another type.
    Untyped,
}

impl MetricType {
    /// The type that a name implies: `_total` is a counter. A plain number named `_count` is untyped, since `promtool check
    /// metrics` reserves that suffix for histograms and summaries.
    pub fn of(name: &str) -> Self {
        if name.ends_with("_total") {
            Self::Counter
        } else if name.ends_with("_count") {
            Self::Untyped
        } else {
            Self::Gauge
        }
    }

    /// The type that a `# TYPE` line names.
    pub fn named(name: &str) -> Self {
        let known = [Self::Counter, Self::Gauge, Self::Histogram];
        let found = known.into_iter().find(|known| known.name() == name);
        found.unwrap_or(Self::Untyped)
    }

    /// The name in a `# TYPE` line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Untyped => "untyped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_implies_its_type() {
        assert_eq!(MetricType::of("a_percent"), MetricType::Gauge);
        assert_eq!(MetricType::of("a_total"), MetricType::Counter);
        assert_eq!(MetricType::of("a_count"), MetricType::Untyped);
    }
}
