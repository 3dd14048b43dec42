//! Plurals and suggestions for the messages of all programs. Pure.

/// Jaro-Winkler similarity, from 0 to 1, from which a known name is suggested for an unknown one.
const MIN_SIMILARITY: f64 = 0.8;

/// Damerau-Levenshtein distance up to which a known name is suggested.
const MAX_EDITS: usize = 2;

/// Names that a message lists at most.
const MAX_LISTED: usize = 40;

/// Longer names are not compared with known ones, in bytes.
const MAX_COMPARED_BYTES: usize = 128;

/// `1 alert`, `2 alerts`.
pub fn pluralize(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// `; did you mean …?` with the name in `known` that is nearest to `name`, or nothing if none is near.
pub fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let slips = known.map(|other| (strsim::damerau_levenshtein(name, other), other));
    let slips = slips.filter(|(edits, _)| *edits <= MAX_EDITS);
    match slips.min_by_key(|(edits, _)| *edits) {
        Some((_, nearest)) => format!("; did you mean {nearest}?"),
        None => String::new(),
    }
}

/// The end of a message about an unknown `name`: the names in `known` that are like it, or all of them;
/// 40 at most. `name` may come from outside.
pub fn suggest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.collect();
    let near = similar_names(name, &known);
    match (near.is_empty(), known.is_empty()) {
        (false, _) => format!("; did you mean {}?", listed(&near)),
        (true, false) => format!("; there are {}", listed(&known)),
        (true, true) => ", and no other".to_owned(),
    }
}

/// The names that are like `name` in any case, or contain it.
fn similar_names<'a>(name: &str, known: &[&'a str]) -> Vec<&'a str> {
    if name.len() > MAX_COMPARED_BYTES {
        return Vec::new();
    }
    let name = name.to_lowercase();
    let similar = |other: &&&str| {
        let other = other.to_lowercase();
        strsim::jaro_winkler(&name, &other) >= MIN_SIMILARITY
            || (!name.is_empty() && other.contains(&name))
    };
    known.iter().filter(similar).copied().collect()
}

fn listed(names: &[&str]) -> String {
    let more = if names.len() > MAX_LISTED {
        ", …"
    } else {
        ""
    };
    names[..names.len().min(MAX_LISTED)].join(", ") + more
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
    fn an_unknown_name_is_answered_with_the_names_like_it_or_with_all() {
        let known = ["disk", "database", "disk-errors"];
        for (name, message) in [
            ("disc", "; did you mean disk?"),
            ("DISK", "; did you mean disk, disk-errors?"),
            ("DataBase", "; did you mean database?"),
            ("errors", "; did you mean disk-errors?"),
            ("network", "; there are disk, database, disk-errors"),
            ("", "; there are disk, database, disk-errors"),
        ] {
            assert_eq!(suggest(name, known.into_iter()), message, "{name}");
        }
        assert_eq!(suggest("disk", [].into_iter()), ", and no other");
        let many = ["x"; 1_000];
        assert!(suggest("y", many.into_iter()).len() < 200);
        assert!(suggest("x", many.into_iter()).ends_with("x, …?"));
        assert!(suggest(&"disk".repeat(100), known.into_iter()).starts_with("; there are disk, "));
    }

    #[test]
    fn a_slip_is_distinguished_from_another_word() {
        let known = ["server.port", "server.host", "server.hosts"];
        for (name, message) in [
            ("server.prot", "; did you mean server.port?"),
            ("server.hostt", "; did you mean server.host?"),
            ("server.colour", ""),
        ] {
            assert_eq!(did_you_mean(name, known.into_iter()), message, "{name}");
        }
    }
}
