//! The flags of alerts, and the levers that set them, with the built-in catalogue and with others.

use super::*;
use crate::mock::model::{
    levers,
    rehearsal::Condition::{Calm, Recovering, Rising},
};

const APP: &str = r#"{instance="mock-app-1",service="mock-service"}"#;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Without noise.
fn still(mut catalogue: Catalogue) -> Board {
    for alert in &mut catalogue.alerts {
        Arc::make_mut(alert).noise = 0.0;
    }
    Board::new("memory-cpu", &catalogue, 1, 100)
}

fn foreign(text: &str, scale: f64) -> Catalogue {
    Catalogue::parse("mine.toml", text, scale).unwrap()
}

fn value(board: &Board, series: &str) -> Option<f64> {
    let mut out = String::new();
    board.write(&mut out);
    let line = out.lines().find_map(|line| line.strip_prefix(series));
    line.map(|rest| rest.trim().parse().unwrap())
}

fn set(board: &mut Board, now: u64, path: &str, to: f64) {
    let lever = levers::find(path).unwrap();
    board.apply(at(now), lever, &[], Change::To(to)).unwrap();
}

fn of<'b>(board: &'b Board, alert: &str) -> &'b Rehearsal {
    let mut all = board.rehearsals().iter();
    all.find(|of| of.alert().name == alert).unwrap()
}

#[test]
fn a_leak_grows_steadily_and_falls_back_when_ended() {
    let mut board = still(Catalogue::load(None, 1.0).unwrap());
    let memory = format!("memory_usage_bytes{APP}");
    board.step(at(5));
    let calm = value(&board, &memory).unwrap();
    set(&mut board, 5, "memory-leak", 1.0);
    board.step(at(6));
    let first = value(&board, &memory).unwrap();
    assert!((first - calm - 1_048_576.0).abs() < 1.0);
    board.step(at(305));
    let last = value(&board, &memory).unwrap();
    assert!((last - calm - 300.0 * 1_048_576.0).abs() < 1.0);
    assert_eq!(
        value(&board, &format!("mock_memory_leak_detected{APP}")),
        Some(1.0)
    );

    set(&mut board, 305, "memory-leak", 0.0);
    let after = value(&board, &memory).unwrap();
    assert!((240e6..272e6).contains(&after), "{after}");
}

#[test]
fn a_cpu_spike_jumps_at_once_and_decays_back() {
    let mut board = still(Catalogue::load(None, 1.0).unwrap());
    let cpu = format!("mock_high_cpu_usage_percent{APP}");
    set(&mut board, 3, "cpu-spike", 1.0);
    assert_eq!(value(&board, &cpu), Some(90.0));
    board.step(at(303));
    assert_eq!(value(&board, &cpu), Some(61.0));
    board.step(at(3_004));
    assert_eq!(value(&board, &cpu), Some(32.0));
}

#[test]
fn a_lever_s_flag_is_the_alert_s_flag() {
    let mut board = still(Catalogue::load(None, 1.0).unwrap());
    let flag = |board: &Board| value(board, &format!("mock_memory_leak_detected{APP}"));
    let leak = |board: &Board| of(board, "MemoryLeakDetected").condition();
    set(&mut board, 5, "memory-leak", 1.0);
    assert_eq!((leak(&board), flag(&board)), (Rising, Some(1.0)));
    board.recover(at(5), "MemoryLeakDetected");
    assert_eq!(flag(&board), Some(0.0));

    let drive = of(&board, "MemoryLeakDetected").alert().drive();
    board.trigger(at(5), "MemoryLeakDetected", drive);
    assert_eq!(flag(&board), Some(1.0));
    set(&mut board, 5, "memory-leak", 0.0);
    assert_eq!(flag(&board), Some(0.0));
    assert!(matches!(leak(&board), Recovering | Calm));
}

/// Somebody's own leak, which carries the built-in flag on a series of its own.
const CART: &str = r#"
    [[alert]]
    name = "CartLeak"
    family = "memory-cpu"
    expr = "deriv(cart_bytes[5m]) > 10"
    labels = { cart = "a" }
    baseline = 1000
    flag = "mock_memory_leak_detected"
    trigger = { pattern = "growth", per_second = 50, ceiling = 1e6 }
"#;

#[test]
fn the_lever_drives_the_alert_of_a_foreign_catalogue_that_carries_its_flag() {
    let mut board = still(foreign(CART, 1.0));
    set(&mut board, 0, "memory-leak", 1.0);
    board.step(at(10));
    assert_eq!(value(&board, "cart_bytes{cart=\"a\"}"), Some(1_500.0));
    assert!(of(&board, "CartLeak").is_driven());
    let memory = value(&board, &format!("memory_usage_bytes{APP}")).unwrap();
    assert!((249e6..263e6).contains(&memory), "{memory}");
    for labels in [APP, "{cart=\"a\"}"] {
        let flag = format!("mock_memory_leak_detected{labels}");
        assert_eq!(value(&board, &flag), Some(1.0), "{labels}");
    }

    set(&mut board, 10, "memory-leak", 0.0);
    assert_eq!(value(&board, "cart_bytes{cart=\"a\"}"), Some(1_000.0));
    for labels in [APP, "{cart=\"a\"}"] {
        let flag = format!("mock_memory_leak_detected{labels}");
        assert_eq!(value(&board, &flag), Some(0.0), "{labels}");
    }
}

#[test]
fn of_two_alerts_with_one_flag_the_lever_drives_the_one_with_its_labels() {
    let own = CART.replace("CartLeak", "Own").replace(
        "{ cart = \"a\" }",
        "{ instance = \"mock-app-1\", service = \"mock-service\" }",
    );
    let driven = driven_by_levers("memory-cpu", &foreign(&format!("{CART}{own}"), 1.0));
    let names: Vec<_> = driven.iter().map(|alert| alert.name.as_str()).collect();
    assert_eq!(names, ["Own", "CPUSpikeDetected"]);
}

#[test]
fn a_catalogue_without_the_flags_has_the_built_in_leak_and_spike_in_its_own_time() {
    let text = "[[alert]]\nname = \"A\"\nexpr = \"a > 1\"\ntrigger = 5\n";
    let mut board = still(foreign(text, 0.1));
    let memory = format!("memory_usage_bytes{APP}");
    let cpu = format!("mock_high_cpu_usage_percent{APP}");
    let calm = value(&board, &memory).unwrap();
    set(&mut board, 0, "memory-leak", 1.0);
    set(&mut board, 0, "cpu-spike", 1.0);
    assert_eq!(value(&board, &cpu), Some(90.0));
    board.step(at(30));
    let grown = value(&board, &memory).unwrap() - calm;
    assert!((grown - 30.0 * 1_048_576.0).abs() < 1.0, "{grown}");
    assert_eq!(value(&board, &cpu), Some(61.0));

    set(&mut board, 30, "memory-leak", 0.0);
    set(&mut board, 30, "cpu-spike", 0.0);
    let ended = value(&board, &memory).unwrap();
    assert!((249e6..263e6).contains(&ended), "{ended}");
    assert_eq!(value(&board, &cpu), Some(32.0));
}
