//! Where Alertmanager would send an alert, by its configuration, and who is there. Pure.

use promql_parser::{
    label::Matcher,
    parser::token::{T_EQL, T_EQL_REGEX, T_NEQ, T_NEQ_REGEX},
};
use yaml_rust2::{Yaml, YamlLoader};

use crate::drill::servers::seen::Labels;

/// The path of the gateway's webhook, whatever host and prefix it has.
const GATEWAY: &str = "/api/alerts/webhook";

/// Routes deeper than this are not Alertmanager's.
const DEEPEST: usize = 64;

/// Whether a route takes an alert; of several conditions the least holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    No,
    /// That cannot be told.
    Maybe,
    Yes,
}

/// Alertmanager's configuration, as far as it says who is told.
#[derive(Debug)]
pub(crate) struct Routes {
    root: Yaml,
    receivers: Vec<Receiver>,
}

/// Whom Alertmanager tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receiver {
    pub(crate) name: String,
    /// How people are told, such as `email_configs`; nothing where nobody but a gateway is.
    pub(crate) ways: Vec<String>,
    /// It has a webhook whose address Alertmanager does not tell, and that takes more than the nudge that a gateway needs.
    pub(crate) hidden: bool,
}

impl Routes {
    /// Reads the configuration as Alertmanager tells it (`/api/v2/status`, `config.original`).
    ///
    /// # Errors
    /// That it is none.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
        let document = documents.into_iter().next().unwrap_or(Yaml::BadValue);
        let root = document["route"].clone();
        if root["receiver"].as_str().is_none() {
            return Err("its route has no receiver".to_owned());
        }
        let receivers = document["receivers"].as_vec().into_iter().flatten();
        let receivers = receivers.map(receiver).collect();
        Ok(Self { root, receivers })
    }

    /// The receiver of that name.
    pub(crate) fn receiver(&self, name: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|known| known.name == name)
    }

    /// Who is told of an alert with these labels, each once.
    pub(crate) fn receivers(&self, labels: &Labels) -> Vec<&Receiver> {
        let mut names = Vec::new();
        walk(&self.root, None, labels, DEEPEST, &mut names);
        let mut told: Vec<&Receiver> = Vec::new();
        for name in names {
            let known = self.receiver(name);
            told.extend(known.filter(|known| !told.contains(known)));
        }
        told
    }
}

/// Adds the receivers of `route` and below; whether it matches. (Alertmanager, "route": the children in their order, on after
/// one that matches only where it says `continue`, and the route itself where none of them matches.) Where that cannot be
/// told, both ways are gone: rather a receiver too many.
fn walk<'r>(
    route: &'r Yaml,
    inherited: Option<&'r str>,
    labels: &Labels,
    depth: usize,
    names: &mut Vec<&'r str>,
) -> Match {
    let met = matches(route, labels);
    if depth == 0 || met == Match::No {
        return Match::No;
    }
    let receiver = route["receiver"].as_str().or(inherited);
    let mut matched = false;
    for child in route["routes"].as_vec().into_iter().flatten() {
        if walk(child, receiver, labels, depth - 1, names) == Match::Yes {
            matched = true;
            if child["continue"].as_bool() != Some(true) {
                break;
            }
        }
    }
    if !matched {
        names.extend(receiver);
    }
    met
}

fn matches(route: &Yaml, labels: &Labels) -> Match {
    let value = |name: &str| labels.get(name).map_or("", String::as_str);
    let pairs = |key: &str| {
        let pairs = route[key].as_hash().into_iter().flatten();
        pairs.filter_map(|(name, value)| Some((name.as_str()?, text(value))))
    };
    let equal = pairs("match").map(|(name, wanted)| is(name, "=", &wanted, value(name)));
    let like = pairs("match_re").map(|(name, wanted)| is(name, "=~", &wanted, value(name)));
    let matchers = route["matchers"].as_vec().into_iter().flatten();
    let matchers = matchers.filter_map(Yaml::as_str).flat_map(split);
    let matchers = matchers.map(|matcher| match parts(&matcher) {
        Some((name, operator, wanted)) => is(name, operator, &wanted, value(name)),
        None => Match::Maybe,
    });
    equal
        .chain(like)
        .chain(matchers)
        .min()
        .unwrap_or(Match::Yes)
}

