//! What is put into an alert's expression and texts in place of `{threshold}`, `{window}` and `{for}`.

use std::{collections::BTreeMap, time::Duration};

use alerting::span;
use alerting::template_syntax;

use super::entry::Faults;
/// What stands for the places.
pub(super) struct Texts {
    pub(super) threshold: Option<f64>,
    pub(super) window: Option<Duration>,
    pub(super) hold_for: Duration,
}

impl Texts {
    fn pairs(&self) -> BTreeMap<&'static str, Option<String>> {
        BTreeMap::from([
            (
                "{threshold}",
                self.threshold.map(|number| number.to_string()),
            ),
            ("{window}", self.window.map(span)),
            ("{for}", Some(span(self.hold_for))),
        ])
    }

    /// The text, each place with its value.
    pub(super) fn put_into(&self, text: &str) -> String {
        let pairs = self.pairs().into_iter();
        pairs.fold(text.to_owned(), |text, (place, value)| match value {
            Some(value) => text.replace(place, &value),
            None => text,
        })
    }

    /// The expression; a place in it needs its key, and a key its place. `None` if a place has nothing to put in.
    pub(super) fn expression(&self, expr: &str, faults: &mut Faults) -> Option<String> {
        let mut whole = true;
        for (place, value) in self.pairs() {
            let key = key(place);
            match (expr.contains(place), value) {
                (true, None) => {
                    faults.add(key, format!("is missing: expr holds {place}"));
                    whole = false;
                }
                (false, Some(_)) if key != "for" => {
                    faults.add(key, format!("is not used: expr does not hold {place}"));
                }
                _ => {}
            }
        }
        whole.then(|| self.put_into(expr))
    }

    /// An annotation; a place in it needs its key, and it must be a template.
    pub(super) fn annotation(&self, name: &str, text: &str, faults: &mut Faults) -> String {
        for (place, value) in self.pairs() {
            if value.is_none() && text.contains(place) {
                let key = key(place);
                faults.add(name, format!("holds {place}, and there is no {key}"));
            }
        }
        let text = self.put_into(text);
        if let Err(told) = template_syntax::check(&text) {
            faults.add(name, format!("is no template of Prometheus: {told}"));
        }
        text
    }
}

fn key(place: &str) -> &str {
    place.trim_matches(['{', '}'])
}
