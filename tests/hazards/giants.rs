//! HAZARD 4: whoever declares a frame of a terabyte, and streams it, costs nothing.

use futures_util::future::join_all;

use super::{crowd, watched::Watched};
use crate::support::{
    NOWHERE, eventually,
    ws::{TEXT, WsClient},
};

const GIANTS: usize = 8;
/// More than kernel buffers hold.
const STREAMED: usize = 16 << 20;

/// Declares 2^40 bytes and sends as many of them as are taken, in vain.
async fn stream_a_terabyte(mut client: WsClient) {
    let declared = [&[TEXT, 0xFF][..], &(1_u64 << 40).to_be_bytes(), &[0; 4]].concat();
    client.send(&declared).await.unwrap();
    let mut sent = 0;
    while sent < STREAMED && client.send(&[b'x'; 16 * 1024]).await.is_ok() {
        sent += 16 * 1024;
    }
    assert!(sent < STREAMED, "still taking bytes");
}

#[actix_web::test]
async fn a_frame_of_a_terabyte_costs_less_than_a_mebibyte() {
    let gateway = Watched::start(NOWHERE, 200, &[]).await;
    let harmless = crowd::open(gateway.addr, "/ws", GIANTS).await;
    gateway.beats("instant", 5).await; // its memory has been as large as sessions, beats and /metrics need
    drop(harmless);
    let before = gateway.most_memory();
    let giants = crowd::open(gateway.addr, "/ws", GIANTS).await;
    join_all(giants.into_iter().map(stream_a_terabyte)).await;
    eventually("all are closed as too big", async || {
        (gateway.closed("1009").await == GIANTS as f64).then_some(())
    })
    .await;
    let grown = gateway.most_memory() - before;
    println!("{before} KiB, and at most {grown} KiB more with {GIANTS} giants");
    assert!(grown < GIANTS as u64 * 1024, "{grown} KiB");
}
