//! The messages of the WebSocket protocol besides frames: what clients send, and what the gateway answers.

use serde::{Deserialize, Serialize};

use crate::messages::channel::ChannelName;

/// A parsed message of a client.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// Its `type`, to be acknowledged.
    pub kind: String,
    /// The action, besides the acknowledgement.
    pub action: ClientRequest,
}

/// The action that a client requests.
#[derive(Debug, PartialEq, Eq)]
pub enum ClientRequest {
    /// The channel's frames, the latest at once.
    Subscribe(ChannelName),
    /// No more of them.
    Unsubscribe(ChannelName),
    /// Only an acknowledgement: `ping`, and whatever else existing clients send.
    Nothing,
}

/// A message of the gateway besides frames.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ServerMessage<'a> {
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

/// Parses a message of a client.
///
/// # Errors
/// What it should have been.
pub fn parse(text: &[u8]) -> Result<Request, String> {
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
    let action = match kind.as_str() {
        "subscribe" => ClientRequest::Subscribe(channel()?),
        "unsubscribe" => ClientRequest::Unsubscribe(channel()?),
        _ => ClientRequest::Nothing,
    };
    Ok(Request { kind, action })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(text: &str) -> Option<ClientRequest> {
        parse(text.as_bytes()).ok().map(|request| request.action)
    }

    #[test]
    fn requests_are_understood() {
        assert_eq!(
            action(r#"{"type":"subscribe","channel":"range"}"#),
            Some(ClientRequest::Subscribe(ChannelName::Range))
        );
        assert_eq!(
            action(r#"{"channel":"metrics","type":"unsubscribe","x":[]}"#),
            Some(ClientRequest::Unsubscribe(ChannelName::Metrics))
        );
        assert_eq!(action(r#"{"type":"ping"}"#), Some(ClientRequest::Nothing));
        assert_eq!(
            action(r#"{"type":"get_metrics","channel":7}"#),
            Some(ClientRequest::Nothing)
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
            assert_eq!(action(text), None, "{text}");
        }
        let deep = format!(r#"{{"type":"ping","x":{}}}"#, "[".repeat(60_000));
        assert_eq!(action(&deep), None);
    }

    #[test]
    fn an_unknown_channel_is_told_the_known_ones() {
        let error = parse(br#"{"type":"subscribe","channel":"disco"}"#).unwrap_err();
        assert_eq!(
            error,
            r#""channel" must be one of instant, range, metrics, alerts"#
        );
    }
}
