//! The four servers of a drill.

pub(super) mod alertmanager;
pub(super) mod gateway;
pub(super) mod player;
pub(super) mod prometheus;
pub(super) mod seen;
pub(super) mod server;
pub(super) mod simulator;
pub(super) mod view;
pub(super) mod watch;

use program::settings::Secret;

use crate::options::Addresses;
use alertmanager::Alertmanager;
use gateway::Gateway;
use prometheus::Prometheus;
use server::Server;
use simulator::Simulator;

/// The four servers of a drill.
pub(super) struct Servers {
    pub(super) prometheus: Prometheus,
    pub(super) alertmanager: Alertmanager,
    pub(super) gateway: Gateway,
    pub(super) simulator: Simulator,
}

impl Servers {
    /// Prepares clients; each connects when it is first asked. `token` is the simulator's.
    pub(super) fn new(addresses: Addresses, token: &Secret) -> Self {
        let new = |name, flag, address| Server::new(name, flag, address, None);
        let simulator = addresses.simulator;
        Self {
            prometheus: Prometheus(new("Prometheus", "--prometheus", addresses.prometheus)),
            alertmanager: Alertmanager(new(
                "Alertmanager",
                "--alertmanager",
                addresses.alertmanager,
            )),
            gateway: Gateway(new("service-metrics", "--gateway", addresses.gateway)),
            simulator: Simulator(Server::new(
                "mock-metrics",
                "--simulator",
                simulator,
                Some(token),
            )),
        }
    }

    /// Each one's name and address, as they may be shown.
    pub(super) fn shown(&self) -> [(&'static str, String); 4] {
        [
            &self.prometheus.0,
            &self.alertmanager.0,
            &self.gateway.0,
            &self.simulator.0,
        ]
        .map(|server| (server.name(), server.shown().to_owned()))
    }
}
