//! What a request may ask of a metric: the value that each kind accepts, and which label values are taken.

use http_kit::percent;

/// What is done to one series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Takes this value.
    To(f64),
    /// Counts one event more.
    Count,
}

/// What a path takes as its last part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// `0` or `1`.
    Flag,
    /// 0 to 100.
    Percent,
    /// Any number from 0: seconds, bytes, series.
    Amount,
    /// A whole number from 0.
    Whole,
    /// Nothing: each request counts one event.
    Event,
}

/// Whole numbers beyond are not exact in an f64, which is what every sample is.
pub(super) const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

impl Takes {
    /// Reads the value of a request.
    ///
    /// # Errors
    /// What the value must be, to be told after its name.
    pub fn read(self, text: &str) -> Result<Change, String> {
        let wrong = |must: &str| Err(format!("must be {must}, found {:?}", shortened(text)));
        let number = match text.parse::<f64>() {
            // Sums up to a plain zero for −0.
            Ok(number) if number.is_finite() => number + 0.0,
            _ => return wrong("a finite number"),
        };
        match self {
            Self::Flag if !matches!(text, "0" | "1") => wrong("0 or 1"),
            Self::Percent if !(0.0..=100.0).contains(&number) => wrong("from 0 to 100"),
            _ if number < 0.0 => wrong("0 or more"),
            Self::Whole if number.fract() != 0.0 || number > LARGEST_WHOLE => {
                wrong("a whole number up to 2^53")
            }
            _ => Ok(Change::To(number)),
        }
    }

    /// True when a path ends in a value.
    pub fn is_value(self) -> bool {
        self != Self::Event
    }
}

/// Reads one percent-encoded part of a path as a label value of 1 to 128 bytes.
///
/// # Errors
/// What it must be, to be told after its name.
pub fn label(raw: &str) -> Result<String, String> {
    let text = percent::decode(raw)?;
    match text.len() {
        0 => Err("must not be empty".to_owned()),
        1..=128 if text.chars().any(char::is_control) => {
            Err("must not contain control characters".to_owned())
        }
        1..=128 => Ok(text),
        bytes => Err(format!("must be at most 128 bytes long, found {bytes}")),
    }
}

/// A number for people: one of very many digits is in exponent form, and no digit is more than an f64 holds.
pub fn shown(number: f64) -> String {
    if number == 0.0 || (1e-5..=1e15).contains(&number.abs()) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

/// Enough of a wrong value to recognise it.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_takes_what_it_should() {
        for (takes, text, value) in [
            (Takes::Flag, "0", 0.0),
            (Takes::Flag, "1", 1.0),
            (Takes::Percent, "78", 78.0),
            (Takes::Percent, "0", 0.0),
            (Takes::Percent, "100", 100.0),
            (Takes::Percent, "99.5", 99.5),
            (Takes::Amount, "1e9", 1e9),
            (Takes::Amount, "0.25", 0.25),
            (Takes::Amount, "-0", 0.0),
            (Takes::Whole, "12", 12.0),
            (Takes::Whole, "9007199254740992", LARGEST_WHOLE),
        ] {
            let read = takes.read(text);
            assert_eq!(read, Ok(Change::To(value)), "{takes:?} {text}");
        }
        let Ok(Change::To(zero)) = Takes::Amount.read("-0") else {
            panic!("refused")
        };
        assert!(zero.is_sign_positive());
    }

    #[test]
    fn each_kind_refuses_what_it_should() {
        let numbers = [Takes::Flag, Takes::Percent, Takes::Amount, Takes::Whole];
        for takes in numbers {
            for text in [
                "", " 1", "1 ", "abc", "NaN", "nan", "inf", "-inf", "infinity", "1e400", "-1e400",
                "-1", "-0.001", "0x10", "1,5", "１",
            ] {
                assert!(takes.read(text).is_err(), "{takes:?} took {text:?}");
            }
        }
        for (takes, text) in [
            (Takes::Flag, "2"),
            (Takes::Flag, "0.5"),
            (Takes::Flag, "01"),
            (Takes::Percent, "100.1"),
            (Takes::Whole, "1.5"),
            (Takes::Whole, "9007199254740994"),
        ] {
            assert!(takes.read(text).is_err(), "{takes:?} took {text:?}");
        }
    }

    #[test]
    fn a_wrong_value_is_repeated_but_not_at_any_length() {
        let told = Takes::Amount.read(&"x".repeat(10_000)).unwrap_err();
        assert!(told.len() < 200, "{told}");
    }

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
            assert_eq!(shown(number), text);
        }
    }

    #[test]
    fn a_label_is_decoded_once_and_strictly() {
        assert_eq!(label("localhost%3A9090").unwrap(), "localhost:9090");
        assert_eq!(label("a%2Fb+c").unwrap(), "a/b+c");
        assert_eq!(label("%2541").unwrap(), "%41");
        assert_eq!(label("%C3%A9%22").unwrap(), "é\"");
        assert_eq!(label(&"x".repeat(128)).unwrap().len(), 128);
        for raw in [
            "", "%", "%4", "%zz", "%+1", "%0A", "a%00", "%7F", "%C2%85", "%FF", "%C3",
        ] {
            assert!(label(raw).is_err(), "took {raw:?}");
        }
        assert!(label(&"x".repeat(129)).is_err());
        assert!(label(&"%C3%A9".repeat(65)).is_err());
    }
}
