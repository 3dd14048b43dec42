//! The four servers of a drill: how each is named and asked, and how its errors are written.

use program::settings::{Secret, redacted};
use prometheus_api::{
    json_api::{JsonApi, JsonApiError},
    typed::{alertmanager::TypedAlertmanager, prometheus::TypedPrometheus},
};
use url::Url;

use super::{gateway::GatewayApi, simulator::SimulatorApi};
use crate::options::Addresses;

/// A server, and the client that asks it.
#[derive(Clone)]
pub(crate) struct Server<Api> {
    name: &'static str,
    flag: &'static str,
    address: String,
    /// The client.
    pub(crate) api: Api,
}

impl<Api> Server<Api> {
    /// The server `name` at `url`, which the flag `flag` sets. `token` is sent if the address has no credentials.
    fn new(
        (name, flag): (&'static str, &'static str),
        url: Url,
        token: Option<&Secret>,
        client: fn(JsonApi) -> Api,
    ) -> Self {
        let address = redacted(&url).trim_end_matches('/').to_owned();
        let token = token.filter(|token| !token.is_empty());
        Self {
            name,
            flag,
            address,
            api: client(JsonApi::new(url, token.map(Secret::reveal))),
        }
    }

    /// Its name, such as `Prometheus`.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Its address without credentials.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// An error with the server's name, its address, and the flag that changes it.
    pub(crate) fn describe(&self, error: &JsonApiError) -> String {
        self.describe_text(&error.to_string())
    }

    /// A result whose error is described.
    pub(crate) fn described<T>(&self, result: Result<T, JsonApiError>) -> Result<T, String> {
        result.map_err(|error| self.describe(&error))
    }

    /// The same of an error that is a text already.
    pub(crate) fn describe_text(&self, error: &str) -> String {
        format!("{} at {} ({}) {error}", self.name, self.address, self.flag)
    }

    /// The same of the first answer, which may come from another kind of server.
    pub(crate) fn describe_first_error(&self, error: &JsonApiError) -> String {
        let text = self.describe(error);
        match error {
            // These statuses are plausible from the right server, too.
            JsonApiError::Status(401 | 403 | 429 | 500.., _) | JsonApiError::Unreachable(_) => text,
            JsonApiError::Status(..) | JsonApiError::Malformed(_) => {
                format!("{text}; is it {}?", self.name)
            }
        }
    }
}

/// The four servers of a drill.
pub(crate) struct Servers {
    pub(crate) prometheus: Server<TypedPrometheus>,
    pub(crate) alertmanager: Server<TypedAlertmanager>,
    pub(crate) gateway: Server<GatewayApi>,
    pub(crate) simulator: Server<SimulatorApi>,
}

impl Servers {
    /// Prepares the clients; each connects at its first request. `token` is the simulator's.
    pub(crate) fn new(addresses: Addresses, token: &Secret) -> Self {
        Self {
            prometheus: Server::new(
                ("Prometheus", "--prometheus"),
                addresses.prometheus,
                None,
                TypedPrometheus::new,
            ),
            alertmanager: Server::new(
                ("Alertmanager", "--alertmanager"),
                addresses.alertmanager,
                None,
                TypedAlertmanager::new,
            ),
            gateway: Server::new(
                ("service-metrics", "--gateway"),
                addresses.gateway,
                None,
                GatewayApi::new,
            ),
            simulator: Server::new(
                ("mock-metrics", "--simulator"),
                addresses.simulator,
                Some(token),
                SimulatorApi::new,
            ),
        }
    }

    /// Name and address of each, without credentials.
    pub(crate) fn addresses(&self) -> [(&'static str, String); 4] {
        [
            (self.prometheus.name(), self.prometheus.address()),
            (self.alertmanager.name(), self.alertmanager.address()),
            (self.gateway.name(), self.gateway.address()),
            (self.simulator.name(), self.simulator.address()),
        ]
        .map(|(name, address)| (name, address.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(address: &str) -> Server<JsonApi> {
        let url = Url::parse(address).unwrap();
        Server::new(("Prometheus", "--prometheus"), url, None, |api| api)
    }

    #[test]
    fn an_error_names_the_server_its_address_without_credentials_and_its_flag() {
        let server = server("http://u:hunter2@h:9090/prefix/");
        assert_eq!(
            server.describe(&JsonApiError::Unreachable("refused".to_owned())),
            "Prometheus at http://h:9090/prefix (--prometheus) does not answer: refused"
        );
    }

    #[test]
    fn an_unexpected_first_answer_asks_whether_it_is_the_right_server() {
        let server = server("http://h");
        let no = |status| JsonApiError::Status(status, "no".to_owned());
        for (error, end) in [
            (no(404), "answers 404: no; is it Prometheus?"),
            (no(401), "answers 401: no"),
            (no(503), "answers 503: no"),
            (
                JsonApiError::Malformed("x".to_owned()),
                "expected: x; is it Prometheus?",
            ),
        ] {
            let text = server.describe_first_error(&error);
            assert!(text.ends_with(end), "{text}");
        }
    }
}
