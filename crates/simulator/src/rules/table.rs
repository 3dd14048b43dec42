//! The alerts of a catalogue as a table in Markdown.

use std::fmt::{self, Write};

use alerting::format_duration;

use crate::{
    catalogue::pattern::{Pattern, Recovery},
    catalogue::{Alert, Catalogue},
};

/// Writes a row per alert.
pub(super) fn write(out: &mut String, catalogue: &Catalogue) -> fmt::Result {
    writeln!(
        out,
        "| family | alert | severity | fires while | for | a trigger | a recovery |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    for alert in &catalogue.alerts {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            alert.family,
            alert.alertname.replace('|', r"\|"),
            alert.severity,
            code(&alert.expr),
            format_duration(alert.for_duration),
            trigger(alert),
            recovery(alert),
        )?;
    }
    Ok(())
}

/// An expression as code in a cell: on one line, with escaped ends of cell and code.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace('|', r"\|"))
}

fn trigger(alert: &Alert) -> String {
    let counts = alert.is_counter();
    let (jump, move_to) = if counts {
        (
            "counts {} a second",
            "counts more and more, up to {} a second",
        )
    } else {
        ("jumps to {}", "moves to {}")
    };
    let say = |words: &str, number: f64| words.replace("{}", &grouped(number));
    match alert.trigger {
        Pattern::Hold { to } => say(jump, to),
        Pattern::Ramp { to, over } => {
            format!("{} within {}", say(move_to, to), format_duration(over))
        }
        Pattern::Spike { to, half_life } => format!(
            "{} and comes back, half of the way every {}",
            say(jump, to),
            format_duration(half_life)
        ),
        Pattern::Growth {
            per_second,
            ceiling,
        } => format!(
            "grows by {} a second, falls back at {}, grows again",
            grouped(per_second),
            grouped(ceiling)
        ),
        Pattern::Flapping { to, every } => {
            format!(
                "{} for the first half of every {}",
                say(jump, to),
                format_duration(every)
            )
        }
        Pattern::Burst { count, every } => {
            format!(
                "counts {} at once, again every {}",
                grouped(count),
                format_duration(every)
            )
        }
    }
}

fn recovery(alert: &Alert) -> String {
    let target = match (alert.is_counter(), alert.baseline) {
        (true, 0.0) => "counts no more".to_owned(),
        (true, rate) => format!("back to {} a second", grouped(rate)),
        (false, value) => format!("back to {}", grouped(value)),
    };
    match alert.recover {
        Recovery::AtOnce => format!("{target} at once"),
        Recovery::Ramp { over } => format!("{target} within {}", format_duration(over)),
        Recovery::Decay { half_life } => {
            format!(
                "{target}, half of the way every {}",
                format_duration(half_life)
            )
        }
    }
}

/// A number with grouped digits: `1,600,000`.
fn grouped(number: f64) -> String {
    let text = number.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (index, digit) in whole.char_indices() {
        let left = whole.len() - index;
        if index > 0 && left % 3 == 0 && whole.len() > 4 {
            out.push(',');
        }
        out.push(digit);
    }
    if !part.is_empty() {
        out.push('.');
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_any_expression() {
        assert_eq!(code("a{b=~\"c|d\"}\n > 1"), "`a{b=~\"c\\|d\"} > 1`");
        assert_eq!(code("a{b=\"`\"} > 1"), "``a{b=\"`\"} > 1``");
    }

    #[test]
    fn large_numbers_are_grouped() {
        for (number, text) in [
            (0.5, "0.5"),
            (2_500.0, "2500"),
            (25_000.0, "25,000"),
            (4_294_967_296.5, "4,294,967,296.5"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
