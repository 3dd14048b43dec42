//! How names of metrics and labels are written in a text exposition: Prometheus 3 allows any UTF-8, older readers do not.

use std::collections::{BTreeMap, BTreeSet};

/// A scheme of Prometheus' specification "UTF-8 metric and label name escaping schemes".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// Names stay as they are; in quotes where they need it.
    AllowUtf8,
    /// What a legacy name may not contain becomes `_`. A name whose form would be another's too is written as by
    /// [`Self::Values`].
    Underscores,
    /// `U__`, then `__` for an underscore and `_<code point in hexadecimal>_` for what a legacy name may not contain.
    Values,
}

/// What is named. Only a metric's legacy name may contain colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A metric.
    Metric,
    /// A label.
    Label,
}

/// Where every name begins that [`Escaping::Values`] has changed; a name that begins so by itself is changed too, so
/// that no two names are written alike.
const VALUES: &str = "U__";

impl Escaping {
    /// The scheme that the parameter `escaping` of a media type names. Prometheus' documentation also spells
    /// `allow-utf8`.
    pub fn named(parameter: &str) -> Option<Self> {
        match parameter {
            "allow-utf-8" | "allow-utf8" => Some(Self::AllowUtf8),
            "underscores" => Some(Self::Underscores),
            "values" => Some(Self::Values),
            _ => None,
        }
    }

    /// As the parameter `escaping` of a media type says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Values => "values",
        }
    }

    /// How each of `names`, none of which is empty, is written among the others: no two of them alike.
    pub fn written(self, names: BTreeSet<&str>, named: Named) -> BTreeMap<&str, String> {
        let shared = match self {
            Self::Underscores => shared_forms(&names, named),
            Self::AllowUtf8 | Self::Values => BTreeSet::new(),
        };
        let names = names.into_iter();
        names
            .map(|name| (name, self.written_alone(name, named, &shared)))
            .collect()
    }

    fn written_alone(self, name: &str, named: Named, shared: &BTreeSet<String>) -> String {
        match self {
            Self::AllowUtf8 if named.is_legacy(name) => name.to_owned(),
            // Prometheus' reader takes NUL in a value, but not in a name.
            Self::AllowUtf8 if !name.contains('\0') => quoted(name),
            _ if named.is_unchanged(name) => name.to_owned(),
            Self::AllowUtf8 | Self::Values => values(name, named),
            Self::Underscores => {
                let form = underscores(name, named);
                // `__` begins labels with a meaning of their own, above all `__name__`.
                let reserved = form.starts_with(VALUES) || form.starts_with("__");
                match reserved || shared.contains(&form) {
                    true => values(name, named),
                    false => form,
                }
            }
        }
    }
}

impl Named {
    /// Whether readers of all ages take this name as it is.
    fn is_legacy(self, name: &str) -> bool {
        name.chars().enumerate().all(|at| self.is_legacy_char(at))
    }

    /// Whether an escaping that changes names leaves this one.
    fn is_unchanged(self, name: &str) -> bool {
        self.is_legacy(name) && !name.starts_with(VALUES)
    }

    fn is_legacy_char(self, (index, c): (usize, char)) -> bool {
        c.is_ascii_alphabetic()
            || c == '_'
            || (c == ':' && self == Self::Metric)
            || (index > 0 && c.is_ascii_digit())
    }
}

/// The forms with underscores that belong to more than one of `names`.
fn shared_forms(names: &BTreeSet<&str>, named: Named) -> BTreeSet<String> {
    let (mut seen, mut shared) = (BTreeSet::new(), BTreeSet::new());
    for name in names {
        let form = underscores(name, named);
        if !seen.insert(form.clone()) {
            shared.insert(form);
        }
    }
    shared
}

fn underscores(name: &str, named: Named) -> String {
    let legacy = |at: (usize, char)| if named.is_legacy_char(at) { at.1 } else { '_' };
    name.chars().enumerate().map(legacy).collect()
}

fn values(name: &str, named: Named) -> String {
    let mut written = VALUES.to_owned();
    for (index, c) in name.chars().enumerate() {
        if c == '_' {
            written.push_str("__");
        } else if named.is_legacy_char((index, c)) {
            written.push(c);
        } else {
            written.push_str(&format!("_{:x}_", u32::from(c)));
        }
    }
    written
}

