//! Where Alertmanager would send an alert, by its configuration, and who is there. Pure.

use promql_parser::{
    label::Matcher,
    parser::token::{T_EQL, T_EQL_REGEX, T_NEQ, T_NEQ_REGEX},
};
use yaml_rust2::{Yaml, YamlLoader};

use crate::servers::seen::Labels;

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
#[path = "routes_tests.rs"]
mod tests;
