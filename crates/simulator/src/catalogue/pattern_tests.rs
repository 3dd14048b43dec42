//! Each pattern and each way back, over time.

use super::*;

fn seconds(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// Undisturbed until then.
fn baseline(level: f64) -> Start {
    Start {
        level,
        baseline: level,
    }
}

fn leak(ceiling: f64) -> Pattern {
    Pattern::Growth {
        per_second: 2.0,
        ceiling,
    }
}

#[test]
fn a_leak_grows_by_the_same_amount_each_second_falls_at_its_ceiling_and_grows_again() {
    let at = |s| leak(100.0).at(baseline(10.0), 12.0, seconds(s)).unwrap();
    assert_eq!((at(0), at(1), at(20), at(44)), (10.0, 12.0, 50.0, 98.0));
    assert_eq!((at(45), at(46), at(89)), (10.0, 12.0, 98.0));
    assert_eq!((at(90), at(4_500)), (10.0, 10.0));
    assert_eq!(leak(100.0).settles_after(10.0), seconds(45));
}

#[test]
fn a_leak_from_above_its_ceiling_falls_at_once() {
    for level in [100.0, 150.0] {
        let start = Start {
            level,
            baseline: 10.0,
        };
        let at = |s| leak(100.0).at(start, 10.0, seconds(s)).unwrap();
        assert_eq!((at(0), at(1), at(45)), (10.0, 12.0, 10.0), "{level}");
        assert_eq!(leak(100.0).settles_after(level), seconds(0));
    }
    let start = Start {
        level: 60.0,
        baseline: 10.0,
    };
    let at = |s| leak(100.0).at(start, 10.0, seconds(s)).unwrap();
    assert_eq!((at(19), at(20), at(64), at(65)), (98.0, 10.0, 98.0, 10.0));
}

#[test]
fn what_cannot_grow_stays_calm() {
    for ceiling in [10.0, 5.0, -1e30] {
        assert_eq!(
            leak(ceiling).at(baseline(10.0), 10.0, seconds(7)),
            Some(10.0)
        );
    }
    for ceiling in [5.0, 10.0, 20.0] {
        let still = Pattern::Growth {
            per_second: 0.0,
            ceiling,
        };
        assert_eq!(still.at(baseline(10.0), 10.0, seconds(7)), Some(10.0));
    }
}

#[test]
fn a_spike_jumps_at_once_halves_and_ends() {
    let spike = Pattern::Spike {
        to: 96.0,
        half_life: seconds(30),
    };
    let at = |s| spike.at(baseline(40.0), 32.0, seconds(s));
    assert_eq!(
        (at(0), at(30), at(60)),
        (Some(96.0), Some(64.0), Some(48.0))
    );
    assert_eq!(at(301), None);
    // Already higher than the peak: a spike never pulls down.
    assert_eq!(spike.at(baseline(99.0), 99.0, seconds(0)), Some(99.0));
}

#[test]
fn a_hold_jumps_and_a_ramp_arrives_when_it_should() {
    assert_eq!(
        Pattern::Hold { to: 9.0 }.at(baseline(1.0), 1.0, seconds(0)),
        Some(9.0)
    );
    let ramp = Pattern::Ramp {
        to: 50.0,
        over: seconds(20),
    };
    let at = |s| ramp.at(baseline(10.0), 10.0, seconds(s)).unwrap();
    assert_eq!((at(0), at(5), at(20), at(900)), (10.0, 20.0, 50.0, 50.0));
    let at_once = Pattern::Ramp {
        to: 50.0,
        over: seconds(0),
    };
    assert_eq!(at_once.at(baseline(10.0), 10.0, seconds(0)), Some(50.0));
}

#[test]
fn flapping_is_up_for_the_first_half_of_each_period() {
    let flapping = Pattern::Flapping {
        to: 1.0,
        every: seconds(20),
    };
    let up = |s| flapping.at(baseline(0.0), 0.0, seconds(s)).unwrap() > 0.5;
    assert!(up(0) && up(9) && !up(10) && !up(19) && up(20) && !up(30));
}

#[test]
fn a_burst_counts_each_event_once_whatever_the_steps() {
    let burst = Pattern::Burst {
        count: 3.0,
        every: seconds(30),
    };
    let counted = |ages: &[u64]| {
        let mut before = None;
        let mut all = 0.0;
        for age in ages {
            all += burst.events(before, seconds(*age));
            before = Some(seconds(*age));
        }
        all
    };
    assert_eq!(counted(&[0]), 3.0);
    assert_eq!(counted(&[0, 1, 29]), 3.0);
    assert_eq!(counted(&[0, 30, 31, 59, 60]), 9.0);
    assert_eq!(counted(&[61]), 9.0);
}

#[test]
fn a_recovery_ends_at_the_baseline_and_only_an_immediate_one_jumps() {
    assert_eq!(Recovery::AtOnce.at(97.0, 32.0, seconds(0)), None);
    let ramp = Recovery::Ramp { over: seconds(10) };
    assert_eq!(ramp.at(97.0, 32.0, seconds(0)), Some(97.0));
    assert_eq!(ramp.at(97.0, 32.0, seconds(5)), Some(64.5));
    assert_eq!(ramp.at(97.0, 32.0, seconds(10)), None);
    let decay = Recovery::Decay {
        half_life: seconds(10),
    };
    assert_eq!(decay.at(96.0, 32.0, seconds(10)), Some(64.0));
    assert_eq!(decay.at(96.0, 32.0, seconds(101)), None);
}
