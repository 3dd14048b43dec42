//! A real HTTP server in Prometheus' place whose answers are broken on purpose, query by query.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::rt::{spawn, time::interval};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::recording_proxy::read_head;

/// The question for alerts, as one scripts it and counts it.
pub(crate) const ALERTS: &str = "/api/v1/alerts";

/// What a query is answered with.
#[derive(Debug, Clone)]
pub(crate) enum Script {
    /// These bytes; the connection is kept.
    Bytes(Vec<u8>),
    /// These bytes, then the connection is closed.
    Close(Vec<u8>),
    /// These bytes, then a RST.
    Reset(Vec<u8>),
    /// These bytes, one now and then.
    Drip(Vec<u8>),
    /// The first bytes, then the others again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Nothing, until the client hangs up, or the query has another script: then that, as from a server that was frozen.
    Silence,
    /// These bytes, as soon as there is a permit.
    Held(Arc<Semaphore>, Vec<u8>),
}

impl Script {
    /// An answer of Prometheus' form, with this `result`.
    pub(crate) fn vector(result: &str) -> Self {
        Self::json(
            200,
            format!(
                r#"{{"status":"success","data":{{"resultType":"vector","result":[{result}]}}}}"#
            ),
        )
    }

    /// An answer of Prometheus' form, with these alerts.
    pub(crate) fn alerts(alerts: &str) -> Self {
        Self::json(
            200,
            format!(r#"{{"status":"success","data":{{"alerts":[{alerts}]}}}}"#),
        )
    }

    /// The same answer, as soon as `permits` has one.
    pub(crate) fn held(self, permits: &Arc<Semaphore>) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Held(Arc::clone(permits), bytes),
            other => panic!("not whole: {other:?}"),
        }
    }

    /// A well-formed HTTP answer.
    pub(crate) fn json(status: u16, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        Self::Bytes([head.as_bytes(), body].concat())
    }
}

#[derive(Default)]
struct State {
    scripts: HashMap<String, Script>,
    asked: HashMap<String, usize>,
    waiting: HashMap<String, usize>,
    most_waiting: HashMap<String, usize>,
    sent: HashMap<String, usize>,
    hang_up_on_reuse: bool,
}

impl State {
    fn script(&self, expr: &str) -> Script {
        let script = self.scripts.get(expr).cloned();
        script.unwrap_or_else(|| match expr {
            ALERTS => Script::alerts(""),
            _ => Script::vector(""),
        })
    }
}

