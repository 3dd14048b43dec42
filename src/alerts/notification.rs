//! What Alertmanager posts to a webhook (Alertmanager configuration, `webhook_config`), as far as it is judged here.
//! Grafana's own alerts come in the same form, with a version of its own.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// Alertmanager's version of the format, and Grafana's.
const VERSIONS: [&str; 2] = ["4", "1"];

/// A notification that is as Alertmanager writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Notification {
    /// Whether its group of alerts fires.
    pub status: Status,
    /// How many alerts it tells of.
    pub alerts: usize,
}

/// Of a group, or of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// At least one alert of the group is active.
    Firing,
    /// None is any more.
    Resolved,
}

/// The wire form. Each field is judged by itself, so that the fault can name it; other fields may be there.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    version: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    alerts: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireAlert<'a> {
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    labels: Option<&'a RawValue>,
    #[serde(borrow)]
    annotations: Option<&'a RawValue>,
}

/// Reads a webhook's body.
///
/// # Errors
/// What is wrong, with the field's name.
pub(super) fn read(body: &[u8]) -> Result<Notification, String> {
    let text = str::from_utf8(body).map_err(|_| "the body must be UTF-8".to_owned())?;
    let wire: Wire<'_> = object("the body", text)?;
    if !VERSIONS.contains(&string("version", wire.version)?.as_str()) {
        let [alertmanager, grafana] = VERSIONS;
        return Err(format!(
            "\"version\" must be \"{alertmanager}\" (Alertmanager) or \"{grafana}\" (Grafana)"
        ));
    }
    let status = status("status", wire.status)?;
    let alerts = wire.alerts.ok_or_else(|| missing("alerts"))?.get();
    let alerts: Vec<&RawValue> =
        serde_json::from_str(alerts).map_err(|_| "\"alerts\" must be an array".to_owned())?;
    for (index, alert) in alerts.iter().enumerate() {
        judge(&format!("alerts[{index}]"), alert.get())?;
    }
    Ok(Notification {
        status,
        alerts: alerts.len(),
    })
}

fn judge(at: &str, alert: &str) -> Result<(), String> {
    let alert: WireAlert<'_> = object(at, alert)?;
    if alert.status.is_some() {
        status(&format!("{at}.status"), alert.status)?;
    }
    let labels = format!("{at}.labels");
    let found = alert.labels.ok_or_else(|| missing(&labels))?;
    strings(&labels, found)?;
    alert
        .annotations
        .map_or(Ok(()), |found| strings(&format!("{at}.annotations"), found))
}

fn object<'a, T: Deserialize<'a>>(at: &str, text: &'a str) -> Result<T, String> {
    if !text.trim_ascii_start().starts_with('{') {
        return Err(format!("{at} must be a JSON object")); // serde would read an array as one, field by field
    }
    serde_json::from_str(text).map_err(|error| format!("{at} must be a JSON object: {error}"))
}

fn status(name: &str, value: Option<&RawValue>) -> Result<Status, String> {
    match string(name, value)?.as_str() {
        "firing" => Ok(Status::Firing),
        "resolved" => Ok(Status::Resolved),
        _ => Err(format!("{name:?} must be firing or resolved")),
    }
}

fn string(name: &str, value: Option<&RawValue>) -> Result<String, String> {
    let value = value.ok_or_else(|| missing(name))?;
    serde_json::from_str(value.get()).map_err(|_| format!("{name:?} must be a string"))
}

fn strings(name: &str, value: &RawValue) -> Result<(), String> {
    serde_json::from_str::<BTreeMap<String, String>>(value.get())
        .map(drop)
        .map_err(|_| format!("{name:?} must be an object of strings"))
}

