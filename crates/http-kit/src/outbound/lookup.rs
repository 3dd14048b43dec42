//! Look-up of host names. The system's resolver blocks a thread while a name server is silent. Callers therefore share the
//! look-up of a name, and the number of names at a time is limited.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio::task::spawn_blocking;

/// Concurrent look-ups, each in a thread.
const MAX_CONCURRENT: usize = 8;

/// Why a name has no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupError {
    /// The message of the resolver.
    Failed(Arc<str>),
    /// Too many other look-ups wait for an answer.
    Busy,
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(why) => f.write_str(why),
            Self::Busy => write!(
                f,
                "the name server does not answer: {MAX_CONCURRENT} look-ups wait for it"
            ),
        }
    }
}

impl std::error::Error for LookupError {}

type Answer = Result<Arc<[IpAddr]>, LookupError>;

static LOOKUPS: LazyLock<Lookups> = LazyLock::new(|| Lookups::new(resolve));

/// The addresses of `host`, a name or an address, IPv6 with or without brackets. Must be called within a tokio runtime. A
/// caller that stops waiting leaves the look-up running for the others.
///
/// # Errors
/// If there is none.
pub async fn lookup(host: &str) -> Answer {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match bare.unwrap_or(host).parse() {
        Ok(address) => Ok(Arc::from([address])),
        Err(_) => LOOKUPS.addresses(host).await,
    }
}

fn resolve(host: &str) -> Result<Vec<IpAddr>, String> {
    let found = (host, 0).to_socket_addrs();
    let addresses = found.map(|found| found.map(|address: SocketAddr| address.ip()).collect());
    addresses.map_err(|error| error.to_string())
}

type Resolve = fn(&str) -> Result<Vec<IpAddr>, String>;

/// The pending look-ups, by name.
struct Lookups {
    resolve: Resolve,
    pending: Pending,
}

type Pending = Arc<Mutex<HashMap<String, Shared<BoxFuture<'static, Answer>>>>>;

impl Lookups {
    fn new(resolve: Resolve) -> Self {
        Self {
            resolve,
            pending: Arc::default(),
        }
    }

    async fn addresses(&self, host: &str) -> Answer {
        let lookup = {
            let mut pending = locked(&self.pending);
            match pending.get(host) {
                Some(lookup) => lookup.clone(),
                None if pending.len() >= MAX_CONCURRENT => return Err(LookupError::Busy),
                None => {
                    let lookup = self.start(host.to_owned());
                    pending.insert(host.to_owned(), lookup.clone());
                    lookup
                }
            }
        };
        lookup.await
    }

    /// Starts the look-up of `host` in a thread.
    fn start(&self, host: String) -> Shared<BoxFuture<'static, Answer>> {
        let resolve = self.resolve;
        let pending_entry = RemoveOnDrop {
            host,
            pending: self.pending.clone(),
        };
        let looking = spawn_blocking(move || resolve(&pending_entry.host));
        let answer = async {
            let found = looking
                .await
                .unwrap_or_else(|_| Err("the look-up was interrupted".to_owned()));
            match found {
                Ok(addresses) if addresses.is_empty() => {
                    Err(LookupError::Failed("it has no address".into()))
                }
                Ok(addresses) => Ok(addresses.into()),
                Err(why) => Err(LookupError::Failed(why.into())),
            }
        };
        answer.boxed().shared()
    }
}

/// Removes a name from the pending look-ups when its look-up has ended, or will not start.
struct RemoveOnDrop {
    host: String,
    pending: Pending,
}

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        locked(&self.pending).remove(&self.host);
    }
}

/// Ignores poisoning: the map is consistent whenever the lock is released.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Condvar,
        atomic::{AtomicUsize, Ordering},
    };

    use futures_util::future::join_all;
    use tokio::time::timeout;

    use super::*;

    /// A name server that is silent until `SPEAKS` is true.
    static SPEAKS: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());
    static ASKED: AtomicUsize = AtomicUsize::new(0);

    fn silent(_: &str) -> Result<Vec<IpAddr>, String> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        let speaks = SPEAKS.0.lock().unwrap();
        drop(SPEAKS.1.wait_while(speaks, |speaks| !*speaks).unwrap());
        Ok(vec![[127, 0, 0, 9].into()])
    }

    #[tokio::test]
    async fn a_silent_name_server_takes_one_thread_per_name_and_a_bounded_number_of_names() {
        let lookups = Lookups::new(silent);
        // A caller that gives up leaves nothing behind.
        for _ in 0..100 {
            let impatient = timeout(std::time::Duration::ZERO, lookups.addresses("a"));
            assert!(impatient.await.is_err());
        }
        let others: Vec<_> = (1..MAX_CONCURRENT).map(|n| n.to_string()).collect();
        let mut waiting: Vec<_> = others.iter().map(|host| lookups.addresses(host)).collect();
        waiting.push(lookups.addresses("a"));
        let waiting = join_all(waiting);
        let one_more = async {
            while locked(&lookups.pending).len() < MAX_CONCURRENT {
                tokio::task::yield_now().await;
            }
            let one_more = lookups.addresses("one more").await;
            *SPEAKS.0.lock().unwrap() = true;
            SPEAKS.1.notify_all();
            one_more
        };
        let (answers, one_more) = futures_util::future::join(waiting, one_more).await;
        assert_eq!(one_more, Err(LookupError::Busy));
        let found: Answer = Ok(Arc::from([IpAddr::from([127, 0, 0, 9])]));
        assert!(answers.iter().all(|answer| *answer == found));
        assert_eq!(ASKED.load(Ordering::Relaxed), MAX_CONCURRENT);
        assert!(locked(&lookups.pending).is_empty());
        assert!(lookups.addresses("one more").await.is_ok());
    }

    #[tokio::test]
    async fn an_address_is_its_own_answer_and_localhost_is_known() {
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        for spelling in ["2001:db8::1", "[2001:db8::1]"] {
            assert_eq!(lookup(spelling).await.unwrap()[..], [address]);
        }
        assert!(lookup("localhost").await.unwrap()[0].is_loopback());
        let nowhere = lookup("no such host.invalid").await;
        assert!(
            matches!(nowhere, Err(LookupError::Failed(_))),
            "{nowhere:?}"
        );
    }
}
