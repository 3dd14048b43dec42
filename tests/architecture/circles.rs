//! Files that import each other, directly or by way of others.

use std::collections::BTreeMap;

use super::references::{Package, Source};

/// A line for each circle, with its files.
pub(super) fn circles(package: &Package) -> Vec<String> {
    let imports = package.files.iter().map(|file| {
        let imports = package.imports(file).into_iter();
        (file.file.as_str(), imports.map(name).collect())
    });
    let imports: BTreeMap<&str, Vec<&str>> = imports.collect();
    let mut left: Vec<&str> = imports.keys().copied().collect();
    let mut circles = Vec::new();
    while let Some(file) = left.first().copied() {
        let reached = reached(&imports, file);
        let back = |other: &&str| reached.contains(other) && reaches(&imports, other, file);
        let circle: Vec<_> = left.iter().copied().filter(back).collect();
        if !circle.is_empty() {
            circles.push(format!("{}: {}", package.name, circle.join(", ")));
        }
        left.retain(|other| *other != file && !circle.contains(other));
    }
    circles
}

fn name(file: &Source) -> &str {
    &file.file
}

fn reaches(imports: &BTreeMap<&str, Vec<&str>>, from: &str, to: &str) -> bool {
    reached(imports, from).contains(&to)
}

/// All that `from` imports, and what these import.
fn reached<'a>(imports: &BTreeMap<&'a str, Vec<&'a str>>, from: &str) -> Vec<&'a str> {
    let mut reached = Vec::new();
    let mut next = imports[from].clone();
    while let Some(file) = next.pop() {
        if !reached.contains(&file) {
            reached.push(file);
            next.extend(&imports[file]);
        }
    }
    reached
}

fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(file, text)| Source::new(file, text));
    circles(&Package::new("p", files.collect()))
}

#[test]
fn a_circle_is_found_however_long_it_is() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "fn f() { super::c::g() }"),
        ("c.rs", "use crate::A;"),
        ("d.rs", "use crate::a::A;"),
    ]);
    assert_eq!(found, ["p: a.rs, b.rs, c.rs"]);
}

#[test]
fn a_folder_and_its_file_can_be_one_too() {
    let found = circles_of(&[
        ("x/mod.rs", "mod y; use y::Y; pub struct X;"),
        ("x/y.rs", "use super::X;"),
    ]);
    assert_eq!(found, ["p: x/mod.rs, x/y.rs"]);
}

#[test]
fn arrows_that_all_point_down_are_none() {
    let found = circles_of(&[
        ("x/mod.rs", "mod y; mod z; pub use y::Y;"),
        ("x/y.rs", "use super::z::Z;"),
        ("x/z.rs", "pub struct Z;"),
    ]);
    assert_eq!(found, Vec::<String>::new());
}
