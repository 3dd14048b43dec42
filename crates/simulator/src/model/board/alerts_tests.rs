//! Alerts on a board over time: triggered, recovered, set by others, shared.

use std::sync::Arc;

use super::*;
use crate::{
    catalogue::Catalogue,
    model::{
        change::Change,
        levers,
        pattern::Pattern,
        rehearsal::Condition::{self, Active, Calm, Recovering, Rising},
    },
};

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// The family's board, at the baseline for so long that every window is full.
fn board(family: &str, scale: f64) -> (Board, Catalogue, u64) {
    with(Catalogue::load(None, scale).unwrap(), family)
}

fn with(catalogue: Catalogue, family: &str) -> (Board, Catalogue, u64) {
    let mut board = Board::new(family, &catalogue, 1, 100);
    let full = (600.0 * catalogue.timing.scale) as u64 + 20;
    beats(&mut board, 1, full);
    (board, catalogue, full)
}

/// The two alerts on the CPU, on one series.
fn shared() -> (Board, Catalogue, u64) {
    let mut catalogue = Catalogue::load(None, 1.0).unwrap();
    let labels = catalogue.alert("HighCPUUsage").unwrap().labels.clone();
    let mut alerts = catalogue.alerts.iter_mut();
    let spike = alerts.find(|alert| alert.name == "CPUSpikeDetected");
    Arc::make_mut(spike.unwrap()).labels = labels;
    with(catalogue, "memory-cpu")
}

fn beats(board: &mut Board, first: u64, last: u64) {
    (first..=last).for_each(|second| board.step(Duration::from_secs(second)));
}

fn of<'b>(board: &'b Board, alert: &str) -> &'b Rehearsal {
    &board.rehearsals()[board.find(alert).unwrap()]
}

fn value(board: &Board, metric: &str, alert: &str) -> f64 {
    let labels = &of(board, alert).alert().labels;
    let place = board.metrics.place(metric, labels).unwrap();
    board.metrics.at(place).unwrap().value()
}

/// The beat at which an alert gets there.
fn until(board: &mut Board, alert: &str, wanted: Condition, from: u64) -> u64 {
    let mut beats = (from + 1)..(from + 6_000);
    let reached = beats.find(|second| {
        board.step(Duration::from_secs(*second));
        of(board, alert).condition() == wanted
    });
    reached.unwrap_or_else(|| panic!("{alert} is never {wanted}"))
}

#[test]
fn all_27_rise_are_seen_and_calm_down_again() {
    let scale = 1.0 / 15.0;
    let catalogue = Catalogue::load(None, scale).unwrap();
    for alert in &catalogue.alerts {
        let name = &alert.name;
        let (mut board, _, start) = board(&alert.family, scale);
        let calm = value(&board, &alert.metric, name);
        assert!(
            board.rehearsals().iter().all(|of| of.condition() == Calm),
            "{name}"
        );

        let now = Duration::from_secs(start);
        let asked = board.trigger(now, name, alert.drive()).unwrap();
        assert!(matches!(asked.condition(), Rising | Active), "{name}");
        let active = if asked.condition() == Active {
            start
        } else {
            until(&mut board, name, Active, start)
        };
        assert_ne!(value(&board, &alert.metric, name), calm, "{name}");
        if let Some(flag) = &alert.flag {
            assert_eq!(value(&board, flag, name), 1.0, "{name}");
        }

        let recovered = board
            .recover(Duration::from_secs(active), name)
            .unwrap()
            .condition();
        assert!(matches!(recovered, Recovering | Calm), "{name}");
        if let Some(flag) = &alert.flag {
            assert_eq!(value(&board, flag, name), 0.0, "{name}");
        }
        if recovered != Calm {
            until(&mut board, name, Calm, active);
        }
    }
}

