//! Somebody else's alerts: a catalogue of three, and nothing else.

use std::fs;

use super::{Stack, ended, json, of};

const THEIRS: &str = r#"
scrape_interval = "10s"

[[alert]]
name = "TooCold"
expr = "room_celsius <= 4.5"
trigger = { pattern = "ramp", to = 1.5, over = "20s" }
baseline = 20.0
noise = 0.5
for = "20s"
labels = { room = "a", door = "it's \"open\" \\ – or ajar" }
description = 'Only {{ $value }} °C in "{{ $labels.room }}"'

[[alert]]
name = "Refused"
expr = "sum by (door) (rate(refusals_total[{window}])) * 60 >= {threshold}"
threshold = 30.0
window = "1m"
for = "20s"
metric = "refusals_total"
family = "doors"
severity = "page"
trigger = { pattern = "hold", to = 2.0 }
baseline = 0.1
labels = { door = "north", floor = "2" }
description = "{{ $labels.door }}: {{ $value | humanize }} a minute"

[[alert]]
name = "Gone"
expr = "watchman_present < 1"
for = "0s"
trigger = 0
baseline = 1
"#;

#[actix_rt::test]
async fn three_foreign_alerts_arrive_and_every_report_says_so() {
    let stack = Stack::of(Some(THEIRS), "0.1", |rules| rules).await;
    let [page, object, document] = ["r.md", "r.json", "r.xml"].map(|name| stack.report(name));
    let reports = [
        "--all", "--report", &page, "--report", &object, "--report", &document,
    ];
    let ended = ended(stack.drill(&reports)).await;

    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("3 of 3 alerts arrived"), "{ended:?}");
    let report = json(&object);
    assert_eq!(report["totals"]["failed"], 0, "{report}");
    assert_eq!(
        (&report["scrape_seconds"], &report["poll_seconds"]),
        (&1.0.into(), &1.0.into())
    );
    let stages = |name: &str| {
        let stages = of(&report, name)["stages"].as_array().unwrap().clone();
        stages
            .into_iter()
            .map(|stage| stage["stage"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(stages("TooCold").len(), 12, "{report}");
    assert!(
        !stages("Gone").contains(&"pending".to_owned()),
        "its `for` is 0"
    );
    assert_eq!(
        of(&report, "Refused")["labels"]["floor"],
        serde_json::Value::Null
    );
    assert!(fs::read_to_string(&page).unwrap().contains("| TooCold |"));
    let document = fs::read_to_string(&document).unwrap();
    assert!(
        document.contains("<testsuite name=\"doors\" tests=\"1\" failures=\"0\""),
        "{document}"
    );
}
