//! Negotiates permessage-deflate (RFC 7692 §7.1): both sides forget what they have sent after each message, so that one
//! compressed frame fits every session and no session costs a window.

/// The name of the extension.
const NAME: &str = "permessage-deflate";
/// The largest window, as a power of two (RFC 7692 §7.1.2). Ours is no other: a frame is compressed once for all.
const WINDOW_BITS: u8 = 15;

/// What is answered to the offers of a client; `None` when there is none that we can take.
pub(super) fn answer(offers: &str) -> Option<&'static str> {
    split(offers, ',').find_map(accept)
}

/// The answer to one offer. One that is malformed or asks for what we do not do is passed over (RFC 7692 §5.1).
fn accept(offer: &str) -> Option<&'static str> {
    let mut parts = split(offer, ';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(NAME) {
        return None;
    }
    let mut seen = Vec::new();
    let mut names_our_window = false;
    for parameter in parts {
        let (name, value) = match parameter.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (parameter, None),
        };
        if seen.contains(&name) {
            return None;
        }
        seen.push(name);
        match (name, value) {
            ("server_no_context_takeover" | "client_no_context_takeover", None) => {}
            ("client_max_window_bits", None) => {}
            // What the client will do; any window of its is one that we can read.
            ("client_max_window_bits", Some(value)) => drop(window_bits(value)?),
            ("server_max_window_bits", Some(value)) if window_bits(value)? == WINDOW_BITS => {
                names_our_window = true;
            }
            _ => return None,
        }
    }
    Some(if names_our_window {
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15"
    } else {
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    })
}

/// From 8 to 15, without leading zeros, perhaps in quotes.
fn window_bits(value: &str) -> Option<u8> {
    let bare = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value);
    let bits = bare
        .parse()
        .ok()
        .filter(|bits| (8..=WINDOW_BITS).contains(bits))?;
    (bits.to_string() == bare).then_some(bits)
}

/// Splits where `separator` stands outside of quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    #[test]
    fn what_browsers_and_libraries_offer_is_taken() {
        for offer in [
            "permessage-deflate",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=10",
            " PerMessage-Deflate ;server_no_context_takeover; client_no_context_takeover",
            "x-webkit-deflate-frame, permessage-deflate",
            "permessage-deflate; server_max_window_bits=10, permessage-deflate",
            r#"other; odd="a,b;c", permessage-deflate"#,
        ] {
            assert_eq!(answer(offer), Some(PLAIN), "{offer}");
        }
        let text = answer(r#"permessage-deflate; server_max_window_bits="15""#).unwrap();
        assert!(text.ends_with("; server_max_window_bits=15"), "{text}");
    }

    #[test]
    fn what_is_malformed_or_not_ours_to_do_is_passed_over() {
        for offer in [
            "",
            ",",
            "deflate",
            "permessage-deflate; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; client_max_window_bits=7",
            "permessage-deflate; client_max_window_bits=16",
            "permessage-deflate; client_max_window_bits=08",
            "permessage-deflate; client_max_window_bits=+9",
            "permessage-deflate; client_max_window_bits=",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            "permessage-deflate; unheard_of",
            "permessage-deflate;",
        ] {
            assert_eq!(answer(offer), None, "{offer}");
        }
    }
}
