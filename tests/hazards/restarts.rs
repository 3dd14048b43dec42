//! HAZARDS 10 and 11: two thousand browsers, and a gateway that stops or starts again.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use actix_web::rt::spawn;
use futures_util::future::join_all;
use rustix::process::Signal;
use service_metrics::lab::free_port;

use super::{crowd, watched::Watched};
use crate::support::{
    eventually,
    scripted::Scripted,
    scripted_prometheus::ScriptedPrometheus,
    ws::{Message, WsClient},
};

const CROWD: usize = 2_000;
/// Seven instant queries, four ranges, and the alerts.
const QUERIES_OF_A_BEAT: usize = 12;
/// In milliseconds: one beat at the start, and none after it.
const AN_HOUR: u32 = 3_600_000;

/// Connects and reads up to a frame of each channel; how long that took once open.
async fn comes_back(addr: SocketAddr) -> Duration {
    let mut client = WsClient::open(addr, "/ws").await;
    let open = Instant::now();
    let mut seen = (false, false);
    while seen != (true, true) {
        let message = client.next().await.expect("a session stays open");
        match crowd::beat(&message) {
            Some(("instant", _)) => seen.0 = true,
            Some(("range", _)) => seen.1 = true,
            _ => {}
        }
    }
    open.elapsed()
}

/// Waits until Prometheus has been asked for a whole beat more than that.
async fn asked_for_a_beat(prometheus: &Scripted, before: usize) {
    eventually("a beat", async || {
        (prometheus.asked("") >= before + QUERIES_OF_A_BEAT).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn two_thousand_come_back_after_a_restart_and_prometheus_is_asked_no_more_for_them() {
    let prometheus = Scripted::start().await;
    let port = free_port().unwrap().to_string();
    let settings = [("PORT", port.as_str())];
    let first = Watched::start(&prometheus.url(), AN_HOUR, &settings).await;
    let addr = first.addr;
    let mut before = crowd::open(addr, "/ws", CROWD).await;
    asked_for_a_beat(&prometheus, 0).await;
    first.program.signal(Signal::KILL);
    first.program.ended().await;
    for client in &mut before {
        while client.next().await.is_some() {}
    }
    let asked = prometheus.asked("");

    let second = Watched::start(&prometheus.url(), AN_HOUR, &settings).await;
    let crowd: Vec<_> = (0..CROWD).map(|_| spawn(comes_back(addr))).collect();
    let waited = join_all(crowd).await.into_iter().map(Result::unwrap);
    let longest = waited.max().unwrap();
    println!("the last of {CROWD} had its snapshot {longest:?} after its handshake");
    // A second is the promise; the clients and Prometheus share a thread here, in a build without optimisation.
    assert!(longest < Duration::from_secs(10), "{longest:?}");
    asked_for_a_beat(&prometheus, asked).await;
    assert_eq!(prometheus.asked("") - asked, QUERIES_OF_A_BEAT);
    let opened = second
        .metric("service_metrics_sessions_opened_total ")
        .await;
    assert_eq!(opened, CROWD as f64);
}

#[actix_web::test]
async fn sigterm_says_close_1001_to_two_thousand_although_fifty_more_are_jammed() {
    let drain = Duration::from_secs(5);
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(1 << 20);
    let gateway = Watched::start(&prometheus.url(), 500, &[]).await;
    let jammed = crowd::open_narrow(gateway.addr, "/ws/range", 50).await;
    eventually("fifty are jammed", async || {
        (gateway.frames("range", "skipped").await >= 150.0).then_some(())
    })
    .await;
    let live = crowd::open(gateway.addr, "/ws/metrics", CROWD).await;
    let told = live.into_iter().map(|mut client| {
        spawn(async move {
            loop {
                if let Message::Close(code, _) = client.next().await.expect("Close comes first") {
                    return code;
                }
            }
        })
    });
    let told: Vec<_> = told.collect();
    gateway.program.signal(Signal::TERM);
    let asked = Instant::now();
    let status = gateway.program.ended().await;
    let took = asked.elapsed();
    println!("exit {took:?} after SIGTERM with {CROWD} live and 50 jammed");
    for code in join_all(told).await {
        assert_eq!(code.unwrap(), 1001);
    }
    assert_eq!(status.code(), Some(0), "{}", gateway.program.log());
    assert!(took <= drain + Duration::from_secs(5), "{took:?}");
    drop(jammed);
}
