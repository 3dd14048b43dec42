//! HAZARDS 1 to 3: many clients stop reading, or read slowly. Those who stop are dropped in time, cost little until then,
//! and harm nobody.

use std::time::Instant;

use actix_web::rt::spawn;

use super::{
    crowd,
    crowd::Reader,
    watched::{AN_HOUR, Watched},
};
use crate::support::{eventually, in_the_end, scripted_prometheus::ScriptedPrometheus};

const STALL: &str = "SERVICE_METRICS__WEBSOCKET__STALL_TIMEOUT_SECONDS";
const SEND_BUFFER: &str = "SERVICE_METRICS__WEBSOCKET__SEND_BUFFER_BYTES";

#[actix_web::test]
async fn fifty_of_five_hundred_stop_reading_and_the_others_miss_no_beat() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(64 << 10);
    let settings = [(STALL, "5"), (SEND_BUFFER, "16384")];
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &settings).await;
    let healthy = crowd::open(gateway.addr, "/ws/alerts", 450).await;
    let healthy: Vec<_> = healthy.into_iter().map(Reader::start).collect();
    for _ in 0..2 {
        gateway.beat_for(&healthy).await;
    }
    let before = gateway.descriptors();

    // The first frame that they do not read fills what the kernel holds for them.
    let jammed = crowd::open_narrow(gateway.addr, "/ws/alerts", 50).await;
    let stopped_reading = Instant::now();
    in_the_end("the fifty are dropped", async {
        while gateway.closed("4408").await < 50.0 {
            gateway.beat_for(&healthy).await;
        }
    })
    .await;
    println!(
        "the last of 50 was dropped after {:?}",
        stopped_reading.elapsed()
    );
    assert_eq!(gateway.sessions().await, 450.0);
    eventually("descriptors are back", async || {
        (gateway.descriptors() <= before).then_some(())
    })
    .await;
    gateway.beat_for(&healthy).await;
    drop(jammed);
}

#[actix_web::test]
async fn two_hundred_who_do_not_read_frames_of_a_mebibyte_cost_64_kib_each_and_a_frame_in_all() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(1 << 20);
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &[(STALL, "300")]).await;
    let reader = crowd::open(gateway.addr, "/ws/alerts", 1).await.remove(0);
    let reader = [Reader::start(reader)];
    for _ in 0..10 {
        gateway.beat_for(&reader).await; // its memory has been as large as a beat needs
    }
    let before = gateway.memory();

    let stalled = crowd::open_narrow(gateway.addr, "/ws/alerts", 200).await;
    in_the_end("each of them holds a frame and misses others", async {
        while gateway.frames("alerts", "skipped").await < 2_000.0 {
            gateway.beat_for(&reader).await;
        }
    })
    .await;
    let grown = gateway.memory().saturating_sub(before);
    println!("{before} KiB, and {grown} KiB more with 200 stalled clients");
    assert!(grown <= 200 * 64 + 1024, "{grown} KiB");
    assert_eq!(gateway.sessions().await, 201.0, "nobody has been dropped");
    drop(stalled);
}

/// Each of them holds another frame.
#[actix_web::test]
async fn those_for_whom_old_frames_are_held_beyond_the_budget_are_dropped_the_slowest_first() {
    const READERS: usize = 24;
    const FRAME: usize = 1 << 20;
    const BUDGET: usize = 4 << 20;
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(FRAME);
    let budget = BUDGET.to_string();
    let settings = [
        (STALL, "300"),
        (SEND_BUFFER, "16384"),
        ("SERVICE_METRICS__WEBSOCKET__MAX_PINNED_BYTES", &budget),
    ];
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &settings).await;
    for _ in 0..10 {
        gateway.beat().await; // its memory has been as large as a beat needs
    }
    let before = gateway.memory();
    let mut slow = Vec::new();
    for _ in 0..READERS {
        slow.extend(crowd::open_narrow(gateway.addr, "/ws/alerts", 1).await);
        gateway.beat().await;
    }
    let evicted = async || {
        let series = "service_metrics_slow_readers_evicted_total{channel=\"alerts\"}";
        gateway.metric(series).await
    };
    let kept = BUDGET / FRAME + 2; // the latest frame and the one before it do not count
    eventually("only as many are left as the budget allows", async || {
        (evicted().await >= (READERS - kept) as f64).then_some(())
    })
    .await;
    let grown = gateway.memory().saturating_sub(before);
    println!(
        "{before} KiB, and {grown} KiB more; {} evicted",
        evicted().await
    );
    assert!(grown as usize * 1024 <= BUDGET + 4 * FRAME, "{grown} KiB");
    eventually("each of them is closed", async || {
        (gateway.closed("4408").await == evicted().await).then_some(())
    })
    .await;
    let pinned = "service_metrics_frames_pinned_bytes{channel=\"alerts\"}";
    assert!(gateway.metric(pinned).await <= (BUDGET + 2 * FRAME) as f64);
    assert!(gateway.sessions().await >= 4.0, "the latest to come stay");
    drop(slow);
}

/// Each of them holds the frame that it is being sent, and these may be of as many beats as there are readers. Of the
/// beats that they skip nothing stays: kept, the frames would be twice as much as the readers may hold.
#[actix_web::test]
async fn twenty_who_read_slowly_skip_beats_and_cost_no_more_the_longer_it_takes() {
    const READERS: u64 = 20;
    const SKIPPED_BY_EACH: u64 = 2 * READERS;
    const FRAME_KIB: u64 = 1024;
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(FRAME_KIB as usize * 1024);
    let settings = [(STALL, "5"), (SEND_BUFFER, "16384")];
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &settings).await;
    let slow = crowd::open_narrow(gateway.addr, "/ws/alerts", READERS as usize).await;
    let sipping = slow.into_iter().map(|client| spawn(crowd::sip(client)));
    let sipping: Vec<_> = sipping.collect();
    let skipped = async |times: u64| {
        in_the_end("beats are skipped", async {
            while gateway.frames("alerts", "skipped").await < times as f64 {
                gateway.beat().await;
            }
        })
        .await;
    };
    skipped(2 * READERS).await; // all are behind
    let before = gateway.memory();
    skipped((2 + SKIPPED_BY_EACH) * READERS).await;
    let grown = gateway.memory().saturating_sub(before);
    println!("{before} KiB, and {grown} KiB more after {SKIPPED_BY_EACH} beats skipped by each");
    assert!(grown <= (READERS + 1) * FRAME_KIB, "{grown} KiB");
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
