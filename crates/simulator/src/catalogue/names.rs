//! Checks the names of alerts, metrics, labels and annotations.

use alerting::{is_label, is_name};

/// The limit of names and values, in bytes.
const MAX_LENGTH: usize = 128;
/// Metrics that Prometheus creates itself.
const RESERVED: [&str; 3] = ["up", "ALERTS", "ALERTS_FOR_STATE"];
/// Labels that the rule or the scrape adds.
const TAKEN_LABELS: [&str; 4] = ["alertname", "severity", "family", "drill"];

/// Checks a metric's name.
///
/// # Errors
/// What is wrong, to be shown after the key.
pub(super) fn check_metric(name: &str) -> Result<(), String> {
    if !is_name(name, "_:") {
        return Err("must be a metric's name: letters, digits, `_` and `:`".to_owned());
    }
    if RESERVED.contains(&name) || name.starts_with("scrape_") {
        return Err(format!(
            "{name} is written by Prometheus itself and cannot be simulated"
        ));
    }
    Ok(())
}

/// Checks a label of a series.
///
/// # Errors
/// What is wrong, to be shown after the key.
pub(super) fn check_label(name: &str, value: &str) -> Result<(), &'static str> {
    if TAKEN_LABELS.contains(&name) {
        Err("is a label of the rule or the scrape, not of the series")
    } else if name.starts_with("__") {
        Err("must not begin with `__`: such names are Prometheus' own")
    } else if !is_label(name) {
        Err("must be named with letters, digits and `_`")
    } else if value.is_empty() || value.len() > MAX_LENGTH || value.chars().any(char::is_control) {
        Err("must be 1 to 128 bytes without control characters")
    } else {
        Ok(())
    }
}

/// Checks a label that a rule adds.
///
/// # Errors
/// What is wrong, to be shown after the key.
pub(super) fn check_rule_label(name: &str, value: &str) -> Result<(), &'static str> {
    if ["severity", "family"].contains(&name) {
        Err("has its own key")
    } else if value.contains("{{") {
        Err("must be plain text: a drill cannot predict the result of a template")
    } else {
        check_label(name, value)
    }
}

/// Checks the name of an annotation.
///
/// # Errors
/// What is wrong, to be shown after the key.
pub(super) fn check_annotation(name: &str) -> Result<(), &'static str> {
    if ["summary", "description"].contains(&name) {
        Err("has its own key")
    } else if is_label(name) {
        Ok(())
    } else {
        Err("must be named with letters, digits and `_`")
    }
}

/// Checks an alert's name.
///
/// # Errors
/// What is wrong, to be shown after the key.
pub(super) fn check_alert(name: &str) -> Result<(), String> {
    let plain = !name.is_empty() && name.trim() == name && !name.chars().any(char::is_control);
    if plain && name.len() <= MAX_LENGTH {
        Ok(())
    } else {
        Err("must be 1 to 128 bytes without control characters, and no blanks around".to_owned())
    }
}

/// Whether it can be the name of a family or a severity.
pub(super) fn is_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    !text.is_empty() && text.len() <= MAX_LENGTH && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_prometheus_takes_and_does_not_make_itself() {
        for name in ["a", "_b", "job:errors:rate5m", "uptime", "scraped_total"] {
            assert_eq!(check_metric(name), Ok(()), "{name}");
        }
        for name in ["", "1a", "a-b", "ä", "up", "ALERTS", "ALERTS_FOR_STATE"] {
            assert!(check_metric(name).is_err(), "{name}");
        }
        assert!(check_metric("scrape_duration_seconds").is_err());
    }
}
