//! HAZARDS 8: a browser vanishes without a word, its kernel with it: no FIN, no RST, no acknowledgement.
//!
//! It lives behind a cable (a pair of virtual network devices), which is cut. The whole test runs in network namespaces
//! of its own, which need no privilege where users may have namespaces.

use std::{
    env,
    process::{Command, Stdio},
    time::Instant,
};

use super::watched::Watched;
use crate::support::{
    NOWHERE, eventually,
    namespace::namespaced,
    program::Running,
    ws::{Message, PONG, WsClient, frame},
};

/// Three intervals of pings answered.
const ALIVE: u32 = 3;

/// Two namespaces and a cable: `near` here, `far` where the browser is.
const CABLE: &str = "
set -e
ip link set lo up
unshare --net sleep 1000 & elsewhere=$!
trap 'kill $elsewhere' EXIT
while [ /proc/self/ns/net -ef /proc/$elsewhere/ns/net ]; do :; done
ip link add near type veth peer name far netns $elsewhere
ip address add 10.99.0.1/24 dev near
ip link set near up
nsenter --target $elsewhere --net sh -c 'ip address add 10.99.0.2/24 dev far && ip link set far up'
export ELSEWHERE=$elsewhere
\"$0\" --ignored --exact hazards::vanishing::inside --nocapture
";

/// Some kernels keep namespaces from ordinary users, some machines have no `ip`.
fn a_cable_can_be_laid() -> bool {
    let probe = "ip link add near type veth peer name far";
    let probe = namespaced(probe).stderr(Stdio::null()).status();
    probe.is_ok_and(|status| status.success())
}

#[test]
fn a_browser_that_vanishes_is_gone_after_two_pings() {
    if !a_cable_can_be_laid() {
        return println!("not proved here: it takes `unshare`, `ip` and the right to use them");
    }
    let inside = namespaced(CABLE)
        .arg(env::current_exe().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inside.stdout);
    println!("{said}");
    let errors = String::from_utf8_lossy(&inside.stderr);
    assert!(inside.status.success(), "{said}{errors}");
    assert!(said.contains("1 passed"), "{said}{errors}");
}

#[actix_web::test]
#[ignore = "not a test: what runs inside the namespaces"]
async fn inside() {
    let Ok(elsewhere) = env::var("ELSEWHERE") else {
        return;
    };
    let settings = [
        ("SERVICE_METRICS__SERVER__HOST", "0.0.0.0"),
        ("SERVICE_METRICS__WEBSOCKET__PING_INTERVAL_SECONDS", "2"),
    ];
    let gateway = Watched::start(NOWHERE, 500, &settings).await;
    gateway.beats("instant", 2).await; // it has all that it opens for itself
    let before = gateway.descriptors();
    let mut browser = Command::new("nsenter");
    browser
        .args(["--target", &elsewhere, "--net"])
        .arg(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "hazards::vanishing::browser"])
        .args(["--nocapture"])
        .env("GATEWAY", format!("10.99.0.1:{}", gateway.addr.port()));
    let browser = Running::start(&mut browser);
    eventually("its pings are answered", async || {
        browser.out().contains("enough pongs").then_some(())
    })
    .await;
    assert_eq!(gateway.sessions().await, 1.0);

    let mut cut = Command::new("ip");
    let cut = cut.args(["link", "set", "near", "down"]).status();
    assert!(cut.unwrap().success());
    let vanished = Instant::now();
    eventually("its session is gone", async || {
        (gateway.sessions().await == 0.0).then_some(())
    })
    .await;
    println!("gone {:?} after it had vanished", vanished.elapsed());
    assert_eq!(gateway.closed("4409").await, 1.0);
    assert_eq!(browser.status(), None, "it has not been told");
    eventually("its descriptor is back", async || {
        (gateway.descriptors() <= before).then_some(())
    })
    .await;
}

#[actix_web::test]
#[ignore = "not a test: the browser that vanishes"]
async fn browser() {
    let Ok(gateway) = env::var("GATEWAY") else {
        return;
    };
    let mut client = WsClient::open(gateway.parse().unwrap(), "/ws").await;
    let mut pongs = 0;
    loop {
        if let Message::Ping(payload) = client.next().await.unwrap() {
            client.send(&frame(PONG, &payload)).await.unwrap();
            pongs += 1;
            if pongs == ALIVE {
                println!("enough pongs");
            }
        }
    }
}
