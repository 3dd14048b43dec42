//! The queries that rehearsals wait for: registered by each, run as one.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use prometheus_api::{json_api::JsonApiError, typed::prometheus::TypedPrometheus, vector::Sample};

/// The label of a combined query's result that holds the key of the single query.
const KEY_LABEL: &str = "rehearsed_alert";

/// One series of the result of a registered query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeyedSample {
    pub(super) key: String,
    pub(super) sample: Sample,
}

/// The registered queries. Clones share them.
#[derive(Clone, Default)]
pub(super) struct RegisteredQueries(Rc<RefCell<Queries>>);

#[derive(Default)]
struct Queries {
    by_key: BTreeMap<String, String>,
    /// How many have been registered.
    count: u64,
}

/// A query that is run until this is dropped.
pub(super) struct RegisteredQuery {
    queries: RegisteredQueries,
    key: String,
}

impl RegisteredQuery {
    /// The key of its results.
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for RegisteredQuery {
    fn drop(&mut self) {
        self.queries.0.borrow_mut().by_key.remove(&self.key);
    }
}

impl RegisteredQueries {
    /// Has `expr` run until the result is dropped. Two queries of one name have different keys.
    pub(super) fn register(&self, name: &str, expr: &str) -> RegisteredQuery {
        let mut queries = self.0.borrow_mut();
        queries.count += 1;
        let key = format!("{name}#{}", queries.count);
        queries.by_key.insert(key.clone(), expr.to_owned());
        RegisteredQuery {
            queries: self.clone(),
            key,
        }
    }

    /// Runs all registered queries as one. If that is refused, because one of them cannot be evaluated, runs each by itself.
    ///
    /// # Errors
    /// Why there is no result.
    pub(super) async fn run(
        &self,
        prometheus: &TypedPrometheus,
    ) -> Result<Vec<KeyedSample>, JsonApiError> {
        let queries = self.0.borrow().by_key.clone();
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let queries: Vec<_> = queries
            .iter()
            .map(|(key, expr)| with_key(key, expr))
            .collect();
        match prometheus.query(&queries.join(" or ")).await {
            Ok(samples) => Ok(samples.into_iter().filter_map(keyed).collect()),
            Err(JsonApiError::Status(..)) => {
                let mut results = Vec::new();
                for query in &queries {
                    let samples = prometheus.query(query).await.unwrap_or_default();
                    results.extend(samples.into_iter().filter_map(keyed));
                }
                Ok(results)
            }
            Err(error) => Err(error),
        }
    }
}

/// The expression stands on lines of its own: it may end in a comment. The key becomes a string literal and a template of
/// `label_replace`, in which `$` is special.
fn with_key(key: &str, expr: &str) -> String {
    let key = key.replace('\\', r"\\").replace('"', r#"\""#);
    let key = key.replace('$', "$$");
    format!("label_replace((\n{expr}\n), \"{KEY_LABEL}\", \"{key}\", \"\", \"\")")
}

fn keyed(mut sample: Sample) -> Option<KeyedSample> {
    let key = sample.labels.remove(KEY_LABEL)?;
    Some(KeyedSample { key, sample })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conditions_of_many_alerts_are_one_query() {
        let query = with_key("A", "m > 1 # much");
        assert!(promql_parser::parser::parse(&format!("{query} or {query}")).is_ok());
    }

    #[test]
    fn a_key_may_contain_any_character() {
        let query = with_key(r#"Full{team="a"} \ $1"#, "m > 1");
        assert!(promql_parser::parser::parse(&query).is_ok(), "{query}");
        assert!(query.contains(r#""Full{team=\"a\"} \\ $$1""#), "{query}");
    }
}
