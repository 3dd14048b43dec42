//! What is left out of the unit tests of rules.

use super::*;
use crate::lint::CheckedCatalogue;

#[test]
fn what_cannot_be_predicted_is_left_out_and_named() {
    let text = concat!(
        "[[alert]]\nname = \"Slow\"\nmetric = \"latency_bucket\"\n",
        "expr = \"histogram_quantile(0.9, rate(latency_bucket[5m])) > 1\"\ntrigger = 2\n",
    );
    let catalogue = CheckedCatalogue::parse("mine.toml", text, 1.0).unwrap();
    let mut out = String::new();
    write(&mut out, &catalogue, "mine.yml").unwrap();
    let left_out = "  # left out: Slow: its expression uses histogram_quantile\n";
    assert!(out.ends_with(&format!("tests:\n{left_out}")), "{out}");
}
