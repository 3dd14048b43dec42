//! A catalogue with as many alerts as one likes, each on a series of its own.

use std::fmt::Write;

/// Series of one metric.
const INSTANCES: usize = 1_000;

/// The text of the catalogue: gauges with noise, three labels each.
pub(crate) fn text(alerts: usize) -> String {
    let mut text = String::new();
    for alert in 0..alerts {
        let (metric, instance) = (alert / INSTANCES, alert % INSTANCES);
        let written = write!(
            text,
            "[[alert]]\n\
             name = \"A{alert}\"\n\
             family = \"shop\"\n\
             expr = \"shop_{metric}_usage_percent{{instance=\\\"app-{instance}\\\"}} > 90\"\n\
             labels = {{ instance = \"app-{instance}\", service = \"shop\", zone = \"eu-1\" }}\n\
             baseline = 40\n\
             noise = 1\n\
             trigger = 95\n\n"
        );
        written.expect("writing to a string does not fail");
    }
    text
}
