//! Prometheus' envelope of a successful answer, which both servers use.

use serde::Serialize;

/// `{"status":"success","data":…}`.
#[derive(Debug, Serialize)]
pub struct Success<T> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_scale: Option<f64>,
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl<T> Success<T> {
    /// The whole answer.
    pub fn new(data: T) -> Self {
        Self {
            status: "success",
            time_scale: None,
            data,
            next_cursor: None,
        }
    }

    /// One page of an answer. `next_cursor` is where the next page starts; `None` on the last page.
    pub fn page(data: T, next_cursor: Option<String>) -> Self {
        Self {
            next_cursor,
            ..Self::new(data)
        }
    }

    /// Adds by how much the simulator scales time: 1 is real time.
    pub fn with_time_scale(self, time_scale: f64) -> Self {
        Self {
            time_scale: Some(time_scale),
            ..self
        }
    }
}

/// `{"status":"success"}`: the answer to a request that asks for no data.
#[derive(Debug, Serialize)]
pub struct Accepted {
    status: &'static str,
}

impl Default for Accepted {
    fn default() -> Self {
        Self { status: "success" }
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

    #[test]
    fn the_time_scale_stands_before_the_data() {
        assert_eq!(
            json(Success::new([1]).with_time_scale(0.5)),
            r#"{"status":"success","time_scale":0.5,"data":[1]}"#
        );
        assert_eq!(json(Accepted::default()), r#"{"status":"success"}"#);
    }
}
