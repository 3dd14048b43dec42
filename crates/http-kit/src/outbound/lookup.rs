//! Host names into addresses. The system's resolver blocks a thread for as long as a name server is silent: a name is
//! looked up once at a time, however many wait for it, and only so many names at all.

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

/// Names that are looked up at the same time, each in a thread.
const MAX_CONCURRENT: usize = 8;

/// Why a name has no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupError {
    /// The resolver's own words.
    Failed(Arc<str>),
    /// Too many other names wait for an answer.
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

/// The addresses of `host`, which may be an address itself, one of IPv6 in brackets as in a URL. Must be called within a tokio runtime. Who stops waiting
/// leaves the look-up to those who come after.
///
/// # Errors
/// Why there are none.
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

/// The look-ups under way, by name.
struct Lookups {
    resolve: Resolve,
    under_way: UnderWay,
}

type UnderWay = Arc<Mutex<HashMap<String, Shared<BoxFuture<'static, Answer>>>>>;

impl Lookups {
    fn new(resolve: Resolve) -> Self {
        Self {
            resolve,
            under_way: Arc::default(),
        }
    }

    async fn addresses(&self, host: &str) -> Answer {
        let lookup = {
            let mut under_way = locked(&self.under_way);
            match under_way.get(host) {
                Some(lookup) => lookup.clone(),
                None if under_way.len() >= MAX_CONCURRENT => return Err(LookupError::Busy),
                None => {
                    let lookup = self.begin(host.to_owned());
                    under_way.insert(host.to_owned(), lookup.clone());
                    lookup
                }
            }
        };
        lookup.await
    }

    /// Looks `host` up in a thread of its own.
    fn begin(&self, host: String) -> Shared<BoxFuture<'static, Answer>> {
        let resolve = self.resolve;
        let listed = Listed {
            host,
            under_way: self.under_way.clone(),
        };
        let looking = spawn_blocking(move || resolve(&listed.host));
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

/// A name on the list, until its look-up has ended, or will never begin.
struct Listed {
    host: String,
    under_way: UnderWay,
}

impl Drop for Listed {
    fn drop(&mut self) {
        locked(&self.under_way).remove(&self.host);
    }
}

/// The list is whole between any two statements that hold the lock.
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

    /// A name server that is silent until it is told to speak.
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
        // Who has no patience leaves nothing behind.
        for _ in 0..100 {
            let impatient = timeout(std::time::Duration::ZERO, lookups.addresses("a"));
            assert!(impatient.await.is_err());
        }
        let others: Vec<_> = (1..MAX_CONCURRENT).map(|n| n.to_string()).collect();
        let mut waiting: Vec<_> = others.iter().map(|host| lookups.addresses(host)).collect();
        waiting.push(lookups.addresses("a"));
        let waiting = join_all(waiting);
        let told = async {
            while locked(&lookups.under_way).len() < MAX_CONCURRENT {
                tokio::task::yield_now().await;
            }
            let one_more = lookups.addresses("one more").await;
            *SPEAKS.0.lock().unwrap() = true;
            SPEAKS.1.notify_all();
            one_more
        };
        let (answers, one_more) = futures_util::future::join(waiting, told).await;
        assert_eq!(one_more, Err(LookupError::Busy));
        let found: Answer = Ok(Arc::from([IpAddr::from([127, 0, 0, 9])]));
        assert!(answers.iter().all(|answer| *answer == found));
        assert_eq!(ASKED.load(Ordering::Relaxed), MAX_CONCURRENT);
        assert!(locked(&lookups.under_way).is_empty());
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
