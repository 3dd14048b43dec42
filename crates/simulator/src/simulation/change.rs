//! Requests to levers: which values they accept, and what they change.

/// A change of one series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Sets this value.
    To(f64),
    /// Counts one event.
    Count,
}

/// The last part of the path of a lever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeverInput {
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

/// The largest whole number that a sample, an `f64`, holds exactly.
pub(super) const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

impl LeverInput {
    /// Parses the value of a request.
    ///
    /// # Errors
    /// What the value must be, to be shown after its name.
    pub fn read(self, text: &str) -> Result<Change, String> {
        let wrong = |must: &str| Err(format!("must be {must}, found {:?}", shortened(text)));
        let number = match text.parse::<f64>() {
            // Turns −0 into 0.
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

    /// True where the path ends in a value.
    pub fn is_value(self) -> bool {
        self != Self::Event
    }
}

/// The first 40 characters of a wrong value.
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
            (LeverInput::Flag, "0", 0.0),
            (LeverInput::Flag, "1", 1.0),
            (LeverInput::Percent, "78", 78.0),
            (LeverInput::Percent, "0", 0.0),
            (LeverInput::Percent, "100", 100.0),
            (LeverInput::Percent, "99.5", 99.5),
            (LeverInput::Amount, "1e9", 1e9),
            (LeverInput::Amount, "0.25", 0.25),
            (LeverInput::Amount, "-0", 0.0),
            (LeverInput::Whole, "12", 12.0),
            (LeverInput::Whole, "9007199254740992", LARGEST_WHOLE),
        ] {
            let read = takes.read(text);
            assert_eq!(read, Ok(Change::To(value)), "{takes:?} {text}");
        }
        let Ok(Change::To(zero)) = LeverInput::Amount.read("-0") else {
            panic!("refused")
        };
        assert!(zero.is_sign_positive());
    }

    #[test]
    fn each_kind_refuses_what_it_should() {
        let numbers = [
            LeverInput::Flag,
            LeverInput::Percent,
            LeverInput::Amount,
            LeverInput::Whole,
        ];
        for takes in numbers {
            for text in [
                "", " 1", "1 ", "abc", "NaN", "nan", "inf", "-inf", "infinity", "1e400", "-1e400",
                "-1", "-0.001", "0x10", "1,5", "１",
            ] {
                assert!(takes.read(text).is_err(), "{takes:?} took {text:?}");
            }
        }
        for (takes, text) in [
            (LeverInput::Flag, "2"),
            (LeverInput::Flag, "0.5"),
            (LeverInput::Flag, "01"),
            (LeverInput::Percent, "100.1"),
            (LeverInput::Whole, "1.5"),
            (LeverInput::Whole, "9007199254740994"),
        ] {
            assert!(takes.read(text).is_err(), "{takes:?} took {text:?}");
        }
    }

    #[test]
    fn a_wrong_value_is_repeated_but_not_at_any_length() {
        let message = LeverInput::Amount.read(&"x".repeat(10_000)).unwrap_err();
        assert!(message.len() < 200, "{message}");
    }
}
