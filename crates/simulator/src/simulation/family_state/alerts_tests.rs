//! Alerts of a family over time: triggered, recovered, set by others, shared.

use std::{sync::Arc, time::Duration};

use prometheus_api::exposition::read;

use super::FamilyState;
use crate::{
    catalogue::pattern::Pattern,
    lint::CheckedCatalogue,
    simulation::{
        alert_state::{
            AlertState,
            Condition::{self, Active, Calm, Recovering, Rising},
        },
        change::Change,
        levers,
        stimulus::Stimulus,
    },
};

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// A family, at the baseline for so long that every window is full.
fn state(family: &str, scale: f64) -> (FamilyState, CheckedCatalogue, u64) {
    with(CheckedCatalogue::load(None, scale).unwrap(), family)
}

fn with(catalogue: CheckedCatalogue, family: &str) -> (FamilyState, CheckedCatalogue, u64) {
    let mut state = FamilyState::new(family, &catalogue, 1, 100);
    let full = (600.0 * catalogue.timing.scale) as u64 + 20;
    beats(&mut state, 1, full);
    (state, catalogue, full)
}

/// The two alerts on the CPU, on one series.
fn shared() -> (FamilyState, CheckedCatalogue, u64) {
    let mut catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    let labels = catalogue.alert("HighCPUUsage").unwrap().labels.clone();
    let mut alerts = catalogue.alerts.iter_mut();
    let spike = alerts.find(|alert| alert.name == "CPUSpikeDetected");
    Arc::make_mut(spike.unwrap()).labels = labels;
    with(catalogue, "memory-cpu")
}

fn beats(state: &mut FamilyState, first: u64, last: u64) {
    (first..=last).for_each(|second| state.step(Duration::from_secs(second)));
}

fn of<'b>(state: &'b FamilyState, alert: &str) -> &'b AlertState {
    let mut states = state.alerts().iter();
    states.find(|state| state.alert().name == alert).unwrap()
}

fn value(state: &FamilyState, metric: &str, alert: &str) -> f64 {
    let labels = &of(state, alert).alert().labels;
    let mut out = String::new();
    state.write(&mut out);
    let samples = out.lines().filter_map(|line| line.strip_prefix(metric));
    let mut samples = samples.filter_map(|rest| rest.strip_prefix('{')?.rsplit_once("} "));
    let own = samples.find(|(own, _)| read::labels(own) == *labels);
    own.unwrap().1.parse().unwrap()
}

/// The beat at which an alert gets there.
fn until(state: &mut FamilyState, alert: &str, wanted: Condition, from: u64) -> u64 {
    let mut beats = (from + 1)..(from + 6_000);
    let reached = beats.find(|second| {
        state.step(Duration::from_secs(*second));
        of(state, alert).condition() == wanted
    });
    reached.unwrap_or_else(|| panic!("{alert} is never {wanted}"))
}

#[test]
fn all_27_rise_are_seen_and_calm_down_again() {
    let scale = 1.0 / 15.0;
    let catalogue = CheckedCatalogue::load(None, scale).unwrap();
    for alert in &catalogue.alerts {
        let name = &alert.name;
        let (mut state, _, start) = state(&alert.family, scale);
        let calm = value(&state, &alert.metric, name);
        assert!(
            state.alerts().iter().all(|of| of.condition() == Calm),
            "{name}"
        );

        let now = Duration::from_secs(start);
        let asked = state.trigger(now, name, Stimulus::of(alert)).unwrap();
        assert!(matches!(asked.condition(), Rising | Active), "{name}");
        let active = if asked.condition() == Active {
            start
        } else {
            until(&mut state, name, Active, start)
        };
        assert_ne!(value(&state, &alert.metric, name), calm, "{name}");
        if let Some(flag) = &alert.flag {
            assert_eq!(value(&state, flag, name), 1.0, "{name}");
        }

        let recovered = state
            .recover(Duration::from_secs(active), name)
            .unwrap()
            .condition();
        assert!(matches!(recovered, Recovering | Calm), "{name}");
        if let Some(flag) = &alert.flag {
            assert_eq!(value(&state, flag, name), 0.0, "{name}");
        }
        if recovered != Calm {
            until(&mut state, name, Calm, active);
        }
    }
}

