//! A real HTTP server in the gateway's place: it keeps what Alertmanager tells it.

use std::{
    future::ready,
    net::TcpListener,
    sync::{Arc, Mutex},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt::spawn, web};
use serde_json::Value;

use super::eventually;

/// A webhook, and the notifications that it has received: path and body.
pub(crate) struct Webhook {
    port: u16,
    received: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Webhook {
    pub(crate) fn start() -> Self {
        Self::start_on(0)
    }

    pub(crate) fn start_on(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::<Mutex<Vec<_>>>::default();
        let kept = Arc::clone(&received);
        let app = move || {
            let kept = Arc::clone(&kept);
            let keep = move |request: HttpRequest, body: web::Json<Value>| {
                let notification = (request.path().to_owned(), body.into_inner());
                kept.lock().unwrap().push(notification);
                ready(HttpResponse::Ok())
            };
            App::new().default_service(web::to(keep))
        };
        let server = HttpServer::new(app).workers(1).disable_signals();
        spawn(server.listen(listener).unwrap().run());
        Self { port, received }
    }

    /// Its address, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits for an alert with this name and status, and gives its labels and the path that it came by.
    pub(crate) async fn receives(&self, alertname: &str, status: &str) -> (Value, String) {
        eventually(&format!("{alertname} is {status}"), async || {
            let received = self.received.lock().unwrap();
            received.iter().find_map(|(path, body)| {
                let alerts = body["alerts"].as_array()?;
                let alert = alerts.iter().find(|alert| {
                    alert["labels"]["alertname"] == alertname && alert["status"] == status
                })?;
                Some((alert["labels"].clone(), path.clone()))
            })
        })
        .await
    }
}
