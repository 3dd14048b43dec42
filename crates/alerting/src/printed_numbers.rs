//! Whether a text contains a number in one of the forms that Prometheus' templates print: `97`, `9.7e+01`, `1.05 Mi`, `12.3k`.

/// The suffixes of a number, each with its factor.
const SUFFIXES: [(&str, f64); 18] = [
    ("ki", 1024.0),
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("%", 0.01),
    ("k", 1e3),
    ("K", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("m", 1e-3),
    ("u", 1e-6),
    ("µ", 1e-6),
    ("n", 1e-9),
    ("p", 1e-12),
];

/// Whether one of the numbers in `text` is `value`, rounded as it is printed there.
pub fn contains_number(text: &str, value: f64) -> bool {
    if !value.is_finite() {
        return text.contains("NaN") || text.contains("Inf");
    }
    numbers(text).any(|(printed, rest)| {
        let near =
            |scale: f64| (printed.value * scale - value).abs() <= printed.step * scale * 0.51;
        let suffix = rest.strip_prefix(' ').unwrap_or(rest);
        let scaled = SUFFIXES.iter().filter(|(name, _)| suffix.starts_with(name));
        near(1.0) || scaled.into_iter().any(|(_, scale)| near(*scale))
    })
}

/// A number as it is printed.
struct Printed {
    value: f64,
    /// What one more in its last digit adds.
    step: f64,
}

/// The numbers in a text, each with the text that follows it.
fn numbers(text: &str) -> impl Iterator<Item = (Printed, &str)> {
    let starts = text.char_indices().filter(|(at, c)| {
        let before = text[..*at].chars().next_back();
        c.is_ascii_digit() && !before.is_some_and(|b| b.is_ascii_alphanumeric() || b == '.')
    });
    starts.filter_map(|(at, _)| {
        let length = length(&text[at..]);
        let printed = read(&text[at..at + length])?;
        let negative = text[..at].ends_with('-');
        let value = if negative {
            -printed.value
        } else {
            printed.value
        };
        Some((Printed { value, ..printed }, &text[at + length..]))
    })
}

/// The length of the number at the start of `text`: digits, a fraction, an exponent.
fn length(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(text);
    if let Some(fraction) = text[end..].strip_prefix('.') {
        match digits(fraction) {
            0 => return end,
            length => end += 1 + length,
        }
    }
    if let Some(exponent) = text[end..].strip_prefix(['e', 'E']) {
        let signed = exponent.trim_start_matches(['+', '-']);
        let length = digits(signed);
        if length > 0 && exponent.len() - signed.len() <= 1 {
            end += 1 + exponent.len() - signed.len() + length;
        }
    }
    end
}

fn read(number: &str) -> Option<Printed> {
    let value: f64 = number.parse().ok()?;
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let fraction = mantissa
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len());
    let exponent: i32 = exponent.parse().ok()?;
    let step = 10_f64.powi(exponent - i32::try_from(fraction).ok()?);
    Some(Printed { value, step })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_form_that_templates_give_it() {
        for (text, value) in [
            ("uses 92.3 % of its memory", 92.26),
            ("its `up` is 0.", 0.0),
            ("takes 1.05 MiB more", 1_101_004.8),
            ("takes 1.05MiB more", 1_101_004.8),
            ("takes 1015kiB more", 1_039_504.2),
            ("holds 1.6M series", 1_600_400.0),
            ("is 9.7e+01 now", 97.0),
            ("3 reads of sda have failed", 3.4),
            ("fell by -12.5", -12.5),
            ("is 45.2%", 0.452),
            ("NaN of them", f64::NAN),
        ] {
            assert!(contains_number(text, value), "{text}: {value}");
        }
    }

    #[test]
    fn another_number_is_not_the_value() {
        for (text, value) in [
            ("uses 92.3 % of its memory", 92.5),
            ("sda1 is full", 1.0),
            ("for 1m", 92.0),
            ("no number", 1.0),
            ("", 0.0),
        ] {
            assert!(!contains_number(text, value), "{text}: {value}");
        }
    }
}
