//! The flags of alerts, and the levers that set them, with the built-in catalogue and with others.

use std::{sync::Arc, time::Duration};

use super::{FamilyState, lever_alerts::driven_by_levers};
use crate::{
    lint::CheckedCatalogue,
    simulation::{
        alert_state::{
            AlertState,
            Condition::{Calm, Recovering, Rising},
        },
        change::Change,
        levers,
        stimulus::Stimulus,
    },
};

const APP: &str = r#"{instance="mock-app-1",service="mock-service"}"#;
/// The instance whose CPU spikes.
const OTHER: &str = r#"{instance="mock-app-2",service="mock-service"}"#;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Without noise.
fn still(mut catalogue: CheckedCatalogue) -> FamilyState {
    for alert in &mut catalogue.alerts {
        Arc::make_mut(alert).noise = 0.0;
    }
    FamilyState::new("memory-cpu", &catalogue, 1, 100)
}

fn foreign(text: &str, scale: f64) -> CheckedCatalogue {
    CheckedCatalogue::parse("mine.toml", text, scale).unwrap()
}

fn value(state: &FamilyState, series: &str) -> Option<f64> {
    let mut out = String::new();
    state.write(&mut out);
    let line = out.lines().find_map(|line| line.strip_prefix(series));
    line.map(|rest| rest.trim().parse().unwrap())
}

fn set(state: &mut FamilyState, now: u64, path: &str, to: f64) {
    let lever = levers::find(path).unwrap();
    state.apply(at(now), lever, &[], Change::To(to)).unwrap();
}

fn of<'b>(state: &'b FamilyState, alert: &str) -> &'b AlertState {
    let mut all = state.alerts().iter();
    all.find(|of| of.alert().name == alert).unwrap()
}

#[test]
fn a_leak_grows_steadily_and_falls_back_when_ended() {
    let mut state = still(CheckedCatalogue::load(None, 1.0).unwrap());
    let memory = format!("memory_usage_bytes{APP}");
    state.step(at(5));
    let calm = value(&state, &memory).unwrap();
    set(&mut state, 5, "memory-leak", 1.0);
    state.step(at(6));
    let first = value(&state, &memory).unwrap();
    assert!((first - calm - 1_048_576.0).abs() < 1.0);
    state.step(at(305));
    let last = value(&state, &memory).unwrap();
    assert!((last - calm - 300.0 * 1_048_576.0).abs() < 1.0);
    assert_eq!(
        value(&state, &format!("mock_memory_leak_detected{APP}")),
        Some(1.0)
    );

    set(&mut state, 305, "memory-leak", 0.0);
    let after = value(&state, &memory).unwrap();
    assert!((240e6..272e6).contains(&after), "{after}");
}

#[test]
fn a_cpu_spike_jumps_at_once_and_decays_back() {
    let mut state = still(CheckedCatalogue::load(None, 1.0).unwrap());
    let cpu = format!("mock_high_cpu_usage_percent{OTHER}");
    set(&mut state, 3, "cpu-spike", 1.0);
    assert_eq!(value(&state, &cpu), Some(95.0));
    state.step(at(483));
    assert_eq!(value(&state, &cpu), Some(63.5));
    state.step(at(4_804));
    assert_eq!(value(&state, &cpu), Some(32.0));
}

/// Scripts set every metric once, in any order: what they have set stays.
#[test]
fn a_flag_that_is_lowered_though_nothing_is_driven_changes_nothing_but_itself() {
    for foreign_too in [false, true] {
        let catalogue = match foreign_too {
            false => CheckedCatalogue::load(None, 1.0).unwrap(),
            true => {
                let own = CART.replace("cart_bytes", "mock_high_cpu_usage_percent");
                let own = own.replace("memory_leak", "cpu_spike");
                let labels = r#"{ instance = "mock-app-1", service = "mock-service" }"#;
                foreign(&own.replace("{ cart = \"a\" }", labels), 1.0)
            }
        };
        let mut state = still(catalogue);
        set(&mut state, 1, "cpu-usage", 78.0);
        set(&mut state, 2, "cpu-spike", 0.0);
        set(&mut state, 3, "memory-leak", 0.0);
        let cpu = value(&state, &format!("mock_high_cpu_usage_percent{APP}"));
        assert_eq!(cpu, Some(78.0), "{foreign_too}");
    }
}

