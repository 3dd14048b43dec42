//! HAZARDS 22: ten minutes of coming and going, broadcasts and REST, and nothing grows.

use std::{
    env,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::interval};

use super::{
    crowd::{self, Reader},
    watched::Watched,
};
use crate::support::{
    http,
    scripted_prometheus::ScriptedPrometheus,
    ws::{Message, WsClient, frame},
};

/// How often somebody comes: fifty times a second.
const PACE: Duration = Duration::from_millis(20);
/// Visitors at the same time, at most.
const MOST: usize = 500;
/// How many stay for the whole time.
const AUDIENCE: usize = 50;
/// KiB an hour.
const SLOPE: f64 = 1_024.0;
/// In KiB: what the middle of many samples differs by, by chance.
const NOISE: f64 = 128.0;

/// What was seen at one moment.
#[derive(Clone, Copy)]
struct Sample {
    hours: f64,
    memory: f64,
    descriptors: usize,
    threads: u64,
}

/// What a visitor does: each ends its own way.
async fn visit(addr: SocketAddr, number: u64) {
    match number % 10 {
        0 => assert_eq!(http::get(addr, "/health").await.status, 200),
        1 => assert_eq!(http::get(addr, "/metrics").await.status, 200),
        2 => assert_eq!(http::get(addr, "/api/metrics/range").await.status, 200),
        // Without PostgreSQL: refused, each time anew.
        3 => assert_eq!(
            http::get(addr, "/api/metrics/incidents/summary")
                .await
                .status,
            503
        ),
        4 | 5 => WsClient::open(addr, "/ws").await.reset(),
        6 => drop(WsClient::open_deflated(addr, "/ws").await),
        _ => {
            let mut client = WsClient::open(addr, "/ws").await;
            client.json_of("range_metrics").await;
            client
                .say(r#"{"type":"subscribe","channel":"alerts"}"#)
                .await;
            client.json_of("alerts").await;
            client.send(&frame(0x88, b"")).await.unwrap();
            while !matches!(client.next().await, Some(Message::Close(1000, _))) {}
        }
    }
}

/// Sends a visitor at each beat of the pace for that long; samples are taken each second.
async fn churn(gateway: &Watched, minutes: f64) -> Vec<Sample> {
    let began = Instant::now();
    let mut visitors = JoinSet::new();
    let mut samples = Vec::new();
    let mut pace = interval(PACE);
    let mut number = 0;
    while began.elapsed().as_secs_f64() < minutes * 60.0 {
        pace.tick().await;
        number += 1;
        visitors.spawn_local(visit(gateway.addr, number));
        while let Some(left) = visitors.try_join_next() {
            left.unwrap(); // or what it has met
        }
        assert!(visitors.len() < MOST, "visitors wait for the gateway");
        if number % 50 == 0 {
            samples.push(sample(gateway, began));
        }
    }
    visitors.join_all().await;
    samples
}

fn sample(gateway: &Watched, began: Instant) -> Sample {
    Sample {
        hours: began.elapsed().as_secs_f64() / 3600.0,
        memory: gateway.memory() as f64,
        descriptors: gateway.descriptors(),
        threads: gateway.threads(),
    }
}

/// The middle one of these numbers.
fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[actix_web::test]
#[ignore = "soak"]
async fn nothing_grows_while_fifty_come_and_go_each_second() {
    let minutes = env::var("SOAK_MINUTES").map_or(10.0, |minutes| minutes.parse().unwrap());
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(64 << 10);
    let gateway = Watched::start(&prometheus.url(), 1000, &[]).await;
    let audience = crowd::open(gateway.addr, "/ws", AUDIENCE).await;
    let audience: Vec<_> = audience.into_iter().map(Reader::start).collect();
    gateway.beats("range", 2).await;

    let samples = churn(&gateway, minutes).await;
    let (_, warm) = samples.split_at(samples.len() / 4);
    let (early, late) = warm.split_at(warm.len() / 2);
    let middle = |of: &[Sample], what: fn(&Sample) -> f64| median(of.iter().map(what));
    let grown = |what| middle(late, what) - middle(early, what);
    let hours = grown(|sample| sample.hours);
    let memory = grown(|sample| sample.memory);
    let descriptors = grown(|sample| sample.descriptors as f64);
    let threads = grown(|sample| sample.threads as f64);
    println!(
        "{} KiB, {memory:+} KiB in {:.1} minutes, {:+.0} KiB an hour; descriptors {descriptors:+}, threads {threads:+}",
        middle(late, |sample| sample.memory),
        hours * 60.0,
        memory / hours,
    );
    assert!(memory <= SLOPE * hours + NOISE, "{memory} KiB more");
    assert!(descriptors.abs() <= 5.0, "{descriptors} descriptors more");
    assert_eq!(threads, 0.0);
    let published = gateway.frames("range", "published").await as u64;
    for reader in &audience {
        assert!(reader.has_seen(published - 1), "the audience hears it all");
    }
}
