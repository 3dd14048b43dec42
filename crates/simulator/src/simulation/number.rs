//! Formats numbers for messages.

/// Formats a number. Very large and very small numbers are in exponent form, so that none has more digits than an `f64`.
pub fn format_number(number: f64) -> String {
    if number == 0.0 || (1e-5..=1e15).contains(&number.abs()) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_in_full_until_it_has_too_many_digits() {
        for (number, text) in [
            (0.0, "0"),
            (85.0, "85"),
            (-0.1, "-0.1"),
            (1e-5, "0.00001"),
            (1e15, "1000000000000000"),
            (1.5e300, "1.5e300"),
            (-9_007_199_254_740_992.0, "-9.007199254740992e15"),
            (9.9e-6, "9.9e-6"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e308"),
        ] {
            assert_eq!(format_number(number), text);
        }
    }
}