fn missing(name: &str) -> String {
    format!("{name:?} is missing")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Alertmanager writes it.
    const SENT: &str = r#"{"receiver":"gateway","status":"firing","alerts":[
        {"status":"firing","labels":{"alertname":"DiskFull","device":"\u00e9"},"annotations":{"summary":"x"},
         "startsAt":"2026-02-10T05:35:22.447Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"a"},
        {"status":"resolved","labels":{},"annotations":{}}],
        "groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://h:9093","version":"4",
        "groupKey":"{}:{}","truncatedAlerts":0,"of_a_later_version":[null]}"#;

    #[test]
    fn what_alertmanager_writes_is_understood() {
        let read = |text: &str| read(text.as_bytes());
        let expected = Notification {
            status: Status::Firing,
            alerts: 2,
        };
        assert_eq!(read(SENT), Ok(expected));
        let least = r#" {"version":"4","status":"resolved","alerts":[]}"#;
        let expected = Notification {
            status: Status::Resolved,
            alerts: 0,
        };
        assert_eq!(read(least), Ok(expected));
    }

    /// As its documentation shows it ("Webhook notifier").
    #[test]
    fn what_grafana_writes_is_understood() {
        let text = r#"{"receiver":"gateway","status":"firing","orgId":1,"alerts":[{"status":"firing",
            "labels":{"alertname":"High memory usage","team":"blue"},"annotations":{"summary":"busy"},
            "startsAt":"2026-02-10T05:35:00Z","endsAt":"0001-01-01T00:00:00Z","values":{"B":44.2,"C":1},
            "fingerprint":"c6eadffa33fcdf37","silenceURL":"http://g/alerting/silence/new","imageURL":""}],
            "groupLabels":{},"commonLabels":{"team":"blue"},"commonAnnotations":{},"externalURL":"http://g/",
            "version":"1","groupKey":"{}:{}","truncatedAlerts":0,"title":"[FIRING:1]","state":"alerting","message":"x"}"#;
        let expected = Notification {
            status: Status::Firing,
            alerts: 1,
        };
        assert_eq!(read(text.as_bytes()), Ok(expected));
    }

    #[test]
    fn anything_else_is_refused_and_the_field_is_named() {
        for (from, to, expected) in [
            (
                "{\"receiver",
                "[{\"receiver",
                "the body must be a JSON object",
            ),
            ("\"receiver", "receiver", "the body must be a JSON object: "),
            ("[null]}", "[null]} {", "the body must be a JSON object: "),
            ("[null]}", "[null]", "the body must be a JSON object: "),
            (
                "\"groupKey",
                "\"version\":\"4\",\"groupKey",
                "duplicate field `version`",
            ),
            ("\"version\":\"4\",", "", "\"version\" is missing"),
            (":\"4\"", ":4", "\"version\" must be a string"),
            (
                ":\"4\"",
                ":\"3\"",
                "\"version\" must be \"4\" (Alertmanager) or \"1\" (Grafana)",
            ),
            (
                "\"status\":\"firing\",\"alerts",
                "\"alerts",
                "\"status\" is missing",
            ),
            (
                "\"firing\",\"alerts",
                "\"pending\",\"alerts",
                "\"status\" must be firing or",
            ),
            (
                "\"firing\",\"alerts",
                "null,\"alerts",
                "\"status\" is missing",
            ),
            ("\"alerts\":", "\"alarms\":", "\"alerts\" is missing"),
            (
                "\"alerts\":",
                "\"alerts\":{},\"x\":",
                "\"alerts\" must be an array",
            ),
            (
                "\"alerts\":[",
                "\"alerts\":[7,",
                "alerts[0] must be a JSON object",
            ),
            (
                "\"alerts\":[",
                "\"alerts\":[[{}],",
                "alerts[0] must be a JSON object",
            ),
            (
                "\"labels\":{}",
                "\"x\":{}",
                "\"alerts[1].labels\" is missing",
            ),
            (
                "\"labels\":{}",
                "\"labels\":[]",
                "\"alerts[1].labels\" must be an object of",
            ),
            (
                "\"labels\":{}",
                "\"labels\":{\"a\":1}",
                "\"alerts[1].labels\" must be an object of",
            ),
            (
                "\"annotations\":{}",
                "\"annotations\":[]",
                "\"alerts[1].annotations\" must be",
            ),
            (
                "\"resolved\"",
                "\"over\"",
                "\"alerts[1].status\" must be firing or",
            ),
        ] {
            let body = SENT.replacen(from, to, 1);
            assert_ne!(body, SENT, "{from}");
            let error = read(body.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{to}: {error}");
        }
        for body in [&b""[..], b"null", b"\"\"", b"4", b"{\"version\":\"\xFF\"}"] {
            let error = read(body).unwrap_err();
            assert!(error.starts_with("the body must be "), "{error}");
        }
        let deep = format!("{{\"x\":{}", "[".repeat(1_000_000));
        assert!(read(deep.as_bytes()).is_err());
    }
}
