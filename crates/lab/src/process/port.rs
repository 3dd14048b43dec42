//! Free ports.

use std::{
    collections::HashSet,
    fs,
    hash::{BuildHasher, RandomState},
    io,
    net::{Ipv4Addr, TcpListener, TcpStream},
    ops::Range,
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use crate::error::LabError;

/// The first candidate.
const MIN_PORT: u16 = 15_000;
/// How long the servers of a killed lab may hold their ports.
const RELEASE_TIME: Duration = Duration::from_millis(500);
/// How many ports [`start_on`] tries.
const ATTEMPTS: usize = 5;

static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// A port on which nobody listens, and which this function has not returned before.
///
/// It is below the range from which the kernel takes ports for outgoing connections. In that range, a connection could
/// take the port of a server that restarts, and a client that retries could connect to itself.
///
/// # Errors
/// If none is left.
pub fn free_port() -> io::Result<u16> {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let range = candidates();
    let width = u64::from(range.end - range.start);
    let start = RandomState::new().hash_one(0) % width;
    for step in 0..width {
        let offset = u16::try_from((start + step) % width).unwrap_or_default();
        let port = range.start + offset;
        if !given.contains(&port) && TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok() {
            given.insert(port);
            return Ok(port);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no port is free"))
}

/// Whether something listens on `port` of loopback.
pub fn is_listening(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn candidates() -> Range<u16> {
    let outgoing = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok();
    let lowest = outgoing.and_then(|range| range.split_whitespace().next()?.parse::<u16>().ok());
    match lowest {
        Some(end) if end > MIN_PORT + 1_000 => MIN_PORT..end,
        _ => MIN_PORT..32_768,
    }
}

/// Whether a server can listen on `port` on loopback.
pub(crate) async fn is_free_for_server(port: u16) -> Result<bool, LabError> {
    is_free(Ipv4Addr::LOCALHOST, port).await
}

/// Returns `wanted`, or a free port if it is 0.
///
/// # Errors
/// If `wanted` is taken; the error names `program` and the `flag` that changes the port.
pub(crate) async fn exactly(
    wanted: u16,
    program: &'static str,
    flag: &'static str,
) -> Result<u16, LabError> {
    if wanted == 0 {
        return free_port().map_err(LabError::io("free port"));
    }
    if is_free(Ipv4Addr::UNSPECIFIED, wanted).await? {
        return Ok(wanted);
    }
    Err(LabError::PortTaken {
        program,
        port: wanted,
        flag,
    })
}

async fn is_free(address: Ipv4Addr, port: u16) -> Result<bool, LabError> {
    let free = || match TcpListener::bind((address, port)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Ok(false),
        Err(error) => Err(LabError::io(format_args!("port {port}"))(error)),
    };
    if free()? {
        return Ok(true);
    }
    tokio::time::sleep(RELEASE_TIME).await;
    free()
}

/// Starts a server on `port`. With 0, takes a free port, and another one if that is taken meanwhile.
pub(crate) async fn start_on<T>(
    port: u16,
    start: impl AsyncFn(u16) -> Result<T, LabError>,
) -> Result<T, LabError> {
    if port != 0 {
        return start(port).await;
    }
    for _ in 1..ATTEMPTS {
        match start(free_port().map_err(LabError::io("free port"))?).await {
            Err(error) if error.is_lost_port() => {}
            started => return started,
        }
    }
    start(free_port().map_err(LabError::io("free port"))?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_is_given_once_and_can_be_listened_on() {
        let ports: HashSet<u16> = (0..50).map(|_| free_port().unwrap()).collect();
        assert_eq!(ports.len(), 50);
        for port in ports {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        }
    }

    #[actix_rt::test]
    async fn a_taken_port_is_told_with_the_flag_that_changes_it() {
        let port = free_port().unwrap();
        let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let error = exactly(port, "mock-metrics", "--mock-port")
            .await
            .unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains(&port.to_string()) && message.contains("--mock-port"),
            "{message}"
        );
        assert!(!is_free_for_server(port).await.unwrap());
    }

    #[actix_rt::test]
    async fn a_server_that_lost_its_port_is_started_on_another() {
        let tries = std::cell::RefCell::new(Vec::new());
        let started = start_on(0, async |port| {
            tries.borrow_mut().push(port);
            if tries.borrow().len() < 3 {
                return Err(LabError::Died {
                    program: "server",
                    status: std::process::ExitStatus::default(),
                    log: vec!["bind: Address already in use".into()],
                });
            }
            Ok(port)
        });
        let port = started.await.unwrap();
        assert_eq!(tries.borrow().last(), Some(&port));
        assert_eq!(tries.borrow().len(), 3);
    }
}
