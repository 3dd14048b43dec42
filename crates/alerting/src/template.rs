//! Renders the usual templates of annotations exactly as Prometheus does, for the expected texts of unit tests.

use crate::Labels;

/// The left side of a `|`.
enum Term<'a> {
    Text(&'a str),
    Float(f64),
    /// A number without a decimal point, which Go formats differently.
    Whole(i64),
}

/// Renders an annotation for the labels and the value of an expression's result. `None` where it uses more than `$value`, `$labels.name`, numbers, `printf "%.1f"`, `humanize`, `humanize1024`, `humanizePercentage`.
pub fn render(template: &str, labels: &Labels, value: f64) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((text, action)) = rest.split_once("{{") {
        let (action, after) = action.split_once("}}")?;
        out.push_str(text);
        out.push_str(&pipeline(action, labels, value)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn pipeline(action: &str, labels: &Labels, value: f64) -> Option<String> {
    let mut stages = action.split('|').map(str::trim);
    let term = term(stages.next()?, labels, value)?;
    match (stages.next(), stages.next()) {
        (None, _) => plain(&term),
        (Some(function), None) => apply(function, &term),
        _ => None,
    }
}

fn term<'a>(word: &str, labels: &'a Labels, value: f64) -> Option<Term<'a>> {
    if word == "$value" {
        return value.is_finite().then_some(Term::Float(value));
    }
    if let Some(name) = word.strip_prefix("$labels.") {
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let value = labels.get(name).map_or("", String::as_str);
        return name.bytes().all(is_name).then_some(Term::Text(value));
    }
    let is_number = |b: u8| b.is_ascii_digit() || b == b'.' || b == b'-';
    if !word.bytes().all(is_number) {
        return None;
    }
    let whole = word.parse().map(Term::Whole);
    whole.or_else(|_| word.parse().map(Term::Float)).ok()
}

fn plain(term: &Term<'_>) -> Option<String> {
    Some(match term {
        Term::Text(text) => (*text).to_owned(),
        Term::Float(value) => general(*value, None),
        Term::Whole(number) => number.to_string(),
    })
}

fn apply(function: &str, term: &Term<'_>) -> Option<String> {
    let value = match term {
        Term::Float(value) => *value,
        Term::Whole(number) => *number as f64,
        Term::Text(_) => return None,
    };
    match (function, term) {
        ("humanize", _) => Some(humanized(value, 1_000.0, THOUSANDS)),
        ("humanize1024", _) if value.abs() <= 1.0 => Some(general(value, Some(4))),
        ("humanize1024", _) => Some(humanized(value, 1_024.0, KIBI)),
        ("humanizePercentage", _) => Some(format!("{}%", general(value * 100.0, Some(4)))),
        (function, Term::Float(_)) => printed(function, value),
        _ => None,
    }
}

/// `printf "%.1f"` and nothing else.
fn printed(function: &str, value: f64) -> Option<String> {
    let quoted = function.strip_prefix("printf")?.trim_start();
    let digits = quoted.strip_prefix("\"%.")?.strip_suffix("f\"")?;
    let digits: u8 = digits.parse().ok()?;
    Some(format!("{value:.*}", usize::from(digits)))
}

const THOUSANDS: &[&str] = &["k", "M", "G", "T", "P", "E", "Z", "Y"];
const KIBI: &[&str] = &["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const THOUSANDTHS: &[&str] = &["m", "u", "n", "p", "f", "a", "z", "y"];

fn humanized(mut value: f64, step: f64, units: &'static [&'static str]) -> String {
    let mut unit = "";
    if value.abs() >= 1.0 {
        let mut units = units.iter();
        while value.abs() >= step
            && let Some(larger) = units.next()
        {
            (unit, value) = (*larger, value / step);
        }
    } else if value != 0.0 {
        let mut units = THOUSANDTHS.iter();
        while value.abs() < 1.0
            && let Some(smaller) = units.next()
        {
            (unit, value) = (*smaller, value * 1_000.0);
        }
    }
    format!("{}{unit}", general(value, Some(4)))
}

/// Go's `%g`, with the fewest digits that identify the number, or with at most `digits`.
fn general(value: f64, digits: Option<usize>) -> String {
    let scientific = match digits {
        None => format!("{value:e}"),
        Some(digits) => format!("{value:.*e}", digits - 1),
    };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let mantissa = match mantissa.contains('.') {
        true => mantissa.trim_end_matches('0').trim_end_matches('.'),
        false => mantissa,
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits.map_or(6, |digits| digits as i32) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let after_point = mantissa.split_once('.').map_or(0, |(_, part)| part.len()) as i32;
    format!("{value:.*}", (after_point - exponent).max(0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str, value: f64) -> Option<String> {
        let labels = Labels::from([("device".to_owned(), "a\"b".to_owned())]);
        render(template, &labels, value)
    }

    #[test]
    fn what_alerts_usually_need_is_rendered() {
        for (template, value, text) in [
            ("no template } at all", 1.0, "no template } at all"),
            ("{{$labels.device}}/{{ $labels.none }}.", 1.0, "a\"b/."),
            ("{{ $value }}", 0.1, "0.1"),
            ("{{ $value }}", 123_456.0, "123456"),
            ("{{ $value }}", 1_048_576.0, "1.048576e+06"),
            ("{{ $value }}", 0.000_012, "1.2e-05"),
            ("{{ $value | printf \"%.1f\" }} %", 86.25, "86.2 %"),
            ("{{ $value | printf \"%.0f\" }}", 2.9, "3"),
            ("{{ $value | humanize }}", 1_048_576.0, "1.049M"),
            ("{{ $value | humanize }}", 999.99, "1000"),
            ("{{ $value | humanize }}", -0.25, "-250m"),
            ("{{ $value | humanize }}", 0.0, "0"),
            ("{{ 1000000 | humanize }}", 1.0, "1M"),
            ("{{ 4294967296 | humanize1024 }}B", 1.0, "4GiB"),
            ("{{ $value | humanize1024 }}", 0.25, "0.25"),
            ("{{ $value | humanizePercentage }}", 0.123_456, "12.35%"),
        ] {
            assert_eq!(
                rendered(template, value).as_deref(),
                Some(text),
                "{template} of {value}"
            );
        }
    }

    #[test]
    fn other_templates_are_not_rendered() {
        for template in [
            "{{ $value | humanizeDuration }}",
            "{{ $value | printf \"%d\" }}",
            "{{ $value | printf \"%.1f of 5\" }}",
            "{{ 5 | printf \"%.1f\" }}",
            "{{ $labels.device | humanize }}",
            "{{ $externalLabels.region }}",
            "{{ with query \"up\" }}{{ . | first | value }}{{ end }}",
            "{{- $value -}}",
            "{{ $value",
            "{{}}",
        ] {
            assert_eq!(rendered(template, 1.0), None, "{template}");
        }
        assert_eq!(rendered("{{ $value }}", f64::NAN), None);
    }
}
