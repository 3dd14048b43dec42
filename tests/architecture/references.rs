//! A source file without its comments, texts and tests, and the paths into this crate that it names.

pub(super) struct Source {
    /// Below `src`, such as `gateway/app.rs`.
    pub(super) file: String,
    /// As it stands.
    pub(super) text: String,
    /// What is compiled into the programs: no comments, no texts, no tests.
    pub(super) code: String,
}

impl Source {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let code = if file.ends_with("_tests.rs") {
            String::new()
        } else {
            without_tests(&without_words(text))
        };
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            code,
        }
    }

    /// `gateway::actors::hub` for `gateway/actors/hub.rs`, `gateway::actors` for its `mod.rs`.
    pub(super) fn module(&self) -> String {
        let path = self.file.trim_end_matches(".rs").trim_end_matches("/mod");
        path.replace('/', "::")
    }

    /// Whether its code has `word`, which does not stand in the middle of a longer name.
    pub(super) fn names(&self, word: &str) -> bool {
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let whole = |at: usize| !word.starts_with(part) || !self.code[..at].ends_with(part);
        self.code.match_indices(word).any(|(at, _)| whole(at))
    }

    /// Every path from the root of this crate, wherever it stands: in an import or in the middle of a line.
    pub(super) fn references(&self) -> Vec<String> {
        let tokens = tokens(&self.code);
        let mut found = Vec::new();
        let here: Vec<_> = self.module().split("::").map(str::to_owned).collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let begins = at == 0 || tokens[at - 1] != "::";
            let root = matches!(*token, "crate" | "super" | "self" | "service_metrics");
            if begins && root && tokens.get(at + 1) == Some(&"::") {
                at = tree(&tokens, at, here.clone(), &mut found);
            } else {
                at += 1;
            }
        }
        found
    }
}

/// Reads one path, or a whole tree of them, from `tokens[at]` on; gives where it ends.
fn tree(tokens: &[&str], mut at: usize, mut path: Vec<String>, found: &mut Vec<String>) -> usize {
    while let Some(token) = tokens.get(at) {
        match *token {
            "crate" | "service_metrics" => path.clear(),
            "super" => drop(path.pop()),
            "self" | "*" => {}
            "{" => return branches(tokens, at + 1, &path, found),
            name if is_name(name) => path.push(name.to_owned()),
            _ => break,
        }
        at += 1;
        if tokens.get(at) != Some(&"::") {
            break;
        }
        at += 1;
    }
    found.push(path.join("::"));
    at
}

fn branches(tokens: &[&str], mut at: usize, path: &[String], found: &mut Vec<String>) -> usize {
    while let Some(token) = tokens.get(at) {
        match *token {
            "}" => return at + 1,
            "," => at += 1,
            "as" => at += 2,
            _ => at = tree(tokens, at, path.to_vec(), found).max(at + 1),
        }
    }
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Names, `::`, and every other character that is not a space by itself.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let name = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let length = match name {
            0 if rest.starts_with("::") => 2,
            0 => first.len_utf8(),
            length => length,
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

/// Blanks comments, strings and characters. (Block comments and raw strings with more than one `#` do not occur.)
fn without_words(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("//") {
            rest.find('\n')
        } else if rest.starts_with("r#\"") {
            rest.find("\"#").map(|end| end + 2)
        } else if first == '"' {
            closing(rest, '"')
        } else if first == '\'' {
            character(rest)
        } else {
            code.push(first);
            Some(first.len_utf8())
        };
        if first == '"' || rest.starts_with("r#\"") {
            code.push_str("\"\"");
        }
        rest = &rest[end.unwrap_or(rest.len())..];
    }
    code
}

/// The length of a quoted text, its quotes included.
fn closing(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    let mut characters = rest.char_indices().skip(1);
    let (at, _) = characters.find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    })?;
    Some(at + quote.len_utf8())
}

/// The length of `'x'`; a lifetime's `'` alone is one.
fn character(rest: &str) -> Option<usize> {
    let mut inside = rest.chars().skip(1);
    let escaped = inside.next() == Some('\\');
    if escaped || inside.next() == Some('\'') {
        closing(rest, '\'')
    } else {
        Some(1)
    }
}

/// Takes out each item behind `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const TEST: &str = "#[cfg(test)]";
    let Some((before, item)) = code.split_once(TEST) else {
        return code.to_owned();
    };
    let mut depth = 0;
    let end = item.char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(c, '}' | ';')
    });
    let after = end.map_or("", |(at, _)| &item[at + 1..]);
    format!("{before}{}", without_tests(after))
}

fn references(file: &str, text: &str) -> Vec<String> {
    Source::new(file, text).references()
}

#[test]
fn trees_of_imports_are_read_to_their_leaves() {
    let text = "use std::fmt;\nuse crate::{\n a::{self, B as C, d::*},\n e,\n};\nuse super::{super::f, g};";
    let found = references("x/y/z.rs", text);
    assert_eq!(found, ["a", "a::B", "a::d", "e", "x::f", "x::y::g"]);
}

#[test]
fn a_path_in_the_middle_of_a_line_counts() {
    let text = "pub(crate) fn f(&self) -> &crate::a::B { self.x; super::c::d() }";
    assert_eq!(references("x/mod.rs", text), ["a::B", "c::d"]);
    assert_eq!(references("bin/p.rs", "use service_metrics::a;"), ["a"]);
}

#[test]
fn comments_texts_and_tests_do_not() {
    let text = r#"//! crate::a
        fn f<'a>(c: &'a str) -> bool { "crate::b \" crate::b" == c && c.contains('"') && '\'' != '"' }
        #[cfg(test)]
        mod tests { use crate::c; fn g() { if true {} } }
        #[cfg(test)]
        mod more_tests;
        use crate::d;"#;
    assert_eq!(references("x.rs", text), ["d"]);
    assert!(references("x_tests.rs", "use crate::a;").is_empty());
}
