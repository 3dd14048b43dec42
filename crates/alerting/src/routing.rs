//! Where Alertmanager would send an alert, by its configuration.

use promql_parser::{
    label::Matcher,
    parser::token::{T_EQL, T_EQL_REGEX, T_NEQ, T_NEQ_REGEX},
};
use yaml_rust2::{Yaml, YamlLoader};

use crate::labels::Labels;

/// The path of the gateway's webhook, whatever host and prefix it has.
const GATEWAY_WEBHOOK: &str = "/api/alerts/webhook";

/// Routes nested deeper than this are not followed.
const MAX_DEPTH: usize = 64;

/// Whether a route takes an alert. The least of several conditions counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    No,
    /// It cannot be foreseen.
    Maybe,
    Yes,
}

/// Alertmanager's routing tree and its receivers.
#[derive(Debug)]
pub struct RoutingTree {
    root: Yaml,
    receivers: Vec<Receiver>,
}

/// A receiver of Alertmanager's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// As the configuration names it.
    pub name: String,
    /// The integrations that notify people, such as `email_configs`. Empty if it notifies a gateway only, or nobody.
    pub integrations: Vec<String>,
    /// Whether it has a webhook whose address Alertmanager hides, and that does not limit itself to `max_alerts: 1` as a
    /// gateway's webhook does.
    pub has_hidden_webhook: bool,
}

impl RoutingTree {
    /// Reads Alertmanager's configuration (`/api/v2/status`, `config.original`).
    ///
    /// # Errors
    /// Why it is no configuration.
    pub fn read(text: &str) -> Result<Self, String> {
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
    pub fn receiver(&self, name: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|known| known.name == name)
    }

    /// The receivers of an alert with these labels, each once.
    pub fn receivers(&self, labels: &Labels) -> Vec<&Receiver> {
        let mut names = Vec::new();
        walk(&self.root, None, labels, MAX_DEPTH, &mut names);
        let mut receivers: Vec<&Receiver> = Vec::new();
        for name in names {
            let known = self.receiver(name);
            receivers.extend(known.filter(|known| !receivers.contains(known)));
        }
        receivers
    }
}

/// Collects the receivers of `route` and its children, and gives whether the route matches. The children are tried in their
/// order, and further ones after a match only where it says `continue`; the route itself takes the alert where no child
/// does (Alertmanager configuration, "route"). A route that may match is taken and passed over at once: rather a receiver
/// too many than one too few.
fn walk<'r>(
    route: &'r Yaml,
    inherited: Option<&'r str>,
    labels: &Labels,
    depth: usize,
    names: &mut Vec<&'r str>,
) -> Match {
    let matches = matches(route, labels);
    if depth == 0 || matches == Match::No {
        return Match::No;
    }
    let receiver = route["receiver"].as_str().or(inherited);
    let mut taken = false;
    for child in route["routes"].as_vec().into_iter().flatten() {
        if walk(child, receiver, labels, depth - 1, names) == Match::Yes {
            taken = true;
            if child["continue"].as_bool() != Some(true) {
                break;
            }
        }
    }
    if !taken {
        names.extend(receiver);
    }
    matches
}

fn matches(route: &Yaml, labels: &Labels) -> Match {
    let value = |name: &str| labels.get(name).map_or("", String::as_str);
    let pairs = |key: &str| {
        let pairs = route[key].as_hash().into_iter().flatten();
        pairs.filter_map(|(name, value)| Some((name.as_str()?, scalar_text(value))))
    };
    let equal = pairs("match").map(|(name, wanted)| meets(name, "=", &wanted, value(name)));
    let like = pairs("match_re").map(|(name, wanted)| meets(name, "=~", &wanted, value(name)));
    let matchers = route["matchers"].as_vec().into_iter().flatten();
    let matchers = matchers
        .filter_map(Yaml::as_str)
        .flat_map(split_matchers)
        .map(|matcher| match matcher_parts(&matcher) {
            Some((name, operator, wanted)) => meets(name, operator, &wanted, value(name)),
            None => Match::Maybe,
        });
    equal
        .chain(like)
        .chain(matchers)
        .min()
        .unwrap_or(Match::Yes)
}

/// The matchers in one text, with or without braces.
fn split_matchers(text: &str) -> Vec<String> {
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

/// Name, operator and value.
fn matcher_parts(matcher: &str) -> Option<(&str, &'static str, String)> {
    let at = matcher.find(['=', '!'])?;
    let (name, rest) = matcher.split_at(at);
    let operator = ["=~", "!~", "!=", "="];
    let operator = operator.into_iter().find(|one| rest.starts_with(one))?;
    let value = rest[operator.len()..].trim();
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let value = match quoted {
        // Go's quoting, of which JSON's is the part that matchers use.
        Some(_) => serde_json::from_str(value).ok()?,
        None => value.to_owned(),
    };
    Some((name.trim().trim_matches('"'), operator, value))
}

/// Whether a value meets a matcher. A regular expression that cannot be read, and a value that a template will give, may
/// meet it.
fn meets(name: &str, operator: &str, wanted: &str, value: &str) -> Match {
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

/// A YAML scalar as Go decodes it into a string.
pub(crate) fn scalar_text(value: &Yaml) -> String {
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
        integrations: Vec::new(),
        has_hidden_webhook: false,
    };
    for (key, list) in yaml.as_hash().into_iter().flatten() {
        let (Some(key), Some(list)) = (key.as_str(), list.as_vec()) else {
            continue;
        };
        if key != "webhook_configs" {
            receiver
                .integrations
                .extend((!list.is_empty()).then(|| key.to_owned()));
            continue;
        }
        for webhook in list {
            match webhook["url"].as_str() {
                Some(url) if !url.starts_with('<') => {
                    let path = url.split(['?', '#']).next().unwrap_or_default();
                    if !path.trim_end_matches('/').ends_with(GATEWAY_WEBHOOK) {
                        receiver.integrations.push("webhook_configs".to_owned());
                    }
                }
                // `max_alerts: 1` is what this repository's configuration has.
                _ => receiver.has_hidden_webhook |= webhook["max_alerts"].as_i64() != Some(1),
            }
        }
    }
    receiver.integrations.dedup();
    receiver
}

#[cfg(test)]
#[path = "routing_tests.rs"]
mod tests;
