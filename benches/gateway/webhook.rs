//! From Alertmanager's webhook to a frame in a browser's hands, with a Prometheus whose alerts differ at each look.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::time::{sleep, timeout};

use crate::{
    Outcome,
    client::Connection,
    load,
    measure::Bench,
    said,
    socket::Socket,
    table::{Rounds, Row, Target, Unit},
};

/// Longer than the gateway lets pass between two looks at the alerts.
const PAUSE: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(10);
const BODY: &str = r#"{"version":"4","status":"firing","alerts":[]}"#;

/// The median and the slowest of each hundred.
pub(crate) fn rows(bench: &Bench) -> Outcome<[Row; 2]> {
    said("webhook to browser")?;
    let upstream = Upstream::start()?;
    let gateway = bench.platform.told_gateway(upstream.url());
    let gateway = bench.runtime.block_on(gateway)?;
    let waited = upstream.milliseconds(gateway.port(), bench.plan.webhooks)?;
    bench.runtime.block_on(gateway.stop());
    let p99 = load::percentile(&waited, 99);
    Ok([
        Row {
            what: "webhook to browser, p50",
            target: Target::Nothing,
            unit: Unit::Milliseconds,
            ours: Rounds(waited),
            peer: None,
        },
        Row::told("webhook to browser, p99", Unit::Milliseconds, p99),
    ])
}

/// A server in Prometheus' place. It finds nothing but one alert, which says how often it has been asked for alerts.
struct Upstream {
    port: u16,
    looks: Arc<AtomicU32>,
}

impl Upstream {
    fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let looks = Arc::<AtomicU32>::default();
        let counted = looks.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let looks = counted.clone();
                thread::spawn(move || serve(client, &looks));
            }
        });
        Ok(Self { port, looks })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Milliseconds from `POST /api/alerts/webhook` until a client on the channel `alerts` has the frame with what the
    /// gateway has seen since, so many times.
    fn milliseconds(&self, gateway: u16, times: usize) -> Outcome<Vec<f64>> {
        let looks = self.looks.clone();
        load::on_its_own_thread(move || async move {
            let mut connection = Connection::open(gateway).await?;
            let mut waited = Vec::with_capacity(times);
            for _ in 0..times {
                let mut socket = Socket::connect(gateway).await?;
                socket.join("alerts").await?;
                sleep(PAUSE).await;
                let before = looks.load(Ordering::SeqCst);
                let told = Instant::now();
                let seen = async {
                    while look(&socket.text().await?).is_none_or(|look| look <= before) {}
                    Ok(told.elapsed().as_secs_f64() * 1e3)
                };
                let both = async { tokio::try_join!(tell(&mut connection), seen) };
                let ((), milliseconds) = timeout(PATIENCE, both).await??;
                waited.push(milliseconds);
            }
            Ok(waited)
        })
    }
}

/// Tells the gateway that alerts have changed.
async fn tell(connection: &mut Connection) -> Outcome<()> {
    let request = format!(
        "POST /api/alerts/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    match connection.exchange(request.as_bytes()).await?.status {
        200 => Ok(()),
        status => Err(format!("the webhook was answered {status}").into()),
    }
}

/// Which look at the alerts a frame is from.
fn look(frame: &str) -> Option<u32> {
    let (_, rest) = frame.split_once(r#""look":""#)?;
    rest.split('"').next()?.parse().ok()
}

fn serve(mut client: TcpStream, looks: &AtomicU32) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut lines = BufReader::new(client.try_clone()?).lines();
    while let Some(request) = lines.next().transpose()? {
        while lines
            .next()
            .transpose()?
            .is_some_and(|line| !line.is_empty())
        {}
        let data = if request.starts_with("GET /api/v1/alerts ") {
            let look = looks.fetch_add(1, Ordering::SeqCst) + 1;
            format!(
                r#"{{"alerts":[{{"labels":{{"alertname":"Looked","look":"{look}"}},"annotations":{{}},"state":"firing","activeAt":"2026-02-10T05:35:00Z","value":"1e+00"}}]}}"#
            )
        } else if request.starts_with("GET /api/v1/query_range") {
            r#"{"resultType":"matrix","result":[]}"#.to_owned()
        } else {
            r#"{"resultType":"vector","result":[]}"#.to_owned()
        };
        let body = format!(r#"{{"status":"success","data":{data}}}"#);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length";
        client.write_all(format!("{head}: {}\r\n\r\n{body}", body.len()).as_bytes())?;
    }
    Ok(())
}
