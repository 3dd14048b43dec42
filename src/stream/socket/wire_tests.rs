//! A session's socket, with a peer that does not read.

use actix_web::rt::net::TcpListener;
use tokio::io::AsyncReadExt;

use super::*;

#[actix::test]
async fn a_heartbeat_never_stands_in_for_a_frame_that_waits() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (ours, _theirs) = tokio::join!(
        listener.accept(),
        TcpStream::connect(listener.local_addr().unwrap())
    );
    let wire = Wire::new(ours.unwrap().0, false);
    let slot = || {
        let outbox = wire.outbox.borrow();
        let waiting = outbox.slots[ChannelName::Range.index()].as_ref();
        waiting.map(|waiting| waiting.bytes.clone())
    };
    let jam = Bytes::from(vec![0; 64 << 20]);
    wire.push_frame(ChannelName::Range, 1, &jam);
    assert!(wire.is_blocked());
    wire.push_heartbeat(ChannelName::Range, 1, &"heartbeat".into());
    assert_eq!(slot(), None, "whoever has not yet read this needs no more");
    let pushed = wire.push_frame(ChannelName::Range, 2, &"frame".into());
    assert_eq!(pushed, Pushed::Taken);
    wire.push_heartbeat(ChannelName::Range, 2, &"heartbeat".into());
    assert_eq!(slot().unwrap(), "frame");
    let pushed = wire.push_frame(ChannelName::Range, 3, &"newer".into());
    assert_eq!(pushed, Pushed::ReplacedOlder);
    assert!(!wire.close_if_behind(ChannelName::Range, 1));
    assert!(wire.close_if_behind(ChannelName::Range, 2));
    assert_eq!(wire.closing().unwrap().code, CloseCode::NotReading);
    let pushed = wire.push_frame(ChannelName::Range, 4, &"too late".into());
    assert_eq!((pushed, slot()), (Pushed::AlreadyClosing, None));
}

#[actix::test]
async fn a_closer_look_writes_what_waits_and_then_nothing_is_stuck() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (ours, theirs) = tokio::join!(
        listener.accept(),
        TcpStream::connect(listener.local_addr().unwrap())
    );
    let (wire, mut peer) = (Wire::new(ours.unwrap().0, false), theirs.unwrap());
    {
        let mut outbox = wire.outbox.borrow_mut();
        outbox.control.push_back("between two frames".into());
        outbox.stuck_since = Some(Instant::now());
    }
    wire.force_write();
    let mut heard = [0; 18];
    peer.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"between two frames");
    assert!(!wire.is_blocked());

    wire.outbox.borrow_mut().stuck_since = Some(Instant::now());
    wire.force_write();
    assert!(!wire.is_blocked(), "nothing is left to write");
}
