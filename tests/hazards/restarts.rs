//! HAZARDS 10 and 11: two thousand browsers, and a gateway that stops or starts again.

use std::{
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use actix_web::rt::spawn;
use futures_util::future::join_all;
use lab::free_port;
use rustix::process::Signal;
use tokio::sync::Semaphore;

use super::{
    crowd,
    watched::{AN_HOUR, Watched},
};
use crate::support::{
    eventually, in_the_end,
    scripted::Scripted,
    scripted_prometheus::ScriptedPrometheus,
    ws::{Message, WsClient},
};

const CROWD: usize = 2_000;
/// As many handshakes are under way at the same time: were it all of them, the clients, which share one thread, could take
/// longer for the last head than a head may take.
const AT_ONCE: usize = 500;
/// Seven instant queries, four ranges, the alerts, and the rules, since there are no alerts.
const QUERIES_OF_A_BEAT: usize = 13;

/// Connects and reads up to a frame of each channel; how long that took once open. With a beat of an hour that is the frame
/// which has been there.
async fn comes_back(addr: SocketAddr, handshakes: Rc<Semaphore>) -> Duration {
    let handshake = handshakes.acquire().await.unwrap();
    let mut client = WsClient::open(addr, "/ws").await;
    drop(handshake);
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
    let handshakes = Rc::new(Semaphore::new(AT_ONCE));
    let crowd = (0..CROWD).map(|_| spawn(comes_back(addr, Rc::clone(&handshakes))));
    let crowd: Vec<_> = crowd.collect();
    let waited = join_all(crowd).await.into_iter().map(Result::unwrap);
    let longest = waited.max().unwrap();
    println!("the last of {CROWD} had its snapshot {longest:?} after its handshake");
    asked_for_a_beat(&prometheus, asked).await;
    assert_eq!(prometheus.asked("") - asked, QUERIES_OF_A_BEAT);
    let opened = second
        .metric("service_metrics_sessions_opened_total ")
        .await;
    assert_eq!(opened, CROWD as f64);
}

#[actix_web::test]
async fn sigterm_says_close_1001_to_two_thousand_although_fifty_more_are_jammed() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(1 << 20);
    // The drain alone ends those who are jammed.
    let stall = [("SERVICE_METRICS__WEBSOCKET__STALL_TIMEOUT_SECONDS", "3600")];
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &stall).await;
    let jammed = crowd::open_narrow(gateway.addr, "/ws/alerts", 50).await;
    in_the_end("fifty are jammed", async {
        while gateway.frames("alerts", "skipped").await < 150.0 {
            gateway.beat().await;
        }
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
    println!(
        "exit {:?} after SIGTERM with {CROWD} live and 50 jammed",
        asked.elapsed()
    );
    for code in join_all(told).await {
        assert_eq!(code.unwrap(), 1001);
    }
    assert_eq!(status.code(), Some(0), "{}", gateway.program.log());
    drop(jammed);
}
