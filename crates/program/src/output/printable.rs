//! Escapes characters that can deceive the reader of a terminal or a log.

use std::borrow::Cow;

/// Whether `c` is visible and moves nothing else. Control and format characters are not (line ends of all kinds,
/// bidirectional overrides, zero-width characters), nor private, unassigned and default-ignorable ones.
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    !is_ignorable(c) && std_prints(c)
}

/// `text` with each character that is not [printable](is_printable) in Rust's notation, such as `\u{202e}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_printable(c) {
            safe.push(c);
        } else {
            safe.extend(c.escape_default());
        }
    }
    Cow::Owned(safe)
}

/// Asks the standard library, which knows the general categories. It leaves a combining character as it is only behind
/// another character.
fn std_prints(c: char) -> bool {
    let mut bytes = [b'a'; 5];
    let length = c.encode_utf8(&mut bytes[1..]).len();
    str::from_utf8(&bytes[..=length]).is_ok_and(|pair| pair.escape_debug().nth(1) == Some(c))
}

/// Letters and marks with Unicode's property `Default_Ignorable_Code_Point`, which are invisible. Format characters with
/// that property are found by their category.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_deceive_a_reader_is_escaped() {
        for c in [
            '\0',
            '\n',
            '\r',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0041}',
            '\u{e0100}',
        ] {
            let text = escaped(&format!("a{c}b")).into_owned();
            assert!(text.is_ascii() && text.contains('\\'), "{c:?}: {text}");
        }
    }

    #[test]
    fn words_of_any_script_stay_as_they_are() {
        for words in [
            "a\\\"'b",
            "größe",
            "e\u{301}te\u{301}",
            "हिन्दी",
            "ไทย",
            "日本語",
            "عربي",
            "🙂",
            "€",
        ] {
            assert_eq!(escaped(words), words);
        }
    }
}
