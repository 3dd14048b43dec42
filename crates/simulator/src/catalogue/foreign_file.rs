//! Recognises files of other programs that are given as a catalogue, and says what to do with them.

/// Keys of the gateway's settings.
const QUERIES: [&str; 2] = ["instant", "range"];

/// What a text is that is not TOML, if its lines show it.
pub(super) fn recognise(text: &str) -> Option<String> {
    // A catalogue with a syntax error.
    if text.lines().any(|line| line.starts_with("[[")) {
        return None;
    }
    let lines = || text.lines().map(str::trim_start);
    let begins = |key: &str| lines().any(|line| line.trim_start_matches("- ").starts_with(key));
    let is_top = |key: &str| text.lines().any(|line| line.starts_with(key));
    if is_top("scrape_configs:") {
        let message =
            "is Prometheus' configuration, not a catalogue: `promtool check config FILE` checks it";
        return Some(message.to_owned());
    }
    if is_top("receivers:") && is_top("route:") {
        let message = "is Alertmanager's configuration, not a catalogue: `amtool check-config FILE` checks it";
        return Some(message.to_owned());
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

/// What a TOML file with these keys is, if it belongs to the gateway.
pub(super) fn recognise_keys<'a>(mut keys: impl Iterator<Item = &'a String>) -> Option<String> {
    let key = keys.find(|key| QUERIES.contains(&key.as_str()))?;
    Some(format!(
        "{key}: [[{key}]] is a query of the gateway: give this file to `service-metrics --config FILE`, not to mock-metrics"
    ))
}

#[cfg(test)]
mod tests {
    use crate::lint::CheckedCatalogue;

    fn error_of(text: &str) -> String {
        let error = CheckedCatalogue::parse("mine", text, 1.0).unwrap_err();
        assert_eq!(error.errors().len(), 1, "{error}");
        error.errors()[0].clone()
    }

    #[test]
    fn the_error_about_a_rule_file_says_what_to_do_with_it() {
        for text in [
            "groups:\n  - name: up\n    rules:\n      - alert: Down\n        expr: up == 0\n",
            "# mine\n---\ngroups:\n- rules:\n  - expr: up == 0\n    alert: 'Down'\n",
            "      - alert: \"Down\"\n        expr: \"up < 0.5\"\n",
        ] {
            let message = error_of(text);
            assert!(
                message.starts_with("is a rule file of Prometheus (YAML), not a catalogue (TOML)"),
                "{message}"
            );
            assert!(
                message.contains("promtool check rules") && message.contains("name = \"Down\""),
                "{message}"
            );
        }
        assert!(error_of("groups: []\n").starts_with("is a rule file of Prometheus"));
        assert!(error_of("- record: a\n  expr: b\n").starts_with("is a rule file of Prometheus"));
    }

    #[test]
    fn files_of_other_programs_are_named() {
        let message =
            error_of("global: {}\nrule_files: [\"r.yml\"]\nscrape_configs:\n  - job_name: a\n");
        assert!(
            message.starts_with("is Prometheus' configuration"),
            "{message}"
        );
        let message = error_of("route:\n  receiver: a\nreceivers:\n- name: a\n");
        assert!(
            message.starts_with("is Alertmanager's configuration"),
            "{message}"
        );
        let message = error_of("[[range]]\nname = \"a\"\nquery = \"up\"\n");
        assert!(
            message.starts_with("range: [[range]] is a query of the gateway"),
            "{message}"
        );
    }

    #[test]
    fn an_error_of_syntax_names_its_line() {
        assert!(error_of("[[alert]]\nexpr = \"a\" \"b\"\n").starts_with("line 2: "));
        assert!(error_of("[[alert]]\nname = \"A\"\nalert: B\n").starts_with("line 3: "));
    }
}
