//! Files of other programs that are taken for a catalogue: recognised by their form, and what to do with them.

/// The keys of a gateway's settings that a catalogue does not have.
const QUERIES: [&str; 2] = ["instant", "range"];

/// Says what a text that is no TOML is, where its lines tell.
pub(super) fn told(text: &str) -> Option<String> {
    // What has one is a catalogue with a slip.
    if text.lines().any(|line| line.starts_with("[[")) {
        return None;
    }
    let lines = || text.lines().map(str::trim_start);
    let begins = |key: &str| lines().any(|line| line.trim_start_matches("- ").starts_with(key));
    let is_top = |key: &str| text.lines().any(|line| line.starts_with(key));
    if is_top("scrape_configs:") {
        let told =
            "is Prometheus' configuration, not a catalogue: `promtool check config FILE` checks it";
        return Some(told.to_owned());
    }
    if is_top("receivers:") && is_top("route:") {
        let told = "is Alertmanager's configuration, not a catalogue: `amtool check-config FILE` checks it";
        return Some(told.to_owned());
    }
    let alerts = lines()
        .filter_map(|line| line.trim_start_matches("- ").strip_prefix("alert:"))
        .map(|name| name.trim().trim_matches(['"', '\'']));
    let first = alerts.into_iter().next();
    if first.is_none() && !(is_top("groups:") || begins("record:")) {
        return None;
    }
    let name = first.unwrap_or("Name");
    Some(format!(
        "is a rule file of Prometheus (YAML), not a catalogue (TOML): `promtool check rules FILE` checks it; to rehearse \
         one of its alerts, write a catalogue with [[alert]], name = {name:?}, the rule's expr and for, and a trigger that \
         makes it hold"
    ))
}

/// Says what a file with these keys is, if it is the gateway's.
pub(super) fn keys<'a>(mut keys: impl Iterator<Item = &'a String>) -> Option<String> {
    let key = keys.find(|key| QUERIES.contains(&key.as_str()))?;
    Some(format!(
        "{key}: [[{key}]] is a query of the gateway: give this file to `service-metrics --config FILE`, not to mock-metrics"
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Catalogue;

    fn fault(text: &str) -> String {
        let error = Catalogue::parse("mine", text, 1.0).unwrap_err();
        assert_eq!(error.faults().len(), 1, "{error}");
        error.faults()[0].clone()
    }

    #[test]
    fn a_rule_file_is_recognised_and_told_what_to_do_with() {
        for text in [
            "groups:\n  - name: up\n    rules:\n      - alert: Down\n        expr: up == 0\n",
            "# mine\n---\ngroups:\n- rules:\n  - expr: up == 0\n    alert: 'Down'\n",
            "      - alert: \"Down\"\n        expr: \"up < 0.5\"\n",
        ] {
            let told = fault(text);
            assert!(
                told.starts_with("is a rule file of Prometheus (YAML), not a catalogue (TOML)"),
                "{told}"
            );
            assert!(
                told.contains("promtool check rules") && told.contains("name = \"Down\""),
                "{told}"
            );
        }
        assert!(fault("groups: []\n").starts_with("is a rule file of Prometheus"));
        assert!(fault("- record: a\n  expr: b\n").starts_with("is a rule file of Prometheus"));
    }

    #[test]
    fn files_of_other_programs_are_named() {
        let told = fault("global: {}\nrule_files: [\"r.yml\"]\nscrape_configs:\n  - job_name: a\n");
        assert!(told.starts_with("is Prometheus' configuration"), "{told}");
        let told = fault("route:\n  receiver: a\nreceivers:\n- name: a\n");
        assert!(
            told.starts_with("is Alertmanager's configuration"),
            "{told}"
        );
        let told = fault("[[range]]\nname = \"a\"\nquery = \"up\"\n");
        assert!(
            told.starts_with("range: [[range]] is a query of the gateway"),
            "{told}"
        );
    }

    #[test]
    fn other_text_that_is_no_toml_is_told_by_its_line() {
        assert!(fault("[[alert]]\nexpr = \"a\" \"b\"\n").starts_with("line 2: "));
        assert!(fault("[[alert]]\nname = \"A\"\nalert: B\n").starts_with("line 3: "));
    }
}
