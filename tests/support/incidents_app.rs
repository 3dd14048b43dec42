//! The incident routes on a free port, with an `IncidentRepo` of their own.

use std::{io, net::SocketAddr, time::Duration};

use actix::Actor;
use actix_web::{App, HttpServer, dev::ServerHandle, web};
use serde_json::Value;
use service_metrics::gateway::{
    actors::{
        Actors,
        incident_repo::{IncidentRepo, RepoOptions},
        messages::DatabaseStatus,
    },
    http::incidents,
    model::check::Check,
    storage::database::DatabaseOptions,
    telemetry::SourceTelemetry,
};
use tokio::net::TcpStream;
use tokio_postgres::Config;

/// What the tests wait for a connection: the contract's two seconds.
pub(crate) const ACQUIRE: Duration = Duration::from_secs(2);

pub(crate) struct TestApp {
    pub(crate) actors: Actors,
    pub(crate) telemetry: SourceTelemetry,
    address: SocketAddr,
    server: ServerHandle,
}

/// Options as the defaults have them, but for quicker checks, and nothing kept once it has been answered.
pub(crate) fn options(config: Config) -> RepoOptions {
    RepoOptions {
        database: DatabaseOptions {
            config,
            pool_size: 4,
            acquire_timeout: ACQUIRE,
            query_timeout: Duration::from_secs(5),
        },
        check_interval: Duration::from_millis(200),
        share_for: Duration::ZERO,
    }
}

impl TestApp {
    pub(crate) fn start(options: RepoOptions) -> Self {
        let telemetry = SourceTelemetry::unregistered();
        let actors = Actors {
            incidents: IncidentRepo::new(options, telemetry.clone()).start(),
        };
        let data = web::Data::new(actors.clone());
        let severities = ["critical", "high", "medium", "low"].map(str::to_owned);
        let severities = web::Data::new(incidents::Severities(severities.to_vec()));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(severities.clone())
                .service(
                    web::scope("/api/metrics/incidents")
                        .route("/by-service", web::get().to(incidents::by_service))
                        .route("/details", web::get().to(incidents::details))
                        .route("/summary", web::get().to(incidents::summary)),
                )
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            actors,
            telemetry,
            address,
            server: handle,
        }
    }

    /// Status and body of `GET /api/metrics/incidents/{path}`.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let (head, body) = exchange(self.address, path)
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(head.contains("content-type: application/json"), "{head}");
        let body =
            serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"));
        (head[9..12].parse().unwrap(), body)
    }

    /// The `data` of an answer that must be a success.
    pub(crate) async fn data(&self, path: &str) -> Value {
        let (status, mut body) = self.get(path).await;
        assert_eq!(
            (status, &body["status"]),
            (200, &"success".into()),
            "{body}"
        );
        body["data"].take()
    }

    pub(crate) async fn database_status(&self) -> Check {
        self.actors.incidents.send(DatabaseStatus).await.unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// Head and body of the answer to one `GET`, byte for byte as a client without opinions sends and reads it.
async fn exchange(address: SocketAddr, path: &str) -> io::Result<(String, String)> {
    let stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET /api/metrics/incidents/{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    );
    stream.writable().await?;
    assert_eq!(stream.try_write(request.as_bytes())?, request.len());
    let mut answer = Vec::new();
    loop {
        stream.readable().await?;
        match stream.try_read_buf(&mut answer) {
            Ok(0) => break,
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            _ => {}
        }
    }
    let answer = String::from_utf8(answer).map_err(io::Error::other)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    Ok((head.to_owned(), body.to_owned()))
}
