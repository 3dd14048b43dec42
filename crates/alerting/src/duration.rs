//! Durations as Prometheus reads and writes them.

use std::time::Duration;

use promql_parser::util::{display_duration, parse_duration as parse};

/// The longest duration that is accepted: a year.
const MAX_DURATION: Duration = Duration::from_secs(366 * 86_400);

/// Formats a duration as Prometheus does: `1m`, `15s`, `333ms`.
pub fn format_duration(duration: Duration) -> String {
    display_duration(&duration)
}

/// Parses a duration as Prometheus writes it; zero is `0s`, `0m` or `0ms`.
///
/// # Errors
/// What the text must be, to be shown after the name of its key.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let must = || format!("must be a duration such as 15s, 5m or 1h30m, found {text:?}");
    if ["0s", "0m", "0ms"].contains(&text) {
        return Ok(Duration::ZERO);
    }
    // The parser also accepts numbers without a unit.
    if text.parse::<f64>().is_ok() {
        return Err(must());
    }
    let duration = parse(text).map_err(|_| must())?;
    if duration > MAX_DURATION {
        return Err("must be at most a year".to_owned());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_with_its_units() {
        assert_eq!(format_duration(Duration::from_millis(1_333)), "1s333ms");
    }

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(parse_duration("1h30m"), Ok(Duration::from_secs(5_400)));
        assert_eq!(parse_duration("0s"), Ok(Duration::ZERO));
        for text in [
            "", "0", "5", "1.5", "1e300", "5 m", "-5m", "m", "5x", "999999y",
        ] {
            assert!(parse_duration(text).is_err(), "{text:?}");
        }
    }
}