#[test]
fn a_value_rises_is_active_past_its_threshold_and_recovers() {
    let (mut board, catalogue, now) = board("disk", 1.0);
    let drive = catalogue.alert("DiskFull").unwrap().drive();
    let state = board
        .trigger(Duration::from_secs(now), "DiskFull", drive)
        .unwrap();
    assert_eq!(
        (state.condition(), state.since()),
        (Rising, Duration::from_secs(now))
    );
    let active = until(&mut board, "DiskFull", Active, now);
    // 45 to 96 in half a minute: past 90 after 26.5 seconds.
    assert_eq!(active - now, 27);
    assert_eq!(of(&board, "DiskFull").since(), Duration::from_secs(active));
    assert_eq!(of(&board, "DiskAlmostFull").condition(), Calm);
    let asked = board
        .recover(Duration::from_secs(active), "DiskFull")
        .unwrap();
    assert_eq!(asked.condition(), Recovering);
    assert_eq!(until(&mut board, "DiskFull", Calm, active) - active, 30);
}

#[test]
fn errors_that_have_been_counted_hold_until_the_window_is_past_them() {
    let (mut board, catalogue, now) = board("disk", 1.0);
    let drive = catalogue.alert("DiskReadError").unwrap().drive();
    board.trigger(Duration::from_secs(now), "DiskReadError", drive);
    assert_eq!(of(&board, "DiskReadError").condition(), Active);
    beats(&mut board, now + 1, now + 70);
    assert_eq!(
        value(&board, "mock_disk_read_errors_total", "DiskReadError"),
        9.0
    );
    let asked = board
        .recover(Duration::from_secs(now + 70), "DiskReadError")
        .unwrap();
    assert_eq!(asked.condition(), Recovering);
    let calm = until(&mut board, "DiskReadError", Calm, now + 70);
    assert!((now + 179..=now + 182).contains(&calm), "{}", calm - now);
    assert_eq!(
        value(&board, "mock_disk_read_errors_total", "DiskReadError"),
        9.0
    );
}

#[test]
fn a_spike_goes_back_by_itself() {
    let (mut board, catalogue, now) = board("memory-cpu", 1.0);
    let drive = catalogue.alert("CPUSpikeDetected").unwrap().drive();
    board.trigger(Duration::from_secs(now), "CPUSpikeDetected", drive);
    let active = until(&mut board, "CPUSpikeDetected", Active, now - 1);
    let back = until(&mut board, "CPUSpikeDetected", Recovering, active);
    assert!(back - active >= 60, "{}", back - active);
    assert_eq!(
        value(&board, "mock_cpu_spike_detected", "CPUSpikeDetected"),
        1.0
    );
    let calm = until(&mut board, "CPUSpikeDetected", Calm, back);
    assert_eq!(calm - now, 4_801);
    assert_eq!(
        value(&board, "mock_cpu_spike_detected", "CPUSpikeDetected"),
        0.0
    );
}

#[test]
fn a_leak_holds_again_when_its_window_has_forgotten_the_fall_at_the_ceiling() {
    let (mut board, catalogue, now) = board("memory-cpu", 1.0 / 15.0);
    let mut drive = catalogue.alert("MemoryLeakDetected").unwrap().drive();
    drive.pattern = Pattern::Growth {
        per_second: 1e6,
        ceiling: 400e6,
    };
    board.trigger(Duration::from_secs(now), "MemoryLeakDetected", drive);
    let mut second = now;
    for _tooth in 0..3 {
        second = until(&mut board, "MemoryLeakDetected", Active, second);
        second = until(&mut board, "MemoryLeakDetected", Rising, second);
        let flag = value(&board, "mock_memory_leak_detected", "MemoryLeakDetected");
        assert_eq!(flag, 1.0);
    }
}

#[test]
fn a_drive_that_is_held_for_a_time_recovers_by_itself() {
    let (mut board, catalogue, now) = board("network", 1.0);
    let mut drive = catalogue.alert("ServiceDown").unwrap().drive();
    drive.hold = Some(at(20.0));
    board.trigger(Duration::from_secs(now), "ServiceDown", drive);
    assert_eq!(until(&mut board, "ServiceDown", Calm, now) - now, 20);
}

