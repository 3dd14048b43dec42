//! The flags of alerts, and the levers that set them, with the built-in catalogue and with others.

use super::*;
use crate::model::{
    levers,
    rehearsal::Condition::{Calm, Recovering, Rising},
};

const APP: &str = r#"{instance="mock-app-1",service="mock-service"}"#;
/// Whose CPU spikes.
const OTHER: &str = r#"{instance="mock-app-2",service="mock-service"}"#;

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
    let cpu = format!("mock_high_cpu_usage_percent{OTHER}");
    set(&mut board, 3, "cpu-spike", 1.0);
    assert_eq!(value(&board, &cpu), Some(95.0));
    board.step(at(483));
    assert_eq!(value(&board, &cpu), Some(63.5));
    board.step(at(4_804));
    assert_eq!(value(&board, &cpu), Some(32.0));
}

/// Scripts set every metric once, in any order: what they have set stays.
#[test]
fn a_flag_that_is_lowered_though_nothing_is_driven_changes_nothing_but_itself() {
    for foreign_too in [false, true] {
        let catalogue = match foreign_too {
            false => Catalogue::load(None, 1.0).unwrap(),
            true => {
                let own = CART.replace("cart_bytes", "mock_high_cpu_usage_percent");
                let own = own.replace("memory_leak", "cpu_spike");
                let labels = r#"{ instance = "mock-app-1", service = "mock-service" }"#;
                foreign(&own.replace("{ cart = \"a\" }", labels), 1.0)
            }
        };
        let mut board = still(catalogue);
        set(&mut board, 1, "cpu-usage", 78.0);
        set(&mut board, 2, "cpu-spike", 0.0);
        set(&mut board, 3, "memory-leak", 0.0);
        let cpu = value(&board, &format!("mock_high_cpu_usage_percent{APP}"));
        assert_eq!(cpu, Some(78.0), "{foreign_too}");
    }
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

fn flags(board: &Board) -> [Option<f64>; 2] {
    [APP, "{cart=\"a\"}"].map(|labels| value(board, &format!("mock_memory_leak_detected{labels}")))
}

/// What the cart has, and what the built-in leak has taken.
fn leaked(board: &Board) -> (f64, f64) {
    let memory = value(board, &format!("memory_usage_bytes{APP}")).unwrap();
    let cart = value(board, "cart_bytes{cart=\"a\"}").unwrap();
    (cart, ((memory - 256e6) / 1_048_576.0).round())
}

#[test]
fn the_lever_drives_the_alert_of_a_foreign_catalogue_that_carries_its_flag_and_real_memory() {
    let mut board = still(foreign(CART, 1.0));
    set(&mut board, 0, "memory-leak", 1.0);
    board.step(at(100));
    let (cart, memory) = leaked(&board);
    assert_eq!(cart, 6_000.0);
    assert!((90.0..110.0).contains(&memory), "{memory}");
    assert!(of(&board, "CartLeak").is_driven());
    assert_eq!(flags(&board), [Some(1.0); 2]);

    set(&mut board, 100, "memory-leak", 0.0);
    let (cart, memory) = leaked(&board);
    assert_eq!(cart, 1_000.0);
    assert!((-10.0..10.0).contains(&memory), "{memory}");
    assert_eq!(flags(&board), [Some(0.0); 2]);
}

#[test]
fn what_a_lever_began_is_over_with_the_recovery_of_its_alert() {
    let mut board = still(foreign(CART, 1.0));
    set(&mut board, 0, "memory-leak", 1.0);
    board.recover(at(100), "CartLeak");
    board.step(at(101));
    let (cart, memory) = leaked(&board);
    assert_eq!((cart, flags(&board)), (1_000.0, [Some(0.0); 2]));
    assert!((-10.0..10.0).contains(&memory), "{memory}");

    // Its alert alone: the lever's flag is not raised, and the memory does not grow.
    let drive = of(&board, "CartLeak").alert().drive();
    board.trigger(at(101), "CartLeak", drive);
    board.step(at(201));
    assert_eq!(flags(&board), [Some(0.0), Some(1.0)]);
    let (cart, memory) = leaked(&board);
    assert_eq!(cart, 6_000.0);
    assert!((-10.0..10.0).contains(&memory), "{memory}");
    // And pulled meanwhile, until everything is reset.
    set(&mut board, 201, "memory-leak", 1.0);
    assert_eq!(flags(&board), [Some(1.0); 2]);
    board.reset(at(202));
    assert_eq!(flags(&board), [Some(0.0); 2]);
}

#[test]
fn an_alert_on_the_lever_s_own_metric_stands_for_the_built_in_one_and_lowers_the_lever_s_flag() {
    let text = CART.replace("cart_bytes", "memory_usage_bytes");
    let mut board = still(foreign(&text, 1.0));
    let memory = format!("memory_usage_bytes{APP}");
    set(&mut board, 0, "memory-leak", 1.0);
    board.step(at(100));
    assert!((240e6..272e6).contains(&value(&board, &memory).unwrap()));
    let cart = "memory_usage_bytes{cart=\"a\"}";
    assert_eq!(value(&board, cart), Some(6_000.0));
    assert_eq!(flags(&board), [Some(1.0); 2]);
    board.recover(at(100), "CartLeak");
    assert_eq!(flags(&board), [Some(0.0); 2]);
}

#[test]
fn of_several_alerts_with_one_flag_the_lever_drives_the_nearest() {
    let labels = "{ instance = \"mock-app-1\", service = \"mock-service\" }";
    let own = CART.replace("CartLeak", "Own");
    let own = own.replace("{ cart = \"a\" }", labels);
    let same = CART.replace("CartLeak", "Same");
    let same = same.replace("cart_bytes", "memory_usage_bytes");
    for (text, driven) in [
        (format!("{CART}{own}"), "Own"),
        (format!("{CART}{own}{same}"), "Same"),
    ] {
        let carriers = carriers("memory-cpu", &foreign(&text, 1.0));
        let names: Vec<_> = carriers.iter().map(|alert| alert.name.as_str()).collect();
        assert_eq!(names, [driven]);
    }
}

#[test]
fn the_flag_of_a_spike_that_no_alert_of_the_catalogue_carries_is_0_again_when_it_is_over() {
    let mut board = still(foreign(CART, 1.0));
    let flag = |board: &Board| value(board, &format!("mock_cpu_spike_detected{APP}"));
    set(&mut board, 0, "cpu-spike", 1.0);
    board.step(at(4_799));
    assert_eq!(flag(&board), Some(1.0));
    board.step(at(4_801));
    assert_eq!(flag(&board), Some(0.0));
}

#[test]
fn a_catalogue_without_the_flags_has_the_built_in_leak_and_spike_in_its_own_time() {
    let text = "[[alert]]\nname = \"A\"\nexpr = \"a > 1\"\ntrigger = 5\n";
    let mut board = still(foreign(text, 0.1));
    let memory = format!("memory_usage_bytes{APP}");
    let cpu = format!("mock_high_cpu_usage_percent{OTHER}");
    let calm = value(&board, &memory).unwrap();
    set(&mut board, 0, "memory-leak", 1.0);
    set(&mut board, 0, "cpu-spike", 1.0);
    assert_eq!(value(&board, &cpu), Some(95.0));
    board.step(at(48));
    let grown = value(&board, &memory).unwrap() - calm;
    assert!((grown - 48.0 * 1_048_576.0).abs() < 1.0, "{grown}");
    assert_eq!(value(&board, &cpu), Some(63.5));

    set(&mut board, 48, "memory-leak", 0.0);
    set(&mut board, 48, "cpu-spike", 0.0);
    let ended = value(&board, &memory).unwrap();
    assert!((249e6..263e6).contains(&ended), "{ended}");
    assert_eq!(value(&board, &cpu), Some(32.0));
}
