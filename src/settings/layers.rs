//! How the layers are read and merged, and how a fault is told; the same for every program.

use std::{collections::BTreeMap, path::Path};

use config::{Config, ConfigError, File, FileFormat, Value, ValueKind};
use serde::de::DeserializeOwned;

use super::{SettingsError, rules::Faults};

/// What [`load`] must know about one program.
pub struct Program {
    /// The commented defaults, which name every key that exists.
    pub defaults: &'static str,
    /// `SERVICE_METRICS` makes `SERVICE_METRICS__SECTION__KEY` the variable of `section.key`.
    pub prefix: &'static str,
    /// Short variables that people already use, in ascending precedence.
    pub aliases: &'static [Alias],
}

/// A short environment variable and the key it stands for.
pub struct Alias {
    /// The variable, such as `PORT`.
    pub variable: &'static str,
    /// The key, such as `server.port`.
    pub key: &'static str,
    /// Turns the text into the key's own unit and form.
    pub read: fn(&str) -> Result<Value, String>,
}

impl Alias {
    /// A variable whose text is the key's value as it stands.
    pub const fn plain(variable: &'static str, key: &'static str) -> Self {
        Self {
            variable,
            key,
            read: |text| Ok(Value::from(text)),
        }
    }

    /// A variable that holds a comma list.
    pub const fn list(variable: &'static str, key: &'static str) -> Self {
        Self {
            variable,
            key,
            read: |text| Ok(comma_list(text)),
        }
    }
}

/// Reads the defaults, `file`, then `environment`, and gives the typed settings.
///
/// # Errors
/// Every unknown key, every variable that cannot be read and the first value of a wrong type, each with its name.
pub fn load<T: DeserializeOwned>(
    program: &Program,
    file: Option<&Path>,
    environment: &BTreeMap<String, String>,
) -> Result<T, SettingsError> {
    let defaults = parse("built-in defaults", program.defaults)?;
    let mut faults = Faults::default();
    let mut builder =
        Config::builder().add_source(File::from_str(program.defaults, FileFormat::Toml));

    if let Some(path) = file {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            SettingsError::one(format!("--config {name}: cannot be read: {error}"))
        })?;
        let own = parse(&name, &text)?;
        for key in own.keys().filter(|key| !defaults.contains_key(*key)) {
            faults.add(key, format_args!("no such setting (in {name})"));
        }
        builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
    }

    for (key, value) in overrides(program, &defaults, environment, &mut faults) {
        builder = builder
            .set_override(&key, value)
            .map_err(|error| SettingsError::one(format!("{key}: {error}")))?;
    }

    let merged = builder.build().map_err(told)?;
    match merged.try_deserialize() {
        Ok(settings) => faults.or(settings),
        Err(error) => {
            faults.extend(&told(error));
            Err(faults.into_error())
        }
    }
}

/// What the environment sets: `PREFIX__SECTION__KEY` and the aliases; an alias is the louder of the two.
fn overrides(
    program: &Program,
    defaults: &BTreeMap<String, Value>,
    environment: &BTreeMap<String, String>,
    faults: &mut Faults,
) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let prefix = format!("{}__", program.prefix);
    for (variable, text) in environment {
        let Some(path) = variable.strip_prefix(&prefix) else {
            continue;
        };
        let key = path.to_lowercase().replace("__", ".");
        if defaults.contains_key(&key) {
            found.push((key.clone(), typed(text, defaults.get(&key))));
        } else {
            faults.add(variable, "no such setting");
        }
    }
    for alias in program.aliases {
        let Some(text) = environment
            .get(alias.variable)
            .filter(|text| !text.is_empty())
        else {
            continue;
        };
        match (alias.read)(text) {
            Ok(value) => found.push((alias.key.to_owned(), value)),
            Err(must) => faults.add(alias.variable, must),
        }
    }
    found
}

/// A file's keys in dotted form. An array counts as one key.
fn parse(name: &str, text: &str) -> Result<BTreeMap<String, Value>, SettingsError> {
    let table = Config::builder()
        .add_source(File::from_str(text, FileFormat::Toml))
        .build()
        .and_then(|config| config.try_deserialize::<BTreeMap<String, Value>>())
        .map_err(|error| SettingsError::one(format!("{name}: {}", one_line(&error.to_string()))))?;
    let mut keys = BTreeMap::new();
    for (key, value) in table {
        flatten(key, value, &mut keys);
    }
    Ok(keys)
}

fn flatten(key: String, value: Value, keys: &mut BTreeMap<String, Value>) {
    match value.kind {
        ValueKind::Table(table) => {
            for (inner, value) in table {
                flatten(format!("{key}.{inner}"), value, keys);
            }
        }
        _ => {
            keys.insert(key, value);
        }
    }
}

/// Text from the environment, in the form that the default of its key has.
fn typed(text: &str, default: Option<&Value>) -> Value {
    match default.map(|value| &value.kind) {
        Some(ValueKind::Array(_)) => comma_list(text),
        // A number or flag is converted, and refused with its key, when the tree is read.
        _ => Value::from(text),
    }
}

/// `a, b` as a list of two; empty text as an empty list.
fn comma_list(text: &str) -> Value {
    let items = text
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    Value::from(items.map(str::to_owned).collect::<Vec<_>>())
}

fn told(error: ConfigError) -> SettingsError {
    match error {
        ConfigError::Type {
            key: Some(key),
            unexpected,
            expected,
            ..
        } => SettingsError::one(format!("{key}: expected {expected}, found {unexpected}")),
        ConfigError::At {
            key: Some(key),
            error,
            ..
        } => SettingsError::one(format!("{key}: {}", one_line(&error.to_string()))),
        other => SettingsError::one(one_line(&other.to_string())),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Tree {
        server: Server,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Server {
        port: u16,
        names: Vec<String>,
    }

    const PROGRAM: Program = Program {
        defaults: "[server]\nport = 1\nnames = [\"a\"]\n",
        prefix: "APP",
        aliases: &[Alias::plain("PORT", "server.port")],
    };

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn load_with(pairs: &[(&str, &str)]) -> Result<Tree, SettingsError> {
        load(&PROGRAM, None, &environment(pairs))
    }

    #[test]
    fn later_layers_win() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[server]\nport = 2\n").unwrap();
        let from_file: Tree = load(&PROGRAM, Some(file.path()), &environment(&[])).unwrap();
        assert_eq!(
            from_file.server,
            Server {
                port: 2,
                names: vec!["a".into()]
            }
        );

        let from_env: Tree = load(
            &PROGRAM,
            Some(file.path()),
            &environment(&[("APP__SERVER__PORT", "3")]),
        )
        .unwrap();
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
    }

    #[test]
    fn every_unknown_key_is_named_on_a_line_of_its_own() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "colour = 1\n[server]\nprot = 2\n").unwrap();
        let error = load::<Tree>(
            &PROGRAM,
            Some(file.path()),
            &environment(&[("APP__SERVER__HOST", "x")]),
        );
        let told = error.unwrap_err().to_string();
        for key in [
            "colour: no such setting",
            "server.prot: no such setting",
            "APP__SERVER__HOST: no such setting",
        ] {
            assert!(
                told.lines().any(|line| line.starts_with(key)),
                "{key} not in:\n{told}"
            );
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_named() {
        let error = load_with(&[("PORT", "many")]).unwrap_err();
        assert!(error.to_string().starts_with("server.port:"), "{error}");
    }
}
