//! Reads and merges the layers, and words the mistakes; the same for every program.

use std::{collections::BTreeMap, path::Path};

use config::{Config, ConfigError, Value, ValueKind};
use serde::de::DeserializeOwned;

use super::{
    error::SettingsError,
    tree::{self, Tree, one_line},
    validator::Validator,
};
use crate::text::did_you_mean;

/// The settings of one program, as [`load`] needs them.
pub struct Program {
    /// The commented defaults in TOML. They contain every key.
    pub defaults: fn() -> String,
    /// The prefix of variables: with `SERVICE_METRICS`, `SERVICE_METRICS__SECTION__KEY` sets `section.key`.
    pub prefix: &'static str,
    /// Short variables, in ascending precedence.
    pub aliases: &'static [Alias],
}

/// A short environment variable and the key it stands for.
pub struct Alias {
    /// The variable, such as `PORT`.
    pub variable: &'static str,
    /// The key, such as `server.port`.
    pub key: &'static str,
    /// Converts the text to the key's unit and type.
    pub read: fn(&str) -> Result<Value, String>,
    /// An empty variable is a value. Otherwise it counts as not set.
    pub may_be_empty: bool,
}

impl Alias {
    /// A variable whose text is the value; a comma-separated list if the key is a list.
    pub const fn plain(variable: &'static str, key: &'static str) -> Self {
        Self {
            variable,
            key,
            read: |text| Ok(Value::from(text)),
            may_be_empty: false,
        }
    }

    /// Like [`Self::plain`]; an empty text is a value too.
    pub const fn or_empty(variable: &'static str, key: &'static str) -> Self {
        Self {
            may_be_empty: true,
            ..Self::plain(variable, key)
        }
    }
}

/// Reads the defaults, `file`, then `environment`. Returns the typed settings and the validator with the mistakes found so
/// far. A refused value is replaced by its default, so that the checks that follow find all other mistakes.
///
/// # Errors
/// If `file` cannot be read or is not TOML.
pub fn load<T: DeserializeOwned>(
    program: &Program,
    file: Option<&Path>,
    environment: &BTreeMap<String, String>,
) -> Result<(T, Validator), SettingsError> {
    let defaults = tree::parse("built-in defaults", &(program.defaults)())?;
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
        layers.apply_file(&name.to_string(), &text)?;
    }
    layers.apply_environment(program, environment);
    layers.apply_aliases(program.aliases, environment);
    layers.read()
}

type Form = fn(Value, &Value) -> Result<Value, String>;

struct Layers {
    defaults: Tree,
    merged: Tree,
    validator: Validator,
}

impl Layers {
    fn apply_file(&mut self, name: &str, text: &str) -> Result<(), SettingsError> {
        for (key, value) in tree::parse(name, text)? {
            self.set(&key, value, format!("in {name}"), tree::check_type);
        }
        Ok(())
    }

    fn apply_environment(&mut self, program: &Program, environment: &BTreeMap<String, String>) {
        let prefix = format!("{}__", program.prefix);
        for (variable, text) in environment {
            let Some(path) = variable.strip_prefix(&prefix) else {
                continue;
            };
            let key = path.to_lowercase().replace("__", ".");
            if self.defaults.contains_key(&key) {
                let value = Value::from(text.as_str());
                self.set(&key, value, variable.clone(), tree::parse_text);
            } else {
                let variables: Vec<_> = self
                    .defaults
                    .keys()
                    .map(|key| variable_of(&prefix, key))
                    .collect();
                let hint = did_you_mean(variable, variables.iter().map(String::as_str));
                self.validator
                    .reject(variable, format_args!("no such setting{hint}"));
            }
        }
    }

    /// Must come after [`Self::apply_environment`]: aliases win.
    fn apply_aliases(&mut self, aliases: &[Alias], environment: &BTreeMap<String, String>) {
        for alias in aliases {
            let default = self.defaults.get(alias.key);
            let list = default.is_some_and(|value| matches!(value.kind, ValueKind::Array(_)));
            // Compose files pass unset variables on as empty ones. An empty list is a value, however.
            let set = environment.get(alias.variable);
            let empty_counts = list || alias.may_be_empty;
            let Some(text) = set.filter(|text| empty_counts || !text.is_empty()) else {
                continue;
            };
            match (alias.read)(text) {
                Ok(value) => {
                    let source = alias.variable.to_owned();
                    self.set(alias.key, value, source, tree::parse_text);
                }
                Err(must) => self.validator.reject(alias.variable, must),
            }
        }
    }

    /// Sets a value, unless `form` finds that it does not have the type of its default.
    fn set(&mut self, key: &str, value: Value, source: String, form: Form) {
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

    /// Deserializes the tree. A value that does not fit its type is replaced by its default, to find the next mistake.
    fn read<T: DeserializeOwned>(mut self) -> Result<(T, Validator), SettingsError> {
        loop {
            let mut builder = Config::builder();
            for (key, value) in &self.merged {
                let set = builder.set_override(key, value.clone());
                builder = set.map_err(|error| SettingsError::one(format!("{key}: {error}")))?;
            }
            let (key, must) = match builder.build().and_then(Config::try_deserialize) {
                Ok(settings) => return Ok((settings, self.validator)),
                Err(error) => key_and_message(error),
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

/// The environment variable of a key.
fn variable_of(prefix: &str, key: &str) -> String {
    format!("{prefix}{}", key.to_uppercase().replace('.', "__"))
}

/// Rewords what the crate `config` expects of a number.
fn number_range(expected: &str) -> &str {
    match expected {
        "an unsigned 16 bit integer" => "a whole number from 0 to 65535",
        "an unsigned 64 bit or less integer" => "a whole number from 0",
        other => other,
    }
}

/// The key, and what its value must be.
fn key_and_message(error: ConfigError) -> (String, String) {
    let (key, must) = match error {
        ConfigError::Type {
            key: Some(key),
            unexpected,
            expected,
            ..
        } => {
            let found = unexpected.to_string();
            // From `64-bit integer `-1``, keep the number.
            let found = found.split('`').nth(1).unwrap_or(&found);
            (
                key,
                format!("must be {}, found {found}", number_range(expected)),
            )
        }
        ConfigError::At {
            key: Some(key),
            error,
            ..
        } => (key, error.to_string()),
        ConfigError::NotFound(key) => (key, "is missing".to_owned()),
        other => ("settings".to_owned(), other.to_string()),
    };
    // `config` writes `instant[0]channels[0]`.
    let key = key
        .replace(']', "].")
        .replace("].[", "][")
        .replace("..", ".");
    (key.trim_end_matches('.').to_owned(), one_line(&must))
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
