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

/// The `data` of an envelope: a slice of the very bytes that came.
pub(super) fn data(body: &Bytes, status: StatusCode) -> Result<Bytes, PromError> {
    let envelope: Envelope<'_> = match serde_json::from_slice(body) {
        Ok(envelope) => envelope,
        Err(_) if !status.is_success() => return Err(PromError::Status(status)),
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

    fn outcome(body: &'static [u8], status: u16) -> Result<Bytes, &'static str> {
        data(
            &Bytes::from_static(body),
            StatusCode::from_u16(status).unwrap(),
        )
        .map_err(|error| error.reason())
    }

    #[test]
    fn data_is_a_slice_of_what_came() {
        let body = Bytes::from_static(
            br#"{"status":"success","data": {"result" : [ 1.0 ,"\u00e9"]} ,"warnings":[]}"#,
        );
        let data = data(&body, StatusCode::OK).unwrap();
        assert_eq!(data, r#"{"result" : [ 1.0 ,"\u00e9"]}"#);
        assert!(body.as_ptr_range().contains(&data.as_ptr()), "not a copy");
    }

    #[test]
    fn what_is_not_good_data_is_never_taken_for_it() {
        assert_eq!(
            outcome(
                br#"{"status":"error","errorType":"bad_data","error":"parse"}"#,
                400
            ),
            Err("refused")
        );
        assert_eq!(
            outcome(
                br#"{"status":"error","errorType":"x","error":"y","data":1}"#,
                200
            ),
            Err("refused")
        );
        assert_eq!(
            outcome(br#"{"status":"success","data":{}}"#, 500),
            Err("status")
        );
        assert_eq!(outcome(b"<html>bad gateway</html>", 502), Err("status"));
        assert_eq!(outcome(b"", 302), Err("status"));
        assert_eq!(outcome(b"<html>", 200), Err("malformed"));
        assert_eq!(outcome(br#"{"status":"success"}"#, 200), Err("malformed"));
        assert_eq!(
            outcome(br#"{"status":"success","data":{"a":}}"#, 200),
            Err("malformed")
        );
        assert_eq!(
            outcome(br#"{"status":"success","data":{}} x"#, 200),
            Err("malformed")
        );
        assert_eq!(
            outcome(b"{\"status\":\"success\",\"data\":\"\xFF\"}", 200),
            Err("malformed")
        );
    }
}
