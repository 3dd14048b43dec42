//! One server's HTTP API: its address, a request, and the whole answer within its bounds. Bytes stay bytes.

use std::{cell::Cell, rc::Rc};

use actix_http::error::ParseError;
use actix_web::http::{StatusCode, header};
use awc::{
    ClientResponse,
    error::{ConnectError, SendRequestError},
};
use bytes::Bytes;
use http_kit::outbound::{BodyError, HttpClient, read_body};
use url::{Url, form_urlencoded};

use crate::error::UpstreamError;
/// Parameters longer than this go in the body of a `POST`: proxies refuse longer addresses (414).
const LONGEST_QUERY: usize = 2048;

/// How a server is reached, and how much of it is endured. Not `Debug`: the address may hold a password.
#[derive(Clone)]
pub struct ApiOptions {
    /// The base address, with a path prefix if there is one, and user and password for Basic authentication.
    pub url: Url,
    /// The longest answer.
    pub max_response_bytes: usize,
}

/// Whether the server has begun to answer a query. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Rc<Cell<bool>>);

impl Progress {
    /// True as soon as the head of the answer is there.
    pub fn has_begun(&self) -> bool {
        self.0.get()
    }
}

/// The API below one address. Not `Send`: it stays on the arbiter that made it. It has no deadline: whoever asks has his own.
#[derive(Clone)]
pub(super) struct Api {
    client: HttpClient,
    base: Url,
    max_response_bytes: usize,
}

impl Api {
    /// The API at `root` below the address; connects at the first request.
    pub(super) fn new(options: ApiOptions, root: [&str; 2]) -> Self {
        let mut base = options.url;
        let client = HttpClient::new(&mut base, None);
        if let Ok(mut path) = base.path_segments_mut() {
            path.pop_if_empty().extend(root);
        }
        Self {
            client,
            base,
            max_response_bytes: options.max_response_bytes,
        }
    }

    /// The status and the whole body of the answer to `endpoint`.
    ///
    /// # Errors
    /// Why there is none; a redirect is none.
    pub(super) async fn ask(
        &self,
        endpoint: &str,
        parameters: &[(&str, &str)],
        progress: &Progress,
    ) -> Result<(StatusCode, Bytes), UpstreamError> {
        let parameters = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        let mut answer = match self.send(endpoint, &parameters).await {
            Err(Unsent::Failed(error)) if was_hung_up(&error) => {
                self.send(endpoint, &parameters).await
            }
            answer => answer,
        }
        .map_err(|unsent| match unsent {
            Unsent::NoClient(why) => UpstreamError::Unreachable(why),
            Unsent::Failed(error) => {
                self.client.note_failure(&error);
                UpstreamError::Unreachable(error.to_string())
            }
        })?;
        progress.0.set(true);
        let status = answer.status();
        if let Some(target) = redirection(&answer, &self.base) {
            return Err(UpstreamError::Redirected(status, target));
        }
        if status.is_success() && answer.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(UpstreamError::Malformed(
                "an encoding that was not asked for".into(),
            ));
        }
        let body = read_body(&mut answer, self.max_response_bytes).await;
        let body = body.map_err(|error| match error {
            BodyError::TooLarge(limit) => UpstreamError::TooLarge(limit),
            BodyError::BrokeOff(_) => UpstreamError::Unreachable(error.to_string()),
        })?;
        Ok((status, body))
    }

    async fn send(&self, endpoint: &str, parameters: &str) -> Result<ClientResponse, Unsent> {
        let client = self.client.get().map_err(Unsent::NoClient)?;
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(endpoint);
        }
        let accept = (header::ACCEPT, "application/json");
        let sent = if parameters.len() > LONGEST_QUERY {
            let form = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let request = client.post(url.as_str()).insert_header(accept);
            request.insert_header(form).send_body(parameters.to_owned())
        } else {
            url.set_query((!parameters.is_empty()).then_some(parameters));
            client.get(url.as_str()).insert_header(accept).send()
        };
        sent.await.map_err(Unsent::Failed)
    }
}

enum Unsent {
    NoClient(String),
    Failed(SendRequestError),
}

/// Where a redirect leads: without credentials and query, which may hold secrets.
fn redirection<S>(answer: &ClientResponse<S>, base: &Url) -> Option<String> {
    if !answer.status().is_redirection() {
        return None;
    }
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    let mut target = base.join(location).ok()?;
    // An address with a host takes the removal of its credentials.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    target.set_query(None);
    target.set_fragment(None);
    Some(target.into())
}

/// Whether the connection ended before an answer began. One that was kept since the last beat may be closed by the other
/// side at the moment it is used again; that says nothing about the server, and a question can be asked twice.
fn was_hung_up(error: &SendRequestError) -> bool {
    matches!(
        error,
        SendRequestError::Send(_)
            | SendRequestError::Response(ParseError::Io(_))
            | SendRequestError::Connect(ConnectError::Disconnected)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prefix_is_kept_and_credentials_leave_the_address() {
        for (given, expected) in [
            ("http://h:9090", "http://h:9090/api/v1"),
            (
                "http://h/select/0/prometheus",
                "http://h/select/0/prometheus/api/v1",
            ),
            ("http://u:p%40w@h/prefix/", "http://h/prefix/api/v1"),
            ("http://:token@h", "http://h/api/v1"),
            ("http://[::1]:9090/", "http://[::1]:9090/api/v1"),
        ] {
            let options = ApiOptions {
                url: Url::parse(given).unwrap(),
                max_response_bytes: 1024,
            };
            assert_eq!(Api::new(options, ["api", "v1"]).base.as_str(), expected);
        }
    }
}
