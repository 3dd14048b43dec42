//! What is told of the simulator, and which catalogue it serves.

use chrono::DateTime;
use url::Url;

use simulator::lint::CheckedCatalogue;

use super::*;

fn served(catalogue: &Catalogue) -> Served {
    let alerts = catalogue.alerts.iter().map(|alert| Driven {
        name: alert.name.clone(),
        expr: alert.expr.clone(),
        hold_for: format_duration(alert.for_duration),
        ..Driven::default()
    });
    Served {
        time_scale: 1.0,
        alerts: alerts.collect(),
    }
}

/// What is said at one hour of an alert that went there, or came back, at half past.
fn busy(condition: &str, driven: bool, (value, window): (f64, u64), of: &str) -> String {
    let url = Url::parse("http://u:hunter2@h/mock").unwrap();
    let simulator = Simulator(Server::new("mock-metrics", "--simulator", url, None));
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    let driven = Driven {
        name: "DiskFull".to_owned(),
        condition: condition.to_owned(),
        value: json!(value),
        driven,
        since: DateTime::from_timestamp(1_800, 0),
        ..Driven::default()
    };
    let alert = catalogue.alert(of).unwrap();
    let now = DateTime::from_timestamp(3_600, 0).unwrap();
    simulator.busy(&driven, alert, Duration::from_secs(window), now)
}

#[actix_rt::test]
async fn what_is_busy_is_told_with_how_to_end_it() {
    let end = "bring it back with `curl -X POST http://h/mock/api/alerts/DiskFull/recover`, or everything with \
               `curl -X POST http://h/mock/api/reset`";
    for (driven, window) in [(true, 0), (true, 120), (false, 0), (false, 120)] {
        assert_eq!(
            busy("active", driven, (97.5, window), "DiskFull"),
            format!("the simulator says active at 97.5; {end}")
        );
    }
    let counted = busy("active", false, (763.0, 120), "DBSlowQuery");
    let expected = format!("is past by 01:02:00 UTC at most; else {end}");
    assert!(counted.ends_with(&expected), "{counted}");
}

#[actix_rt::test]
async fn what_ends_by_itself_is_told_with_when_and_not_with_how_to_end_it() {
    let told = |condition: &str, window: u64| busy(condition, false, (45.0, window), "DiskFull");
    // Back at rest, so that its window is filled with calm values from now on.
    assert_eq!(
        told("active", 120),
        "the simulator says active at 45.0; nothing drives it, and nothing is to be done: what its window of 2m \
         still holds is past by 01:02:00 UTC at most"
    );
    // It takes 30 s to come back.
    assert_eq!(
        told("recovering", 120),
        "the simulator says recovering at 45.0; nothing is to be done: what its window of 2m still holds is past by \
         00:32:30 UTC at most"
    );
    assert_eq!(
        told("recovering", 0),
        "the simulator says recovering at 45.0; nothing is to be done: it is calm by 00:30:30 UTC at most"
    );
}

#[test]
fn another_catalogue_is_known_by_names_expressions_and_for() {
    let ours = CheckedCatalogue::load(None, 1.0).unwrap();
    let mut served = served(&ours);
    assert_eq!(served.differs_from(&ours), None);
    served.alerts[0].hold_for = "2m".to_owned();
    served.alerts[1].name = "Other".to_owned();
    assert_eq!(
        served.differs_from(&ours).unwrap(),
        "for of HighMemoryUsage is `2m` there, `1m` here; it has no MemoryLeakDetected; it has Other too"
    );
    served.alerts.clear();
    assert!(
        served
            .differs_from(&ours)
            .unwrap()
            .ends_with("; and 24 more")
    );
}