#[test]
fn a_value_rises_is_active_past_its_threshold_and_recovers() {
    let (mut state, catalogue, now) = state("disk", 1.0);
    let stimulus = Stimulus::of(catalogue.alert("DiskFull").unwrap());
    let start = Duration::from_secs(now);
    let asked = state.trigger(start, "DiskFull", stimulus).unwrap();
    assert_eq!((asked.condition(), asked.since()), (Rising, start));
    let active = until(&mut state, "DiskFull", Active, now);
    // 45 to 96 in half a minute: past 90 after 26.5 seconds.
    assert_eq!(active - now, 27);
    assert_eq!(of(&state, "DiskFull").since(), Duration::from_secs(active));
    assert_eq!(of(&state, "DiskAlmostFull").condition(), Calm);
    let asked = state
        .recover(Duration::from_secs(active), "DiskFull")
        .unwrap();
    assert_eq!(asked.condition(), Recovering);
    assert_eq!(until(&mut state, "DiskFull", Calm, active) - active, 30);
}

#[test]
fn errors_that_have_been_counted_hold_until_the_window_is_past_them() {
    let (mut state, catalogue, now) = state("disk", 1.0);
    let stimulus = Stimulus::of(catalogue.alert("DiskReadError").unwrap());
    state.trigger(Duration::from_secs(now), "DiskReadError", stimulus);
    assert_eq!(of(&state, "DiskReadError").condition(), Active);
    beats(&mut state, now + 1, now + 70);
    assert_eq!(
        value(&state, "mock_disk_read_errors_total", "DiskReadError"),
        9.0
    );
    let asked = state
        .recover(Duration::from_secs(now + 70), "DiskReadError")
        .unwrap();
    assert_eq!(asked.condition(), Recovering);
    let calm = until(&mut state, "DiskReadError", Calm, now + 70);
    assert!((now + 179..=now + 182).contains(&calm), "{}", calm - now);
    assert_eq!(
        value(&state, "mock_disk_read_errors_total", "DiskReadError"),
        9.0
    );
}

#[test]
fn a_spike_goes_back_by_itself() {
    let (mut state, catalogue, now) = state("memory-cpu", 1.0);
    let stimulus = Stimulus::of(catalogue.alert("CPUSpikeDetected").unwrap());
    state.trigger(Duration::from_secs(now), "CPUSpikeDetected", stimulus);
    let active = until(&mut state, "CPUSpikeDetected", Active, now - 1);
    let back = until(&mut state, "CPUSpikeDetected", Recovering, active);
    assert!(back - active >= 60, "{}", back - active);
    assert_eq!(
        value(&state, "mock_cpu_spike_detected", "CPUSpikeDetected"),
        1.0
    );
    let calm = until(&mut state, "CPUSpikeDetected", Calm, back);
    assert_eq!(calm - now, 4_801);
    assert_eq!(
        value(&state, "mock_cpu_spike_detected", "CPUSpikeDetected"),
        0.0
    );
}

#[test]
fn a_leak_holds_again_when_its_window_has_forgotten_the_fall_at_the_ceiling() {
    let (mut state, catalogue, now) = state("memory-cpu", 1.0 / 15.0);
    let mut stimulus = Stimulus::of(catalogue.alert("MemoryLeakDetected").unwrap());
    stimulus.pattern = Pattern::Growth {
        per_second: 1e6,
        ceiling: 400e6,
    };
    state.trigger(Duration::from_secs(now), "MemoryLeakDetected", stimulus);
    let mut second = now;
    for _tooth in 0..3 {
        second = until(&mut state, "MemoryLeakDetected", Active, second);
        second = until(&mut state, "MemoryLeakDetected", Rising, second);
        let flag = value(&state, "mock_memory_leak_detected", "MemoryLeakDetected");
        assert_eq!(flag, 1.0);
    }
}

#[test]
fn a_drive_that_is_held_for_a_time_recovers_by_itself() {
    let (mut state, catalogue, now) = state("network", 1.0);
    let mut stimulus = Stimulus::of(catalogue.alert("ServiceDown").unwrap());
    stimulus.hold = Some(at(20.0));
    state.trigger(Duration::from_secs(now), "ServiceDown", stimulus);
    assert_eq!(until(&mut state, "ServiceDown", Calm, now) - now, 20);
}

