//! What an expression compares, beside the value of its series.

use super::*;

#[test]
fn what_an_expression_compares_is_told_beside_the_counter_that_it_is_computed_of() {
    let (mut board, catalogue, now) = board("network", 1.0);
    let threshold = catalogue
        .alert("ConnectionDrops")
        .unwrap()
        .threshold
        .unwrap();
    let calm = of(&board, "ConnectionDrops").compared().unwrap();
    assert!(calm < threshold, "{calm}");
    let drive = catalogue.alert("ConnectionDrops").unwrap().drive();
    board
        .trigger(at(now as f64), "ConnectionDrops", drive)
        .unwrap();
    until(&mut board, "ConnectionDrops", Active, now);
    let active = of(&board, "ConnectionDrops").compared().unwrap();
    assert!(active > threshold, "{active}");
    assert!(of(&board, "ConnectionDrops").value() > 2.0 * active);
    let (board, ..) = self::board("disk", 1.0);
    let gauge = of(&board, "DiskFull");
    assert_eq!(gauge.compared(), Some(gauge.value()));
}