/// The matchers of one text: it may hold several, in braces or without.
fn split(text: &str) -> Vec<String> {
    let inner = text.trim();
    let inner = inner.strip_prefix('{').unwrap_or(inner);
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let (mut all, mut quoted, mut escaped) = (vec![String::new()], false, false);
    for c in inner.chars() {
        if c == ',' && !quoted {
            all.push(String::new());
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all.retain(|matcher| !matcher.trim().is_empty());
    all
}

fn parts(matcher: &str) -> Option<(&str, &'static str, String)> {
    let at = matcher.find(['=', '!'])?;
    let (name, rest) = matcher.split_at(at);
    let operator = ["=~", "!~", "!=", "="];
    let operator = operator.into_iter().find(|one| rest.starts_with(one))?;
    let value = rest[operator.len()..].trim();
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let value = match quoted {
        // As in Go, and so in JSON but for what nobody writes into a matcher.
        Some(_) => serde_json::from_str(value).ok()?,
        None => value.to_owned(),
    };
    Some((name.trim().trim_matches('"'), operator, value))
}

/// Whether a value meets a matcher. A pattern that cannot be read may be met, and so may any by a value that a template
/// gives.
fn is(name: &str, operator: &str, wanted: &str, value: &str) -> Match {
    if value.contains("{{") {
        return Match::Maybe;
    }
    let operator = match operator {
        "=" => T_EQL,
        "!=" => T_NEQ,
        "=~" => T_EQL_REGEX,
        _ => T_NEQ_REGEX,
    };
    let matcher = Matcher::new_matcher(operator, name.to_owned(), wanted.to_owned());
    matcher.map_or(Match::Maybe, |matcher| match matcher.is_match(value) {
        true => Match::Yes,
        false => Match::No,
    })
}

/// A scalar as Go reads it into a text.
pub(super) fn text(value: &Yaml) -> String {
    match value {
        Yaml::String(text) | Yaml::Real(text) => text.clone(),
        Yaml::Integer(number) => number.to_string(),
        Yaml::Boolean(flag) => flag.to_string(),
        _ => String::new(),
    }
}

fn receiver(yaml: &Yaml) -> Receiver {
    let mut receiver = Receiver {
        name: yaml["name"].as_str().unwrap_or_default().to_owned(),
        ways: Vec::new(),
        hidden: false,
    };
    for (key, list) in yaml.as_hash().into_iter().flatten() {
        let (Some(key), Some(list)) = (key.as_str(), list.as_vec()) else {
            continue;
        };
        if key != "webhook_configs" {
            receiver
                .ways
                .extend((!list.is_empty()).then(|| key.to_owned()));
            continue;
        }
        for webhook in list {
            match webhook["url"].as_str() {
                Some(url) if !url.starts_with('<') => {
                    let path = url.split(['?', '#']).next().unwrap_or_default();
                    if !path.trim_end_matches('/').ends_with(GATEWAY) {
                        receiver.ways.push("webhook_configs".to_owned());
                    }
                }
                // As this repository's configuration has it.
                _ => receiver.hidden |= webhook["max_alerts"].as_i64() != Some(1),
            }
        }
    }
    receiver.ways.dedup();
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::servers::seen::labels;

    fn told(text: &str, of: &[(&str, &str)]) -> Vec<String> {
        let routes = Routes::read(text).unwrap();
        let told = routes.receivers(&labels(of)).into_iter();
        told.map(|receiver| format!("{}: {}", receiver.name, receiver.ways.join(" ")))
            .collect()
    }

    #[test]
    fn a_drill_by_this_repository_s_configuration_reaches_the_gateway_and_nobody_else() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/monitoring/alertmanager/alertmanager.yml"
        );
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(told(&text, &[("drill", "true")]), ["gateway: ", "nobody: "]);
        assert_eq!(told(&text, &[]), ["gateway: ", "people: "]);
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
            assert_eq!(told(THEIRS, of), expected, "{of:?}");
        }
        let routes = Routes::read(THEIRS).unwrap();
        let night = routes.receivers(&labels(&[("team", "a"), ("severity", "crit")]));
        assert!(night[0].hidden);
    }

    #[test]
    fn where_it_cannot_be_told_whether_a_route_matches_both_ways_are_gone() {
        let routes = |first: &str| {
            format!(
                "route: {{receiver: all, routes: [{{receiver: nobody, matchers: ['{first}']}}, {{receiver: page}}]}}\n\
                 receivers: [{{name: all}}, {{name: nobody}}, {{name: page, pagerduty_configs: [{{}}]}}]"
            )
        };
        let of = [("team", "{{ $labels.team }}"), ("drill", "true")];
        let page = "page: pagerduty_configs";
        assert_eq!(told(&routes("drill=true"), &of), ["nobody: "]);
        for unknown in ["team=a", "team!~b", "drill=~\"(\"", "?"] {
            assert_eq!(told(&routes(unknown), &of), ["nobody: ", page], "{unknown}");
        }
        // One that surely fails is enough.
        assert_eq!(told(&routes("team=a,drill=false"), &of), [page]);
    }

    #[test]
    fn a_webhook_is_a_gateway_s_by_its_path_and_where_that_is_hidden_by_being_a_nudge() {
        let hooked = |webhook: &str| {
            let text = format!(
                "route: {{receiver: a}}\nreceivers: [{{name: a, webhook_configs: [{webhook}]}}]"
            );
            let receiver = Routes::read(&text).unwrap().receivers[0].clone();
            (receiver.ways.is_empty(), receiver.hidden)
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
    fn what_is_no_configuration_is_told() {
        for text in [
            "",
            "a: b",
            "route: [",
            "route: {}",
            "- 1",
            "route: {receiver: 1}",
        ] {
            assert!(Routes::read(text).is_err(), "{text}");
        }
    }
}
