//! What an expression selects, and whether one series is all that it selects.

use std::{convert::Infallible, time::Duration};

use promql_parser::{
    label::{METRIC_NAME, MatchOp, Matcher},
    parser::{Expr, Offset, VectorSelector},
    util::{ExprVisitor, walk_expr},
};

use crate::Subject;

/// Labels that the scrape of the simulator adds, and which values they have (monitoring/prometheus/prometheus.yml, the lab).
/// The instance is where it is found.
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

/// Functions that have no value of a single sample.
const CHANGES: [&str; 7] = [
    "delta",
    "deriv",
    "idelta",
    "increase",
    "irate",
    "predict_linear",
    "rate",
];

/// Every selector of `expr`, those of ranges included.
pub(super) fn all(expr: &Expr) -> Vec<VectorSelector> {
    ranges(expr).into_iter().map(|(s, _)| s).collect()
}

/// Refuses what the parser takes and Prometheus does not.
pub(super) fn check(expr: &Expr) -> Result<(), String> {
    if all(expr).iter().any(|s| !s.matchers.or_matchers.is_empty()) {
        return Err("matchers cannot be joined by `or`".to_owned());
    }
    Ok(())
}

/// The metric that `selector` names exactly.
pub(super) fn metric(selector: &VectorSelector) -> Option<&str> {
    let by_label = || {
        let mut matchers = selector.matchers.matchers.iter();
        let named = matchers.find(|m| m.name == METRIC_NAME && m.op == MatchOp::Equal)?;
        Some(named.value.as_str())
    };
    selector.name.as_deref().or_else(by_label)
}

/// Says why `subject` is not what every selector of `expr` selects.
pub(super) fn serve(expr: &Expr, subject: &Subject<'_>) -> Result<(), String> {
    let selectors = all(expr);
    let is_subject = |s: &VectorSelector| metric(s) == Some(subject.metric);
    if !selectors.iter().any(is_subject) {
        return Err(format!("does not select {}", subject.metric));
    }
    for selector in &selectors {
        match metric(selector) {
            Some(name) if name == subject.metric => unmet(selector, subject)?,
            Some(other) => return Err(format!("selects {other} besides {}", subject.metric)),
            None => return Err(format!("selects {selector} without naming a metric")),
        }
        if selector.at.is_some() {
            return Err("uses the @ modifier".to_owned());
        }
    }
    Ok(())
}

fn unmet(selector: &VectorSelector, subject: &Subject<'_>) -> Result<(), String> {
    let mut matchers = selector.matchers.matchers.iter();
    match matchers.find(|matcher| !meets(matcher, subject)) {
        Some(matcher) => Err(format!(
            "has a matcher that the alert's labels do not meet: {matcher}"
        )),
        None => Ok(()),
    }
}

/// Whether a series meets a matcher, with the labels that the scrape adds.
pub(super) fn meets(matcher: &Matcher, subject: &Subject<'_>) -> bool {
    match subject.labels.get(&matcher.name) {
        _ if matcher.name == METRIC_NAME => matcher.is_match(subject.metric),
        Some(value) => matcher.is_match(value),
        None => is_met_unset(matcher),
    }
}

/// Whether a series without that label meets it: one that the scrape adds has its value, and another is empty to Prometheus.
pub(super) fn is_met_unset(matcher: &Matcher) -> bool {
    let scraped = SCRAPED.iter().find(|(name, _)| *name == matcher.name);
    scraped.map_or_else(
        || matcher.is_match(""),
        |(_, values)| values.iter().any(|value| matcher.is_match(value)),
    )
}

/// The longest window with its offset, and those of all subqueries besides; none reaches back less than to now.
pub(super) fn reach(expr: &Expr) -> Duration {
    let back = |offset: &Option<Offset>, range: Duration| {
        let millis = in_millis(offset).saturating_add_unsigned(range.as_millis() as u64);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    };
    let longest = ranges(expr)
        .into_iter()
        .map(|(selector, range)| back(&selector.offset, range))
        .max();
    let subqueries = subqueries(expr).into_iter();
    let besides: Duration = subqueries.map(|(offset, range)| back(&offset, range)).sum();
    longest.unwrap_or(Duration::ZERO) + besides
}

/// How far `selector` looks back, in milliseconds; negative is ahead.
pub(super) fn offset(selector: &VectorSelector) -> i64 {
    in_millis(&selector.offset)
}

fn in_millis(offset: &Option<Offset>) -> i64 {
    match offset {
        None => 0,
        Some(Offset::Pos(back)) => crate::range::millis(*back),
        Some(Offset::Neg(ahead)) => -crate::range::millis(*ahead),
    }
}

/// Every selector with its window; an instant selector has none, which is zero.
fn ranges(expr: &Expr) -> Vec<(VectorSelector, Duration)> {
    found(expr, |expr| match expr {
        Expr::VectorSelector(selector) => Some((selector.clone(), Duration::ZERO)),
        Expr::MatrixSelector(matrix) => Some((matrix.vs.clone(), matrix.range)),
        _ => None,
    })
}

/// The offset and the window of each subquery.
fn subqueries(expr: &Expr) -> Vec<(Option<Offset>, Duration)> {
    found(expr, |expr| match expr {
        Expr::Subquery(subquery) => Some((subquery.offset.clone(), subquery.range)),
        _ => None,
    })
}

/// What `pick` takes of `expr` and of everything in it.
pub(super) fn found<T>(expr: &Expr, pick: impl FnMut(&Expr) -> Option<T>) -> Vec<T> {
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

/// The selector that `expr` is, perhaps in an aggregation.
pub(super) fn plain(expr: &Expr) -> Option<&VectorSelector> {
    match expr {
        Expr::VectorSelector(selector) => Some(selector),
        Expr::Paren(paren) => plain(&paren.expr),
        Expr::Aggregate(aggregate) => plain(&aggregate.expr),
        _ => None,
    }
}

/// The shortest window of a function that has no value of a single sample.
pub(super) fn shortest_change(expr: &Expr) -> Option<Duration> {
    let windows = found(expr, |expr| match expr {
        Expr::Call(call) if CHANGES.contains(&call.func.name) => {
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
#[path = "selector_tests.rs"]
mod tests;
