//! Writes the text exposition format 0.0.4, appending to one string.

use std::{collections::BTreeMap, fmt::Write};

/// What [`header`] declares about a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, save for resets.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Cumulative buckets with sum and count.
    Histogram,
    /// Goes up and down under a name that the conventions keep for something else.
    Untyped,
}

impl Kind {
    /// The kind that a name promises: `_total` is a counter. A plain number called `_count` is declared untyped, since
    /// `promtool check metrics` keeps that ending for histograms and summaries.
    pub fn of(name: &str) -> Self {
        if name.ends_with("_total") {
            Self::Counter
        } else if name.ends_with("_count") {
            Self::Untyped
        } else {
            Self::Gauge
        }
    }

    /// The kind that a `# TYPE` line names.
    pub fn named(name: &str) -> Self {
        let known = [Self::Counter, Self::Gauge, Self::Histogram];
        let found = known.into_iter().find(|kind| kind.name() == name);
        found.unwrap_or(Self::Untyped)
    }

    /// As `# TYPE` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Untyped => "untyped",
        }
    }
}

/// The `# HELP` and `# TYPE` lines, which stand before the first sample of a metric.
pub fn header(out: &mut String, name: &str, help: &str, kind: Kind) {
    let help = help.replace('\\', r"\\").replace('\n', r"\n");
    line(out, format_args!("# HELP {name} {help}"));
    line(out, format_args!("# TYPE {name} {}", kind.name()));
}

/// One sample; `labels` as [`labels`] gives them.
pub fn sample(out: &mut String, name: &str, labels: &str, number: f64) {
    value(out, &head(name, labels), number);
}

/// What stands before the value of a sample, the space included.
pub fn head(name: &str, labels: &str) -> String {
    match labels {
        "" => format!("{name} "),
        labels => format!("{name}{{{labels}}} "),
    }
}

/// One sample, of a series whose [`head`] is known. Allocates nothing but the text: a scrape may have a hundred thousand.
pub fn value(out: &mut String, head: &str, number: f64) {
    out.push_str(head);
    if number.fract() == 0.0 || !number.is_finite() {
        line(out, format_args!("{number}"));
    } else {
        out.push_str(zmij::Buffer::new().format_finite(number));
        out.push('\n');
    }
}

/// `name="value"` pairs with commas between, without braces, values escaped.
pub fn labels<'n, 'v>(pairs: impl IntoIterator<Item = (&'n str, &'v str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(name);
        out.push_str("=\"");
        for character in value.chars() {
            match character {
                '\\' => out.push_str(r"\\"),
                '"' => out.push_str("\\\""),
                '\n' => out.push_str(r"\n"),
                other => out.push(other),
            }
        }
        out.push('"');
    }
    out
}

/// Reads what [`labels`] has written.
pub fn read_labels(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while let Some((name, value)) = rest.split_once("=\"") {
        let mut read = String::new();
        let mut characters = value.chars();
        loop {
            match characters.next() {
                Some('\\') => match characters.next() {
                    Some('n') => read.push('\n'),
                    escaped => read.extend(escaped),
                },
                None | Some('"') => break,
                Some(plain) => read.push(plain),
            }
        }
        labels.insert(name.trim_start_matches(',').to_owned(), read);
        rest = characters.as_str();
    }
    labels
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_are_escaped() {
        let written = labels([("a", "back\\slash"), ("b", "quo\"te"), ("c", "new\nline é")]);
        assert_eq!(written, r#"a="back\\slash",b="quo\"te",c="new\nline é""#);
        let read = read_labels(&written);
        assert_eq!(
            (&*read["a"], &*read["b"], &*read["c"]),
            ("back\\slash", "quo\"te", "new\nline é")
        );
        assert!(read_labels("").is_empty());
    }

    #[test]
    fn a_family_is_help_type_samples() {
        let mut out = String::new();
        header(&mut out, "x_total", "a\\b\nc", Kind::of("x_total"));
        sample(&mut out, "x_total", "", 1.0);
        sample(&mut out, "x_total", r#"a="b""#, 0.125);
        sample(&mut out, "x_total", r#"a="c""#, f64::INFINITY);
        let expected = concat!(
            "# HELP x_total a\\\\b\\nc\n",
            "# TYPE x_total counter\n",
            "x_total 1\n",
            "x_total{a=\"b\"} 0.125\n",
            "x_total{a=\"c\"} inf\n",
        );
        assert_eq!(out, expected);
    }

    #[test]
    fn a_name_promises_its_kind() {
        assert_eq!(Kind::of("a_percent"), Kind::Gauge);
        assert_eq!(Kind::of("a_total"), Kind::Counter);
        assert_eq!(Kind::of("a_count"), Kind::Untyped);
    }
}
