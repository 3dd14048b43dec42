//! Writes texts as YAML scalars. The crates that write YAML are archived, unmaintained, or need a newer compiler.

use std::fmt::Write;

/// A text as a double-quoted scalar on one line, in which nothing has a special meaning.
pub fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            printable if is_printable(printable) => out.push(printable),
            other => write!(out, "\\U{:08X}", u32::from(other)).expect("a string takes everything"),
        }
    }
    out.push('"');
    out
}

/// Whether a character may be unescaped (YAML 1.2, §5.1). Line ends would be folded, and the byte order mark is escaped too.
fn is_printable(character: char) -> bool {
    match character {
        '\u{2028}' | '\u{2029}' => false,
        '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{d7ff}' => true,
        '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' => true,
        '\u{10000}'.. => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_mean_something_is_quoted_or_escaped() {
        for (text, yaml) in [
            ("yes", r#""yes""#),
            ("- a: {b}", r#""- a: {b}""#),
            (
                "{{ $value | printf \"%.1f\" }}",
                r#""{{ $value | printf \"%.1f\" }}""#,
            ),
            (r"C:\new", r#""C:\\new""#),
            (
                "two\nlines\r\ttab",
                r#""two\nlines\U0000000D\U00000009tab""#,
            ),
            ("größer 🚨", "\"größer 🚨\""),
            (
                "\u{7f}\u{85}\u{2028}\u{feff}",
                r#""\U0000007F\U00000085\U00002028\U0000FEFF""#,
            ),
            ("", r#""""#),
        ] {
            assert_eq!(quoted(text), yaml);
        }
    }
}
