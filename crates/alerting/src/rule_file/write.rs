//! Writes the YAML of a rule file.

use std::fmt::{self, Write};

use crate::{duration::format_duration, rule::Rule, yaml::quoted};

/// A group of rules, which Prometheus evaluates together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Unique in the file.
    pub name: String,
    /// In the order in which they are evaluated.
    pub rules: Vec<Rule>,
}

/// Appends a rule file with these groups.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut impl Write, groups: &[Group]) -> fmt::Result {
    writeln!(out, "groups:")?;
    for group in groups {
        writeln!(out, "  - name: {}\n    rules:", quoted(&group.name))?;
        for rule in &group.rules {
            write_rule(out, rule)?;
        }
    }
    Ok(())
}

fn write_rule(out: &mut impl Write, rule: &Rule) -> fmt::Result {
    writeln!(out, "      - alert: {}", quoted(&rule.alert))?;
    writeln!(out, "        expr: {}", quoted(&rule.expr))?;
    if !rule.for_duration.is_zero() {
        writeln!(out, "        for: {}", format_duration(rule.for_duration))?;
    }
    if !rule.keep_firing_for.is_zero() {
        let keep = format_duration(rule.keep_firing_for);
        writeln!(out, "        keep_firing_for: {keep}")?;
    }
    write_pairs(out, "labels", &rule.labels)?;
    write_pairs(out, "annotations", &rule.annotations)
}

fn write_pairs(out: &mut impl Write, key: &str, pairs: &[(String, String)]) -> fmt::Result {
    writeln!(out, "        {key}:")?;
    for (name, text) in pairs {
        writeln!(out, "          {}: {}", key_of(name), quoted(text))?;
    }
    Ok(())
}

/// The usual names as they are. Any other is quoted, since it could mean something in YAML.
fn key_of(name: &str) -> String {
    match name {
        "severity" | "family" | "summary" | "description" => name.to_owned(),
        other => quoted(other),
    }
}
