//! HAZARDS 22: half an hour of coming and going, broadcasts, REST, webhooks and refusals, and nothing grows.

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

/// How often somebody comes: two hundred times a second. The heap grows towards what the most visitors at a time have needed,
/// over some hundred thousand of them; that must be past before the samples count.
const PACE: Duration = Duration::from_millis(5);
/// Visitors at the same time, at most.
const MOST: usize = 2_000;
/// How many stay for the whole time.
const AUDIENCE: usize = 50;
/// KiB an hour.
const SLOPE: f64 = 1_024.0;
/// How many means of the samples a line is laid through: samples that follow each other are alike, and say little anew.
const BLOCKS: usize = 30;
/// Student's t for 95 % of both sides, at two degrees of freedom less than [`BLOCKS`].
const STUDENT: f64 = 2.048;
/// What Alertmanager says, of an alert that Prometheus does not know.
const WEBHOOK: &str = r#"{"version":"4","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"Soak"},
    "annotations":{},"startsAt":"2026-02-10T05:35:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"1"}]}"#;

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
    match number % 14 {
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
        7 => {
            let told = http::post(addr, "/api/alerts/webhook", WEBHOOK).await;
            assert_eq!(told.status, 200, "{told:?}");
        }
        8 => assert_eq!(
            http::post(addr, "/api/alerts/webhook", "{").await.status,
            400
        ),
        // A handshake without what it needs.
        9 => {
            let upgrade = [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")];
            let refused = http::request(addr, "GET", "/ws", &upgrade).await;
            assert_eq!(refused.status, 400, "{refused:?}");
        }
        10 => {
            let refused = http::exchange(addr, b"GET nowhere\r\n\r\n").await;
            assert_eq!(refused.status, 400, "{refused:?}");
        }
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
        if number % 200 == 0 {
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

/// A slope by the method of least squares, and the half of its confidence interval of 95 %.
struct Trend {
    slope: f64,
    margin: f64,
}

impl Trend {
    /// Of `what` over the hours, through the means of [`BLOCKS`] blocks.
    fn of(samples: &[Sample], what: fn(&Sample) -> f64) -> Self {
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        let blocks = samples.chunks(samples.len().div_ceil(BLOCKS));
        let points: Vec<(f64, f64)> = blocks
            .map(|block| {
                let each = |what: fn(&Sample) -> f64| block.iter().map(what).collect::<Vec<_>>();
                (mean(&each(|sample| sample.hours)), mean(&each(what)))
            })
            .collect();
        let (xs, ys): (Vec<_>, Vec<_>) = points.iter().copied().unzip();
        let (x, y) = (mean(&xs), mean(&ys));
        let spread: f64 = xs.iter().map(|at| (at - x).powi(2)).sum();
        let together: f64 = points.iter().map(|(at, it)| (at - x) * (it - y)).sum();
        let slope = together / spread;
        let rest = points
            .iter()
            .map(|(at, it)| (it - y - slope * (at - x)).powi(2));
        let variance = rest.sum::<f64>() / (points.len() as f64 - 2.0);
        Self {
            slope,
            margin: STUDENT * (variance / spread).sqrt(),
        }
    }
}

#[test]
fn a_trend_is_told_from_noise() {
    let sample = |second: u32| Sample {
        hours: f64::from(second) / 3600.0,
        memory: 30_000.0 + f64::from(second) + f64::from(second * 7919 % 200),
        descriptors: 60,
        threads: 9,
    };
    let samples: Vec<_> = (0..1_350).map(sample).collect();
    let grows = Trend::of(&samples, |sample| sample.memory);
    assert!((grows.slope - 3_600.0).abs() < grows.margin && grows.margin < 200.0);
    let calm = Trend::of(&samples, |sample| sample.memory - sample.hours * 3600.0);
    assert!(calm.slope.abs() < calm.margin);
}

#[actix_web::test]
#[ignore = "soak"]
async fn nothing_grows_while_two_hundred_come_and_go_each_second() {
    let minutes = env::var("SOAK_MINUTES").map_or(30.0, |minutes| minutes.parse().unwrap());
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(64 << 10);
    let gateway = Watched::start(&prometheus.url(), 1000, &[]).await;
    let audience = crowd::open(gateway.addr, "/ws", AUDIENCE).await;
    let audience: Vec<_> = audience.into_iter().map(Reader::start).collect();
    gateway.beats("range", 2).await;

    let samples = churn(&gateway, minutes).await;
    let (_, warm) = samples.split_at(samples.len() / 4);
    let memory = Trend::of(warm, |sample| sample.memory);
    let descriptors = Trend::of(warm, |sample| sample.descriptors as f64);
    let (early, late) = warm.split_at(warm.len() / 2);
    let most = |of: &[Sample]| of.iter().map(|sample| sample.threads).max().unwrap();
    let threads = (most(early), most(late));
    let last = warm.last().unwrap();
    println!(
        "{} KiB at the end; {:+.0} KiB an hour ± {:.0} (95 %); descriptors {} at the end, {:+.1} an hour ± {:.1}; threads {threads:?}",
        last.memory,
        memory.slope,
        memory.margin,
        last.descriptors,
        descriptors.slope,
        descriptors.margin,
    );
    // What cannot be told from the limit has not passed it.
    let surely = memory.slope - memory.margin;
    assert!(surely <= SLOPE, "{surely} KiB more an hour, at least");
    let more = (descriptors.slope - descriptors.margin) * last.hours;
    assert!(more <= 5.0, "{more} descriptors more");
    assert!(threads.1 <= threads.0, "{threads:?} threads");
    let published = gateway.frames("range", "published").await as u64;
    for reader in &audience {
        assert!(
            reader.has_seen("range", published - 1),
            "the audience hears it all"
        );
    }
}
