//! Rules of somebody else: without our labels, and several of one name.

use super::{Stack, ended, json, of};

/// The rule of `Gone` as somebody else would write it: without family and texts.
fn without_family(rules: &str) -> String {
    let rules = rules.replace("          family: \"own\"\n", "");
    let start = rules.find("        annotations:").unwrap();
    let end = start + rules[start..].find("      - alert").unwrap();
    rules[..start].to_owned() + &rules[end..]
}

#[actix_rt::test]
async fn with_other_rules_a_missing_family_or_text_is_a_warning_and_all_stages_are_looked_at() {
    let stack = Stack::of(Some(super::QUICK), "1", |rules| without_family(&rules)).await;
    let report = stack.report("r.json");
    let arguments = ["Gone", "--other-rules", "--report", &report];
    let other = ended(stack.drill(&arguments)).await;
    assert_eq!(other.code, Some(0), "{other:?}");
    let gone = of(&json(&report), "Gone").clone();
    assert_eq!(gone["failed_stage"], serde_json::Value::Null, "{gone}");
    let warnings = gone["warnings"].to_string();
    for words in ["label family: expected", "annotation summary: is missing"] {
        assert!(warnings.contains(words), "{warnings}");
    }
    let strict = ended(stack.drill(&["Gone", "--report", &report])).await;
    assert_eq!(strict.code, Some(1), "{strict:?}");
    assert_eq!(of(&json(&report), "Gone")["failed_stage"], "firing");
}

/// Before ours stand two of its name: one that pages at once, and one of a team, without texts.
fn with_namesakes(rules: &str) -> String {
    let namesakes = r#"      - alert: "Gone"
        expr: "watchman_present < 0.5"
        labels: { severity: "page", family: "own" }
        annotations: { summary: "{{ $labels.instance }}", description: "{{ $value }}" }
      - alert: "Gone"
        expr: "watchman_present < 0.6"
        labels: { severity: "warning", family: "own", team: "b" }
"#;
    let first = rules.find("      - alert").unwrap();
    rules[..first].to_owned() + namesakes + &rules[first..]
}

#[actix_rt::test]
async fn of_rules_of_one_name_the_catalogue_s_is_followed() {
    let stack = Stack::of(Some(super::QUICK), "1", |rules| with_namesakes(&rules)).await;
    let report = stack.report("r.json");
    let ended = ended(stack.drill(&["Gone", "--report", &report])).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let gone = of(&json(&report), "Gone").clone();
    let own = serde_json::json!({ "severity": "warning", "team": "" });
    assert_eq!(gone["labels"], own, "{gone}");
}

/// A rule of two metrics, of which the simulator serves one.
const HALF: &str = r#"
scrape_interval = "1s"

[[alert]]
name = "Full"
metric = "bytes_free"
expr = "bytes_free / bytes_in_all{fs!=''} < 0.1"
baseline = 90
trigger = 1
"#;

#[actix_rt::test]
async fn an_alert_whose_series_is_missing_fails_at_once_with_the_selector() {
    let stack = Stack::of(Some(HALF), "1", |rules| rules).await;
    let report = stack.report("r.json");
    let ended = ended(stack.drill(&["Full", "--report", &report])).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let full = of(&json(&report), "Full").clone();
    assert_eq!(full["failed_stage"], "trigger", "{full}");
    let why = full["why"].as_str().unwrap();
    assert!(
        why.contains("no series for bytes_in_all{fs!=\"\"}"),
        "{why}"
    );
    assert_eq!(stack.driven().await, Vec::<String>::new());
}
