//! What is shown of rehearsals on their way.

use chrono::DateTime;

use super::*;
use crate::{record::Reached, stage::Stage};

fn record(name: &str, outcome: Outcome) -> Record {
    Record {
        name: name.to_owned(),
        family: "disk".to_owned(),
        outcome,
        ..Record::default()
    }
}

#[test]
fn a_screen_too_small_shows_what_is_on_its_way_first() {
    let failed = Outcome::Failed {
        stage: Stage::Firing,
        why: "never".to_owned(),
        unasked: false,
    };
    let records = [
        record("A", Outcome::Passed),
        record("B", Outcome::Waiting),
        record("C", failed),
        record("D", Outcome::Running),
    ];
    assert_eq!(rows(&records, 10).len(), 5);
    let small = rows(&records, 3);
    assert!(
        small[0].contains(" D ")
            && small[1].contains("FAILED at firing")
            && small[1].ends_with("never"),
        "{small:?}"
    );
    assert_eq!(small[2], "1 of 4 arrived, 1 failed");
}

#[test]
fn a_line_says_what_was_reached_and_whether_late() {
    let reached = Reached {
        stage: Stage::Firing,
        at: Utc::now(),
        seconds: 12.34,
        theory: Some(12.0),
    };
    let mut record = record("A", Outcome::Running);
    record.reached.push(reached);
    record.trigger = Some(Utc::now());
    let line = line(&record, Event::Reached);
    assert_eq!(line, "A: firing at 12.3 s (theory 12.0 s), late");
}

#[test]
fn what_is_still_waited_for_is_told_with_its_end_and_the_longest_first() {
    let until = |name: &str, seconds: i64| Record {
        until: Some(DateTime::from_timestamp(seconds, 0).unwrap()),
        ..record(name, Outcome::Running)
    };
    let mut records = vec![
        record("Z", Outcome::Waiting),
        until("A", 60),
        until("B", 3_600),
    ];
    assert_eq!(
        still(&records).unwrap(),
        "still waits: B for rule, until 01:00:00 UTC at most; A for rule, until 00:01:00 UTC at most"
    );
    records.extend([until("C", 1), until("D", 2)]);
    assert!(still(&records).unwrap().ends_with("; and 1 more"));
    records[2].outcome = Outcome::Passed;
    assert!(!still(&records).unwrap().contains("B for"));
    assert_eq!(still(&records[..1]), None);
}

#[test]
fn who_waits_says_for_what() {
    let record = Record {
        waits: Some("it is active".to_owned()),
        ..record("A", Outcome::Running)
    };
    assert_eq!(
        line(&record, Event::Waits),
        "A: waits for rule: it is active"
    );
    let waits = Record {
        until: DateTime::from_timestamp(60, 0),
        ..record.clone()
    };
    assert_eq!(
        line(&waits, Event::Waits),
        "A: waits for rule: it is active (waits until 00:01:00 UTC at most)"
    );
    assert!(row(&record, (4, 1)).ends_with(" it is active"));
}
