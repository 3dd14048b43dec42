//! HAZARDS 24 and 25: clients that owe a head, a body or the reading of an answer, and one address that opens all it can,
//! before both programs.

use std::{net::SocketAddr, time::Duration};

use actix_web::rt::{spawn, time::interval};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::{
    crowd,
    watched::{AN_HOUR, Watched},
};
use crate::support::{
    FOR_EVER, NOWHERE, eventually, http, local,
    program::{self, MOCK, Running},
    scripted_prometheus::ScriptedPrometheus,
};

const GET: &str = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A program that serves, and the prefix of its settings and its metrics.
struct Server {
    _program: Running,
    addr: SocketAddr,
    prefix: &'static str,
}

impl Server {
    /// Both programs, with these settings of `[server]`.
    async fn both(settings: &[(&str, &str)]) -> [Self; 2] {
        let mut mock = program::command(&MOCK);
        mock.env("MOCK_SERVICE_PORT", "0")
            .env("MOCK_METRICS__SERVER__HOST", "127.0.0.1");
        let mut gateway = program::gateway();
        gateway
            .env("SERVICE_METRICS__SERVER__METRICS_SHARE_SECONDS", "0")
            // The webhook has a deadline of its own, which must not be the longer one.
            .env("SERVICE_METRICS__WEBHOOK__TIMEOUT_SECONDS", "0.5");
        let mut servers = Vec::new();
        for (mut command, prefix) in [(gateway, "service_metrics"), (mock, "mock_metrics")] {
            for (key, value) in settings {
                let upper = prefix.to_uppercase();
                command.env(format!("{upper}__SERVER__{key}"), value);
            }
            let running = Running::start(&mut command);
            let addr = local(running.port().await);
            servers.push(Self {
                _program: running,
                addr,
                prefix,
            });
        }
        servers.try_into().ok().unwrap()
    }

    /// One of the counters of its connections, asked from an address of its own.
    async fn count(&self, name: &str) -> f64 {
        let mut stream = from([127, 0, 0, 3], self.addr).await;
        let get = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(get.as_bytes()).await.unwrap();
        let text = ends(stream).await;
        let series = format!("{}_connections{name} ", self.prefix);
        let line = text.lines().find_map(|line| line.strip_prefix(&series));
        line.unwrap_or_else(|| panic!("no {series}in {text}"))
            .parse()
            .unwrap()
    }
}

/// A connection from another address of loopback.
async fn from(ip: [u8; 4], addr: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((ip, 0).into()).unwrap();
    socket.connect(addr).await.unwrap()
}

/// A client that takes little at a time.
async fn narrow(addr: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(addr).await.unwrap()
}

/// Everything up to the end of the connection, a reset included.
async fn ends(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer);
    let _ = timeout(FOR_EVER, end).await.expect("the connection ends");
    String::from_utf8(answer).unwrap()
}

/// Says `start`, then `bit` again and again; gives all that comes back.
async fn drip(addr: SocketAddr, start: &str, bit: &'static str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(start.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let dripping = spawn(async move {
        let mut drops = interval(Duration::from_millis(50));
        while writing.write_all(bit.as_bytes()).await.is_ok() {
            drops.tick().await; // the slowness itself
        }
    });
    let mut answer = Vec::new();
    let end = reading.read_to_end(&mut answer);
    let _ = timeout(FOR_EVER, end).await.expect("it is taken for ever");
    dripping.abort();
    String::from_utf8(answer).unwrap()
}

#[actix_web::test]
async fn a_head_that_drips_is_ended_on_the_first_request_and_on_later_ones() {
    for server in Server::both(&[("HEAD_TIMEOUT_SECONDS", "0.5")]).await {
        let first = drip(server.addr, "GET /health HTTP/1.1\r\nX-Slow: ", "x").await;
        assert!(first.starts_with("HTTP/1.1 408 "), "{first}");
        let start = format!("{GET}{GET}GET /health HTTP/1.1\r\nX-Slow: ");
        let later = drip(server.addr, &start, "x").await;
        assert_eq!(later.matches("HTTP/1.1 200 ").count(), 2, "{later}");
        let (_, last) = later.rsplit_once("HTTP/1.1 ").unwrap();
        assert!(last.starts_with("408 "), "{later}");
        assert!(last.contains("\"errorType\":\"timeout\""), "{later}");
        assert_eq!(
            server.count("_timed_out_total{awaited=\"head\"}").await,
            2.0
        );
    }
}

