//! A gateway without incidents: none of it asks for a database, and who asks for incidents is told why there are none.

use std::collections::BTreeMap;

use service_metrics::settings::GatewaySettings;

use crate::support::gateway::TestGateway;

#[actix::test]
async fn switched_off_they_are_a_404_that_names_the_setting_and_readiness_does_without() {
    for (variable, value, setting) in [
        (
            "SERVICE_METRICS__INCIDENTS__ENABLED",
            "false",
            "incidents.enabled",
        ),
        ("DATABASE_URL", "", "database.url"),
        ("SERVICE_METRICS__DATABASE__URL", "", "database.url"),
    ] {
        let mut environment = vec![(variable, value.to_owned())];
        if variable == "SERVICE_METRICS__DATABASE__URL" {
            environment.push(("DATABASE_URL", String::new()));
        }
        let gateway = TestGateway::start(environment);
        for route in ["by-service", "details?limit=0", "summary"] {
            let path = format!("/api/metrics/incidents/{route}");
            let (status, body) = gateway.get(&path).await;
            assert_eq!(
                (status, &body["errorType"]),
                (404, &"not_found".into()),
                "{path}: {body}"
            );
            let error = body["error"].as_str().unwrap();
            assert!(error.contains(setting), "{path}: {error}");
        }
        let (_, ready) = gateway.get("/-/ready").await;
        let checks = ready["checks"].as_object().unwrap();
        assert!(!checks.contains_key("database"), "{ready}");
        let (_, told) = gateway.get("/api/ui/settings").await;
        assert_eq!(told["incidents"], false, "{variable}");
    }
    let (_, told) = TestGateway::start([]).get("/api/ui/settings").await;
    assert_eq!(told["incidents"], true);
}

#[test]
fn an_address_that_is_not_used_is_not_judged() {
    let load = |enabled: &str| {
        let environment = [
            ("SERVICE_METRICS__INCIDENTS__ENABLED", enabled),
            ("DATABASE_URL", "nowhere"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        GatewaySettings::load(None, &BTreeMap::from(environment))
    };
    assert!(
        load("true")
            .unwrap_err()
            .to_string()
            .contains("database.url")
    );
    assert_eq!(
        load("false").unwrap().of_incidents().off_by(),
        Some("incidents.enabled")
    );
}
