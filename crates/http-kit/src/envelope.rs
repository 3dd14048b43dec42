//! How answers are written as JSON: the envelope of success.

use serde::Serialize;

/// Prometheus' envelope of success: `{"status":"success","data":…}`.
#[derive(Debug, Serialize)]
pub struct Success<T> {
    status: &'static str,
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl<T> Success<T> {
    /// The whole answer.
    pub fn new(data: T) -> Self {
        Self::page(data, None)
    }

    /// One page of an answer, and where the next one starts if there is one.
    pub fn page(data: T, next_cursor: Option<String>) -> Self {
        Self {
            status: "success",
            data,
            next_cursor,
        }
    }
}

/// Appends `value` as JSON.
pub fn write_json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value)
        .expect("strings and plain structs always serialize into memory");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn next_cursor_is_there_only_if_there_is_a_next_page() {
        assert_eq!(
            json(Success::new([1])),
            r#"{"status":"success","data":[1]}"#
        );
        assert_eq!(
            json(Success::page([1], Some("abc".into()))),
            r#"{"status":"success","data":[1],"next_cursor":"abc"}"#
        );
    }
}