/// A name or a label's value in quotes.
pub fn quoted(text: &str) -> String {
    let text = text
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<const N: usize>(
        escaping: Escaping,
        named: Named,
        names: [&'static str; N],
    ) -> [String; N] {
        let written = escaping.written(names.into(), named);
        names.map(|name| written[name].clone())
    }

    #[test]
    fn legacy_names_stay_as_they_are_in_every_scheme() {
        for escaping in [Escaping::AllowUtf8, Escaping::Underscores, Escaping::Values] {
            let names = ["job:errors:rate5m", "_a1", "Z"];
            assert_eq!(written(escaping, Named::Metric, names), names);
            assert_eq!(written(escaping, Named::Label, ["a_1"]), ["a_1"]);
        }
    }

    /// The names of prometheus/common's own tests and of the specification.
    #[test]
    fn values_are_written_as_prometheus_writes_them() {
        let names = [
            "mysystem.prod.west.cpu.load",
            "mysystem.prod.west.cpu.load_total",
            "http.status:sum",
            "label with 😱",
            "花火",
            "1a",
        ];
        let expected = [
            "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load",
            "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load__total",
            "U__http_2e_status:sum",
            "U__label_20_with_20__1f631_",
            "U___82b1__706b_",
            "U___31_a",
        ];
        assert_eq!(written(Escaping::Values, Named::Metric, names), expected);
        let colon = written(Escaping::Values, Named::Label, ["a:b"]);
        assert_eq!(colon, ["U__a_3a_b"], "no label's legacy name has a colon");
    }

    #[test]
    fn names_that_need_it_are_quoted_where_any_utf8_is_allowed() {
        let names = ["größe.von", "a\\b\"c\nd", "a:b", "U__a", "a\0b"];
        let expected = [
            r#""größe.von""#,
            r#""a\\b\"c\nd""#,
            r#""a:b""#,
            "U__a",
            "U__a_0_b",
        ];
        assert_eq!(written(Escaping::AllowUtf8, Named::Label, names), expected);
    }

    #[test]
    fn a_form_that_two_names_would_share_is_given_to_a_legacy_name_alone() {
        let alone = written(
            Escaping::Underscores,
            Named::Label,
            ["service.name", "größe"],
        );
        assert_eq!(alone, ["service_name", "gr__e"]);
        let names = ["service.name", "service_name", "a-b", "a.b"];
        let expected = [
            "U__service_2e_name",
            "service_name",
            "U__a_2d_b",
            "U__a_2e_b",
        ];
        let found = written(Escaping::Underscores, Named::Label, names);
        assert_eq!(found, expected);
    }

    #[test]
    fn no_name_is_written_as_one_that_has_another_meaning() {
        let names = ["..name..", "__name__", "U..a", "U__a"];
        let expected = [
            "U___2e__2e_name_2e__2e_",
            "__name__",
            "U__U_2e__2e_a",
            "U__U____a",
        ];
        let found = written(Escaping::Underscores, Named::Label, names);
        assert_eq!(found, expected);
    }

    /// All names of up to five of these characters, among them those that could be confused.
    #[test]
    fn no_two_names_are_ever_written_alike() {
        let mut names = Vec::new();
        let mut longest = vec![String::new()];
        for _ in 0..5 {
            let longer = |name: &String| ["U", "_", ".", "2", "e", ":"].map(|c| name.clone() + c);
            longest = longest.iter().flat_map(longer).collect();
            names.extend(longest.iter().cloned());
        }
        for escaping in [Escaping::AllowUtf8, Escaping::Underscores, Escaping::Values] {
            for named in [Named::Metric, Named::Label] {
                let all: BTreeSet<&str> = names.iter().map(String::as_str).collect();
                let written = escaping.written(all, named);
                let distinct: BTreeSet<&String> = written.values().collect();
                assert_eq!(distinct.len(), names.len(), "{escaping:?} {named:?}");
                if escaping != Escaping::AllowUtf8 {
                    assert!(written.values().all(|form| named.is_legacy(form)));
                }
            }
        }
    }
}
