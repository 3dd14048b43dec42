//! What holds for every source file, wherever it is.

use super::references::{Package, Source};

const MOST_LINES: usize = 300;
const MOST_LINES_OF_A_PROGRAM: usize = 40;
/// They panic, print over a closed pipe, or hide what is imported.
const BANNED: &[&str] = &[
    ".unwrap()",
    "print!(",
    "println!(",
    "eprint!(",
    "eprintln!(",
    "dbg!(",
    "todo!(",
    "unsafe ",
];

/// What the files of one crate do otherwise.
pub(super) fn faults(package: &Package) -> Vec<String> {
    let of_file = |source| {
        let faults = of_file(source).into_iter();
        faults.map(|fault| format!("{}/{fault}", package.name))
    };
    package.files.iter().flat_map(of_file).collect()
}

fn of_file(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |holds: bool, what: String| {
        if !holds {
            faults.push(format!("{}: {what}", source.file));
        }
    };
    fault(
        source.text.starts_with("//! "),
        "must begin with //! and what it is for".to_owned(),
    );
    let lines = source.text.lines().count();
    let most = if source.file.starts_with("bin/") || source.file == "main.rs" {
        MOST_LINES_OF_A_PROGRAM
    } else {
        MOST_LINES
    };
    fault(
        lines <= most,
        format!("has {lines} lines, at most {most} are allowed"),
    );
    for banned in BANNED {
        fault(!source.names(banned), format!("must not say {banned}"));
    }
    faults
}

#[test]
fn a_file_that_does_otherwise_is_found() {
    for (file, text) in [
        ("a.rs", "fn f() {}".to_owned()),
        ("a.rs", format!("//! A.\n{}", "\n".repeat(300))),
        ("bin/a.rs", format!("//! A.\n{}", "\n".repeat(40))),
        ("a.rs", "//! A.\nfn f() { g().unwrap(); }".to_owned()),
        ("a.rs", "//! A.\nfn f() { println!(\"\"); }".to_owned()),
    ] {
        assert_eq!(
            of_file(&Source::new(file, &text)).len(),
            1,
            "{file}: {text}"
        );
    }
}

#[test]
fn tests_and_comments_may_do_so() {
    let text =
        "//! A: .unwrap()\n// println!()\n#[cfg(test)]\nmod tests { fn f() { g().unwrap(); } }\n";
    assert_eq!(of_file(&Source::new("a.rs", text)), Vec::<String>::new());
}
