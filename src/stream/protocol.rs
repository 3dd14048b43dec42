//! What a client may say on a WebSocket, and what it is told besides frames.

use serde::{Deserialize, Serialize};

use crate::messages::channel::ChannelName;

/// A client's message, understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// Its `type`, to be acknowledged.
    pub kind: String,
    /// What is to be done, besides acknowledging it.
    pub wish: Wish,
}

/// What a client wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    /// The channel's frames, the latest at once.
    Subscribe(ChannelName),
    /// No more of them.
    Unsubscribe(ChannelName),
    /// Only an acknowledgement: `ping`, and whatever else existing clients send.
    Nothing,
}

/// What a client is told.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Told<'a> {
    /// First on every connection.
    Connection {
        /// For people.
        message: &'a str,
        /// RFC 3339.
        timestamp: String,
        /// Changes at each start of the process.
        epoch: &'a str,
        /// What the URL subscribed to.
        channels: Vec<&'a str>,
    },
    /// A request was taken.
    #[serde(rename_all = "camelCase")]
    Ack {
        /// The request's `type`.
        request_type: &'a str,
        /// RFC 3339.
        timestamp: String,
    },
    /// A request was not; the connection lives on.
    #[serde(rename_all = "camelCase")]
    Error {
        /// Always `bad_data`.
        error_type: &'a str,
        /// What a person can act on.
        error: String,
    },
}

/// The wire form; other fields are the client's own business.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    kind: String,
    channel: Option<serde_json::Value>,
}

/// Understands a client's message.
///
/// # Errors
/// What it should have been.
pub fn understand(text: &[u8]) -> Result<Request, String> {
    let expected = r#"expected an object with a string "type", such as {"type":"subscribe","channel":"range"}"#;
    if text.trim_ascii_start().first() != Some(&b'{') {
        return Err(expected.to_owned()); // serde would read an array as an object, field by field
    }
    let Wire { kind, channel } =
        serde_json::from_slice(text).map_err(|error| format!("{expected}: {error}"))?;
    let channel = || {
        channel
            .as_ref()
            .and_then(|name| ChannelName::parse(name.as_str()?))
            .ok_or_else(|| {
                let known = ChannelName::ALL.map(ChannelName::as_str).join(", ");
                format!("\"channel\" must be one of {known}")
            })
    };
    let wish = match kind.as_str() {
        "subscribe" => Wish::Subscribe(channel()?),
        "unsubscribe" => Wish::Unsubscribe(channel()?),
        _ => Wish::Nothing,
    };
    Ok(Request { kind, wish })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str) -> Option<Wish> {
        understand(text.as_bytes()).ok().map(|request| request.wish)
    }

    #[test]
    fn requests_are_understood() {
        assert_eq!(
            wish(r#"{"type":"subscribe","channel":"range"}"#),
            Some(Wish::Subscribe(ChannelName::Range))
        );
        assert_eq!(
            wish(r#"{"channel":"metrics","type":"unsubscribe","x":[]}"#),
            Some(Wish::Unsubscribe(ChannelName::Metrics))
        );
        assert_eq!(wish(r#"{"type":"ping"}"#), Some(Wish::Nothing));
        assert_eq!(
            wish(r#"{"type":"get_metrics","channel":7}"#),
            Some(Wish::Nothing)
        );
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "",
            "null",
            "[]",
            "[\"subscribe\",\"range\"]",
            "\"subscribe\"",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"subscribe"}"#,
            r#"{"type":"subscribe","channel":"RANGE"}"#,
            r#"{"type":"subscribe","channel":["range"]}"#,
            r#"{"type":"ping"} {"#,
            r#"{"type":"ping","type":"ping"}"#,
        ] {
            assert_eq!(wish(text), None, "{text}");
        }
        let deep = format!(r#"{{"type":"ping","x":{}}}"#, "[".repeat(60_000));
        assert_eq!(wish(&deep), None);
    }

    #[test]
    fn an_unknown_channel_is_told_the_known_ones() {
        let error = understand(br#"{"type":"subscribe","channel":"disco"}"#).unwrap_err();
        assert_eq!(
            error,
            r#""channel" must be one of instant, range, metrics, alerts"#
        );
    }
}
