//! The whole lab: the order in which servers start and stop.

use std::{fs::File, path::PathBuf};

use crate::{
    error::LabError,
    options::LabOptions,
    plan::Plan,
    progress::Progress,
    servers::{
        alertmanager::Alertmanager, postgres::Postgres, program::Program, prometheus::Prometheus,
    },
    simulation,
};

/// All servers, running and ready. Dropping it ends them.
// Fields are dropped in this order.
pub struct Lab {
    /// service-metrics.
    pub gateway: Program,
    /// mock-metrics.
    pub mock: Program,
    /// Scrapes itself, the gateway and the simulator; sends alerts to Alertmanager.
    pub prometheus: Prometheus,
    /// Notifies the gateway.
    pub alertmanager: Alertmanager,
    /// The platform's database.
    pub postgres: Postgres,
    /// Whether the gateway serves the UI, which must be built.
    pub has_ui: bool,
    /// An alert of the catalogue that the user can try.
    pub alert: Option<String>,
    /// The folder of the logs.
    pub logs: PathBuf,
    /// What differs from the options, one line each.
    pub notes: Vec<String>,
    _lock: File,
}

impl Lab {
    /// Starts all servers and waits until they are ready.
    ///
    /// # Errors
    /// If something is missing or taken, or does not get ready. Nothing is left running then.
    pub async fn start(options: &LabOptions, progress: Progress) -> Result<Self, LabError> {
        let mut plan = Plan::check(options).await?;
        let postgres = progress.during("PostgreSQL", plan.postgres()).await?;
        if plan.lacks_history() {
            progress.announce(&format!(
                "making {} hours of history for Prometheus, this once: it takes half a minute",
                options.history
            ));
            progress.during("the history", plan.history()).await?;
        }
        let mock = progress.during("mock-metrics", plan.mock()).await?;
        let alertmanager = plan.alertmanager();
        let alertmanager = progress.during("Alertmanager", alertmanager).await?;
        let prometheus = plan.prometheus(&alertmanager);
        let prometheus = progress.during("Prometheus", prometheus).await?;
        let gateway = plan.gateway(&prometheus, &alertmanager, &postgres);
        let gateway = progress.during("service-metrics", gateway).await?;
        Ok(Self {
            gateway,
            mock,
            prometheus,
            alertmanager,
            postgres,
            has_ui: plan.ui.is_some(),
            alert: simulation::alert_to_try(&plan.rules),
            logs: plan.logs,
            notes: plan.notes,
            _lock: plan.lock,
        })
    }

    /// The variables by which a command finds the servers.
    pub(crate) fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("PROMETHEUS_URL", self.prometheus.url()),
            ("ALERTMANAGER_URL", self.alertmanager.url()),
            ("GATEWAY_URL", self.gateway.url()),
            ("SIMULATOR_URL", self.mock.url()),
            ("DATABASE_URL", self.postgres.url()),
        ]
    }

    /// Waits until one of the servers ends by itself; returns the error.
    pub async fn died(&self) -> LabError {
        tokio::select! {
            error = self.postgres.died() => error,
            error = self.prometheus.died() => error,
            error = self.alertmanager.died() => error,
            error = self.mock.died() => error,
            error = self.gateway.died() => error,
        }
    }

    /// Stops all servers, readers before what they read.
    pub async fn stop(self) {
        self.gateway.stop().await;
        self.mock.stop().await;
        self.prometheus.stop().await;
        self.alertmanager.stop().await;
        self.postgres.stop().await;
    }
}