#[test]
fn a_lever_s_flag_is_the_alert_s_flag() {
    let mut state = still(CheckedCatalogue::load(None, 1.0).unwrap());
    let flag = |state: &FamilyState| value(state, &format!("mock_memory_leak_detected{APP}"));
    let leak = |state: &FamilyState| of(state, "MemoryLeakDetected").condition();
    set(&mut state, 5, "memory-leak", 1.0);
    assert_eq!((leak(&state), flag(&state)), (Rising, Some(1.0)));
    state.recover(at(5), "MemoryLeakDetected");
    assert_eq!(flag(&state), Some(0.0));

    let stimulus = Stimulus::of(of(&state, "MemoryLeakDetected").alert());
    state.trigger(at(5), "MemoryLeakDetected", stimulus);
    assert_eq!(flag(&state), Some(1.0));
    set(&mut state, 5, "memory-leak", 0.0);
    assert_eq!(flag(&state), Some(0.0));
    assert!(matches!(leak(&state), Recovering | Calm));
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

fn flags(state: &FamilyState) -> [Option<f64>; 2] {
    [APP, "{cart=\"a\"}"].map(|labels| value(state, &format!("mock_memory_leak_detected{labels}")))
}

/// What the cart has, and what the built-in leak has taken.
fn leaked(state: &FamilyState) -> (f64, f64) {
    let memory = value(state, &format!("memory_usage_bytes{APP}")).unwrap();
    let cart = value(state, "cart_bytes{cart=\"a\"}").unwrap();
    (cart, ((memory - 256e6) / 1_048_576.0).round())
}

#[test]
fn the_lever_drives_the_alert_of_a_foreign_catalogue_that_carries_its_flag_and_real_memory() {
    let mut state = still(foreign(CART, 1.0));
    set(&mut state, 0, "memory-leak", 1.0);
    state.step(at(100));
    let (cart, memory) = leaked(&state);
    assert_eq!(cart, 6_000.0);
    assert!((90.0..110.0).contains(&memory), "{memory}");
    assert!(of(&state, "CartLeak").is_driven());
    assert_eq!(flags(&state), [Some(1.0); 2]);

    set(&mut state, 100, "memory-leak", 0.0);
    let (cart, memory) = leaked(&state);
    assert_eq!(cart, 1_000.0);
    assert!((-10.0..10.0).contains(&memory), "{memory}");
    assert_eq!(flags(&state), [Some(0.0); 2]);
}

#[test]
fn what_a_lever_began_is_over_with_the_recovery_of_its_alert() {
    let mut state = still(foreign(CART, 1.0));
    set(&mut state, 0, "memory-leak", 1.0);
    state.recover(at(100), "CartLeak");
    state.step(at(101));
    let (cart, memory) = leaked(&state);
    assert_eq!((cart, flags(&state)), (1_000.0, [Some(0.0); 2]));
    assert!((-10.0..10.0).contains(&memory), "{memory}");

    // Its alert alone: the lever's flag is not raised, and the memory does not grow.
    let stimulus = Stimulus::of(of(&state, "CartLeak").alert());
    state.trigger(at(101), "CartLeak", stimulus);
    state.step(at(201));
    assert_eq!(flags(&state), [Some(0.0), Some(1.0)]);
    let (cart, memory) = leaked(&state);
    assert_eq!(cart, 6_000.0);
    assert!((-10.0..10.0).contains(&memory), "{memory}");
    // And pulled meanwhile, until everything is reset.
    set(&mut state, 201, "memory-leak", 1.0);
    assert_eq!(flags(&state), [Some(1.0); 2]);
    state.reset(at(202));
    assert_eq!(flags(&state), [Some(0.0); 2]);
}

#[test]
fn an_alert_on_the_lever_s_own_metric_stands_for_the_built_in_one_and_lowers_the_lever_s_flag() {
    let text = CART.replace("cart_bytes", "memory_usage_bytes");
    let mut state = still(foreign(&text, 1.0));
    let memory = format!("memory_usage_bytes{APP}");
    set(&mut state, 0, "memory-leak", 1.0);
    state.step(at(100));
    assert!((240e6..272e6).contains(&value(&state, &memory).unwrap()));
    let cart = "memory_usage_bytes{cart=\"a\"}";
    assert_eq!(value(&state, cart), Some(6_000.0));
    assert_eq!(flags(&state), [Some(1.0); 2]);
    state.recover(at(100), "CartLeak");
    assert_eq!(flags(&state), [Some(0.0); 2]);
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
        let carriers = driven_by_levers("memory-cpu", &foreign(&text, 1.0));
        let names: Vec<_> = carriers.iter().map(|alert| alert.name.as_str()).collect();
        assert_eq!(names, [driven]);
    }
}

#[test]
fn the_flag_of_a_spike_that_no_alert_of_the_catalogue_carries_is_0_again_when_it_is_over() {
    let mut state = still(foreign(CART, 1.0));
    let flag = |state: &FamilyState| value(state, &format!("mock_cpu_spike_detected{APP}"));
    set(&mut state, 0, "cpu-spike", 1.0);
    state.step(at(4_799));
    assert_eq!(flag(&state), Some(1.0));
    state.step(at(4_801));
    assert_eq!(flag(&state), Some(0.0));
}

#[test]
fn a_catalogue_without_the_flags_has_the_built_in_leak_and_spike_in_its_own_time() {
    let text = "[[alert]]\nname = \"A\"\nexpr = \"a > 1\"\ntrigger = 5\n";
    let mut state = still(foreign(text, 0.1));
    let memory = format!("memory_usage_bytes{APP}");
    let cpu = format!("mock_high_cpu_usage_percent{OTHER}");
    let calm = value(&state, &memory).unwrap();
    set(&mut state, 0, "memory-leak", 1.0);
    set(&mut state, 0, "cpu-spike", 1.0);
    assert_eq!(value(&state, &cpu), Some(95.0));
    state.step(at(48));
    let grown = value(&state, &memory).unwrap() - calm;
    assert!((grown - 48.0 * 1_048_576.0).abs() < 1.0, "{grown}");
    assert_eq!(value(&state, &cpu), Some(63.5));

    set(&mut state, 48, "memory-leak", 0.0);
    set(&mut state, 48, "cpu-spike", 0.0);
    let ended = value(&state, &memory).unwrap();
    assert!((249e6..263e6).contains(&ended), "{ended}");
    assert_eq!(value(&state, &cpu), Some(32.0));
}