#[actix_web::test]
async fn a_body_that_drips_is_answered_408() {
    let [gateway, mock] = Server::both(&[("BODY_TIMEOUT_SECONDS", "0.5")]).await;
    for (server, path) in [(gateway, "/api/alerts/webhook"), (mock, "/api/reset")] {
        for framing in ["Content-Length: 4000", "Transfer-Encoding: chunked"] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
            );
            let bit = if framing.starts_with('C') {
                " "
            } else {
                "1\r\n \r\n"
            };
            let answer = drip(server.addr, &head, bit).await;
            assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
            assert!(answer.contains("connection: close"), "{path}: {answer}");
        }
    }
}

#[actix_web::test]
async fn an_idle_connection_is_closed_without_a_word() {
    for server in Server::both(&[("IDLE_TIMEOUT_SECONDS", "0.5")]).await {
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        stream.write_all(GET.as_bytes()).await.unwrap();
        let answer = ends(stream).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[actix_web::test]
async fn answers_that_nobody_reads_end_the_connection() {
    for server in Server::both(&[("WRITE_TIMEOUT_SECONDS", "0.5")]).await {
        let mut client = narrow(server.addr).await;
        let requests = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000);
        // It is not all taken: nothing is read while answers wait.
        let sending = client.write_all(requests.as_bytes());
        let sent = timeout(FOR_EVER, sending)
            .await
            .expect("it is taken for ever");
        let given_up = async || {
            let count = server.count("_timed_out_total{awaited=\"read\"}").await;
            (count == 1.0).then_some(())
        };
        eventually("it is given up", given_up).await;
        println!("{}: sent: {sent:?}", server.prefix);
        eventually("it no longer counts", async || {
            (server.count("").await == 1.0).then_some(())
        })
        .await;
    }
}

#[actix_web::test]
async fn a_head_has_16_kib_and_no_more() {
    for server in Server::both(&[]).await {
        let head = |bytes: usize| {
            let start = "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: ";
            let filler = "x".repeat(bytes - start.len() - "\r\n\r\n".len());
            format!("{start}{filler}\r\n\r\n")
        };
        let last = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let fits = [&head(16 * 1024), GET, &head(16 * 1024), last].concat();
        let answer = http::exchange(server.addr, fits.as_bytes()).await;
        let all = answer.head + &answer.body;
        assert_eq!(all.matches("HTTP/1.1 200 ").count(), 4, "{all}");
        for first in [true, false] {
            for too_long in [head(16 * 1024 + 1), head(40_000), head(140_000)] {
                let mut stream = TcpStream::connect(server.addr).await.unwrap();
                if !first {
                    stream.write_all(GET.as_bytes()).await.unwrap();
                    stream.read_exact(&mut [0; 15]).await.unwrap();
                }
                // What is too much may be refused before all of it is sent.
                let _ = stream.write_all(too_long.as_bytes()).await;
                let answer = ends(stream).await;
                assert!(answer.contains("HTTP/1.1 431 "), "{answer}");
                assert!(answer.contains("\"errorType\":\"bad_data\""), "{answer}");
            }
        }
    }
}

#[actix_web::test]
async fn whoever_pipelines_or_sends_a_large_body_is_not_cut() {
    for server in Server::both(&[]).await {
        let filler = "x".repeat(900);
        let get = format!("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Filler: {filler}\r\n\r\n");
        let body = " ".repeat(900_000);
        let path = if server.prefix == "mock_metrics" {
            "/api/reset"
        } else {
            "/api/alerts/webhook"
        };
        let post = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let requests = get.repeat(300) + &post;
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        let (mut reading, mut writing) = stream.split();
        let mut answer = Vec::new();
        let both = async {
            // The simulator refuses the body, and closes, before it has all of it.
            let (_, read) = tokio::join!(
                async {
                    let _ = writing.write_all(requests.as_bytes()).await;
                    writing.shutdown().await
                },
                reading.read_to_end(&mut answer)
            );
            read
        };
        let _ = timeout(FOR_EVER, both).await.expect("all is answered");
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(answer.matches("HTTP/1.1 200 ").count(), 300);
        let (_, last) = answer.rsplit_once("HTTP/1.1 ").unwrap();
        let expected = if path == "/api/reset" { "413 " } else { "400 " };
        assert!(last.starts_with(expected), "{last}");
    }
}

#[actix_web::test]
async fn one_address_leaves_connections_for_others() {
    let most = 20;
    for server in Server::both(&[("MAX_CONNECTIONS_PER_ADDRESS", "20")]).await {
        let mut held = Vec::new();
        for _ in 0..most {
            let mut stream = TcpStream::connect(server.addr).await.unwrap();
            stream.write_all(GET.as_bytes()).await.unwrap();
            stream.read_exact(&mut [0; 15]).await.unwrap();
            held.push(stream);
        }
        let refused = http::get(server.addr, "/health").await;
        assert_eq!(
            (refused.status, refused.header("retry-after")),
            (503, Some("2"))
        );
        assert_eq!(refused.header("connection"), Some("close"));
        assert_eq!(server.count("_refused_total{limit=\"address\"}").await, 1.0);
        for _ in 0..13 {
            let mut probe = from([127, 0, 0, 2], server.addr).await;
            probe.write_all(GET.as_bytes()).await.unwrap();
            let mut status = [0; 12];
            probe.read_exact(&mut status).await.unwrap();
            assert_eq!(&status, b"HTTP/1.1 200");
        }
        drop(held);
        eventually("there is room again", async || {
            (http::get(server.addr, "/health").await.status == 200).then_some(())
        })
        .await;
    }
}

#[actix_web::test]
async fn where_all_connections_are_taken_probes_are_answered_and_nobody_else() {
    let settings = [
        ("MAX_CONNECTIONS", "10"),
        ("MAX_CONNECTIONS_PER_ADDRESS", "0"),
    ];
    for server in Server::both(&settings).await {
        let mut held = Vec::new();
        for _ in 0..10 {
            let mut stream = TcpStream::connect(server.addr).await.unwrap();
            stream.write_all(GET.as_bytes()).await.unwrap();
            stream.read_exact(&mut [0; 15]).await.unwrap();
            held.push(stream);
        }
        for path in ["/health", "/-/healthy", "/-/ready", "/metrics"] {
            let mut stream = TcpStream::connect(server.addr).await.unwrap();
            let get = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            stream.write_all(get.as_bytes()).await.unwrap();
            let answer = ends(stream).await; // it makes room at once
            assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
        }
        let other = http::get(server.addr, "/api/alerts").await;
        assert_eq!(
            (other.status, other.header("retry-after")),
            (503, Some("2"))
        );
        drop(held);
        eventually("there is room again", async || {
            (http::get(server.addr, "/api/alerts").await.status != 503).then_some(())
        })
        .await;
    }
}

#[actix_web::test]
async fn a_session_is_no_connection_any_more() {
    let limit = [("SERVICE_METRICS__SERVER__MAX_CONNECTIONS_PER_ADDRESS", "5")];
    let gateway = Watched::start(NOWHERE, 1000, &limit).await;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.extend(crowd::open(gateway.addr, "/ws", 5).await);
        eventually("they count as sessions only", async || {
            let open = gateway.metric("service_metrics_connections ").await;
            (open == 1.0).then_some(()) // the one that asks
        })
        .await;
    }
    assert_eq!(gateway.sessions().await, 20.0);
}

