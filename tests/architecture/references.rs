//! A source file without its comments, texts and tests, and the paths into its own crate that it names.

use std::collections::BTreeMap;

/// One crate: its files, and which names a file hands on.
pub(super) struct Package {
    /// As other crates name it.
    pub(super) name: String,
    pub(super) files: Vec<Source>,
    /// A path that a `pub use` makes, and the path that it stands for.
    exports: BTreeMap<String, String>,
}

impl Package {
    pub(super) fn new(name: &str, files: Vec<Source>) -> Self {
        let mut package = Self {
            name: name.to_owned(),
            files,
            exports: BTreeMap::new(),
        };
        let known: Vec<_> = package.files.iter().map(Source::module).collect();
        for source in &package.files {
            package.exports.extend(source.exports(&known));
        }
        package
    }

    /// The files that `source` imports from: those that define the names, wherever these are handed on.
    pub(super) fn imports(&self, source: &Source) -> Vec<&Source> {
        let known: Vec<_> = self.files.iter().map(Source::module).collect();
        let references = source.references(&known).into_iter();
        let files = references.filter_map(|path| self.file_of(&self.resolved(path)));
        let mut files: Vec<_> = files.filter(|file| file.file != source.file).collect();
        files.sort_by_key(|file| &file.file);
        files.dedup_by_key(|file| &file.file);
        files
    }

    /// `path` without what `pub use` puts between it and its definition.
    fn resolved(&self, mut path: String) -> String {
        // A chain of exports is shorter than that, unless it is a circle.
        for _ in 0..8 {
            let Some((export, rest)) = self.export_in(&path) else {
                break;
            };
            path = format!("{}{rest}", self.exports[export]);
        }
        path
    }

    fn export_in<'a>(&self, path: &'a str) -> Option<(&'a str, &'a str)> {
        let ends = path.match_indices("::").map(|(at, _)| at);
        let mut ends = ends.chain([path.len()]);
        let end = ends.find(|end| self.exports.contains_key(&path[..*end]))?;
        Some(path.split_at(end))
    }

    /// The file of the longest module that `path` begins with.
    fn file_of(&self, path: &str) -> Option<&Source> {
        let within = |module: &str| {
            path.strip_prefix(module)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        let files = self.files.iter().filter(|file| within(&file.module()));
        let root = || self.files.iter().find(|file| file.file == "lib.rs");
        let found = files.max_by_key(|file| file.module().len());
        found.or_else(root)
    }
}

pub(super) struct Source {
    /// Below `src`, such as `stream/hub.rs`.
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

    /// `stream::hub` for `stream/hub.rs`, `stream` for its `mod.rs`; of `lib.rs` and programs their own name, which nobody
    /// imports.
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

    /// The module that its paths start from.
    fn here(&self) -> Vec<String> {
        if self.file == "lib.rs" || self.file == "main.rs" {
            return Vec::new();
        }
        self.module().split("::").map(str::to_owned).collect()
    }

    /// Every path from the root of this crate, wherever it stands: in an import or in the middle of a line. A path may also
    /// begin with a module of `known` that is a child of this one.
    pub(super) fn references(&self, known: &[String]) -> Vec<String> {
        let tokens = tokens(&self.code);
        let mut found = Vec::new();
        let here = self.here();
        let mut at = 0;
        let mut export = false;
        while let Some(token) = tokens.get(at) {
            match *token {
                "pub" => export = exports_at(&tokens, at),
                ";" => export = false,
                _ => {}
            }
            let begins = at == 0 || tokens[at - 1] != "::";
            let path = begins && tokens.get(at + 1) == Some(&"::");
            if path && !export && (is_root(token) || is_child(token, &here, known)) {
                at = tree(&tokens, at, here.clone(), &mut found);
            } else {
                at += 1;
            }
        }
        found
    }

    /// What its `pub use` lines make, and what each stands for.
    fn exports(&self, known: &[String]) -> Vec<(String, String)> {
        let tokens = tokens(&self.code);
        let here = self.here();
        let mut found = Vec::new();
        let starts = (0..tokens.len()).filter(|at| exports_at(&tokens, *at));
        for start in starts {
            let at = (start..).find(|at| tokens[*at] == "use").unwrap() + 1;
            let mut paths = Vec::new();
            if is_root(tokens[at]) || is_child(tokens[at], &here, known) {
                tree(&tokens, at, here.clone(), &mut paths);
            }
            for path in paths {
                let name = path.rsplit("::").next().unwrap();
                let made = here.iter().map(String::as_str).chain([name]);
                let made = made.collect::<Vec<_>>().join("::");
                if made != path {
                    found.push((made, path));
                }
            }
        }
        found
    }
}

fn is_root(token: &str) -> bool {
    matches!(token, "crate" | "super" | "self" | "service_metrics")
}

fn is_child(token: &str, here: &[String], known: &[String]) -> bool {
    let child = here.iter().map(String::as_str).chain([token]);
    known.contains(&child.collect::<Vec<_>>().join("::"))
}

/// Whether `pub use`, or `pub(…) use`, begins at `at`.
fn exports_at(tokens: &[&str], at: usize) -> bool {
    if tokens[at] != "pub" {
        return false;
    }
    let mut next = at + 1;
    if tokens.get(next) == Some(&"(") {
        next += tokens[next..]
            .iter()
            .position(|token| *token == ")")
            .unwrap()
            + 1;
    }
    tokens.get(next) == Some(&"use")
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
    Source::new(file, text).references(&["x::child".to_owned()])
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
fn a_path_that_begins_with_a_child_counts_and_one_that_begins_with_another_crate_does_not() {
    let text = "use child::A; use serde::Serialize; fn f() { child::g(); other::h() }";
    assert_eq!(references("x/mod.rs", text), ["x::child::A", "x::child::g"]);
}

#[test]
fn a_name_that_is_handed_on_is_imported_from_where_it_is_defined() {
    let files = [
        ("lib.rs", "pub mod a; pub mod b; pub use a::A;"),
        ("a/mod.rs", "mod inner; pub(crate) use inner::{A, B as C};"),
        ("a/inner.rs", "pub struct A;"),
        ("b.rs", "use crate::{A, a::C};"),
    ];
    let files = files.map(|(file, text)| Source::new(file, text));
    let package = Package::new("p", files.into());
    let imported = package.imports(&package.files[3]);
    let imported: Vec<_> = imported.iter().map(|file| file.file.as_str()).collect();
    // `C` is not known by the name that it got on the way.
    assert_eq!(imported, ["a/inner.rs", "a/mod.rs"]);
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
