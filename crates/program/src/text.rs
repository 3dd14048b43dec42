//! Counts and near misses in words, as all programs tell them. Pure.

/// Names at least as alike as this, from 0 to 1, are offered for one that does not exist.
const ALIKE: f64 = 0.8;

/// Letters changed, left out, added or swapped by which a slip differs from what was meant.
const MOST_EDITS: usize = 2;

/// `1 alert`, `2 alerts`.
pub fn pluralize(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// Which of `known` a `name` that is none of them may be a slip of; empty where there is none.
pub fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let slips = known.map(|other| (strsim::damerau_levenshtein(name, other), other));
    let slips = slips.filter(|(edits, _)| *edits <= MOST_EDITS);
    match slips.min_by_key(|(edits, _)| *edits) {
        Some((_, nearest)) => format!("; did you mean {nearest}?"),
        None => String::new(),
    }
}

/// What to tell after a `name` that is none of `known`: which it may be a slip of, or else what there is.
pub fn suggest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.collect();
    let alike = |other: &&str| {
        let (a, b) = (name.to_lowercase(), other.to_lowercase());
        strsim::jaro_winkler(&a, &b) >= ALIKE || (!a.is_empty() && b.contains(&a))
    };
    let near: Vec<_> = known.iter().copied().filter(alike).collect();
    match (near.is_empty(), known.is_empty()) {
        (false, _) => format!("; did you mean {}?", near.join(", ")),
        (true, false) => format!("; there are {}", known.join(", ")),
        (true, true) => ", and no other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alert_is_not_alerts() {
        let alerts = |count| pluralize(count, "alert");
        assert_eq!([0, 1, 27].map(alerts), ["0 alerts", "1 alert", "27 alerts"]);
    }

    #[test]
    fn for_a_name_that_does_not_exist_those_that_it_may_stand_for_are_told_or_all() {
        let known = ["disk", "database", "disk-errors"];
        for (name, told) in [
            ("disc", "; did you mean disk?"),
            ("DISK", "; did you mean disk, disk-errors?"),
            ("DataBase", "; did you mean database?"),
            ("errors", "; did you mean disk-errors?"),
            ("network", "; there are disk, database, disk-errors"),
            ("", "; there are disk, database, disk-errors"),
        ] {
            assert_eq!(suggest(name, known.into_iter()), told, "{name}");
        }
        assert_eq!(suggest("disk", [].into_iter()), ", and no other");
    }

    #[test]
    fn a_slip_is_told_apart_from_another_word() {
        let known = ["server.port", "server.host", "server.hosts"];
        for (name, told) in [
            ("server.prot", "; did you mean server.port?"),
            ("server.hostt", "; did you mean server.host?"),
            ("server.colour", ""),
        ] {
            assert_eq!(did_you_mean(name, known.into_iter()), told, "{name}");
        }
    }
}