#[test]
fn a_value_that_somebody_sets_is_active_until_it_is_recovered_or_reset() {
    let (mut board, _, now) = board("disk", 1.0);
    let lever = levers::find("disk-usage").unwrap();
    let mut second = now;
    for reset in [false, true] {
        let full = Change::To(99.0);
        for device in ["sda", "new"] {
            board
                .apply(at(second as f64), lever, &[device.to_owned()], full)
                .unwrap();
        }
        assert_eq!(of(&board, "DiskFull").condition(), Active);
        assert_eq!(of(&board, "DiskAlmostFull").condition(), Calm);
        if reset {
            board.reset(at(second as f64));
            assert_eq!(of(&board, "DiskFull").condition(), Calm);
            let mut out = String::new();
            board.write(&mut out);
            assert!(!out.contains("device=\"new\""), "{out}");
        } else {
            let asked = board.recover(at(second as f64), "DiskFull").unwrap();
            assert_eq!(asked.condition(), Recovering);
            second = until(&mut board, "DiskFull", Calm, second);
        }
    }
}

#[test]
fn of_two_alerts_on_one_series_the_later_one_drives_it_and_holds_the_flag() {
    let (mut board, catalogue, now) = shared();
    let drive = |name: &str| catalogue.alert(name).unwrap().drive();
    let now = Duration::from_secs(now);
    board.trigger(now, "CPUSpikeDetected", drive("CPUSpikeDetected"));
    assert_eq!(
        value(&board, "mock_cpu_spike_detected", "HighCPUUsage"),
        1.0
    );
    board.trigger(now, "HighCPUUsage", drive("HighCPUUsage"));
    assert!(!of(&board, "CPUSpikeDetected").is_driven());
    assert_eq!(
        value(&board, "mock_cpu_spike_detected", "HighCPUUsage"),
        0.0
    );
    board.trigger(now, "CPUSpikeDetected", drive("CPUSpikeDetected"));
    board.recover(now, "HighCPUUsage");
    assert_eq!(of(&board, "CPUSpikeDetected").condition(), Recovering);
    assert_eq!(
        value(&board, "mock_cpu_spike_detected", "HighCPUUsage"),
        0.0
    );
}

#[test]
fn an_alert_ends_its_own_drive_and_nobody_else_s() {
    let (mut board, catalogue, now) = shared();
    let drive = |name: &str| catalogue.alert(name).unwrap().drive();
    let now = Duration::from_secs(now);
    board.trigger(now, "CPUSpikeDetected", drive("CPUSpikeDetected"));
    board.trigger(now, "HighCPUUsage", drive("HighCPUUsage"));
    board.end_drive(now, "CPUSpikeDetected");
    assert!(of(&board, "HighCPUUsage").is_driven());
    board.end_drive(now, "HighCPUUsage");
    assert!(!of(&board, "HighCPUUsage").is_driven());

    let lever = levers::find("cpu-usage").unwrap();
    board.trigger(now, "HighCPUUsage", drive("HighCPUUsage"));
    board.apply(now, lever, &[], Change::To(99.0)).unwrap();
    board.end_drive(now, "HighCPUUsage");
    let cpu = value(&board, "mock_high_cpu_usage_percent", "HighCPUUsage");
    assert_eq!(cpu, 99.0);
    board.end_drive(now, "Nobody");
}

#[test]
fn an_expression_that_cannot_be_told_is_judged_by_what_was_asked() {
    let text = "[[alert]]\nname = \"A\"\nmetric = \"a\"\nexpr = \"a / b > 1\"\ntrigger = 5\n";
    let catalogue = Catalogue::parse("mine.toml", text, 1.0).unwrap();
    let mut board = Board::new("own", &catalogue, 1, 100);
    let drive = catalogue.alerts[0].drive();
    assert_eq!(
        board.trigger(at(1.0), "A", drive).unwrap().condition(),
        Active
    );
    assert_eq!(board.recover(at(2.0), "A").unwrap().condition(), Calm);
    assert!(board.trigger(at(2.0), "B", drive).is_none());
}

#[path = "together_tests.rs"]
mod together;

#[path = "compared_tests.rs"]
mod compared;
