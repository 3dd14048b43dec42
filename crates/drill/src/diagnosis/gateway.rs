//! Why an alert has not arrived at the browser, or has not left it.

use super::evidence::Evidence;
use crate::rehearsed_alert::RehearsedAlert;

/// Why the gateway's frames do not have the alert, firing.
pub(super) fn not_in_browser(alert: &RehearsedAlert, evidence: &Evidence) -> String {
    let age = frame_age(evidence);
    match (&evidence.gateway, &evidence.in_last_frame) {
        (Err(error), _) | (Ok(()), Err(error)) => format!("{error}; {age}"),
        (Ok(()), Ok(framed)) => match alert.key.find_active(framed) {
            Some(found) => format!("the gateway's frames have it {}; {age}", found.state),
            None => format!(
                "Prometheus fires it, and no frame of the gateway's /ws/alerts has it: does the gateway ask this \
                 Prometheus? {age}"
            ),
        },
    }
}

/// Why the gateway's frames still have the alert.
pub(super) fn not_resolved(evidence: &Evidence) -> String {
    let age = frame_age(evidence);
    match (&evidence.gateway, &evidence.in_last_frame) {
        (Err(error), _) | (Ok(()), Err(error)) => format!("{error}; {age}"),
        (Ok(()), Ok(_)) => {
            format!("Prometheus no longer has it, but the gateway still does: {age}")
        }
    }
}

fn frame_age(evidence: &Evidence) -> String {
    format!(
        "the last frame of its /ws/alerts is {:.1} s old",
        evidence.frame_age.as_secs_f64()
    )
}
