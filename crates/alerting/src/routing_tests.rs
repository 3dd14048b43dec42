//! Routing trees, followed as Alertmanager follows them.

use super::*;
use crate::labels::labels;

fn receivers_of(text: &str, of: &[(&str, &str)]) -> Vec<String> {
    let routes = RoutingTree::read(text).unwrap();
    let receivers = routes.receivers(&labels(of)).into_iter();
    receivers
        .map(|receiver| format!("{}: {}", receiver.name, receiver.integrations.join(" ")))
        .collect()
}

#[test]
fn a_drill_by_this_repository_s_configuration_reaches_the_gateway_and_nobody_else() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../monitoring/alertmanager/alertmanager.yml"
    );
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(
        receivers_of(&text, &[("drill", "true")]),
        ["gateway: ", "nobody: "]
    );
    assert_eq!(receivers_of(&text, &[]), ["gateway: ", "people: "]);
}

/// `amtool config routes test` gives the same.
const THEIRS: &str = r##"
route:
  receiver: fallback
  routes:
    - receiver: drills
      match: { drill: "true" }
      continue: true
    - match_re: { team: "a|b" }
      receiver: team
      routes:
        - receiver: night
          matchers: ['severity=~"crit.*"', 'where!="x"']
        - matchers: ['{severity="page",where="y, z"}']
    - receiver: never
      matchers: [severity=none]
receivers:
  - name: fallback
    email_configs: [{ to: all@example.org }]
  - name: drills
    webhook_configs: [{ url: "http://metrics.example.org/prefix/api/alerts/webhook" }]
  - name: team
    slack_configs: [{ channel: "#team" }]
    pagerduty_configs: []
  - name: night
    webhook_configs: [{ url: <secret> }]
  - name: never
    webhook_configs: [{ url: "http://pager.example.org/" }]
"##;

#[test]
fn routes_are_followed_as_alertmanager_follows_them() {
    for (of, expected) in [
        (&[][..], &["fallback: email_configs"][..]),
        (&[("drill", "true")], &["drills: "]),
        (
            &[("drill", "true"), ("team", "a")],
            &["drills: ", "team: slack_configs"],
        ),
        (&[("team", "ab")], &["fallback: email_configs"]),
        (&[("team", "b"), ("severity", "critical")], &["night: "]),
        (
            &[("team", "b"), ("severity", "critical"), ("where", "x")],
            &["team: slack_configs"],
        ),
        (
            &[("team", "b"), ("severity", "page"), ("where", "y, z")],
            &["team: slack_configs"],
        ),
        (&[("severity", "none")], &["never: webhook_configs"]),
    ] {
        assert_eq!(receivers_of(THEIRS, of), expected, "{of:?}");
    }
    let routes = RoutingTree::read(THEIRS).unwrap();
    let night = routes.receivers(&labels(&[("team", "a"), ("severity", "crit")]));
    assert!(night[0].has_hidden_webhook);
}

#[test]
fn a_route_that_may_match_is_taken_and_passed_over() {
    let routes = |first: &str| {
        format!(
            "route: {{receiver: all, routes: [{{receiver: nobody, matchers: ['{first}']}}, {{receiver: page}}]}}\n\
                 receivers: [{{name: all}}, {{name: nobody}}, {{name: page, pagerduty_configs: [{{}}]}}]"
        )
    };
    let of = [("team", "{{ $labels.team }}"), ("drill", "true")];
    let page = "page: pagerduty_configs";
    assert_eq!(receivers_of(&routes("drill=true"), &of), ["nobody: "]);
    for unknown in ["team=a", "team!~b", "drill=~\"(\"", "?"] {
        assert_eq!(
            receivers_of(&routes(unknown), &of),
            ["nobody: ", page],
            "{unknown}"
        );
    }
    // One that surely fails is enough.
    assert_eq!(receivers_of(&routes("team=a,drill=false"), &of), [page]);
}

#[test]
fn a_webhook_is_a_gateway_s_by_its_path_and_where_that_is_hidden_by_being_a_nudge() {
    let hooked = |webhook: &str| {
        let text = format!(
            "route: {{receiver: a}}\nreceivers: [{{name: a, webhook_configs: [{webhook}]}}]"
        );
        let receiver = RoutingTree::read(&text).unwrap().receivers[0].clone();
        (
            receiver.integrations.is_empty(),
            receiver.has_hidden_webhook,
        )
    };
    let gateway = "https://u:p@h/prefix/api/alerts/webhook";
    for (webhook, expected) in [
        (format!("{{url: '{gateway}'}}"), (true, false)),
        (format!("{{url: '{gateway}/?token=a'}}"), (true, false)),
        (
            format!("{{url: 'http://pager/?of={gateway}'}}"),
            (false, false),
        ),
        ("{url: <secret>, max_alerts: 1}".to_owned(), (true, false)),
        ("{url: <secret>, max_alerts: 0}".to_owned(), (true, true)),
        ("{url_file: /run/pager}".to_owned(), (true, true)),
    ] {
        assert_eq!(hooked(&webhook), expected, "{webhook}");
    }
}

#[test]
fn what_is_no_configuration_is_receivers_of() {
    for text in [
        "",
        "a: b",
        "route: [",
        "route: {}",
        "- 1",
        "route: {receiver: 1}",
    ] {
        assert!(RoutingTree::read(text).is_err(), "{text}");
    }
}
