//! The rule file of Prometheus.

use std::fmt::{self, Write};

use alerting::yaml::quoted;
use alerting::{Labels, span};

use crate::catalogue::{Alert, Catalogue};

/// Writes the rules, a group per family.
pub(super) fn write(out: &mut String, catalogue: &Catalogue) -> fmt::Result {
    writeln!(out, "groups:")?;
    for family in catalogue.families() {
        writeln!(out, "  - name: {}\n    rules:", quoted(family))?;
        let alerts = catalogue.alerts.iter();
        for alert in alerts.filter(|alert| alert.family == family) {
            rule(out, alert)?;
        }
    }
    Ok(())
}

fn rule(out: &mut String, alert: &Alert) -> fmt::Result {
    writeln!(out, "      - alert: {}", quoted(&alert.alertname))?;
    writeln!(out, "        expr: {}", quoted(&alert.expr))?;
    if !alert.hold_for.is_zero() {
        writeln!(out, "        for: {}", span(alert.hold_for))?;
    }
    if !alert.keep_firing_for.is_zero() {
        let keep = span(alert.keep_firing_for);
        writeln!(out, "        keep_firing_for: {keep}")?;
    }
    writeln!(out, "        labels:")?;
    writeln!(out, "          severity: {}", quoted(&alert.severity))?;
    writeln!(out, "          family: {}", quoted(&alert.family))?;
    more(out, &alert.rule_labels)?;
    writeln!(out, "        annotations:")?;
    writeln!(out, "          summary: {}", quoted(&alert.summary))?;
    writeln!(out, "          description: {}", quoted(&alert.description))?;
    more(out, &alert.annotations)
}

fn more(out: &mut String, pairs: &Labels) -> fmt::Result {
    for (name, text) in pairs {
        writeln!(out, "          {}: {}", quoted(name), quoted(text))?;
    }
    Ok(())
}
