//! All built-in alerts at the same time: none disturbs another.

use super::*;

#[test]
fn all_27_can_be_triggered_at_once() {
    for scale in [1.0, 1.0 / 15.0] {
        let catalogue = CheckedCatalogue::load(None, scale).unwrap();
        for family in catalogue.families() {
            let (mut state, _, start) = state(family, scale);
            let names: Vec<_> = state.alerts().iter().map(|of| of.alert().clone()).collect();
            for alert in &names {
                let now = Duration::from_secs(start);
                state
                    .trigger(now, &alert.name, Stimulus::of(alert))
                    .unwrap();
            }
            let mut waiting: Vec<_> = names.iter().map(|alert| alert.name.as_str()).collect();
            for second in start..start + 900 {
                state.step(Duration::from_secs(second));
                waiting.retain(|name| of(&state, name).condition() != Active);
            }
            assert!(waiting.is_empty(), "{waiting:?} at {scale}");
        }
    }
}

/// A lever that sets the CPU of `mock-app-1` does not set off the alert on spikes, whatever the value.
#[test]
fn neither_a_busy_cpu_nor_one_that_is_set_to_100_is_a_spike() {
    for scale in [1.0, 1.0 / 15.0] {
        for set in [None, Some(90.0), Some(100.0)] {
            let mut catalogue = CheckedCatalogue::load(None, scale).unwrap();
            let high = catalogue.alert("HighCPUUsage").unwrap().clone();
            let mut alerts = catalogue.alerts.iter_mut();
            let spike = alerts.find(|alert| alert.name == "CPUSpikeDetected");
            let spike = Arc::make_mut(spike.unwrap());
            spike.labels.clone_from(&high.labels);
            (spike.baseline, spike.noise) = (high.baseline, high.noise);
            let (mut state, _, start) = with(catalogue, "memory-cpu");
            let now = Duration::from_secs(start);
            match set {
                None => drop(state.trigger(now, "HighCPUUsage", Stimulus::of(&high))),
                Some(percent) => {
                    let lever = levers::find("cpu-usage").unwrap();
                    state.apply(now, lever, &[], Change::To(percent)).unwrap();
                }
            }
            let mut high = false;
            for second in start + 1..start + 400 {
                state.step(Duration::from_secs(second));
                high |= of(&state, "HighCPUUsage").condition() == Active;
                let spike = of(&state, "CPUSpikeDetected").condition();
                assert_eq!(spike, Calm, "{set:?} at {scale}, after {}", second - start);
            }
            assert!(high, "{set:?} at {scale}");
        }
    }
}
