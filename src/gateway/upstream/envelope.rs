//! Prometheus' envelope, opened without touching what is in it.

use actix_web::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::prom_error::PromError;

/// The envelope of every answer (Prometheus HTTP API, "Format overview").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    status: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    error_type: Option<String>,
    error: Option<String>,
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

/// The `data` of an answer to a query: a slice of the very bytes that came.
pub(super) fn query_data(body: &Bytes, status: StatusCode) -> Result<Bytes, PromError> {
    checked(body, status, "result", |data| {
        serde_json::from_slice::<QueryData<'_>>(data).map(|data| data.result)
    })
}

/// The `data` of an answer to the question for alerts: a slice of the very bytes that came.
pub(super) fn alerts_data(body: &Bytes, status: StatusCode) -> Result<Bytes, PromError> {
    checked(body, status, "alerts", |data| {
        serde_json::from_slice::<AlertsData<'_>>(data).map(|data| data.alerts)
    })
}

/// The `data` of an envelope, if it is an object in which `find` finds an array by the name of `list`.
fn checked(
    body: &Bytes,
    status: StatusCode,
    list: &str,
    find: fn(&[u8]) -> serde_json::Result<&RawValue>,
) -> Result<Bytes, PromError> {
    let data = data(body, status)?;
    let malformed = |why: String| PromError::Malformed(format!("data: {why}"));
    if !data.starts_with(b"{") {
        return Err(malformed("not an object".into())); // serde would read an array as one, field by field
    }
    let found = find(&data).map_err(|error| malformed(error.to_string()))?;
    if !found.get().starts_with('[') {
        return Err(malformed(format!("{list} is not an array")));
    }
    if is_deeper_than(DEEPEST, &data) {
        return Err(malformed(format!("nested more than {DEEPEST} times")));
    }
    Ok(data)
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

/// The `data` of an envelope.
fn data(body: &Bytes, status: StatusCode) -> Result<Bytes, PromError> {
    let envelope: Envelope<'_> = match serde_json::from_slice(body) {
        Ok(envelope) => envelope,
        Err(_) if !status.is_success() => return Err(PromError::Status(status)),
        Err(error) if error.is_eof() => {
            return Err(PromError::Unreachable("the answer broke off".into()));
        }
        Err(error) => return Err(PromError::Malformed(error.to_string())),
    };
    match (envelope.status.as_str(), envelope.data) {
        ("success", Some(data)) if status.is_success() => Ok(body.slice_ref(data.get().as_bytes())),
        ("error", _) => Err(PromError::Refused {
            error_type: envelope.error_type.unwrap_or_else(|| "unknown".into()),
            error: envelope.error.unwrap_or_else(|| format!("status {status}")),
        }),
        _ if !status.is_success() => Err(PromError::Status(status)),
        _ => Err(PromError::Malformed("neither data nor an error".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"resultType":"vector","result":[]}"#;

    fn outcome(body: impl Into<Bytes>, status: u16) -> Result<Bytes, &'static str> {
        let status = StatusCode::from_u16(status).unwrap();
        query_data(&body.into(), status).map_err(|error| error.reason())
    }

    fn success(data: &str) -> String {
        format!(r#"{{"status":"success","data":{data}}}"#)
    }

    #[test]
    fn data_is_a_slice_of_what_came() {
        let body = Bytes::from_static(
            br#"{"status":"success","data": {"result" : [ 1.0 ,"\u00e9"], "resultType":"scalar"} ,"warnings":[]}"#,
        );
        let data = outcome(body.clone(), 200).unwrap();
        assert_eq!(
            data,
            r#"{"result" : [ 1.0 ,"\u00e9"], "resultType":"scalar"}"#
        );
        assert!(body.as_ptr_range().contains(&data.as_ptr()), "not a copy");
    }

    #[test]
    fn what_is_not_good_data_is_never_taken_for_it() {
        let refused = r#"{"status":"error","errorType":"x","error":"y","data":1}"#;
        let twice = format!(r#"{{"status":"success","data":{GOOD},"data":{GOOD}}}"#);
        for (body, status, reason) in [
            (refused, 400, "refused"),
            (refused, 200, "refused"),
            (&success(GOOD), 500, "status"),
            ("<html>bad gateway</html>", 502, "status"),
            ("", 302, "status"),
            ("<html>", 200, "malformed"),
            ("", 200, "unreachable"),
            (
                r#"{"status":"success","data":{"resultType""#,
                200,
                "unreachable",
            ),
            (r#"{"status":"success"}"#, 200, "malformed"),
            (&format!("{} x", success(GOOD)), 200, "malformed"),
            (&twice, 200, "malformed"),
            (&success(r#"{"a":}"#), 200, "malformed"),
            (&success("{}"), 200, "malformed"),
            (&success("null"), 200, "malformed"),
            (&success(r#"{"result":[]}"#), 200, "malformed"),
            (
                &success(r#"{"resultType":"vector","result":null}"#),
                200,
                "malformed",
            ),
            (
                &success(r#"{"resultType":"html","result":[]}"#),
                200,
                "malformed",
            ),
            (&success(r#"["vector",[]]"#), 200, "malformed"),
            (&success(r#"{"alerts":[]}"#), 200, "malformed"),
        ] {
            let found = outcome(body.to_owned(), status);
            assert_eq!(found, Err(reason), "{status} {body}");
        }
        assert_eq!(
            outcome(&b"{\"status\":\"success\",\"data\":\"\xFF\"}"[..], 200),
            Err("malformed")
        );
    }

    #[test]
    fn alerts_are_an_object_with_an_array_and_stay_as_they_came() {
        let outcome = |data: &str| {
            let answer = alerts_data(&success(data).into(), StatusCode::OK);
            answer.map_err(|error| error.reason())
        };
        for good in [
            r#"{"alerts":[]}"#,
            r#"{ "groups":null,"alerts" : [{"value":"1e+00","x":"\u003cb"} ] }"#,
        ] {
            assert_eq!(outcome(good), Ok(good.into()));
        }
        let deep = format!(
            r#"{{"alerts":{}{}}}"#,
            "[".repeat(DEEPEST),
            "]".repeat(DEEPEST)
        );
        for bad in [
            "null",
            "[]",
            "[[]]",
            "{}",
            GOOD,
            r#"{"alerts":null}"#,
            r#"{"alerts":{}}"#,
            r#"{"alerts":"[]"}"#,
            r#"{"Alerts":[]}"#,
            r#"{"alerts":[],"alerts":[]}"#,
            &deep,
        ] {
            assert_eq!(outcome(bad), Err("malformed"), "{bad:.80}");
        }
        let refused = Bytes::from_static(br#"{"status":"error","errorType":"x","error":"y"}"#);
        let refused = alerts_data(&refused, StatusCode::NOT_FOUND).unwrap_err();
        assert_eq!(refused.reason(), "refused");
    }

    #[test]
    fn nothing_is_forwarded_that_is_nested_without_end() {
        let nested = |levels: usize, leaf: &str| {
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            success(&format!(
                r#"{{"resultType":"vector","result":{open}{leaf}{close}}}"#
            ))
        };
        assert_eq!(outcome(nested(100_000, ""), 200), Err("malformed"));
        assert_eq!(outcome(nested(DEEPEST, ""), 200), Err("malformed"));
        assert!(outcome(nested(DEEPEST - 1, ""), 200).is_ok());
        let in_a_string = format!(r#""\\\"{}""#, "[".repeat(DEEPEST));
        assert!(outcome(nested(1, &in_a_string), 200).is_ok());
    }
}
