//! Writes OpenMetrics 1.0 text with timestamps, as `promtool tsdb create-blocks-from openmetrics` reads it.

use std::io::{self, Write};

use alerting::Labels;
use prometheus_api::exposition::{metric_type::MetricType, write as exposition};

/// All samples of one metric.
#[derive(Debug)]
pub(super) struct MetricFamily {
    /// The name without the endings of its samples' names.
    pub(super) name: String,
    pub(super) kind: MetricType,
    pub(super) help: String,
    pub(super) series: Vec<Recorded>,
}

/// The samples of one series.
#[derive(Debug)]
pub(super) struct Recorded {
    /// The sample's name: the family's, perhaps with an ending.
    pub(super) name: String,
    pub(super) labels: Labels,
    /// Unix seconds and values, by time.
    pub(super) samples: Vec<(u64, f64)>,
}

impl MetricFamily {
    /// A family without series. A counter's name loses its `_total`, which belongs to its samples.
    pub(super) fn new(metric: &str, kind: MetricType, help: &str) -> Self {
        let name = match kind {
            MetricType::Counter => metric.strip_suffix("_total").unwrap_or(metric),
            _ => metric,
        };
        Self {
            name: name.to_owned(),
            kind,
            help: help.to_owned(),
            series: Vec::new(),
        }
    }

    /// A series more, unless it is empty.
    pub(super) fn add(&mut self, name: &str, labels: Labels, samples: Vec<(u64, f64)>) {
        if !samples.is_empty() {
            self.series.push(Recorded {
                name: name.to_owned(),
                labels,
                samples,
            });
        }
    }

    /// Writes it, metadata first.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let kind = match self.kind {
            MetricType::Counter => "counter",
            MetricType::Gauge => "gauge",
            MetricType::Histogram => "histogram",
            MetricType::Untyped => "unknown",
        };
        let help = self
            .help
            .replace('\\', r"\\")
            .replace('\n', r"\n")
            .replace('"', "\\\"");
        writeln!(out, "# TYPE {} {kind}", self.name)?;
        writeln!(out, "# HELP {} {help}", self.name)?;
        for series in &self.series {
            let pairs = series.labels.iter();
            let labels =
                exposition::labels(pairs.map(|(name, value)| (name.as_str(), value.as_str())));
            for (at, value) in &series.samples {
                writeln!(out, "{}{{{labels}}} {value} {at}", series.name)?;
            }
        }
        Ok(())
    }
}

/// Ends the text.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"# EOF\n")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_s_family_is_named_without_its_ending() {
        let mut family = MetricFamily::new("errors_total", MetricType::Counter, "a \"b\"\nc");
        let labels = [("device".to_owned(), "sda".to_owned())];
        let samples = vec![(1_700_000_000, 1.0), (1_700_000_015, 2.5)];
        family.add("errors_total", labels.into(), samples);
        let mut out = Vec::new();
        family.write(&mut out).unwrap();
        end(&mut out).unwrap();
        let expected = concat!(
            "# TYPE errors counter\n",
            "# HELP errors a \\\"b\\\"\\nc\n",
            "errors_total{device=\"sda\"} 1 1700000000\n",
            "errors_total{device=\"sda\"} 2.5 1700000015\n",
            "# EOF\n",
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
