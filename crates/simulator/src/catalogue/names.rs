//! Which names metrics and labels may have.

use alerting::{is_label, is_name};

/// Longer names and values help nobody.
const LONGEST: usize = 128;
/// Prometheus makes series of these names itself: of its rules, and of each scrape.
const RESERVED: [&str; 3] = ["up", "ALERTS", "ALERTS_FOR_STATE"];
/// Labels of the rule, or of the scrape: a series cannot have them too.
const TAKEN_LABELS: [&str; 4] = ["alertname", "severity", "family", "drill"];

/// What is wrong with a metric's name, to be told after its key.
///
/// # Errors
/// What it must be.
pub(super) fn metric(name: &str) -> Result<(), String> {
    if !is_name(name, "_:") {
        return Err("must be a metric's name: letters, digits, `_` and `:`".to_owned());
    }
    if RESERVED.contains(&name) || name.starts_with("scrape_") {
        return Err(format!(
            "{name} is made by Prometheus itself, so that nothing else can drive it"
        ));
    }
    Ok(())
}

/// What is wrong with a label of a series, to be told after its key.
///
/// # Errors
/// What it must be.
pub(super) fn label(name: &str, value: &str) -> Result<(), &'static str> {
    if TAKEN_LABELS.contains(&name) {
        Err("is a label of the rule or the scrape, not of the series")
    } else if name.starts_with("__") {
        Err("must not begin with `__`: such names are Prometheus' own")
    } else if !is_label(name) {
        Err("must be named with letters, digits and `_`")
    } else if value.is_empty() || value.len() > LONGEST || value.chars().any(char::is_control) {
        Err("must be 1 to 128 bytes without control characters")
    } else {
        Ok(())
    }
}

/// What is wrong with a label that a rule adds, to be told after its key.
///
/// # Errors
/// What it must be.
pub(super) fn rule_label(name: &str, value: &str) -> Result<(), &'static str> {
    if ["severity", "family"].contains(&name) {
        Err("is a key of its own")
    } else if value.contains("{{") {
        Err("must be a text: a drill cannot tell what a template gives")
    } else {
        label(name, value)
    }
}

/// What is wrong with the name of an annotation, to be told after its key.
///
/// # Errors
/// What it must be.
pub(super) fn annotation(name: &str) -> Result<(), &'static str> {
    if ["summary", "description"].contains(&name) {
        Err("is a key of its own")
    } else if is_label(name) {
        Ok(())
    } else {
        Err("must be named with letters, digits and `_`")
    }
}

/// What is wrong with an alert's name, to be told after its key.
///
/// # Errors
/// What it must be.
pub(super) fn alert(name: &str) -> Result<(), String> {
    let plain = !name.is_empty() && name.trim() == name && !name.chars().any(char::is_control);
    if plain && name.len() <= LONGEST {
        Ok(())
    } else {
        Err("must be 1 to 128 bytes without control characters, and no blanks around".to_owned())
    }
}

/// Whether it can be the name of a family or a severity.
pub(super) fn is_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_prometheus_takes_and_does_not_make_itself() {
        for name in ["a", "_b", "job:errors:rate5m", "uptime", "scraped_total"] {
            assert_eq!(metric(name), Ok(()), "{name}");
        }
        for name in ["", "1a", "a-b", "ä", "up", "ALERTS", "ALERTS_FOR_STATE"] {
            assert!(metric(name).is_err(), "{name}");
        }
        assert!(metric("scrape_duration_seconds").is_err());
    }
}
