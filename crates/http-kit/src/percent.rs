//! Percent-decoding (RFC 3986 §2.1).

use std::borrow::Cow;

/// Decodes `raw` strictly; common libraries replace what they cannot decode. A `+` stays a `+`.
///
/// # Errors
/// What the text must be: the end of a sentence that begins with its name.
pub fn decode(raw: &str) -> Result<String, String> {
    let mut bytes = raw.bytes();
    let mut text = Vec::with_capacity(raw.len());
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'%' => hex_pair(bytes.next(), bytes.next())
                .ok_or("must be percent-encoded with two hex digits after each %")?,
            plain => plain,
        });
    }
    String::from_utf8(text).map_err(|_| "must be valid UTF-8".to_owned())
}

/// Decodes `raw`; what is not UTF-8 becomes U+FFFD, and a `%` without two hex digits stays as it is.
pub fn decode_lossy(raw: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(raw).decode_utf8_lossy()
}

fn hex_pair(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_once() {
        for (raw, text) in [
            ("", ""),
            ("a+b", "a+b"),
            ("caf%C3%A9%2f%2F", "café//"),
            ("%2541", "%41"),
            ("é", "é"),
        ] {
            assert_eq!(decode(raw).as_deref(), Ok(text), "{raw}");
        }
    }

    #[test]
    fn what_is_not_percent_encoded_utf_8_is_refused() {
        for raw in [
            "%",
            "%4",
            "%zz",
            "%+1",
            "% 1",
            "%é",
            "%FF",
            "%C3",
            "%ED%A0%80",
        ] {
            assert!(decode(raw).is_err(), "took {raw:?}");
        }
    }
}
