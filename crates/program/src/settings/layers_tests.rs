//! Merging of layers, and the message for each mistake.

use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    server: Server,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    port: u16,
    names: Vec<String>,
}

const PROGRAM: Program = Program {
    defaults: || "[server]\nport = 1\nnames = [\"a\"]\n".to_owned(),
    prefix: "APP",
    aliases: &[
        Alias::plain("PORT", "server.port"),
        Alias::plain("NAMES", "server.names"),
    ],
};

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn read(file: Option<&Path>, pairs: &[(&str, &str)]) -> Result<Typed, SettingsError> {
    let (tree, validator) = load(&PROGRAM, file, &environment(pairs))?;
    validator.finish(tree)
}

fn load_with(pairs: &[(&str, &str)]) -> Result<Typed, SettingsError> {
    read(None, pairs)
}

#[test]
fn later_layers_win() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[server]\nport = 2\n").unwrap();
    let from_file = read(Some(file.path()), &[]).unwrap();
    assert_eq!(
        from_file.server,
        Server {
            port: 2,
            names: vec!["a".into()]
        }
    );

    let from_env = read(Some(file.path()), &[("APP__SERVER__PORT", "3")]).unwrap();
    assert_eq!(from_env.server.port, 3);
    assert_eq!(
        load_with(&[("APP__SERVER__PORT", "3"), ("PORT", "4")])
            .unwrap()
            .server
            .port,
        4
    );
}

#[test]
fn a_list_comes_from_the_environment_as_a_comma_list() {
    let tree = load_with(&[("APP__SERVER__NAMES", "b, c")]).unwrap();
    assert_eq!(tree.server.names, ["b", "c"]);
    let tree = load_with(&[("NAMES", "")]).unwrap();
    assert!(tree.server.names.is_empty());
}

#[test]
fn a_list_comes_from_the_environment_as_an_array_too() {
    for text in [
        r#"["P1","P2"]"#,
        r#" [ "P1" , "P2" ] "#,
        "['P1', 'P2']",
        "[\"P1\", \"P2\",]",
        r#"["P\u0031", 'P2']"#,
    ] {
        let tree = load_with(&[("APP__SERVER__NAMES", text)]).unwrap();
        assert_eq!(tree.server.names, ["P1", "P2"], "{text}");
    }
    let tree = load_with(&[("NAMES", r#"["a, b", "it's"]"#)]).unwrap();
    assert_eq!(tree.server.names, ["a, b", "it's"]);
    assert!(
        load_with(&[("NAMES", "[]")])
            .unwrap()
            .server
            .names
            .is_empty()
    );
}

#[test]
fn a_list_of_neither_form_is_refused() {
    for text in [
        "[P1,P2]",
        r#"["P1""#,
        r#""P1","P2""#,
        "'P1','P2'",
        r#"["P1"],["P2"]"#,
        "P1,P2]",
        "[1, 2]",
        r#"{"a":"b"}"#,
        "[\"P1\"]\nother = 1",
    ] {
        let message = load_with(&[("NAMES", text)]).unwrap_err().to_string();
        assert!(
            message.starts_with("server.names: must be a list"),
            "{message}"
        );
    }
}

#[test]
fn every_unknown_key_is_named_on_a_line_of_its_own() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "colour = 1\n[server]\nprot = 2\n").unwrap();
    let error = read(Some(file.path()), &[("APP__SERVER__HOST", "x")]);
    let message = error.unwrap_err().to_string();
    for key in [
        "colour: no such setting",
        "server.prot: no such setting; did you mean server.port?",
        "APP__SERVER__HOST: no such setting",
    ] {
        assert!(
            message.lines().any(|line| line.starts_with(key)),
            "{key} not in:\n{message}"
        );
    }
}

#[test]
fn a_value_of_the_wrong_type_is_named() {
    let error = load_with(&[("PORT", "many")]).unwrap_err();
    assert!(error.to_string().starts_with("server.port:"), "{error}");
    for (text, must) in [
        (
            "99999",
            "must be a whole number from 0 to 65535, found 99999",
        ),
        ("-1", "must be a whole number from 0, found -1"),
    ] {
        let error = load_with(&[("PORT", text)]).unwrap_err().to_string();
        assert!(error.contains(must), "{error}");
    }
}
