//! Label values in the path of `POST /simulate/…`.

use http_kit::percent;

/// Decodes one percent-encoded segment of a path to a label value of 1 to 128 bytes.
///
/// # Errors
/// What the segment must be, to be shown after its name.
pub(super) fn decode(raw: &str) -> Result<String, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_decoded_once_and_strictly() {
        assert_eq!(decode("localhost%3A9090").unwrap(), "localhost:9090");
        assert_eq!(decode("a%2Fb+c").unwrap(), "a/b+c");
        assert_eq!(decode("%2541").unwrap(), "%41");
        assert_eq!(decode("%C3%A9%22").unwrap(), "é\"");
        assert_eq!(decode(&"x".repeat(128)).unwrap().len(), 128);
        for raw in [
            "", "%", "%4", "%zz", "%+1", "%0A", "a%00", "%7F", "%C2%85", "%FF", "%C3",
        ] {
            assert!(decode(raw).is_err(), "took {raw:?}");
        }
        assert!(decode(&"x".repeat(129)).is_err());
        assert!(decode(&"%C3%A9".repeat(65)).is_err());
    }
}
