//! What an expression compares, besides the value of its series.

use super::*;

#[test]
fn the_compared_value_is_available_besides_the_counter_from_which_it_is_computed() {
    let (mut state, catalogue, now) = state("network", 1.0);
    let threshold = catalogue
        .alert("ConnectionDrops")
        .unwrap()
        .threshold
        .unwrap();
    let calm = of(&state, "ConnectionDrops").compared().unwrap();
    assert!(calm < threshold, "{calm}");
    let stimulus = Stimulus::of(catalogue.alert("ConnectionDrops").unwrap());
    state
        .trigger(at(now as f64), "ConnectionDrops", stimulus)
        .unwrap();
    until(&mut state, "ConnectionDrops", Active, now);
    let active = of(&state, "ConnectionDrops").compared().unwrap();
    assert!(active > threshold, "{active}");
    assert!(of(&state, "ConnectionDrops").value() > 2.0 * active);
    let (state, ..) = self::state("disk", 1.0);
    let gauge = of(&state, "DiskFull");
    assert_eq!(gauge.compared(), Some(gauge.value()));
}
