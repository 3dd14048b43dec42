//! The settings of `service-metrics`. Each feature declares its sections; here they are one file, read in layers.

use std::{collections::BTreeMap, path::Path};

use config::Value;
use http_kit::outbound::certificates::Authorities;
use program::{
    capacity::Capacity,
    exit::ProgramError,
    settings::{
        Alias, Program, SettingsError, load,
        log::LogSettings,
        section::{self, Section},
        validator::Validator,
    },
};
use prometheus_api::client::ApiOptions;
use promql_parser::util::parse_duration;
use serde::Deserialize;

use crate::{
    alerts::{
        AlertSeverity,
        settings::{Alertmanager, Alerts, Webhook},
    },
    entrance::settings::{Cors, Server},
    incidents::settings::{Database, IncidentSettings, Incidents},
    stream::{
        StreamSettings,
        settings::{self as stream, Instant, Prometheus, Range, WebSocket},
    },
    ui::{PageFacts, ShownSeverity, settings::Ui},
};

/// The sections in the order of the file.
const SECTIONS: &[Section] = &[
    Server::SECTION,
    Cors::SECTION,
    Ui::SECTION,
    Prometheus::SECTION,
    Alertmanager::SECTION,
    Alerts::SECTION,
    Webhook::SECTION,
    Database::SECTION,
    Incidents::SECTION,
    WebSocket::SECTION,
    LogSettings::SECTION,
];

const HEADING: &str = "\
# service-metrics: every setting with its default, as it is built into the program. Made from the code: see CONTRIBUTING.md.
# Over the defaults, later wins: a file of your own (--config FILE), then the environment. Each key can be set as
# SERVICE_METRICS__SECTION__KEY; some have a short variable, which is named with the key.
";

const PROGRAM: Program = Program {
    defaults,
    prefix: "SERVICE_METRICS",
    aliases: ALIASES,
};

/// Short variables that people already use.
const ALIASES: &[Alias] = &[
    Alias::plain("PORT", "server.port"),
    Alias::plain("PROMETHEUS_URL", "prometheus.url"),
    Alias::or_empty("ALERTMANAGER_URL", "alertmanager.url"),
    Alias::or_empty("DATABASE_URL", "database.url"),
    Alias {
        variable: "SCRAPE_INTERVAL",
        key: "prometheus.poll_interval_seconds",
        read: |text| seconds(text, 1.0),
        may_be_empty: false,
    },
    Alias {
        variable: "POLL_INTERVAL",
        key: "prometheus.poll_interval_seconds",
        read: |text| seconds(text, 1000.0),
        may_be_empty: false,
    },
    Alias::plain("CORS_ALLOWED_ORIGINS", "cors.allowed_origins"),
    Alias::plain("RUST_LOG", "log.filter"),
    Alias::plain("LOG_FORMAT", "log.format"),
];

/// All settings of the gateway, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is documented where it is declared")]
pub struct GatewaySettings {
    pub server: Server,
    pub cors: Cors,
    pub ui: Ui,
    pub prometheus: Prometheus,
    pub alertmanager: Alertmanager,
    pub alerts: Alerts,
    pub webhook: Webhook,
    pub database: Database,
    pub incidents: Incidents,
    pub websocket: WebSocket,
    pub log: LogSettings,
    pub instant: Vec<Instant>,
    pub range: Vec<Range>,
    /// Where `websocket.max_sessions` was set; none for the default.
    #[serde(skip)]
    pub max_sessions_from: Option<String>,
}

/// `config/service-metrics.toml`: the defaults, with what each means.
pub fn defaults() -> String {
    section::to_toml(HEADING, SECTIONS, ALIASES, stream::QUERIES)
}

/// The sections as tables in Markdown.
pub fn reference() -> String {
    section::to_markdown(SECTIONS, ALIASES)
}

