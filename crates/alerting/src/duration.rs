//! Durations as Prometheus writes them.

use std::time::Duration;

use promql_parser::util::display_duration;

/// A duration as Prometheus writes it: `1m`, `15s`, `333ms`.
pub fn span(duration: Duration) -> String {
    display_duration(&duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_with_its_units() {
        assert_eq!(span(Duration::from_millis(1_333)), "1s333ms");
    }
}
