//! What the gateway's questions look like to the servers and proxies that they meet.

use std::sync::mpsc;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt::spawn, web};
use url::form_urlencoded;

use crate::support::{eventually, gateway::TestGateway};

/// A request as it came.
#[derive(Debug)]
struct Asked {
    method: String,
    path: String,
    agent: Option<String>,
    parameters: Vec<(String, String)>,
}

const EMPTY: &str = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;

/// A server that notes what it is asked, and answers that nothing was found, or `answers` so.
async fn server(answers: fn() -> HttpResponse) -> (String, mpsc::Receiver<Asked>) {
    let (sender, asked) = mpsc::channel();
    let note = move |request: HttpRequest, body: web::Bytes| {
        let agent = request.headers().get("user-agent");
        let sent = [request.query_string().as_bytes(), &body].concat();
        let parameters = form_urlencoded::parse(&sent).into_owned().collect();
        let asked = Asked {
            method: request.method().to_string(),
            path: request.path().to_owned(),
            agent: agent.map(|agent| agent.to_str().unwrap().to_owned()),
            parameters,
        };
        let _ = sender.send(asked);
        async move { answers() }
    };
    let app = move || App::new().default_service(web::to(note.clone()));
    let server = HttpServer::new(app).workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    spawn(server.run());
    (url, asked)
}

fn one_query(expr: &str) -> String {
    format!("range = []\n[[instant]]\nname = \"q\"\nquery = '{expr}'\nchannels = [\"instant\"]\n")
}

#[actix::test]
async fn a_long_query_goes_in_the_body_and_every_request_says_who_asks() {
    let (url, asked) = server(|| HttpResponse::Ok().body(EMPTY)).await;
    let long = format!("up{{a!=\"{}\"}} + 1 & ż", "x".repeat(3_000));
    for (expr, method) in [("up + 1 & ż", "GET"), (&long, "POST")] {
        let gateway = TestGateway::configured(&one_query(expr), [("PROMETHEUS_URL", url.clone())]);
        let query = eventually("the query", async || {
            asked.try_iter().find(|asked| asked.path == "/api/v1/query")
        })
        .await;
        assert_eq!(query.method, method);
        assert_eq!(query.parameters, [("query".to_owned(), expr.to_owned())]);
        let agent = concat!("service-metrics/", env!("CARGO_PKG_VERSION"));
        assert_eq!(query.agent.as_deref(), Some(agent));
        let frame = gateway.frame("instant", |_| true).await;
        assert_eq!(frame["stale"], false);
        gateway.stop().await.unwrap();
        asked.try_iter().for_each(drop);
    }
}

#[actix::test]
async fn a_redirect_is_not_followed_and_told_with_its_target_but_no_secret() {
    let moved = || {
        let target = "http://user:hunter2@login.example.org/start?token=hunter2#hunter2";
        HttpResponse::Found()
            .insert_header(("location", target))
            .finish()
    };
    let (url, _asked) = server(moved).await;
    let gateway = TestGateway::configured(&one_query("up"), [("PROMETHEUS_URL", url)]);
    let frame = gateway.frame("instant", |_| true).await;
    let error = frame["data"]["q"]["error"].as_str().unwrap();
    assert!(
        error.contains("302 Found with the address http://login.example.org/start,"),
        "{error}"
    );
    assert!(!frame.to_string().contains("hunter2"), "{frame}");
}
