//! Prometheus' envelope, opened without touching what is in it.

use actix_web::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    error::UpstreamError,
    remarks::{bounded, remarks},
};

/// The envelope of every answer (Prometheus HTTP API, "Format overview").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    status: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    error_type: Option<String>,
    error: Option<String>,
    #[serde(borrow)]
    warnings: Option<&'a RawValue>,
    #[serde(borrow)]
    infos: Option<&'a RawValue>,
    /// VictoriaMetrics' cluster: some of its storage did not answer.
    is_partial: Option<bool>,
}

impl Envelope<'_> {
    fn remarks(&self) -> Vec<String> {
        let lists = [self.warnings, self.infos].into_iter().flatten();
        remarks(lists.map(RawValue::get), self.is_partial == Some(true))
    }
}

/// A good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its `data`, a slice of the very bytes that came.
    pub data: Bytes,
    /// What the server says besides: its warnings, its infos, and that the answer is partial.
    pub warnings: Vec<String>,
}

/// The `data` of an answer to a query ("Expression query result formats"): of every type, the result is an array.
#[derive(Deserialize)]
struct QueryData<'a> {
    #[serde(rename = "resultType")]
    _result_type: ResultType,
    #[serde(borrow)]
    result: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ResultType {
    Vector,
    Matrix,
    Scalar,
    String,
}

/// The `data` of an answer to the question for active alerts ("Alerts").
#[derive(Deserialize)]
struct AlertsData<'a> {
    #[serde(borrow)]
    alerts: &'a RawValue,
}

/// Prometheus' own data nest nine levels at most; readers that recurse must survive whatever is forwarded to them.
const DEEPEST: usize = 64;

/// The answer to a query.
pub(super) fn query_data(body: &Bytes, status: StatusCode) -> Result<Opened, UpstreamError> {
    checked(body, status, "result", |data| {
        serde_json::from_slice::<QueryData<'_>>(data).map(|data| data.result)
    })
}

/// The answer to the question for alerts.
pub(super) fn alerts_data(body: &Bytes, status: StatusCode) -> Result<Opened, UpstreamError> {
    checked(body, status, "alerts", |data| {
        serde_json::from_slice::<AlertsData<'_>>(data).map(|data| data.alerts)
    })
}

/// Whether no alert is active, by a good answer's `data`.
pub(super) fn has_no_alerts(data: &[u8]) -> bool {
    serde_json::from_slice::<AlertsData<'_>>(data).is_ok_and(|data| is_empty(data.alerts))
}

/// Whether it is `null` or an array of nothing.
fn is_empty(list: &RawValue) -> bool {
    let list = serde_json::from_str::<Option<Vec<serde::de::IgnoredAny>>>(list.get());
    list.is_ok_and(|list| list.is_none_or(|list| list.is_empty()))
}

/// The `data` of an envelope, if it is an object in which `find` finds an array by the name of `list`, or `null`, which
/// some servers write for an empty one.
pub(super) fn checked(
    body: &Bytes,
    status: StatusCode,
    list: &str,
    find: fn(&[u8]) -> serde_json::Result<&RawValue>,
) -> Result<Opened, UpstreamError> {
    let opened = open(body, status)?;
    let data = &opened.data;
    let malformed = |why: String| UpstreamError::Malformed(format!("data: {why}"));
    if !data.starts_with(b"{") {
        return Err(malformed("not an object".into())); // serde would read an array as one, field by field
    }
    let found = find(data).map_err(|error| malformed(error.to_string()))?;
    if !found.get().starts_with('[') && found.get() != "null" {
        return Err(malformed(format!("{list} is not an array")));
    }
    if is_deeper_than(DEEPEST, data) {
        return Err(malformed(format!("nested more than {DEEPEST} times")));
    }
    Ok(opened)
}

/// Of valid JSON.
fn is_deeper_than(deepest: usize, json: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' if depth == deepest => return true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    false
}

/// What is in an envelope.
fn open(body: &Bytes, status: StatusCode) -> Result<Opened, UpstreamError> {
    let envelope: Envelope<'_> = match serde_json::from_slice(body) {
        Ok(envelope) => envelope,
        Err(_) if !status.is_success() => return Err(UpstreamError::Status(status)),
        Err(error) if error.is_eof() => {
            return Err(UpstreamError::Unreachable("the answer broke off".into()));
        }
        Err(error) => return Err(UpstreamError::Malformed(error.to_string())),
    };
    match (envelope.status.as_str(), envelope.data) {
        ("success", Some(data)) if status.is_success() => Ok(Opened {
            data: body.slice_ref(data.get().as_bytes()),
            warnings: envelope.remarks(),
        }),
        ("error", _) => Err(UpstreamError::Refused {
            error_type: bounded(envelope.error_type.unwrap_or_else(|| "unknown".into())),
            error: bounded(envelope.error.unwrap_or_else(|| format!("status {status}"))),
        }),
        _ if !status.is_success() => Err(UpstreamError::Status(status)),
        _ => Err(UpstreamError::Malformed("neither data nor an error".into())),
    }
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
