//! Notes on a valid catalogue.

use alerting::{format_duration, template};

use super::semantic::{narrow_window, why_two_scrapes};
use crate::{
    catalogue::{Catalogue, parse_promql},
    prediction,
};

/// Notes on a valid catalogue: a line for each part that may not do what its author expects.
pub fn notes(catalogue: &Catalogue) -> Vec<String> {
    let mut notes = Vec::new();
    for alert in &catalogue.alerts {
        let mut note = |key: &str, message: &str| {
            notes.push(format!("alert {}: {key}: {message}", alert.name));
        };
        let expression = parse_promql(&alert.expr);
        let interval = catalogue.timing.interval;
        if let Ok(expression) = expression
            && let Some((key, window)) = narrow_window(alert, &expression, interval)
        {
            let message = format!(
                "{} may hold fewer than two scrapes, {}",
                format_duration(window),
                why_two_scrapes(interval)
            );
            note(key, &message);
        }
        let predictor = prediction::predictor(alert, interval);
        if predictor.is_ok_and(|predictor| !predictor.keeps("drill")) {
            note(
                "expr",
                "drops the label drill, so that a drill notifies people; add drill to its `by`",
            );
        }
        let texts = [
            ("summary", &alert.summary),
            ("description", &alert.description),
        ];
        for (key, text) in texts {
            if template::render(text, &alert.labels, 1.0).is_none() {
                note(key, "only promtool can check this template completely");
            }
        }
    }
    notes
}
