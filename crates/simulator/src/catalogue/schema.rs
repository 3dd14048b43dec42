//! Which keys an entry may have, and of which type their values are. Checked before deserialization, for better messages.

use program::text;
use toml::Value;

/// The type of the value of a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum ValueType {
    Text,
    Number,
    Duration,
    Labels,
    Trigger,
    Recover,
}

impl ValueType {
    fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Text | Self::Duration => value.is_str(),
            Self::Number => value.is_integer() || value.is_float(),
            Self::Labels => value
                .as_table()
                .is_some_and(|labels| labels.values().all(Value::is_str)),
            Self::Trigger => Self::Number.accepts(value) || value.is_table(),
            Self::Recover => value.is_table(),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Number => "a number such as 5 or 0.5",
            Self::Duration => "a duration in quotes such as \"15s\" or \"5m\"",
            Self::Labels => "a table of texts such as { device = \"sda\" }",
            Self::Trigger => {
                "a number such as 5, or a pattern such as { pattern = \"ramp\", to = 5, over = \"2m\" }"
            }
            Self::Recover => "a pattern such as { pattern = \"ramp\", over = \"2m\" }",
        }
    }
}

/// The keys of `table` that are not among `keys` or have a value of another type, each with its message.
pub(super) fn errors(table: &Value, keys: &[(&str, ValueType)]) -> Vec<(String, String)> {
    let error = |key: &str, value: &Value| match keys.iter().find(|(known, _)| *known == key) {
        None => Some(unknown(key, keys)),
        Some((_, expected)) if expected.accepts(value) => None,
        Some((_, expected)) => Some(format!(
            "must be {}, found {}",
            expected.description(),
            describe(value)
        )),
    };
    let entries = table.as_table().into_iter().flatten();
    entries
        .filter_map(|(key, value)| Some((key.clone(), error(key, value)?)))
        .collect()
}

fn unknown(key: &str, keys: &[(&str, ValueType)]) -> String {
    let names = keys.iter().map(|(known, _)| *known);
    format!("no such key{}", text::suggest(key, names))
}

fn describe(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(is) => is.to_string(),
        Value::Datetime(at) => at.to_string(),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_and_a_value_of_another_type_are_reported_with_the_right_ones() {
        let keys = [
            ("baseline", ValueType::Number),
            ("for", ValueType::Duration),
            ("labels", ValueType::Labels),
            ("recover", ValueType::Recover),
            ("trigger", ValueType::Trigger),
        ];
        for (text, key, message) in [
            (
                "baselin = 1",
                "baselin",
                "no such key; did you mean baseline?",
            ),
            (
                "colour = 1",
                "colour",
                "no such key; there are baseline, for, labels, recover, trigger",
            ),
            (
                "baseline = '1'",
                "baseline",
                "must be a number such as 5 or 0.5, found \"1\"",
            ),
            (
                "for = 60",
                "for",
                "must be a duration in quotes such as \"15s\" or \"5m\", found 60",
            ),
            (
                "labels = { a = 1 }",
                "labels",
                "must be a table of texts such as { device = \"sda\" }, found a table",
            ),
            (
                "recover = 0",
                "recover",
                "must be a pattern such as { pattern = \"ramp\", over = \"2m\" }, found 0",
            ),
            (
                "trigger = '1'",
                "trigger",
                "must be a number such as 5, or a pattern such as { pattern = \"ramp\", to = 5, over = \"2m\" }, found \"1\"",
            ),
        ] {
            let table = Value::Table(toml::from_str(text).unwrap());
            assert_eq!(
                errors(&table, &keys),
                [(key.to_owned(), message.to_owned())]
            );
        }
        let text = "baseline = 1\nfor = '1m'\nlabels = { a = 'b' }\nrecover = {}\ntrigger = 2.5";
        let table = Value::Table(toml::from_str(text).unwrap());
        assert_eq!(errors(&table, &keys), []);
    }
}
