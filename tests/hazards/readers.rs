//! HAZARDS 1 to 3: many clients stop reading, or read slowly. Those who stop are dropped in time, cost little until then,
//! and harm nobody.

use std::time::{Duration, Instant};

use actix_web::rt::spawn;

use super::{crowd, crowd::Reader, watched::Watched};
use crate::support::{eventually, scripted_prometheus::ScriptedPrometheus};

const STALL: &str = "SERVICE_METRICS__WEBSOCKET__STALL_TIMEOUT_SECONDS";
const SEND_BUFFER: &str = "SERVICE_METRICS__WEBSOCKET__SEND_BUFFER_BYTES";

#[actix_web::test]
async fn fifty_of_five_hundred_stop_reading_and_the_others_miss_no_beat() {
    let stall = Duration::from_secs(5);
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(64 << 10);
    let settings = [(STALL, "5"), (SEND_BUFFER, "16384")];
    let gateway = Watched::start(&prometheus.url(), 1500, &settings).await;
    let healthy = crowd::open(gateway.addr, "/ws", 450).await;
    let healthy: Vec<_> = healthy.into_iter().map(Reader::start).collect();
    gateway.beats("range", 2).await;
    let before = gateway.descriptors();

    // The first frame that they do not read fills what the kernel holds for them.
    let jammed = crowd::open_narrow(gateway.addr, "/ws", 50).await;
    let stopped_reading = Instant::now();
    eventually("the fifty are dropped", async || {
        (gateway.closed("4408").await == 50.0).then_some(())
    })
    .await;
    let took = stopped_reading.elapsed();
    println!("the last of 50 was dropped after {took:?}");
    assert!(took <= stall + Duration::from_secs(5), "{took:?}");
    assert_eq!(gateway.sessions().await, 450.0);
    eventually("descriptors are back", async || {
        (gateway.descriptors() <= before).then_some(())
    })
    .await;

    let published = gateway.frames("range", "published").await as u64;
    eventually("all others have seen every beat", async || {
        let seen = |reader: &Reader| reader.has_seen(published);
        healthy.iter().all(seen).then_some(())
    })
    .await;
    drop(jammed);
}

#[actix_web::test]
async fn two_hundred_who_do_not_read_frames_of_a_mebibyte_cost_64_kib_each_and_a_frame_in_all() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(1 << 20);
    let gateway = Watched::start(&prometheus.url(), 500, &[(STALL, "300")]).await;
    let reader = crowd::open(gateway.addr, "/ws/range", 1).await.remove(0);
    let reader = Reader::start(reader);
    gateway.beats("range", 10).await; // its memory has been as large as a beat needs
    let before = gateway.memory();

    let stalled = crowd::open_narrow(gateway.addr, "/ws/range", 200).await;
    eventually("each of them holds a frame and misses others", async || {
        (gateway.frames("range", "skipped").await >= 2_000.0).then_some(())
    })
    .await;
    let grown = gateway.memory().saturating_sub(before);
    println!("{before} KiB, and {grown} KiB more with 200 stalled clients");
    assert!(grown <= 200 * 64 + 1024, "{grown} KiB");
    assert_eq!(gateway.sessions().await, 201.0, "nobody has been dropped");
    assert!(reader.has_seen(10));
    drop(stalled);
}

/// Each of them holds the frame that it is being sent, and these may be of as many beats as there are readers. Of the
/// beats that they skip nothing stays: kept, the frames would be four times as much as the readers may hold.
#[actix_web::test]
async fn twenty_who_read_slowly_skip_beats_and_cost_no_more_the_longer_it_takes() {
    const READERS: u64 = 20;
    const BEATS: u64 = 4 * READERS;
    const FRAME_KIB: u64 = 1024;
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(FRAME_KIB as usize * 1024);
    let settings = [(STALL, "2"), (SEND_BUFFER, "16384")];
    let gateway = Watched::start(&prometheus.url(), 100, &settings).await;
    let slow = crowd::open_narrow(gateway.addr, "/ws/range", READERS as usize).await;
    let sipping = slow.into_iter().map(|client| spawn(crowd::sip(client)));
    let sipping: Vec<_> = sipping.collect();
    let skips = async || gateway.frames("range", "skipped").await;
    eventually("all are behind", async || {
        (skips().await >= (2 * READERS) as f64).then_some(())
    })
    .await;
    let (before, behind) = (gateway.memory(), skips().await);
    gateway.beats("range", BEATS as u32).await;
    let grown = gateway.memory().saturating_sub(before);
    let skipped = skips().await - behind;
    println!("{before} KiB, and {grown} KiB more after {BEATS} beats, skipped {skipped} times");
    assert!(grown <= (READERS + 1) * FRAME_KIB, "{grown} KiB");
    assert!(skipped >= (READERS * BEATS / 2) as f64, "{skipped}");
    assert_eq!(
        gateway.sessions().await,
        READERS as f64,
        "nobody has been dropped"
    );
    assert!(
        sipping.iter().all(|task| !task.is_finished()),
        "its own panic says why"
    );
}
