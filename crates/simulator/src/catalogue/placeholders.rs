//! Fills the placeholders `{threshold}`, `{window}` and `{for}` of expressions and annotations.

use std::{collections::BTreeMap, time::Duration};

use alerting::{format_duration, template_syntax};

use super::entry_errors::EntryErrors;

/// The values of the placeholders.
pub(super) struct Placeholders {
    pub(super) threshold: Option<f64>,
    pub(super) window: Option<Duration>,
    pub(super) for_duration: Duration,
}

impl Placeholders {
    fn pairs(&self) -> BTreeMap<&'static str, Option<String>> {
        BTreeMap::from([
            (
                "{threshold}",
                self.threshold.map(|number| number.to_string()),
            ),
            ("{window}", self.window.map(format_duration)),
            ("{for}", Some(format_duration(self.for_duration))),
        ])
    }

    /// The text with all placeholders filled in.
    fn fill(&self, text: &str) -> String {
        let pairs = self.pairs().into_iter();
        pairs.fold(text.to_owned(), |text, (placeholder, value)| match value {
            Some(value) => text.replace(placeholder, &value),
            None => text,
        })
    }

    /// The filled expression, or `None` if a placeholder has no value. A value without its placeholder is an error too.
    pub(super) fn expression(&self, expr: &str, errors: &mut EntryErrors) -> Option<String> {
        let mut is_complete = true;
        for (placeholder, value) in self.pairs() {
            let key = key(placeholder);
            match (expr.contains(placeholder), value) {
                (true, None) => {
                    errors.add(key, format!("is missing: expr contains {placeholder}"));
                    is_complete = false;
                }
                (false, Some(_)) if key != "for" => {
                    errors.add(
                        key,
                        format!("is not used: expr does not contain {placeholder}"),
                    );
                }
                _ => {}
            }
        }
        is_complete.then(|| self.fill(expr))
    }

    /// The filled annotation, which must be a valid template.
    pub(super) fn annotation(&self, name: &str, text: &str, errors: &mut EntryErrors) -> String {
        for (placeholder, value) in self.pairs() {
            if value.is_none() && text.contains(placeholder) {
                let key = key(placeholder);
                errors.add(
                    name,
                    format!("contains {placeholder}, but there is no {key}"),
                );
            }
        }
        let text = self.fill(text);
        if let Err(reason) = template_syntax::check(&text) {
            errors.add(name, format!("is not a Prometheus template: {reason}"));
        }
        text
    }
}

fn key(placeholder: &str) -> &str {
    placeholder.trim_matches(['{', '}'])
}