#[actix_web::test]
async fn slow_readers_of_a_frame_cost_a_reference_each() {
    const READERS: usize = 20;
    const FRAME: usize = 8 << 20;
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(FRAME);
    // They take little until all of them have come.
    let patience = [("SERVICE_METRICS__SERVER__WRITE_TIMEOUT_SECONDS", "300")];
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &patience).await;
    let whole = eventually("there is a frame", async || {
        let answer = http::get(gateway.addr, "/api/metrics/range").await;
        (answer.status == 200).then_some(answer.body)
    })
    .await;
    assert!(whole.len() > FRAME);
    let before = gateway.memory();
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let mut reader = narrow(gateway.addr).await;
        let get = "GET /api/metrics/range HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        reader.write_all(get.as_bytes()).await.unwrap();
        let mut start = [0; 15];
        reader.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        readers.push(reader);
    }
    let grown = gateway.memory().saturating_sub(before) * 1024;
    println!("{grown} bytes more with {READERS} readers of {FRAME} bytes");
    assert!(grown < 4 * FRAME as u64, "{grown} bytes");
    let rest = ends(readers.remove(0)).await;
    let (_, body) = rest.split_once("\r\n\r\n").unwrap();
    assert!(body == whole, "what is read slowly is the same");
}

/// As with sessions: the oldest go until the rest is within the budget, and who keeps up stays.
#[actix_web::test]
async fn an_answer_breaks_off_when_its_frame_is_too_old_to_be_held() {
    const READERS: usize = 6;
    const FRAME: usize = 2 << 20;
    const BUDGET: usize = 4 << 20;
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(FRAME);
    let budget = BUDGET.to_string();
    let settings = [
        ("SERVICE_METRICS__SERVER__WRITE_TIMEOUT_SECONDS", "300"),
        ("SERVICE_METRICS__WEBSOCKET__MAX_PINNED_BYTES", &budget),
    ];
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &settings).await;
    let session = crowd::open(gateway.addr, "/ws/alerts", 1).await.remove(0);
    let session = [crowd::Reader::start(session)];
    let mut slow = Vec::new();
    for _ in 0..READERS {
        gateway.beat_for(&session).await;
        let mut reader = narrow(gateway.addr).await;
        let get =
            "GET /api/metrics/alerts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        reader.write_all(get.as_bytes()).await.unwrap();
        reader.read_exact(&mut [0; 15]).await.unwrap();
        slow.push(reader);
    }
    gateway.beat_for(&session).await;

    let mut whole = Vec::new();
    for reader in slow {
        let rest = ends(reader).await;
        let (head, body) = rest.split_once("\r\n\r\n").unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        whole.push(body.len() == length.unwrap().parse::<usize>().unwrap());
    }
    let held = BUDGET / FRAME;
    assert!(
        whole[..READERS - held].iter().all(|whole| !whole),
        "{whole:?}"
    );
    assert!(
        whole[READERS - held..].iter().all(|whole| *whole),
        "{whole:?}"
    );
    let evicted = "service_metrics_slow_readers_evicted_total{channel=\"alerts\"}";
    assert_eq!(gateway.metric(evicted).await, (READERS - held) as f64);
    assert_eq!(gateway.sessions().await, 1.0, "who keeps up stays");
}

#[actix_web::test]
async fn requests_that_wait_behind_an_unread_answer_cost_their_bytes() {
    const CLIENTS: u64 = 100;
    const KIB: u64 = 80; // with a head for each request it would be over 200
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(1 << 20);
    let patience = [("SERVICE_METRICS__SERVER__WRITE_TIMEOUT_SECONDS", "300")];
    let gateway = Watched::start(&prometheus.url(), AN_HOUR, &patience).await;
    eventually("there is a frame", async || {
        let answer = http::get(gateway.addr, "/api/metrics/range").await;
        (answer.status == 200).then_some(())
    })
    .await;
    let before = gateway.memory();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = narrow(gateway.addr).await;
        let requests = "GET /api/metrics/range HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
        client.write_all(requests.as_bytes()).await.unwrap();
        client.read_exact(&mut [0; 15]).await.unwrap();
        clients.push(client);
    }
    let grown = gateway.memory().saturating_sub(before);
    println!("{grown} KiB more with {CLIENTS} clients");
    assert!(grown <= CLIENTS * KIB, "{grown} KiB");
    for mut client in clients {
        let mut rest = [0; 64 * 1024];
        client.read_exact(&mut rest).await.unwrap();
    }
}
