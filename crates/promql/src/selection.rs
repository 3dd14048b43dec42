//! The selectors of an expression: which metrics, labels and windows they have, and whether one series satisfies them all.

use std::{convert::Infallible, time::Duration};

use promql_parser::{
    label::{METRIC_NAME, MatchOp, Matcher},
    parser::{Expr, Offset, VectorSelector},
    util::{ExprVisitor, walk_expr},
};

use crate::{sample::millis, series_ref::SeriesRef};

/// The labels that the scrape of the simulator adds, with their possible values (monitoring/prometheus/prometheus.yml and
/// the lab). The instance depends on where Prometheus runs.
const SCRAPED: [(&str, &[&str]); 3] = [
    ("job", &["mock-metrics"]),
    (
        "instance",
        &[
            "localhost:8082",
            "127.0.0.1:8082",
            "host.docker.internal:8082",
        ],
    ),
    ("drill", &["true"]),
];

/// Functions that need two samples.
const NEED_TWO_SAMPLES: [&str; 7] = [
    "delta",
    "deriv",
    "idelta",
    "increase",
    "irate",
    "predict_linear",
    "rate",
];

/// Every selector of `expr`, those of ranges included.
pub(super) fn selectors(expr: &Expr) -> Vec<VectorSelector> {
    ranges(expr).into_iter().map(|(s, _)| s).collect()
}

/// Refuses `or` between matchers, which the parser accepts and Prometheus does not.
pub(super) fn check_matchers(expr: &Expr) -> Result<(), String> {
    if selectors(expr)
        .iter()
        .any(|s| !s.matchers.or_matchers.is_empty())
    {
        return Err("matchers cannot be joined by `or`".to_owned());
    }
    Ok(())
}

/// The metric that `selector` names exactly.
pub(super) fn metric_name(selector: &VectorSelector) -> Option<&str> {
    let by_label = || {
        let mut matchers = selector.matchers.matchers.iter();
        let named = matchers.find(|m| m.name == METRIC_NAME && m.op == MatchOp::Equal)?;
        Some(named.value.as_str())
    };
    selector.name.as_deref().or_else(by_label)
}

/// Checks that every selector of `expr` selects `series`.
///
/// # Errors
/// Which selector does not, as the rest of a sentence about the expression.
pub(super) fn check_single_series(expr: &Expr, series: &SeriesRef<'_>) -> Result<(), String> {
    let selectors = selectors(expr);
    let is_subject = |s: &VectorSelector| metric_name(s) == Some(series.metric);
    if !selectors.iter().any(is_subject) {
        return Err(format!("does not select {}", series.metric));
    }
    for selector in &selectors {
        match metric_name(selector) {
            Some(name) if name == series.metric => check_labels(selector, series)?,
            Some(other) => return Err(format!("selects {other} besides {}", series.metric)),
            None => return Err(format!("selects {selector} without naming a metric")),
        }
        if selector.at.is_some() {
            return Err("uses the @ modifier".to_owned());
        }
    }
    Ok(())
}

fn check_labels(selector: &VectorSelector, series: &SeriesRef<'_>) -> Result<(), String> {
    let mut matchers = selector.matchers.matchers.iter();
    match matchers.find(|matcher| !matches(matcher, series)) {
        Some(matcher) => Err(format!(
            "has a matcher that the alert's labels do not meet: {matcher}"
        )),
        None => Ok(()),
    }
}

/// Whether `series`, with the labels that the scrape adds, satisfies the matcher.
pub(super) fn matches(matcher: &Matcher, series: &SeriesRef<'_>) -> bool {
    match series.labels.get(&matcher.name) {
        _ if matcher.name == METRIC_NAME => matcher.is_match(series.metric),
        Some(value) => matcher.is_match(value),
        None => matches_without_label(matcher),
    }
}

/// Whether a series without that label satisfies the matcher. A label that the scrape adds has its value then; any other
/// label counts as empty.
pub(super) fn matches_without_label(matcher: &Matcher) -> bool {
    let scraped = SCRAPED.iter().find(|(name, _)| *name == matcher.name);
    scraped.map_or_else(
        || matcher.is_match(""),
        |(_, values)| values.iter().any(|value| matcher.is_match(value)),
    )
}

/// The longest window with its offset, plus the windows of all subqueries; at least zero.
pub(super) fn lookback(expr: &Expr) -> Duration {
    let back = |offset: &Option<Offset>, range: Duration| {
        let back = offset_millis(offset).saturating_add_unsigned(range.as_millis() as u64);
        Duration::from_millis(u64::try_from(back).unwrap_or(0))
    };
    let longest = ranges(expr)
        .into_iter()
        .map(|(selector, range)| back(&selector.offset, range))
        .max();
    let subqueries = subqueries(expr).into_iter();
    let besides: Duration = subqueries.map(|(offset, range)| back(&offset, range)).sum();
    longest.unwrap_or(Duration::ZERO) + besides
}

/// The offset of `selector` in milliseconds; negative is ahead.
pub(super) fn offset(selector: &VectorSelector) -> i64 {
    offset_millis(&selector.offset)
}

fn offset_millis(offset: &Option<Offset>) -> i64 {
    match offset {
        None => 0,
        Some(Offset::Pos(back)) => millis(*back),
        Some(Offset::Neg(ahead)) => -millis(*ahead),
    }
}

/// Every selector with its window, which is zero for an instant selector.
fn ranges(expr: &Expr) -> Vec<(VectorSelector, Duration)> {
    collect(expr, |expr| match expr {
        Expr::VectorSelector(selector) => Some((selector.clone(), Duration::ZERO)),
        Expr::MatrixSelector(matrix) => Some((matrix.vs.clone(), matrix.range)),
        _ => None,
    })
}

/// The offset and the window of each subquery.
fn subqueries(expr: &Expr) -> Vec<(Option<Offset>, Duration)> {
    collect(expr, |expr| match expr {
        Expr::Subquery(subquery) => Some((subquery.offset.clone(), subquery.range)),
        _ => None,
    })
}

/// What `pick` gives for `expr` and for every expression in it.
pub(super) fn collect<T>(expr: &Expr, pick: impl FnMut(&Expr) -> Option<T>) -> Vec<T> {
    struct Found<T, P>(Vec<T>, P);
    impl<T, P: FnMut(&Expr) -> Option<T>> ExprVisitor for Found<T, P> {
        type Error = Infallible;
        fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Infallible> {
            self.0.extend((self.1)(expr));
            Ok(true)
        }
    }
    let mut found = Found(Vec::new(), pick);
    match walk_expr(&mut found, expr) {
        Ok(_) => found.0,
        Err(never) => match never {},
    }
}

/// The selector that `expr` consists of, also inside an aggregation.
pub(super) fn bare_selector(expr: &Expr) -> Option<&VectorSelector> {
    match expr {
        Expr::VectorSelector(selector) => Some(selector),
        Expr::Paren(paren) => bare_selector(&paren.expr),
        Expr::Aggregate(aggregate) => bare_selector(&aggregate.expr),
        _ => None,
    }
}

/// The shortest window of a function that needs two samples.
pub(super) fn shortest_rate_window(expr: &Expr) -> Option<Duration> {
    let windows = collect(expr, |expr| match expr {
        Expr::Call(call) if NEED_TWO_SAMPLES.contains(&call.func.name) => {
            match call.args.args.first().map(AsRef::as_ref) {
                Some(Expr::MatrixSelector(matrix)) => Some(matrix.range),
                _ => None,
            }
        }
        _ => None,
    });
    windows.into_iter().min()
}

#[cfg(test)]
#[path = "selection_tests.rs"]
mod tests;
