//! Names one series.

use std::collections::BTreeMap;

/// The series over which an expression is evaluated.
#[derive(Debug, Clone, Copy)]
pub struct SeriesRef<'a> {
    /// The name of its metric.
    pub metric: &'a str,
    /// Its labels. The scrape adds `job`, `instance` and `drill` where they are missing here.
    pub labels: &'a BTreeMap<String, String>,
}
