//! A private Alertmanager with the repository's configuration.

use std::{
    fs,
    ops::{Deref, DerefMut},
    path::Path,
    time::Duration,
};

use program::files::{Access, Folder};

use super::program::Program;
use crate::{
    error::LabError,
    executables, options,
    process::{launch::Launch, port},
};

/// How long it may take to stop, before it is killed.
const GRACE: Duration = Duration::from_secs(10);
const CONFIGURATION: &str = "alertmanager.yml";
/// The folder of silences and notifications, below its own folder.
const DATA: &str = "data";
/// The deployed configuration, below the repository's folder.
const FILE: &str = "monitoring/alertmanager/alertmanager.yml";
/// The address of the gateway in the deployed configuration.
const DEPLOYED_GATEWAY: &str = "http://service-metrics:8005";

/// A running Alertmanager on loopback. Dropping it kills it. Derefs to its [`Program`].
pub struct Alertmanager(Program);

impl Alertmanager {
    /// Starts Alertmanager in `folder` on `port` (0: a free one), with this repository's configuration: it
    /// sends every alert to the gateway at the address `gateway`, which has no trailing slash.
    ///
    /// # Errors
    /// When Alertmanager is missing, or does not get ready.
    pub async fn start(folder: &Path, port: u16, gateway: &str) -> Result<Self, LabError> {
        let log = folder.join("alertmanager.log");
        Self::start_with(folder, port, gateway, &options::repository(), &log).await
    }

    /// Like [`Self::start`], with another repository's configuration and a log file of the caller's choice.
    pub(crate) async fn start_with(
        folder: &Path,
        port: u16,
        gateway: &str,
        repository: &Path,
        log: &Path,
    ) -> Result<Self, LabError> {
        let refused = |error| LabError::io(folder.display())(error);
        let program = executables::alertmanager()?;
        let text = configuration(&repository.join(FILE), gateway)?;
        let ours = Folder::claim(folder).map_err(refused)?;
        ours.folder(DATA).map_err(refused)?;
        let written = ours.replace(CONFIGURATION, text.as_bytes(), Access::Public);
        written.map_err(refused)?;
        let file = ours.path().join(CONFIGURATION);
        let data = ours.path().join(DATA);
        let service = port::start_on(port, async |port| {
            let launch = Launch::new("Alertmanager", program.clone(), log).args([
                format!("--config.file={}", file.display()),
                format!("--storage.path={}", data.display()),
                format!("--web.listen-address=127.0.0.1:{port}"),
                // Otherwise it listens for cluster peers on another port.
                "--cluster.listen-address=".to_owned(),
            ]);
            Program::start(launch, port, &["/-/ready"], GRACE).await
        });
        Ok(Self(service.await?))
    }
}

impl Deref for Alertmanager {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.0
    }
}

impl DerefMut for Alertmanager {
    fn deref_mut(&mut self) -> &mut Program {
        &mut self.0
    }
}

/// The deployment's configuration with another gateway's address.
fn configuration(file: &Path, gateway: &str) -> Result<String, LabError> {
    let deployed = fs::read_to_string(file).map_err(LabError::io(file.display()))?;
    if deployed.contains(DEPLOYED_GATEWAY) {
        return Ok(deployed.replace(DEPLOYED_GATEWAY, gateway));
    }
    Err(LabError::NoAddress {
        file: file.to_owned(),
        address: DEPLOYED_GATEWAY,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deployed_configuration_gets_another_gateway_and_no_other_change() {
        let deployed = options::repository().join(FILE);
        let ours = configuration(&deployed, "http://127.0.0.1:1").unwrap();
        assert!(ours.contains("url: http://127.0.0.1:1/api/alerts/webhook"));
        let back = ours.replace("http://127.0.0.1:1", DEPLOYED_GATEWAY);
        assert_eq!(back, fs::read_to_string(deployed).unwrap());
    }

    #[test]
    fn a_configuration_without_the_gateway_is_an_error_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alertmanager.yml");
        fs::write(&file, "route: { receiver: nobody }").unwrap();
        let message = configuration(&file, "http://127.0.0.1:1")
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with(&file.display().to_string()) && message.contains(DEPLOYED_GATEWAY)
        );
    }
}
