//! Numbers in words, as reports and lines tell them. Pure.

/// Beyond this a time scale is told as the number that it is.
const LARGEST_DIVISOR: u32 = 100;
/// As near as this to a fraction, a time scale is meant as one.
const NEAR: f64 = 1e-9;

/// `1/15` for 0.0666…, `0.3` for 0.3.
pub(super) fn time_scale(scale: f64) -> String {
    let is = |n: &u32| (scale * f64::from(*n) - 1.0).abs() < NEAR;
    match (2..=LARGEST_DIVISOR).find(is) {
        Some(n) => format!("1/{n}"),
        None => scale.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_scale_is_a_fraction_where_it_is_meant_as_one() {
        let told = [
            1.0 / 15.0,
            0.066_666_666_666_666_7,
            0.1,
            1.0,
            2.0,
            0.3,
            0.067,
        ];
        let told = told.map(time_scale);
        assert_eq!(told, ["1/15", "1/15", "1/10", "1", "2", "0.3", "0.067"]);
    }
}
