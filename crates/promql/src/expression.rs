//! The expression of an alert rule: what it selects, whether it has a condition, and what evaluates it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use promql_parser::parser::{self, Expr};

use crate::{
    aggregation, condition, function_names, label_fit, precheck,
    predictor::Predictor,
    remaining_labels::RemainingLabels,
    selection,
    selector::{self, Selector},
    series_ref::SeriesRef,
    translate,
};

/// A valid PromQL expression.
#[derive(Debug, Clone)]
pub struct Expression(pub(super) Expr);

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    /// Why the text is not PromQL, in one line. Where it is [`UNLOCATED_ERROR`](crate::UNLOCATED_ERROR),
    /// [`syntax_error_position`](crate::syntax_error_position) finds the place.
    pub fn parse(text: &str) -> Result<Self, String> {
        precheck::check(text)?;
        function_names::register_prometheus_2_functions();
        let expr = parser::parse(text).map_err(|error| one_line(&error))?;
        selection::check_matchers(&expr)?;
        Ok(Self(expr))
    }

    /// The names of all metrics that the expression selects by name.
    pub fn metrics(&self) -> BTreeSet<String> {
        let selectors = selection::selectors(&self.0);
        let names = selectors.iter().filter_map(|s| selection::metric_name(s));
        names.map(str::to_owned).collect()
    }

    /// True for `absent(m)` and `absent_over_time(m[…])`, also where the result is compared with a number.
    pub fn is_absence(&self) -> bool {
        condition::is_absence(&self.0)
    }

    /// The shortest window of a function such as `rate` or `deriv`, which needs two samples.
    pub fn shortest_rate_window(&self) -> Option<Duration> {
        selection::shortest_rate_window(&self.0)
    }

    /// How far back the expression looks: its longest window with the offset, plus the windows of all subqueries.
    pub fn lookback(&self) -> Duration {
        selection::lookback(&self.0)
    }

    /// True where the expression compares the samples of `metric`, or an aggregation of them, with a number.
    pub fn compares_raw_samples(&self, metric: &str) -> bool {
        condition::comparison(&self.0)
            .and_then(|(compared, _)| selection::bare_selector(compared))
            .is_some_and(|selector| selection::metric_name(selector) == Some(metric))
    }

    /// What evaluates the expression over the samples of `series` alone. Aggregations aggregate no other series.
    ///
    /// # Errors
    /// Why one series is not enough, as the rest of a sentence about the expression: `uses histogram_quantile`,
    /// `selects errors_total besides requests_total`.
    pub fn predictor(&self, series: &SeriesRef<'_>) -> Result<Predictor, String> {
        selection::check_single_series(&self.0, series)?;
        let part = translate::translate(&self.0)?;
        Ok(Predictor {
            tree: part.node,
            labels: part.labels.unwrap_or_else(RemainingLabels::all),
            lookback: selection::lookback(&self.0),
        })
    }

    /// The compared expression and the number, where the whole expression compares with a number (`rate(m[5m]) > 5`).
    pub fn comparison(&self) -> Option<(Self, f64)> {
        let (compared, number) = condition::comparison(&self.0)?;
        Some((Self(compared.clone()), number))
    }

    /// Whether `value` satisfies the comparison, where the whole expression compares with a number.
    pub fn passes(&self, value: f64) -> Option<bool> {
        condition::passes(&self.0, value)
    }

    /// Whether the result can be empty while the series has samples, because of a comparison, `and`, `unless` or
    /// `absent`. An alert without a condition always fires.
    pub fn has_condition(&self) -> bool {
        condition::can_be_empty(&self.0)
    }

    /// The selectors that must select a series for the expression to have a result. Operands of `or`, the right side of
    /// `unless` and the argument of `absent` are not required.
    pub fn required(&self) -> Vec<Selector> {
        selector::required(&self.0)
    }

    /// The selectors of classic histograms inside `histogram_quantile`.
    pub fn histograms(&self) -> Vec<Selector> {
        selector::histograms(&self.0)
    }

    /// Whether the expression aggregates (`sum`, `avg`, …) anywhere.
    pub fn is_aggregation(&self) -> bool {
        !aggregation::aggregations(&self.0).is_empty()
    }

    /// The first of `others` that an aggregation puts into one group with the series of `metric` with these `labels`.
    pub fn aggregates<'o>(
        &self,
        (metric, labels): (&str, &BTreeMap<String, String>),
        others: &(impl Iterator<Item = (&'o str, &'o BTreeMap<String, String>)> + Clone),
    ) -> Option<(&'o str, &'o BTreeMap<String, String>)> {
        let series = SeriesRef { metric, labels };
        aggregation::in_same_group(&self.0, &series, others)
    }

    /// The labels that a series of `metric` with these `labels` lacks and that a selector of the metric asks for.
    pub fn missing_labels(
        &self,
        metric: &str,
        labels: &BTreeMap<String, String>,
    ) -> BTreeSet<String> {
        label_fit::missing(&self.0, &SeriesRef { metric, labels })
    }

    /// One of these `labels` whose value every selector of `metric` refuses, with the first matcher that does.
    pub fn contradicted_label(
        &self,
        metric: &str,
        labels: &BTreeMap<String, String>,
    ) -> Option<(String, String)> {
        let matcher = label_fit::contradicting(&self.0, &SeriesRef { metric, labels })?;
        Some((matcher.name.clone(), matcher.to_string()))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