#[test]
fn a_value_that_somebody_sets_is_active_until_it_is_recovered_or_reset() {
    let (mut state, _, now) = state("disk", 1.0);
    let lever = levers::find("disk-usage").unwrap();
    let mut second = now;
    for reset in [false, true] {
        let full = Change::To(99.0);
        for device in ["sda", "new"] {
            state
                .apply(at(second as f64), lever, &[device.to_owned()], full)
                .unwrap();
        }
        assert_eq!(of(&state, "DiskFull").condition(), Active);
        assert_eq!(of(&state, "DiskAlmostFull").condition(), Calm);
        if reset {
            state.reset(at(second as f64));
            assert_eq!(of(&state, "DiskFull").condition(), Calm);
            let mut out = String::new();
            state.write(&mut out);
            assert!(!out.contains("device=\"new\""), "{out}");
        } else {
            let asked = state.recover(at(second as f64), "DiskFull").unwrap();
            assert_eq!(asked.condition(), Recovering);
            second = until(&mut state, "DiskFull", Calm, second);
        }
    }
}

#[test]
fn of_two_alerts_on_one_series_the_later_one_drives_it_and_holds_the_flag() {
    let (mut state, catalogue, now) = shared();
    let stimulus = |name: &str| Stimulus::of(catalogue.alert(name).unwrap());
    let now = Duration::from_secs(now);
    state.trigger(now, "CPUSpikeDetected", stimulus("CPUSpikeDetected"));
    assert_eq!(
        value(&state, "mock_cpu_spike_detected", "HighCPUUsage"),
        1.0
    );
    state.trigger(now, "HighCPUUsage", stimulus("HighCPUUsage"));
    assert!(!of(&state, "CPUSpikeDetected").is_driven());
    assert_eq!(
        value(&state, "mock_cpu_spike_detected", "HighCPUUsage"),
        0.0
    );
    state.trigger(now, "CPUSpikeDetected", stimulus("CPUSpikeDetected"));
    state.recover(now, "HighCPUUsage");
    assert_eq!(of(&state, "CPUSpikeDetected").condition(), Recovering);
    assert_eq!(
        value(&state, "mock_cpu_spike_detected", "HighCPUUsage"),
        0.0
    );
}

#[test]
fn an_alert_ends_its_own_drive_and_nobody_else_s() {
    let (mut state, catalogue, now) = shared();
    let stimulus = |name: &str| Stimulus::of(catalogue.alert(name).unwrap());
    let now = Duration::from_secs(now);
    state.trigger(now, "CPUSpikeDetected", stimulus("CPUSpikeDetected"));
    state.trigger(now, "HighCPUUsage", stimulus("HighCPUUsage"));
    state.end_stimulus(now, "CPUSpikeDetected");
    assert!(of(&state, "HighCPUUsage").is_driven());
    state.end_stimulus(now, "HighCPUUsage");
    assert!(!of(&state, "HighCPUUsage").is_driven());

    let lever = levers::find("cpu-usage").unwrap();
    state.trigger(now, "HighCPUUsage", stimulus("HighCPUUsage"));
    state.apply(now, lever, &[], Change::To(99.0)).unwrap();
    state.end_stimulus(now, "HighCPUUsage");
    let cpu = value(&state, "mock_high_cpu_usage_percent", "HighCPUUsage");
    assert_eq!(cpu, 99.0);
    state.end_stimulus(now, "Nobody");
}

#[test]
fn a_trigger_is_the_condition_of_an_expression_that_cannot_be_evaluated() {
    let text = "[[alert]]\nname = \"A\"\nmetric = \"a\"\nexpr = \"a / b > 1\"\ntrigger = 5\n";
    let catalogue = CheckedCatalogue::parse("mine.toml", text, 1.0).unwrap();
    let mut state = FamilyState::new("own", &catalogue, 1, 100);
    let stimulus = Stimulus::of(&catalogue.alerts[0]);
    assert_eq!(
        state.trigger(at(1.0), "A", stimulus).unwrap().condition(),
        Active
    );
    assert_eq!(state.recover(at(2.0), "A").unwrap().condition(), Calm);
    assert!(state.trigger(at(2.0), "B", stimulus).is_none());
}

#[path = "together_tests.rs"]
mod together;

#[path = "compared_tests.rs"]
mod compared;
