//! What stands behind a key: told by name, before serde could only tell its type.

use program::text;
use toml::Value;

/// What may stand behind a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Text,
    Number,
    Duration,
    Labels,
    Trigger,
    Recover,
}

impl Form {
    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Text | Self::Duration => value.is_str(),
            Self::Number => value.is_integer() || value.is_float(),
            Self::Labels => value
                .as_table()
                .is_some_and(|labels| labels.values().all(Value::is_str)),
            Self::Trigger => Self::Number.takes(value) || value.is_table(),
            Self::Recover => value.is_table(),
        }
    }

    fn told(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Number => "a number such as 5 or 0.5",
            Self::Duration => "a duration in quotes such as \"15s\" or \"5m\"",
            Self::Labels => "texts by their names, such as { device = \"sda\" }",
            Self::Trigger => {
                "a number such as 5, or a pattern such as { pattern = \"ramp\", to = 5, over = \"2m\" }"
            }
            Self::Recover => "a pattern such as { pattern = \"ramp\", over = \"2m\" }",
        }
    }
}

/// What is wrong with the keys of `table`, each with its key: one that is none of `keys`, or that holds another form.
pub(super) fn faults(table: &Value, keys: &[(&str, Form)]) -> Vec<(String, String)> {
    let fault = |key: &str, value: &Value| match keys.iter().find(|(known, _)| *known == key) {
        None => Some(unknown(key, keys)),
        Some((_, form)) if form.takes(value) => None,
        Some((_, form)) => Some(format!("must be {}, found {}", form.told(), shown(value))),
    };
    let entries = table.as_table().into_iter().flatten();
    entries
        .filter_map(|(key, value)| Some((key.clone(), fault(key, value)?)))
        .collect()
}

fn unknown(key: &str, keys: &[(&str, Form)]) -> String {
    let names = keys.iter().map(|(known, _)| *known);
    format!("no such key{}", text::suggest(key, names))
}

fn shown(value: &Value) -> String {
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
    fn a_key_that_is_none_or_holds_another_form_is_told_with_the_right_one() {
        let keys = [
            ("baseline", Form::Number),
            ("for", Form::Duration),
            ("labels", Form::Labels),
            ("recover", Form::Recover),
            ("trigger", Form::Trigger),
        ];
        for (text, key, told) in [
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
                "must be texts by their names, such as { device = \"sda\" }, found a table",
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
            assert_eq!(faults(&table, &keys), [(key.to_owned(), told.to_owned())]);
        }
        let text = "baseline = 1\nfor = '1m'\nlabels = { a = 'b' }\nrecover = {}\ntrigger = 2.5";
        let table = Value::Table(toml::from_str(text).unwrap());
        assert_eq!(faults(&table, &keys), []);
    }
}
