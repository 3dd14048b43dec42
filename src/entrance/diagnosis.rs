//! Why a page has no WebSocket. A browser does not tell it the status of a handshake, so the gateway remembers what it
//! refused, and the page asks: most often a proxy in between has changed or dropped a header.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    dev::RequestHead,
    http::{
        Version,
        header::{self, HeaderName},
    },
};
use http_kit::{
    api_error::ApiError,
    log_throttle::LogThrottle,
    origin::{AllowedOrigins, Origin},
    query::Parameters,
};
use log::warn;
use serde::Serialize;

/// How long a refusal explains why there is no WebSocket.
const REMEMBERED: Duration = Duration::from_secs(60);
/// Of how many origins the last refusal is remembered.
const MAX_ORIGINS: usize = 64;
/// How much of a header is repeated.
const MAX_SHOWN: usize = 128;
/// What a proxy adds to a request.
const OF_PROXIES: [&str; 5] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];
/// What nginx needs. `$http_host` has the port, which `$host` has not.
const NGINX: &str = "in nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                     proxy_set_header Connection \"upgrade\"; proxy_set_header Host $http_host;";

/// Why a handshake was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Problem {
    /// Its `Origin` is neither the `Host` nor allowed.
    Origin,
    /// It came without `Upgrade`.
    Upgrade,
    /// There is no place for another session.
    Sessions,
    /// Something else.
    Handshake,
}

/// The handshakes that were refused of late.
#[derive(Debug)]
pub struct Diagnosis {
    allowed: AllowedOrigins,
    refused: Mutex<VecDeque<Refused>>,
    throttle: LogThrottle,
}

#[derive(Debug)]
struct Refused {
    origin: Origin,
    problem: Problem,
    advice: String,
    at: Instant,
}

/// What a page shows besides data.
#[derive(Serialize)]
struct Connection {
    host: Option<String>,
    origin: Option<String>,
    http_version: &'static str,
    proxied: bool,
    problem: Option<Problem>,
    advice: Option<String>,
}

impl Diagnosis {
    /// Of handshakes that pages of these other origins may make.
    pub fn new(allowed: AllowedOrigins) -> Self {
        Self {
            allowed,
            refused: Mutex::default(),
            throttle: LogThrottle::default(),
        }
    }

    /// Notes that a handshake was refused, for the page that made it and, once per origin, in the log.
    pub fn refused(&self, head: &RequestHead, error: &ApiError) {
        let Some(origin) = origin_of(head) else {
            return self.refused_without_origin(head);
        };
        let problem = problem(head, error);
        let shown = shown(head, &header::ORIGIN).unwrap_or_default();
        let advice = match problem {
            Problem::Origin => advice_on_origin(head, &shown),
            Problem::Upgrade => advice_on_upgrade(head),
            Problem::Sessions | Problem::Handshake => format!("The gateway refuses: {error}."),
        };
        let theirs = matches!(problem, Problem::Origin | Problem::Upgrade);
        if theirs && self.throttle.admits(&format!("{problem:?} {shown}")) {
            warn!("a WebSocket of a page of {shown} is refused. {advice}");
        }
        let mut refused = self.lock();
        refused.retain(|known| known.origin != origin);
        if refused.len() == MAX_ORIGINS {
            refused.pop_front();
        }
        refused.push_back(Refused {
            origin,
            problem,
            advice,
            at: Instant::now(),
        });
    }

    fn refused_without_origin(&self, head: &RequestHead) {
        if lost_upgrade(head) && self.throttle.admits("no Origin") {
            warn!("a WebSocket is refused. {}", advice_on_upgrade(head));
        }
    }

    /// Notes that a handshake was answered as it should.
    pub fn accepted(&self, head: &RequestHead) {
        let mut refused = self.lock();
        // Most gateways never refuse any.
        if !refused.is_empty()
            && let Some(origin) = origin_of(head)
        {
            refused.retain(|known| known.origin != origin);
        }
    }