impl GatewaySettings {
    /// What the stream is made of.
    pub fn stream(&self) -> StreamSettings<'_> {
        StreamSettings {
            prometheus: &self.prometheus,
            websocket: &self.websocket,
            instant: &self.instant,
            range: &self.range,
        }
    }

    /// How Alertmanager is asked, if there is one.
    ///
    /// # Errors
    /// When its address is none, which the check has refused.
    pub fn alertmanager(&self) -> Result<Option<ApiOptions>, ProgramError> {
        let address = &self.alertmanager.url;
        let asked = (!address.is_empty()).then(|| self.prometheus.api(address));
        asked.transpose()
    }

    /// Room for connections and sessions.
    ///
    /// # Errors
    /// When this machine does not hold as many sessions as somebody has set.
    pub fn capacity(&self) -> Result<Capacity, SettingsError> {
        let (workers, connections) = (self.server.workers, self.server.connections.max_connections);
        let set_in = self.max_sessions_from.as_deref();
        self.websocket.capacity(workers, connections, set_in)
    }

    /// Whether what the settings need of this machine is there now. A gateway that runs waits for it instead.
    ///
    /// # Errors
    /// When an address is `https://` and no certificate authority can be used, or there is no room for the sessions.
    pub fn check_machine(&self) -> Result<(), SettingsError> {
        self.capacity()?;
        let addresses = [
            ("prometheus.url", &self.prometheus.url),
            ("prometheus.alerts_url", &self.prometheus.alerts_url),
            ("alertmanager.url", &self.alertmanager.url),
        ];
        let mut addresses = addresses.into_iter();
        let Some((key, _)) = addresses.find(|(_, url)| url.reveal().starts_with("https:")) else {
            return Ok(());
        };
        let authorities = Authorities::load().client_config();
        authorities.map_err(|why| SettingsError::one(format!("{key}: {why}")))?;
        Ok(())
    }

    /// What the UI shows of other features.
    pub fn page_facts(&self) -> PageFacts<'_> {
        let severities = self.alerts.severities.iter().cloned();
        let severities =
            severities.map(|AlertSeverity { name, tone }| ShownSeverity { name, tone });
        PageFacts {
            poll_interval: self.prometheus.interval(),
            incidents: self.of_incidents().off_by().is_none(),
            incident_severities: &self.incidents.severities,
            alert_severities: severities.collect(),
        }
    }

    /// What concerns incidents.
    pub fn of_incidents(&self) -> IncidentSettings<'_> {
        IncidentSettings {
            database: &self.database,
            incidents: &self.incidents,
        }
    }

    /// Reads and checks all layers.
    ///
    /// # Errors
    /// Every fault that could be found, each with its key.
    pub fn load(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let (mut settings, validator) = load::<Self>(&PROGRAM, file, environment)?;
        let from = validator.source("websocket.max_sessions");
        settings.max_sessions_from = from.map(str::to_owned);
        settings.checked(validator)
    }

    fn checked(mut self, mut validator: Validator) -> Result<Self, SettingsError> {
        let found = &mut validator;
        self.server.check(found);
        self.cors.check(found);
        self.ui.check(found);
        self.prometheus.check(found);
        self.alertmanager.check(found);
        let body = self.server.connections.body_timeout_seconds;
        self.webhook.check(body, found);
        self.of_incidents().check(found);
        self.alerts.check(found);
        self.websocket.check(found);
        stream::check_queries(&self.instant, &self.range, found);
        self.log.check(found);
        validator.finish(self)
    }
}

/// A number of the variable's own unit, of which a second has so many, or a duration as Prometheus writes it.
fn seconds(text: &str, per_second: f64) -> Result<Value, String> {
    let text = text.trim();
    match (text.parse::<f64>(), parse_duration(text)) {
        (Ok(number), _) if number.is_finite() => Ok(Value::from(number / per_second)),
        (_, Ok(duration)) => Ok(Value::from(duration.as_secs_f64())),
        _ => Err(format!(
            "must be a number, or a duration such as 10s, found {text:?}"
        )),
    }
}

#[cfg(test)]
#[path = "gateway_tests.rs"]
mod tests;
