//! HAZARDS 7: connections that end by FIN or RST, or go silent, at any byte of handshake or stream.

use std::{cell::Cell, env, net::SocketAddr, process, time::Duration};

use futures_util::{StreamExt, future::join, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{
    crowd::{self, Reader},
    watched::{AN_HOUR, Watched},
};
use crate::support::{
    eventually,
    scripted_prometheus::ScriptedPrometheus,
    ws::{TEXT, frame, handshake},
};

/// Of one round.
const TRIES: u64 = 2_500;
/// Rounds after the first. What sessions leave behind, each of them adds; the heap grows to what the most clients at a time
/// have needed, and how many these are depends on who else computes.
const ROUNDS: u64 = 4;
/// As many are under way at the same time, apart from those that have gone silent.
const AT_ONCE: usize = 50;
/// In KiB: what a round may add. Had each of its sessions left its own 4 KiB behind, that would be twice as much.
const GROWTH: u64 = 2_048;

/// Knuth's linear congruential generator.
struct Dice(u64);

impl Dice {
    /// One per try, so that a try depends on the seed and its number alone.
    fn of(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        dice.below(2);
        dice
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// What a well-behaved client says.
fn script() -> Vec<u8> {
    let long = format!(r#"{{"type":"{}"}}"#, "x".repeat(300));
    [
        handshake("/ws", &[]).as_bytes(),
        &frame(TEXT, br#"{"type":"subscribe","channel":"alerts"}"#),
        &frame(TEXT, br#"{"type":"subscribe","channel":"metrics"}"#),
        &frame(TEXT, long.as_bytes()),
        &frame(0x01, br#"{"type":"unsub"#),
        &frame(0x80, br#"scribe","channel":"range"}"#),
    ]
    .concat()
}

/// One try: the script up to a byte, in one piece or two, some of the answer read or none, and an end. Who goes silent
/// is given back.
async fn try_it(addr: SocketAddr, script: &[u8], mut dice: Dice) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let end = dice.below(script.len() + 1);
    let pause = dice.below(end + 1);
    // The gateway may already have refused it.
    let _ = stream.write_all(&script[..pause]).await;
    if dice.below(2) == 0 {
        let mut some = vec![0; 1 + dice.below(2_000)];
        let _ = timeout(Duration::from_millis(20), stream.read(&mut some)).await;
    }
    let _ = stream.write_all(&script[pause..end]).await;
    match dice.below(10) {
        0..4 => {
            let _ = stream.shutdown().await;
            None
        }
        4..8 => {
            let linger = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            linger.unwrap();
            None
        }
        _ => Some(stream),
    }
}

/// Makes these tries, while the neighbours see one beat after the other, and waits until the gateway is rid of all that
/// have tried, the silent ones included, and holds as many descriptors as before.
async fn round(gateway: &Watched, seed: u64, tries: std::ops::Range<u64>, neighbours: &[Reader]) {
    let descriptors = gateway.descriptors();
    let script = script();
    let under_way = tries.map(|number| try_it(gateway.addr, &script, Dice::of(seed, number)));
    let ended = stream::iter(under_way).buffer_unordered(AT_ONCE);
    let over = Cell::new(false);
    let trying = async {
        let silent: Vec<_> = ended.filter_map(|end| async { end }).collect().await;
        over.set(true);
        silent
    };
    let beating = async {
        while !over.get() {
            gateway.beat_for(neighbours).await;
        }
    };
    let (silent, ()) = join(trying, beating).await;
    assert!(!silent.is_empty());
    eventually("only the neighbour is left", async || {
        (gateway.sessions().await == 1.0).then_some(())
    })
    .await;
    eventually("descriptors are back", async || {
        (gateway.descriptors() <= descriptors).then_some(())
    })
    .await;
    drop(silent);
}

#[actix_web::test]
async fn five_thousand_tries_to_end_a_connection_badly_leave_nothing_behind() {
    let seed = env::var("SEED").map_or(process::id().into(), |seed| seed.parse().unwrap());
    println!("SEED={seed} repeats these tries");
    let prometheus = ScriptedPrometheus::start().await;
    let pings = [("SERVICE_METRICS__WEBSOCKET__PING_INTERVAL_SECONDS", "2")];
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &pings).await;
    let neighbour = crowd::open(gateway.addr, "/ws/alerts", 1).await.remove(0);
    let neighbour = [Reader::start(neighbour)];
    gateway.beat_for(&neighbour).await;
    round(&gateway, seed, 0..TRIES, &neighbour).await;
    let mut grown = u64::MAX;
    for number in 1..=ROUNDS {
        let memory = gateway.memory();
        let tries = number * TRIES..(number + 1) * TRIES;
        round(&gateway, seed, tries, &neighbour).await;
        grown = gateway.memory().saturating_sub(memory);
        println!("round {number}: {memory} KiB, and {grown} KiB more after it");
        if grown <= GROWTH {
            break;
        }
    }
    for channel in ["instant", "range", "metrics", "alerts"] {
        let series = format!("service_metrics_subscriptions{{channel=\"{channel}\"}}");
        let left = f64::from(channel == "alerts");
        assert_eq!(gateway.metric(&series).await, left, "{channel}");
    }
    let opened = gateway
        .metric("service_metrics_sessions_opened_total ")
        .await;
    println!("{opened} sessions opened");
    assert!(
        opened > TRIES as f64 / 2.0,
        "tries reach beyond the handshake"
    );
    assert!(grown <= GROWTH, "{grown} KiB more in each round");
    gateway.beat_for(&neighbour).await;
}
