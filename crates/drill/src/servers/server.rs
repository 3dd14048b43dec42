//! A server that a drill talks to over HTTP: where it is, how it is asked, and how a fault is told.

use std::{fmt, time::Duration};

use actix_web::http::{Method, StatusCode, header};
use awc::{Client, ClientRequest};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http_kit::outbound::{HttpClient, read_body};
use program::settings::{Secret, redacted};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

/// For one question, from the first byte sent to the last received.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read: the rules and alerts of a large Prometheus fit in.
const LONGEST_ANSWER: usize = 64 << 20;
/// How much of an error answer is told.
const TOLD: usize = 300;

/// One of the four servers. Not `Send`: its connections stay on the arbiter that made it.
#[derive(Clone)]
pub(crate) struct Server {
    name: &'static str,
    flag: &'static str,
    base: Url,
    shown: String,
    client: HttpClient,
}

/// Why a server did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not answer.
    Unreachable(String),
    /// It answers with an error: status and words.
    Status(u16, String),
    /// It answers something that is not understood.
    Malformed(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "does not answer: {why}"),
            Self::Status(status, words) => write!(f, "answers {status}: {words}"),
            Self::Malformed(why) => write!(f, "answers what is not understood: {why}"),
        }
    }
}

impl Server {
    /// The server `name`, which is told by the flag `flag`. Credentials in the address become Basic authentication;
    /// `token` is presented if there are none.
    pub(crate) fn new(
        name: &'static str,
        flag: &'static str,
        mut base: Url,
        token: Option<&Secret>,
    ) -> Self {
        let shown = redacted(&base).trim_end_matches('/').to_owned();
        let token = token.filter(|token| !token.is_empty());
        let client = HttpClient::new(&mut base, token.map(Secret::reveal));
        Self {
            name,
            flag,
            base,
            shown,
            client,
        }
    }

    /// Its name, such as `Prometheus`.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Its address without credentials.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Its host and port.
    pub(crate) fn authority(&self) -> (Option<&str>, Option<u16>) {
        (self.base.host_str(), self.base.port_or_known_default())
    }

    /// The server with its address and the flag that changes it, for whoever must find it.
    pub(crate) fn told(&self, fault: &Fault) -> String {
        self.told_words(&fault.to_string())
    }

    /// The same of a fault that has been put into words already.
    pub(crate) fn told_words(&self, fault: &str) -> String {
        format!("{} at {} ({}) {fault}", self.name, self.shown, self.flag)
    }

    /// The same of one that is asked for the first time, and may be something else than it should be.
    pub(crate) fn doubted(&self, fault: &Fault) -> String {
        let told = self.told(fault);
        match fault {
            // It may well be itself, and have its reasons.
            Fault::Status(401 | 403 | 429 | 500.., _) | Fault::Unreachable(_) => told,
            Fault::Status(..) | Fault::Malformed(_) => format!("{told}; is it {}?", self.name),
        }
    }

    /// The address of `path` on it; each part is one segment, whatever characters it holds.
    pub(crate) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The client, with its authentication.
    ///
    /// # Errors
    /// When no certificate authority can be used for `https://`.
    pub(crate) fn client(&self) -> Result<Client, Fault> {
        self.client.get().map_err(Fault::Unreachable)
    }

    /// The body of the answer to a GET.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Bytes, Fault> {
        // One that was kept since the last request may be closed at the moment it is used again: asking twice is harmless.
        let twice = async {
            match self.ask(path, query).await {
                Err(Fault::Unreachable(_)) => self.ask(path, query).await,
                answer => answer,
            }
        };
        patiently(twice).await
    }

    async fn ask(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Bytes, Fault> {
        let request = self.request(Method::GET, path, query)?;
        self.answer(request.send()).await
    }

    /// By how much its clock is ahead of ours, by the `Date` of an answer to a GET: nothing where that is no more than may
    /// come of the way there and back, and of the seconds that a `Date` cuts off.
    ///
    /// # Errors
    /// Why it does not answer.
    pub(crate) async fn clock(&self, path: &[&str]) -> Result<Option<TimeDelta>, Fault> {
        let asked = Utc::now();
        let request = self.request(Method::GET, path, &[])?;
        let sent = async {
            request.send().await.map_err(|error| {
                self.client.note_failure(&error);
                Fault::Unreachable(error.to_string())
            })
        };
        let answer = patiently(sent).await?;
        let half = (Utc::now() - asked) / 2;
        let date = answer.headers().get(header::DATE);
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        // It has whole seconds, cut off.
        let cut = TimeDelta::milliseconds(500);
        let ahead = date.map(|date| date.to_utc() + cut - (asked + half));
        Ok(ahead.filter(|ahead| ahead.abs() > half + cut))
    }

    /// A JSON answer to a GET, as far as `T` asks for it.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Fault> {
        parsed(&self.get(path, query).await?)
    }

    /// A JSON answer to a form that is posted.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn read_form<T: DeserializeOwned>(
        &self,
        path: &[&str],
        form: &[(&str, &str)],
    ) -> Result<T, Fault> {
        let request = self.request(Method::POST, path, &[])?;
        parsed(&patiently(self.answer(request.send_form(&form))).await?)
    }

    /// Posts `body`, or nothing; gives the answer to its success, as far as `T` asks for it.
    ///
    /// # Errors
    /// Why there was none.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<T, Fault> {
        let request = self.request(Method::POST, path, &[])?;
        let sent = match body {
            Some(body) => request.send_json(body),
            None => request.send(),
        };
        parsed(&patiently(self.answer(sent)).await?)
    }

    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<ClientRequest, Fault> {
        let url = self.url(path, query);
        let request = self.client()?.request(method, url.as_str());
        Ok(request.insert_header((header::ACCEPT, "application/json, */*;q=0.1")))
    }

    async fn answer(&self, sent: awc::SendClientRequest) -> Result<Bytes, Fault> {
        let mut answer = sent.await.map_err(|error| {
            self.client.note_failure(&error);
            Fault::Unreachable(error.to_string())
        })?;
        let body = read_body(&mut answer, LONGEST_ANSWER).await;
        let body = body.map_err(|error| Fault::Unreachable(error.to_string()))?;
        match answer.status() {
            status if status.is_success() => Ok(body),
            status => Err(Fault::Status(status.as_u16(), words(&body, status))),
        }
    }
}

/// The answer, if it comes in time.
pub(super) async fn patiently<T>(
    asked: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    let late = |_| Fault::Unreachable(format!("no answer within {} s", PATIENCE.as_secs()));
    timeout(PATIENCE, asked).await.map_err(late)?
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| Fault::Malformed(error.to_string()))
}

/// The words of an error answer: those of Prometheus' envelope if it is one.
fn words(body: &[u8], status: StatusCode) -> String {
    let envelope: Option<Value> = serde_json::from_slice(body).ok();
    let error = envelope
        .as_ref()
        .and_then(|envelope| envelope["error"].as_str());
    let text = error.map_or_else(|| String::from_utf8_lossy(body).into_owned(), str::to_owned);
    let line = text.replace(char::is_control, " ");
    let told: String = line.trim().chars().take(TOLD).collect();
    if told.is_empty() {
        status.canonical_reason().unwrap_or("no words").to_owned()
    } else {
        told
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
