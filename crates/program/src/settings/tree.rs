//! Settings as a map from dotted keys to values, and the type that each key has from its default.

use std::collections::BTreeMap;

use config::{Config, File, FileFormat, Value, ValueKind};
use serde::Deserialize;

use super::error::SettingsError;
use crate::text::did_you_mean;

/// Values by dotted key. An array is a single value.
pub(super) type Tree = BTreeMap<String, Value>;

/// Parses TOML. The message of a syntax error names the place without the line, which may hold a password.
pub(super) fn parse(name: &str, text: &str) -> Result<Tree, SettingsError> {
    let table = Config::builder()
        .add_source(File::from_str(text, FileFormat::Toml))
        .build()
        .and_then(|config| config.try_deserialize::<BTreeMap<String, Value>>())
        .map_err(|error| {
            let message = error.to_string();
            let mut lines = message.lines().filter(|line| !line.trim().is_empty());
            let (place, what) = (lines.next(), lines.next_back());
            let parts: Vec<_> = [place, what].into_iter().flatten().collect();
            SettingsError::one(format!("--config {name}: {}", one_line(&parts.join(": "))))
        })?;
    let mut tree = Tree::new();
    for (key, value) in table {
        flatten(key, value, &mut tree);
    }
    Ok(tree)
}

fn flatten(key: String, value: Value, tree: &mut Tree) {
    match value.kind {
        ValueKind::Table(table) if !table.is_empty() => {
            for (inner, value) in table {
                flatten(format!("{key}.{inner}"), value, tree);
            }
        }
        _ => {
            tree.insert(key, value);
        }
    }
}

/// The message for a key without a default; `None` for an empty section.
pub(super) fn misplaced(key: &str, value: &Value, defaults: &Tree) -> Option<String> {
    let section = format!("{key}.");
    if !defaults.keys().any(|known| known.starts_with(&section)) {
        let hint = did_you_mean(key, defaults.keys().map(String::as_str));
        return Some(format!("no such setting{hint}"));
    }
    let empty = matches!(value.kind, ValueKind::Table(_));
    (!empty).then(|| "must be a section".to_owned())
}

/// Returns `value` if it has the type of its default.
pub(super) fn check_type(value: Value, default: &Value) -> Result<Value, String> {
    use ValueKind::{Array, Boolean, Float, I64, I128, String, U64, U128};
    let whole = |kind: &ValueKind| matches!(kind, I64(_) | I128(_) | U64(_) | U128(_));
    let (fits, must) = match &default.kind {
        Boolean(_) => (matches!(value.kind, Boolean(_)), "true or false"),
        Float(_) => (
            matches!(value.kind, Float(_)) || whole(&value.kind),
            "a number",
        ),
        Array(_) => (matches!(value.kind, Array(_)), "a list"),
        String(_) => (matches!(value.kind, String(_)), "text in quotes"),
        _ => (whole(&value.kind), "a whole number"),
    };
    if fits {
        return Ok(value);
    }
    Err(match (&default.kind, &value.kind) {
        // The value may be a secret.
        (String(_), _) => format!("must be {must}"),
        (_, String(text)) => format!("must be {must}, found {text:?}"),
        (_, Boolean(_) | Float(_)) => format!("must be {must}, found {value}"),
        (_, kind) if whole(kind) => format!("must be {must}, found {value}"),
        _ => format!("must be {must}"),
    })
}

/// Converts text from the environment to the type of its default. A list is written `a,b` or `["a", "b"]`.
pub(super) fn parse_text(value: Value, default: &Value) -> Result<Value, String> {
    let ValueKind::String(text) = &value.kind else {
        return check_type(value, default);
    };
    let trimmed = text.trim();
    let read = match &default.kind {
        ValueKind::String(_) => None,
        ValueKind::Array(items) => {
            let table = |item: &Value| matches!(item.kind, ValueKind::Table(_));
            if items.iter().any(table) {
                return Err("can only be set in a file".to_owned());
            }
            Some(list(text)?)
        }
        ValueKind::Boolean(_) => trimmed.parse::<bool>().ok().map(Value::from),
        ValueKind::Float(_) => trimmed.parse::<f64>().ok().map(Value::from),
        _ => {
            let unsigned = trimmed.parse::<u64>().ok().map(Value::from);
            trimmed.parse::<i64>().ok().map(Value::from).or(unsigned)
        }
    };
    check_type(read.unwrap_or(value), default)
}

/// Parses `a, b`, or an array of JSON or TOML; empty text is an empty list.
fn list(text: &str) -> Result<Value, String> {
    let text = text.trim();
    let items = if text.starts_with('[') {
        array(text)
    } else {
        let items = text.split(',').map(str::trim);
        let items = items.filter(|item| !item.is_empty()).map(str::to_owned);
        Some(items.collect::<Vec<_>>())
    };
    // An item in brackets, braces or quotes is a malformed array; http://[::1] is an item.
    let stray = |item: &String| {
        item.starts_with(['[', '{', '"', '\''])
            || item.ends_with(['"', '\''])
            || (item.ends_with(']') && !item.contains('['))
    };
    match items {
        Some(items) if text.starts_with('[') || !items.iter().any(stray) => Ok(Value::from(items)),
        _ => Err("must be a list such as a,b or [\"a\", \"b\"]".to_owned()),
    }
}

fn array(text: &str) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Document {
        list: Vec<String>,
    }
    let toml = || toml::from_str::<Document>(&format!("list = {text}"));
    let json = serde_json::from_str(text).ok();
    json.or_else(|| toml().ok().map(|document| document.list))
}

/// Joins lines and runs of white space by one blank.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
