//! A browser's side of a WebSocket, made of a real client library: it listens, and answers pings.

use std::pin::Pin;

use actix_codec::Framed;
use awc::{
    BoxedSocket, Client,
    ws::{Codec, Frame, Message},
};
use futures_util::{StreamExt, future::poll_fn};
use serde_json::Value;

use super::{FOR_EVER, in_the_end};

pub(crate) struct WsClient(Framed<BoxedSocket, Codec>);

impl WsClient {
    pub(crate) async fn connect(port: u16, path: &str) -> Self {
        let url = format!("ws://127.0.0.1:{port}{path}");
        let client = Client::builder().timeout(FOR_EVER).finish();
        let request = client.ws(url.as_str()).max_frame_size(1 << 24);
        let connected = in_the_end(&url, request.connect()).await;
        let (_, framed) = connected.unwrap_or_else(|error| panic!("{url}: {error}"));
        Self(framed)
    }

    /// The next text message, which must be JSON.
    pub(crate) async fn message(&mut self) -> Value {
        loop {
            match self.frame().await {
                Frame::Text(text) => return serde_json::from_slice(&text).unwrap(),
                Frame::Close(reason) => panic!("closed: {reason:?}"),
                _ => {}
            }
        }
    }

    /// The next message of this type, byte for byte.
    pub(crate) async fn text_of_type(&mut self, wanted: &str) -> String {
        loop {
            if let Frame::Text(text) = self.frame().await {
                let message: Value = serde_json::from_slice(&text).unwrap();
                if message["type"] == wanted {
                    return String::from_utf8(text.to_vec()).unwrap();
                }
            }
        }
    }

    /// The next message of this type.
    pub(crate) async fn message_of_type(&mut self, wanted: &str) -> Value {
        loop {
            let message = self.message().await;
            if message["type"] == wanted {
                return message;
            }
        }
    }

    /// Reads on to the server's Close, and gives its code.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Frame::Close(reason) = self.frame().await {
                return reason.expect("a Close with a code").code.into();
            }
        }
    }

    async fn frame(&mut self) -> Frame {
        let frame = in_the_end("a frame", self.0.next()).await;
        let frame = frame
            .expect("the stream has ended without a Close")
            .unwrap();
        if let Frame::Ping(payload) = &frame {
            let pong = Message::Pong(payload.clone());
            Pin::new(&mut self.0).write(pong).unwrap();
            poll_fn(|context| Pin::new(&mut self.0).flush(context))
                .await
                .unwrap();
        }
        frame
    }
}
