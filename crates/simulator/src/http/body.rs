//! Reads the bodies of `POST` requests under `/api/`. Every error names its key.

use std::{collections::BTreeMap, fmt};

use actix_web::web::Payload;
use http_kit::{api_error::ApiError, request_body};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::prediction::Adjustment;

/// The limit of a body. An adjustment has three numbers.
const MAX_BODY_BYTES: usize = 4_096;

/// Reads the adjustment of a trigger. An empty body is an empty adjustment.
pub(super) async fn adjustment(body: Payload) -> Result<Adjustment, ApiError> {
    parse(&request_body::read(body, MAX_BODY_BYTES, |_| ()).await?)
}

/// Reads the body of a request without parameters: empty, or an object without keys.
pub(super) async fn empty(body: Payload) -> Result<(), ApiError> {
    has_no_key(&request_body::read(body, MAX_BODY_BYTES, |_| ()).await?)
}

fn parse(body: &[u8]) -> Result<Adjustment, ApiError> {
    if body.is_empty() {
        return Ok(Adjustment::default());
    }
    let AdjustmentBody(adjustment) = serde_json::from_slice(body).map_err(invalid)?;
    Ok(adjustment)
}

fn has_no_key(body: &[u8]) -> Result<(), ApiError> {
    if body.is_empty() {
        return Ok(());
    }
    let keys: BTreeMap<String, IgnoredAny> = serde_json::from_slice(body).map_err(invalid)?;
    match keys.keys().next() {
        Some(key) => Err(invalid(no_such(key, "none is taken here"))),
        None => Ok(()),
    }
}

fn invalid(reason: impl fmt::Display) -> ApiError {
    ApiError::BadData(format!("the body is refused: {reason}"))
}

fn no_such(key: &str, there: &str) -> String {
    let key: String = key.chars().take(64).collect();
    format!("no such key {key:?}; {there}")
}

/// An adjustment. Deserialized by hand, so that the error for a number out of range names its key.
struct AdjustmentBody(Adjustment);

impl<'de> Deserialize<'de> for AdjustmentBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = AdjustmentBody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AdjustmentBody, A::Error> {
        let mut adjustment = Adjustment::default();
        while let Some(key) = map.next_key::<String>()? {
            let place = match key.as_str() {
                "value" => &mut adjustment.value,
                "ramp_seconds" => &mut adjustment.ramp_seconds,
                "hold_seconds" => &mut adjustment.hold_seconds,
                _ => {
                    let there = "there are value, ramp_seconds and hold_seconds";
                    return Err(A::Error::custom(no_such(&key, there)));
                }
            };
            let raw = map.next_value::<&RawValue>();
            let raw = raw.map_err(|error| A::Error::custom(format!("{key:?}: {error}")))?;
            let number = number(raw.get());
            let number = number.ok_or_else(|| {
                A::Error::custom(format!("{key:?} must be a finite number from 0"))
            })?;
            if place.replace(number).is_some() {
                return Err(A::Error::custom(format!("{key:?} is given twice")));
            }
        }
        Ok(AdjustmentBody(adjustment))
    }
}

/// JSON's numbers are all numbers of Rust; its other values are none, since none of them is `inf` or `nan`.
fn number(raw: &str) -> Option<f64> {
    let number: f64 = raw.parse().ok()?;
    // Turns −0 into 0.
    (number.is_finite() && number >= 0.0).then_some(number + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_body_is_an_empty_adjustment_and_numbers_are_read() {
        assert_eq!(parse(b""), Ok(Adjustment::default()));
        assert_eq!(parse(b" {} "), Ok(Adjustment::default()));
        let all = parse(br#"{"hold_seconds":1.2e2,"value":-0,"ramp_seconds":20}"#).unwrap();
        let expected = Adjustment {
            value: Some(0.0),
            ramp_seconds: Some(20.0),
            hold_seconds: Some(120.0),
        };
        assert_eq!(all, expected);
    }

    #[test]
    fn every_error_names_its_key() {
        for wrong in [
            "NaN", "inf", "Infinity", "1e400", "-1", "\"9\"", "null", "[1]", "{}", "true", "",
        ] {
            for key in ["value", "ramp_seconds", "hold_seconds"] {
                let error = parse(format!("{{\"{key}\":{wrong}}}").as_bytes()).unwrap_err();
                assert!(error.to_string().contains(key), "{wrong}: {error}");
            }
        }
        for (body, part) in [
            ("{\"valeu\":1}", "\"valeu\""),
            ("{\"value\":1,\"value\":2}", "\"value\" is given twice"),
            ("[]", "an object"),
            ("5", "an object"),
            ("null", "an object"),
            ("{\"value\":1} x", "trailing"),
            ("value=1", "expected"),
        ] {
            let error = parse(body.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{body}: {error}");
        }
        let long = format!("{{\"{}\":1}}", "x".repeat(4_000));
        assert!(parse(long.as_bytes()).unwrap_err().to_string().len() < 300);
    }

    #[test]
    fn a_request_without_parameters_refuses_every_key_by_its_name() {
        for nothing in ["", "{}", " {\n} "] {
            assert_eq!(has_no_key(nothing.as_bytes()), Ok(()), "{nothing:?}");
        }
        for (body, part) in [
            ("{\"value\":1}", "\"value\""),
            ("[]", "a map"),
            ("null", "a map"),
            (" ", "EOF"),
            ("{} {}", "trailing"),
        ] {
            let error = has_no_key(body.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{body}: {error}");
        }
    }
}
