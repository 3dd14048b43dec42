//! Many clients at once, and those among them who read everything.

use std::{cell::RefCell, collections::HashMap, net::SocketAddr, rc::Rc, time::Duration};

use actix_web::rt::{spawn, task::JoinHandle, time::interval};
use futures_util::{StreamExt, stream};

use crate::support::ws::{Message, PONG, WsClient, frame};

/// As many handshakes are under way at the same time.
const AT_ONCE: usize = 100;

/// Opens that many clients.
pub(super) async fn open(addr: SocketAddr, path: &str, clients: usize) -> Vec<WsClient> {
    let opening = (0..clients).map(|_| WsClient::open(addr, path));
    stream::iter(opening)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}

/// Opens that many clients with small receive buffers.
pub(super) async fn open_narrow(addr: SocketAddr, path: &str, clients: usize) -> Vec<WsClient> {
    let opening = (0..clients).map(|_| WsClient::open_narrow(addr, path));
    stream::iter(opening)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}

/// A frame's channel and its `seq`; `None` for what is not of a beat.
pub(super) fn beat(message: &Message) -> Option<(&str, u64)> {
    let Message::Text(text) = message else {
        return None;
    };
    let (kind, rest) = text.strip_prefix("{\"type\":\"")?.split_once('"')?;
    let (_, seq) = rest.split_once("\"seq\":")?;
    let (seq, _) = seq.split_once(',')?;
    let channel = match kind {
        "alerts" => kind,
        _ => kind.strip_suffix("_metrics")?,
    };
    Some((channel, seq.parse().unwrap()))
}

/// A client that reads all that comes, and panics when a beat is missing.
pub(super) struct Reader {
    task: JoinHandle<()>,
    /// The last `seq` of each channel.
    seen: Rc<RefCell<HashMap<String, u64>>>,
}

impl Reader {
    pub(super) fn start(client: WsClient) -> Self {
        let seen = Rc::default();
        let task = spawn(read(client, Rc::clone(&seen)));
        Self { task, seen }
    }

    /// Whether it has seen this channel up to there; panics if it has missed something.
    pub(super) fn has_seen(&self, channel: &str, seq: u64) -> bool {
        self.last(channel) >= seq
    }

    /// The last `seq` of a channel that it has seen, 0 if there was none; panics if it has missed something.
    pub(super) fn last(&self, channel: &str) -> u64 {
        assert!(
            !self.task.is_finished(),
            "its own panic says what it missed"
        );
        self.seen.borrow().get(channel).copied().unwrap_or_default()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(mut client: WsClient, seen: Rc<RefCell<HashMap<String, u64>>>) {
    loop {
        let message = client.next().await.expect("a live session stays open");
        if let Message::Ping(payload) = &message {
            client.send(&frame(PONG, payload)).await.unwrap();
        }
        let Some((channel, seq)) = beat(&message) else {
            assert!(!matches!(message, Message::Close(..)), "{message:?}");
            continue;
        };
        let last = seen.borrow_mut().insert(channel.to_owned(), seq);
        assert!(
            last.is_none_or(|last| seq == last + 1),
            "{channel}: {seq} after {last:?}"
        );
    }
}

/// Reads some kilobytes at a time, for ever; panics at the end of the connection and when a beat is not a later one.
pub(super) async fn sip(mut client: WsClient) {
    let mut pace = interval(Duration::from_millis(5));
    let mut last = 0;
    loop {
        pace.tick().await; // the slowness itself
        assert_ne!(client.sip(8192).await, 0, "dropped");
        while let Some(message) = client.take_message() {
            if let Some((_, seq)) = beat(&message) {
                assert!(seq > last, "{seq} after {last}");
                last = seq;
            }
            if let Message::Ping(payload) = &message {
                client.send(&frame(PONG, payload)).await.unwrap();
            }
        }
    }
}
