//! What a feature is to the rest of the gateway. A feature is one folder: it takes its own settings, starts its own actors
//! and counts its own metrics; [`crate::app`] starts it, and the listener beside this file serves it.

use std::{fmt, rc::Rc, sync::Arc};

use actix::Arbiter;
use actix_codec::Framed;
use actix_http::{Request, h1};
use actix_web::web::{Data, ServiceConfig};
use futures_util::future::LocalBoxFuture;
use http_kit::{client_address::TrustedProxies, connection::Connection, route::Route};
use program::{exit::ProgramError, shutdown};

use super::gate::Gate;
use crate::{messages::check::Check, telemetry::Telemetry};

/// What all features are given.
pub struct Shared {
    /// Where metrics are registered.
    pub telemetry: Telemetry,
    /// The thread of those that ask other servers over HTTP: `awc`'s clients stay where they are made.
    pub pollers: Arbiter,
    /// Whose word on who a client is counts.
    pub proxies: TrustedProxies,
}

impl Shared {
    /// Starts the thread. `proxies` are believed about who a client is.
    ///
    /// # Errors
    /// When a metric's name is used twice: a mistake in the program.
    pub fn start(proxies: TrustedProxies) -> Result<Self, ProgramError> {
        let pollers = Arbiter::new();
        // An actor that panics before it has started would leave a process that lives and never works.
        pollers.spawn_fn(shutdown::panics_here_are_fatal);
        Ok(Self {
            telemetry: Telemetry::new().map_err(failed)?,
            pollers,
            proxies,
        })
    }
}

/// A feature that has started.
#[derive(Default)]
pub struct Feature {
    /// Its rows of the route table.
    pub routes: &'static [Route],
    /// What it depends on, for `/-/ready`.
    pub probes: Vec<Probe>,
    pub(super) upgrade: Option<StartUpgrades>,
    data: Vec<Configure>,
}

/// Hands data to a worker's handlers.
type Configure = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;
/// Called once in each worker.
pub type StartUpgrades = Arc<dyn Fn() -> Upgrade + Send + Sync>;
/// Takes over one connection, and ends when it is answered. It must ask the gate, as every request is asked.
pub type Upgrade =
    Rc<dyn Fn(Data<Gate>, Request, Framed<Connection, h1::Codec>) -> LocalBoxFuture<'static, ()>>;

impl Feature {
    /// One with these routes.
    pub fn new(routes: &'static [Route]) -> Self {
        Self {
            routes,
            ..Self::default()
        }
    }

    /// The same, whose handlers take `data` as `Data<T>`.
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(mut self, data: T) -> Self {
        let data = Data::new(data);
        self.data.push(Arc::new(move |config| {
            config.app_data(data.clone());
        }));
        self
    }

    /// The same, which takes over connections with an `Upgrade` header. One feature does.
    #[must_use]
    pub fn taking_over(mut self, start: StartUpgrades) -> Self {
        self.upgrade = Some(start);
        self
    }

    /// The same, which `/-/ready` asks for this.
    #[must_use]
    pub fn depending_on(mut self, probe: Probe) -> Self {
        self.probes.push(probe);
        self
    }

    /// Hands the feature's data to a worker's handlers.
    pub fn configure(&self, config: &mut ServiceConfig) {
        for data in &self.data {
            data(config);
        }
    }
}

/// What it means that a probe fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The gateway cannot work: 503.
    Vital,
    /// The gateway works without: `degraded`.
    Needed,
    /// What it has is true without it: shown, and nothing else.
    Optional,
}

/// Asks whether something works.
#[derive(Clone)]
pub struct Probe {
    /// The key in the answer of `/-/ready`.
    pub name: &'static str,
    /// What it means that it fails.
    pub role: Role,
    /// Who is asked, in a sentence that says that there was no answer.
    pub asked: &'static str,
    ask: Arc<dyn Fn() -> LocalBoxFuture<'static, Option<Check>> + Send + Sync>,
}

impl Probe {
    /// A probe that asks with `ask`, which gives nothing where nobody answers.
    pub fn new<A>(
        name: &'static str,
        role: Role,
        asked: &'static str,
        ask: impl Fn() -> A + Send + Sync + 'static,
    ) -> Self
    where
        A: Future<Output = Option<Check>> + 'static,
    {
        Self {
            name,
            role,
            asked,
            ask: Arc::new(move || Box::pin(ask())),
        }
    }

    /// How it is now.
    pub async fn check(&self) -> Option<Check> {
        (self.ask)().await
    }
}

/// A mistake in the program, or a machine that refuses what every program needs.
pub fn failed(error: impl fmt::Display) -> ProgramError {
    ProgramError::Failed(error.to_string())
}