    /// What is known of the WebSockets of the page that a request names.
    ///
    /// # Errors
    /// 400 for other parameters than `origin`.
    pub(super) fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, ApiError> {
        let parameters = Parameters::read(request.query_string(), &["origin"])?;
        Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(self.of(request.head(), parameters.get("origin"))))
    }

    fn of(&self, head: &RequestHead, origin: Option<&str>) -> Connection {
        let page = origin.and_then(|origin| Origin::parse(origin.as_bytes()));
        let found = page.as_ref().and_then(|page| self.problem_of(head, page));
        let (problem, advice) = found.unzip();
        Connection {
            host: shown(head, &header::HOST),
            origin: page.map(|page| page.to_string()),
            http_version: version(head),
            proxied: OF_PROXIES
                .iter()
                .any(|name| head.headers.contains_key(*name)),
            problem,
            advice,
        }
    }

    fn problem_of(&self, head: &RequestHead, page: &Origin) -> Option<(Problem, String)> {
        let host = head.headers.get(header::HOST).map(|host| host.as_bytes());
        if !self.allowed.allow_origin(page, host) {
            return Some((Problem::Origin, advice_on_origin(head, &page.to_string())));
        }
        let refused = self.lock();
        let of_page = |known: &&Refused| known.origin == *page && known.at.elapsed() < REMEMBERED;
        let last = refused.iter().find(of_page)?;
        Some((last.problem, last.advice.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Refused>> {
        // Nothing panics while it is locked.
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it is a WebSocket's handshake whose hop-by-hop headers were lost on the way: the others are end-to-end.
pub fn lost_upgrade(head: &RequestHead) -> bool {
    let has = |name: &HeaderName, word: &str| {
        let mut values = head.headers.get_all(name);
        values.any(|value| {
            let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
            text.split(',').any(|option| option.trim() == word)
        })
    };
    head.headers.contains_key(header::SEC_WEBSOCKET_KEY)
        && (head.version < Version::HTTP_11
            || !has(&header::CONNECTION, "upgrade")
            || !has(&header::UPGRADE, "websocket"))
}

/// What arrived of a request to a WebSocket's address, as far as it matters.
pub fn arrived(head: &RequestHead) -> String {
    let header = |name: &HeaderName| match shown(head, name) {
        Some(value) => format!("{name}: {value}"),
        None => format!("no {name}"),
    };
    format!(
        "it came by HTTP/{} with {}, {} and {}",
        version(head),
        header(&header::HOST),
        header(&header::CONNECTION),
        header(&header::UPGRADE)
    )
}

fn problem(head: &RequestHead, error: &ApiError) -> Problem {
    match error {
        _ if lost_upgrade(head) => Problem::Upgrade,
        ApiError::Forbidden(_) => Problem::Origin,
        ApiError::Unavailable(_) | ApiError::TooManyRequests(_) | ApiError::Throttled { .. } => {
            Problem::Sessions
        }
        _ => Problem::Handshake,
    }
}

fn advice_on_upgrade(head: &RequestHead) -> String {
    format!(
        "A proxy drops what makes a request a WebSocket: {}. Let it pass Upgrade and Connection on, by HTTP/1.1; {NGINX}",
        arrived(head)
    )
}

fn advice_on_origin(head: &RequestHead, origin: &str) -> String {
    let host = shown(head, &header::HOST).unwrap_or_else(|| "none".to_owned());
    format!(
        "The page is of {origin}, but its requests arrive with the Host {host}, as those of another site would. Let the \
         proxy pass the Host on ({NGINX}), or add {origin} to cors.allowed_origins."
    )
}

fn origin_of(head: &RequestHead) -> Option<Origin> {
    Origin::parse(head.headers.get(header::ORIGIN)?.as_bytes())
}

/// A header, cut and escaped.
fn shown(head: &RequestHead, name: &HeaderName) -> Option<String> {
    let value = head.headers.get(name)?.as_bytes();
    let cut = &value[..value.len().min(MAX_SHOWN)];
    Some(cut.escape_ascii().to_string())
}

fn version(head: &RequestHead) -> &'static str {
    if head.version < Version::HTTP_11 {
        "1.0"
    } else {
        "1.1"
    }
}

#[cfg(test)]
#[path = "diagnosis_tests.rs"]
mod tests;
