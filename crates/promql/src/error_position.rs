//! Finds the place of a syntax error, which the parser does not give: the end of the longest prefix of the text that some
//! continuation makes valid.

use promql_parser::parser;

use crate::precheck;

/// What the parser answers to any syntax error. [`syntax_error_position`] finds the place.
pub const UNLOCATED_ERROR: &str = "invalid promql query";

/// Continuations of a prefix. One of them makes a valid prefix parse, apart from errors of type.
const CONTINUATIONS: &[&str] = &[
    "", " m", "(m)", "(a)", "(a)(m)", "(a) m", "[5m]", " 5m", " 1", "a=\"b\"", "=\"b\"", "\"b\"",
    " a",
];

/// The place and the token of the first syntax error, as `line 1, column 7: unexpected ">"`.
pub fn syntax_error_position(text: &str) -> String {
    let tokens = precheck::tokens(text);
    let end_of = |count: usize| tokens.get(..count).and_then(|all| all.last());
    let end_of = |count| end_of(count).map_or(0, |(at, token)| at + token.len());
    let counts: Vec<_> = (1..=tokens.len()).collect();
    let viable = counts.partition_point(|count| is_viable(&text[..end_of(*count)]));
    match tokens.get(viable) {
        Some((at, token)) => format!("{}: unexpected {token:?}", place(text, *at)),
        None => format!("{}: unexpected end", place(text, text.trim_end().len())),
    }
}

/// Line and column from 1, columns in characters, as editors count them.
fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count())
        + 1;
    format!("line {line}, column {column}")
}

/// Whether some continuation makes `prefix` an expression.
fn is_viable(prefix: &str) -> bool {
    let Some(closing) = closing(prefix) else {
        return false;
    };
    CONTINUATIONS.iter().any(|next| {
        ["", "(m)", " m"].iter().any(|last| {
            let whole = format!("{prefix}{next}{closing}{last}");
            precheck::check(&whole).is_ok()
                && parser::lexer(&whole).is_ok()
                && parser::parse(&whole).err().as_deref() != Some(UNLOCATED_ERROR)
        })
    })
}

/// The closing brackets that `prefix` lacks, or `None` if it closes one that is not open.
fn closing(prefix: &str) -> Option<String> {
    let mut open = Vec::new();
    for (_, token) in precheck::tokens(prefix) {
        match token {
            "(" => open.push(')'),
            "[" => open.push(']'),
            "{" => open.push('}'),
            ")" | "]" | "}" if open.pop() != token.chars().next() => return None,
            _ => {}
        }
    }
    Some(open.into_iter().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_that_cannot_stand_there_is_named_with_its_place() {
        let (mut found, mut expected) = (Vec::new(), Vec::new());
        for (text, place) in [
            ("mem > > 1", "line 1, column 7: unexpected \">\""),
            ("mem >", "line 1, column 6: unexpected end"),
            ("sum by (rate(", "line 1, column 13: unexpected \"(\""),
            ("sum(mem) by", "line 1, column 12: unexpected end"),
            ("rate(m{a=\"b\"}[5m]", "line 1, column 18: unexpected end"),
            ("(ä) > 1", "line 1, column 2: unexpected \"ä\""),
            ("m{a=\"ä\"} 5", "line 1, column 10: unexpected \"5\""),
            ("m > 1)", "line 1, column 6: unexpected \")\""),
            (
                "sum(m)\n  >= on (a)\n  n[5m] /* x",
                "line 3, column 10: unexpected \"*\"",
            ),
            ("m == bool 1 and", "line 1, column 16: unexpected end"),
            (
                "rate(m[5m:1m] offset 1m) >= == 5",
                "line 1, column 29: unexpected \"==\"",
            ),
        ] {
            found.push((text, syntax_error_position(text)));
            expected.push((text, place.to_owned()));
        }
        assert_eq!(found, expected);
    }
}
