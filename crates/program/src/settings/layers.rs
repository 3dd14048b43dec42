//! How the layers are read and merged, and how a fault is told; the same for every program.

use std::{collections::BTreeMap, path::Path};

use config::{Config, ConfigError, Value, ValueKind};
use serde::de::DeserializeOwned;

use super::{
    SettingsError,
    tree::{self, Tree, one_line},
    validator::Validator,
};
use crate::text::did_you_mean;

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
    /// An empty variable is a value; with others it is one that is not set.
    pub may_be_empty: bool,
}

impl Alias {
    /// A variable whose text is the key's value as it stands; a comma list where the key is a list.
    pub const fn plain(variable: &'static str, key: &'static str) -> Self {
        Self {
            variable,
            key,
            read: |text| Ok(Value::from(text)),
            may_be_empty: false,
        }
    }

    /// Like [`Self::plain`], where an empty text is a value too.
    pub const fn or_empty(variable: &'static str, key: &'static str) -> Self {
        Self {
            may_be_empty: true,
            ..Self::plain(variable, key)
        }
    }
}

/// Reads the defaults, `file`, then `environment`, and gives the typed settings with the faults found until then. A
/// value that was refused is its default there, so that the checks that follow find every other fault.
///
/// # Errors
/// When no settings can be made at all: the file cannot be read, or is not TOML.
pub fn load<T: DeserializeOwned>(
    program: &Program,
    file: Option<&Path>,
    environment: &BTreeMap<String, String>,
) -> Result<(T, Validator), SettingsError> {
    let defaults = tree::parse("built-in defaults", program.defaults)?;
    let mut layers = Layers {
        merged: defaults.clone(),
        validator: Validator::default(),
        defaults,
    };
    if let Some(path) = file {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            SettingsError::one(format!("--config {name}: cannot be read: {error}"))
        })?;
        layers.lay_file(&name.to_string(), &text)?;
    }
    layers.lay_environment(program, environment);
    layers.lay_aliases(program.aliases, environment);
    layers.read()
}

type Form = fn(Value, &Value) -> Result<Value, String>;

struct Layers {
    defaults: Tree,
    merged: Tree,
    validator: Validator,
}

impl Layers {
    fn lay_file(&mut self, name: &str, text: &str) -> Result<(), SettingsError> {
        for (key, value) in tree::parse(name, text)? {
            self.lay(&key, value, format!("in {name}"), tree::of_form);
        }
        Ok(())
    }

    fn lay_environment(&mut self, program: &Program, environment: &BTreeMap<String, String>) {
        let prefix = format!("{}__", program.prefix);
        for (variable, text) in environment {
            let Some(path) = variable.strip_prefix(&prefix) else {
                continue;
            };
            let key = path.to_lowercase().replace("__", ".");
            if self.defaults.contains_key(&key) {
                let value = Value::from(text.as_str());
                self.lay(&key, value, variable.clone(), tree::from_text);
            } else {
                let variables: Vec<_> = self
                    .defaults
                    .keys()
                    .map(|key| variable_of(&prefix, key))
                    .collect();
                let slip = did_you_mean(variable, variables.iter().map(String::as_str));
                self.validator
                    .reject(variable, format_args!("no such setting{slip}"));
            }
        }
    }

    /// They are louder than [`Self::lay_environment`].
    fn lay_aliases(&mut self, aliases: &[Alias], environment: &BTreeMap<String, String>) {
        for alias in aliases {
            let default = self.defaults.get(alias.key);
            let list = default.is_some_and(|value| matches!(value.kind, ValueKind::Array(_)));
            // Compose files hand on variables that are not set as empty ones. An empty list is a list.
            let set = environment.get(alias.variable);
            let empty_counts = list || alias.may_be_empty;
            let Some(text) = set.filter(|text| empty_counts || !text.is_empty()) else {
                continue;
            };
            match (alias.read)(text) {
                Ok(value) => {
                    let source = alias.variable.to_owned();
                    self.lay(alias.key, value, source, tree::from_text);
                }
                Err(must) => self.validator.reject(alias.variable, must),
            }
        }
    }

    /// Lays a value over what is there, unless `form` finds that it has not the form of its default.
    fn lay(&mut self, key: &str, value: Value, source: String, form: Form) {
        self.validator.set_source(key, source);
        let Some(default) = self.defaults.get(key) else {
            if let Some(must) = tree::misplaced(key, &value, &self.defaults) {
                self.validator.reject(key, must);
            }
            return;
        };
        match form(value, default) {
            Ok(value) => drop(self.merged.insert(key.to_owned(), value)),
            Err(must) => self.validator.reject(key, must),
        }
    }

    /// The typed tree. Where a value does not fit its type, the default takes its place, to find the next fault.
    fn read<T: DeserializeOwned>(mut self) -> Result<(T, Validator), SettingsError> {
        loop {
            let mut builder = Config::builder();
            for (key, value) in &self.merged {
                let laid = builder.set_override(key, value.clone());
                builder = laid.map_err(|error| SettingsError::one(format!("{key}: {error}")))?;
            }
            let (key, must) = match builder.build().and_then(Config::try_deserialize) {
                Ok(settings) => return Ok((settings, self.validator)),
                Err(error) => told(error),
            };
            self.validator.reject(&key, must);
            let key = key.split('[').next().unwrap_or_default();
            let default = self.defaults.get(key);
            match default.filter(|default| self.merged.get(key) != Some(*default)) {
                Some(default) => drop(self.merged.insert(key.to_owned(), default.clone())),
                None => return Err(self.validator.into_error()),
            }
        }
    }
}

/// The variable that stands for a key.
fn variable_of(prefix: &str, key: &str) -> String {
    format!("{prefix}{}", key.to_uppercase().replace('.', "__"))
}

/// What config expects of a number, in numbers.
fn bounds(expected: &str) -> &str {
    match expected {
        "an unsigned 16 bit integer" => "a whole number from 0 to 65535",
        "an unsigned 64 bit or less integer" => "a whole number from 0",
        other => other,
    }
}

/// The key, and what is wrong with its value.
fn told(error: ConfigError) -> (String, String) {
    let (key, must) = match error {
        ConfigError::Type {
            key: Some(key),
            unexpected,
            expected,
            ..
        } => {
            let found = unexpected.to_string();
            // `64-bit integer `-1``: the number alone.
            let found = found.split('`').nth(1).unwrap_or(&found);
            (key, format!("must be {}, found {found}", bounds(expected)))
        }
        ConfigError::At {
            key: Some(key),
            error,
            ..
        } => (key, error.to_string()),
        ConfigError::NotFound(key) => (key, "is missing".to_owned()),
        other => ("settings".to_owned(), other.to_string()),
    };
    // `instant[0]channels[0]`, as config writes it.
    let key = key
        .replace(']', "].")
        .replace("].[", "][")
        .replace("..", ".");
    (key.trim_end_matches('.').to_owned(), one_line(&must))
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
