//! Labels, and the names that metrics and labels may have.

use std::collections::BTreeMap;

/// Label names and values.
pub type Labels = BTreeMap<String, String>;

/// The limit of names, in bytes.
const MAX_LENGTH: usize = 128;

/// Whether `name` is a valid label name. Names that begin with `__` are reserved for Prometheus.
pub fn is_label(name: &str) -> bool {
    is_name(name, "_") && !name.starts_with("__")
}

/// Whether `name` consists of ASCII letters, digits and `signs`, and does not begin with a digit.
pub fn is_name(name: &str, signs: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphabetic() || signs.as_bytes().contains(&b);
    name.len() <= MAX_LENGTH
        && name.bytes().next().is_some_and(letter)
        && name.bytes().all(|b| letter(b) || b.is_ascii_digit())
}

/// Labels of borrowed pairs.
#[cfg(test)]
pub(crate) fn labels(pairs: &[(&str, &str)]) -> Labels {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_named_with_letters_digits_and_underscores() {
        assert!(is_label("a_1") && is_label("_a"));
        for name in ["", "1a", "a:b", "__a", "a b"] {
            assert!(!is_label(name), "{name}");
        }
    }
}
