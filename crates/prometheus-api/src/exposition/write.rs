//! Writes the text exposition format 0.0.4. Every function appends to one string.

use std::fmt::Write;

use super::{escaping::quoted, metric_type::MetricType};

/// The lines `# HELP` and `# TYPE`, which come before the first sample of a metric.
pub fn header(out: &mut String, name: &str, help: &str, kind: MetricType) {
    let help = help.replace('\\', r"\\").replace('\n', r"\n");
    line(out, format_args!("# HELP {name} {help}"));
    line(out, format_args!("# TYPE {name} {}", kind.name()));
}

/// One sample. `labels` is what [`labels`] returns.
pub fn sample(out: &mut String, name: &str, labels: &str, number: f64) {
    value(out, &head(name, labels), number);
}

/// The part of a sample before its value, with the space.
pub fn head(name: &str, labels: &str) -> String {
    match labels {
        "" => format!("{name} "),
        labels => format!("{name}{{{labels}}} "),
    }
}

/// One sample of a series whose [`head`] is known. It allocates nothing besides the text, since a scrape may have a hundred
/// thousand samples.
pub fn value(out: &mut String, head: &str, number: f64) {
    out.push_str(head);
    if number.fract() == 0.0 || !number.is_finite() {
        line(out, format_args!("{number}"));
    } else {
        out.push_str(zmij::Buffer::new().format_finite(number));
        out.push('\n');
    }
}

/// The pairs `name="value"`, separated by commas, with escaped values and without braces.
pub fn labels<'n, 'v>(pairs: impl IntoIterator<Item = (&'n str, &'v str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(&quoted(value));
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::{super::read, *};

    #[test]
    fn label_values_are_escaped() {
        let written = labels([("a", "back\\slash"), ("b", "quo\"te"), ("c", "new\nline é")]);
        assert_eq!(written, r#"a="back\\slash",b="quo\"te",c="new\nline é""#);
        let read = read::labels(&written);
        assert_eq!(
            (&*read["a"], &*read["b"], &*read["c"]),
            ("back\\slash", "quo\"te", "new\nline é")
        );
        assert!(read::labels("").is_empty());
    }

    #[test]
    fn a_family_is_help_type_samples() {
        let mut out = String::new();
        header(&mut out, "x_total", "a\\b\nc", MetricType::of("x_total"));
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
}