/// Answers a query by the script of that expression, and with nothing found if there is none.
#[derive(Clone)]
pub(crate) struct Scripted {
    addr: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Scripted {
    pub(crate) async fn start() -> Self {
        Self::start_at("127.0.0.1").await
    }

    pub(crate) async fn start_at(host: &str) -> Self {
        let listener = TcpListener::bind((host, 0)).await.unwrap();
        let server = Self {
            addr: listener.local_addr().unwrap(),
            state: Arc::default(),
        };
        let accepting = server.clone();
        spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = accepting.clone();
                // What the client does with a broken answer is not the server's business.
                spawn(async move { server.serve(client).await.ok() });
            }
        });
        server
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(crate) fn script(&self, expr: &str, script: Script) {
        let mut state = self.state.lock().unwrap();
        state.scripts.insert(expr.to_owned(), script);
    }

    /// From now on all is well.
    pub(crate) fn heal(&self) {
        self.state.lock().unwrap().scripts.clear();
    }

    /// From now on a connection that is used again is closed as soon as it is, as if the two had crossed on the way.
    pub(crate) fn hang_up_on_reuse(&self) {
        self.state.lock().unwrap().hang_up_on_reuse = true;
    }

    /// How often that has been asked; all queries together have the name of nothing.
    pub(crate) fn asked(&self, expr: &str) -> usize {
        let state = self.state.lock().unwrap();
        state.asked.get(expr).copied().unwrap_or_default()
    }

    /// How many bytes the client took of the answers to that.
    pub(crate) fn sent(&self, expr: &str) -> usize {
        let state = self.state.lock().unwrap();
        state.sent.get(expr).copied().unwrap_or_default()
    }

    /// How many requests for that have waited for their answers at the same time, at most.
    pub(crate) fn most_waiting(&self, expr: &str) -> usize {
        let state = self.state.lock().unwrap();
        state.most_waiting.get(expr).copied().unwrap_or_default()
    }

    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut served = 0;
        while let Some(head) = read_head(&mut client).await? {
            if served > 0 && self.state.lock().unwrap().hang_up_on_reuse {
                return Ok(());
            }
            served += 1;
            let expr = expression(&head);
            let script = self.begin(&expr);
            let kept = self.play(&mut client, &expr, script).await;
            *self.state.lock().unwrap().waiting.get_mut(&expr).unwrap() -= 1;
            if !kept? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn begin(&self, expr: &str) -> Script {
        let mut state = self.state.lock().unwrap();
        *state.asked.entry(expr.to_owned()).or_default() += 1;
        *state.asked.entry(String::new()).or_default() += 1;
        let waiting = state.waiting.entry(expr.to_owned()).or_default();
        *waiting += 1;
        let waiting = *waiting;
        let most = state.most_waiting.entry(expr.to_owned()).or_default();
        *most = waiting.max(*most);
        state.script(expr)
    }

    /// Whether the connection may be used again.
    async fn play(&self, client: &mut TcpStream, expr: &str, script: Script) -> io::Result<bool> {
        match script {
            Script::Bytes(bytes) => self.send(client, expr, &bytes).await.map(|()| true),
            Script::Close(bytes) => self.send(client, expr, &bytes).await.map(|()| false),
            Script::Reset(bytes) => {
                self.send(client, expr, &bytes).await?;
                socket2::SockRef::from(&*client).set_linger(Some(Duration::ZERO))?;
                Ok(false)
            }
            Script::Drip(bytes) => {
                let mut drops = interval(Duration::from_millis(100));
                for byte in bytes {
                    drops.tick().await;
                    self.send(client, expr, &[byte]).await?;
                }
                Ok(true)
            }
            Script::Endless(head, again) => {
                self.send(client, expr, &head).await?;
                loop {
                    self.send(client, expr, &again).await?;
                }
            }
            Script::Silence => tokio::select! {
                end = client.read_u8() => end.map(|_| false),
                script = self.next_script(expr) => Box::pin(self.play(client, expr, script)).await,
            },
            Script::Held(permits, bytes) => {
                permits.acquire().await.unwrap().forget();
                self.send(client, expr, &bytes).await.map(|()| true)
            }
        }
    }

    /// What the query is answered with when that is something at last.
    async fn next_script(&self, expr: &str) -> Script {
        let mut looks = interval(Duration::from_millis(20));
        loop {
            looks.tick().await;
            let script = self.state.lock().unwrap().script(expr);
            if !matches!(script, Script::Silence) {
                return script;
            }
        }
    }

    async fn send(&self, client: &mut TcpStream, expr: &str, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let sent = client.write(bytes).await?;
            bytes = &bytes[sent..];
            let mut state = self.state.lock().unwrap();
            *state.sent.entry(expr.to_owned()).or_default() += sent;
        }
        Ok(())
    }
}

/// The parameter `query` of a request; of one that asks something else, its path.
fn expression(head: &str) -> String {
    let target = head.split(' ').nth(1).unwrap();
    let url = url::Url::parse(&format!("http://scripted{target}")).unwrap();
    if !url.path().starts_with("/api/v1/query") {
        return url.path().to_owned();
    }
    let query = url.query_pairs().find(|(name, _)| name == "query");
    query.map(|(_, expr)| expr.into_owned()).unwrap_or_default()
}
