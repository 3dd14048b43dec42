//! Connects to the database. Its host names are looked up as those of every other server are, so that a name server that
//! hangs takes a bounded number of threads.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use http_kit::outbound::lookup::{LookupError, lookup};
use tokio_postgres::{Client, Config, Connection, NoTls, Socket, config::Host, tls::NoTlsStream};

use super::error::RepoError;
/// A client, and what moves its bytes.
type Dialled = (Client, Connection<Socket, NoTlsStream>);

/// Connects to the first host that can be reached, at the first of its addresses that can.
///
/// # Errors
/// Why none can: by a look-up as text, by PostgreSQL as `refused` has it.
pub(super) async fn dial(
    config: &Config,
    refused: fn(tokio_postgres::Error) -> RepoError,
) -> Result<Dialled, RepoError> {
    let mut names = Vec::new();
    for host in config.get_hosts() {
        match host {
            Host::Tcp(name) => names.push(name.as_str()),
            Host::Unix(_) => return config.connect(NoTls).await.map_err(refused),
        }
    }
    if !config.get_hostaddrs().is_empty() {
        return config.connect(NoTls).await.map_err(refused);
    }
    let addresses = addresses(&names).await;
    let mut addresses = addresses.map_err(|why| RepoError::Unreachable(why.to_string()))?;
    let last = addresses.pop();
    for attempt in addresses {
        if let Ok(dialled) = at(config, &attempt).connect(NoTls).await {
            return Ok(dialled);
        }
    }
    let last = at(config, &last.unwrap_or_default());
    last.connect(NoTls).await.map_err(refused)
}

/// The same settings with an address for each host.
fn at(config: &Config, addresses: &[IpAddr]) -> Config {
    let mut config = config.clone();
    for address in addresses {
        config.hostaddr(*address);
    }
    config
}

/// Stands for the address of a host that is not found: nothing can be connected there, and that is known at once.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::BROADCAST);

/// One list per attempt, with an address for each host.
async fn addresses(names: &[&str]) -> Result<Vec<Vec<IpAddr>>, LookupError> {
    let mut found: Vec<Arc<[IpAddr]>> = Vec::new();
    let mut errors = Vec::new();
    for name in names {
        found.push(lookup(name).await.unwrap_or_else(|why| {
            errors.push(why);
            Arc::from([NOWHERE])
        }));
    }
    if errors.len() == names.len()
        && let Some(why) = errors.pop()
    {
        return Err(why);
    }
    let attempts = found.iter().map(|of_host| of_host.len()).max();
    let attempt = |n: usize| {
        found
            .iter()
            .map(|of_host| of_host[n % of_host.len()])
            .collect()
    };
    Ok((0..attempts.unwrap_or(0)).map(attempt).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix::test]
    async fn each_attempt_has_an_address_for_every_host() {
        let loopback: IpAddr = [127, 0, 0, 1].into();
        let other: IpAddr = "::2".parse().unwrap();
        assert_eq!(
            addresses(&["127.0.0.1", "::2"]).await,
            Ok(vec![vec![loopback, other]])
        );
        let one_is_missing = addresses(&["no such host.invalid", "::2"]).await;
        assert_eq!(one_is_missing, Ok(vec![vec![NOWHERE, other]]));
        assert!(addresses(&["no such host.invalid"]).await.is_err());
        let local = addresses(&["localhost"]).await.unwrap();
        assert!(local.iter().flatten().all(IpAddr::is_loopback));
    }
}
