//! The UI as browsers get it from the gateway: the page, its files, and what surrounds both.

use std::fs;

use tempfile::TempDir;

use crate::support::{
    gateway::TestGateway,
    http::{self, Answer, request},
    scratch,
    ws::WsClient,
};

const PAGE: &str = "<!doctype html><script type=\"module\" src=\"/assets/app-1a2b.js\"></script>";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self' http://localhost:9182; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A gateway with a UI, whose build has compressed one file.
fn with_ui() -> (TestGateway, TempDir) {
    let folder = scratch();
    let assets = folder.path().join("assets");
    fs::create_dir(&assets).unwrap();
    fs::write(folder.path().join("index.html"), PAGE).unwrap();
    fs::write(folder.path().join("README"), "not for browsers").unwrap();
    for (name, content) in [
        ("app-1a2b.js", "plain"),
        ("app-1a2b.js.br", "brotli"),
        ("app-1a2b.js.gz", "gzip"),
        ("icon-3c4d.svg", "<svg/>"),
        (".hidden", "hidden"),
    ] {
        fs::write(assets.join(name), content).unwrap();
    }
    let gateway = TestGateway::start([
        ("SERVICE_METRICS__UI__DIR", path(&folder)),
        (
            "SERVICE_METRICS__UI__SIMULATOR_URL",
            "http://localhost:9182/".to_owned(),
        ),
    ]);
    (gateway, folder)
}

fn path(folder: &TempDir) -> String {
    folder.path().to_str().unwrap().to_owned()
}

async fn accepting(gateway: &TestGateway, path: &str, accept: &str) -> Answer {
    request(gateway.addr, "GET", path, &[("Accept-Encoding", accept)]).await
}

#[actix_web::test]
async fn the_page_is_asked_for_each_time_and_may_load_and_reach_only_what_it_needs() {
    let (gateway, _folder) = with_ui();
    for path in ["/", "/index.html"] {
        let answer = accepting(&gateway, path, "gzip, br").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, PAGE), "{path}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-cache"),
            ("content-security-policy", POLICY),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert_eq!(answer.header("content-encoding"), None);
        let vary = answer.header("vary").unwrap();
        assert!(vary.contains("Accept-Encoding") && vary.contains("Origin"));
    }
}

#[actix_web::test]
async fn a_file_is_kept_for_a_year_and_comes_in_the_form_that_the_client_likes_best() {
    let (gateway, _folder) = with_ui();
    for (accept, body, coding) in [
        ("gzip, deflate, br, zstd", "brotli", Some("br")),
        ("gzip", "gzip", Some("gzip")),
        ("br;q=0.1, gzip;q=0.8", "gzip", Some("gzip")),
        ("br;q=0", "plain", None),
        ("identity", "plain", None),
        ("nonsense;;q=x", "plain", None),
    ] {
        let answer = accepting(&gateway, "/assets/app-1a2b.js", accept).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, body));
        assert_eq!(answer.header("content-encoding"), coding, "{accept}");
        for (name, value) in [
            ("content-type", "text/javascript; charset=utf-8"),
            ("cache-control", "public, max-age=31536000, immutable"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{accept}");
        }
    }
    let plain = http::get(gateway.addr, "/assets/app-1a2b.js").await;
    assert_eq!(
        (plain.body.as_str(), plain.header("content-encoding")),
        ("plain", None)
    );
    let icon = accepting(&gateway, "/assets/icon-3c4d.svg", "br").await;
    assert_eq!(icon.header("content-type"), Some("image/svg+xml"));
    assert_eq!(icon.header("content-encoding"), None);
}

#[actix_web::test]
async fn who_has_it_already_is_told_so_form_by_form() {
    let (gateway, _folder) = with_ui();
    let path = "/assets/app-1a2b.js";
    let conditional = async |accept: &str, etag: &str| {
        let headers = [("Accept-Encoding", accept), ("If-None-Match", etag)];
        request(gateway.addr, "GET", path, &headers).await
    };
    let brotli = accepting(&gateway, path, "br").await;
    let etag = brotli.header("etag").unwrap();
    for known in [etag, &format!("\"other\", W/{etag}"), "*"] {
        let unchanged = conditional("br", known).await;
        assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""));
        for name in ["etag", "cache-control", "content-security-policy", "vary"] {
            assert_eq!(unchanged.header(name), brotli.header(name));
        }
        assert_eq!(unchanged.header("content-length"), None);
    }
    assert_eq!(conditional("gzip", etag).await.body, "gzip");
    assert_eq!(conditional("br", "\"other\"").await.body, "brotli");
}

#[actix_web::test]
async fn head_tells_the_length_and_other_methods_are_refused() {
    let (gateway, _folder) = with_ui();
    for path in ["/", "/index.html", "/assets/app-1a2b.js"] {
        let get = http::get(gateway.addr, path).await;
        let head = request(gateway.addr, "HEAD", path, &[]).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
        for name in ["content-length", "etag", "content-type"] {
            assert_eq!(head.header(name), get.header(name), "{path}");
        }
        assert_eq!(
            get.header("content-length").unwrap(),
            get.body.len().to_string()
        );
        let post = request(gateway.addr, "POST", path, &[]).await;
        assert_eq!(
            (post.status, post.header("allow")),
            (405, Some("GET, HEAD"))
        );
    }
}

#[actix_web::test]
async fn nothing_but_the_page_and_its_files_can_be_had() {
    let (gateway, folder) = with_ui();
    let secret = folder.path().join("README");
    for path in [
        "/README",
        "/assets",
        "/assets/",
        "/assets/.hidden",
        "/assets/app-1a2b.js.br",
        "/assets/app-1a2b.css",
        "/assets/../README",
        "/assets/..%2fREADME",
        "/assets/%2e%2e/README",
        "/assets/%2e%2e%2fREADME",
        "/assets/..%5cREADME",
        "/assets/%252e%252e%252fREADME",
        "/assets/../../etc/passwd",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/assets/%00",
        "/assets/%ff",
        "/assets/app-1a2b.js%00",
        "/assets//etc/passwd",
        &format!("/assets/{}", secret.display()),
    ] {
        let (status, answer) = gateway.get(path).await;
        assert_eq!(
            (status, &answer["errorType"]),
            (404, &"not_found".into()),
            "{path}"
        );
        assert!(!answer["error"].as_str().unwrap().contains("GET / lists"));
    }
    let counted = "http_requests_total{method=\"GET\",route=\"/assets/{file}\",service=\"service-metrics\",status_code=\"404\"}";
    assert!(gateway.metric(counted).await > 5.0);
}

#[actix_web::test]
async fn an_upgrade_on_the_page_s_address_is_a_websocket() {
    let (gateway, _folder) = with_ui();
    let mut browser = WsClient::open(gateway.addr, "/").await;
    let hello = browser.json_of("connection").await;
    assert_eq!(hello["channels"], serde_json::json!(["instant", "range"]));
}

#[actix_web::test]
async fn a_page_is_told_where_it_is() {
    let (gateway, _folder) = with_ui();
    let answer = http::get(gateway.addr, "/api/ui/settings").await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let all = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "poll_interval_seconds": 10.0,
        "simulator_url": "http://localhost:9182",
        "incidents": true,
        "incident_severities": ["critical", "high", "medium", "low", "warning", "info"],
        "alert_severities": told["alert_severities"],
    });
    assert_eq!(told, all);
    let severities = &told["alert_severities"];
    assert_eq!(
        severities[1],
        serde_json::json!({"name": "page", "tone": "critical"})
    );
    assert_eq!(
        severities.as_array().unwrap().last().unwrap()["name"],
        "none"
    );
}

#[actix_web::test]
async fn without_a_simulator_a_page_is_told_so_and_may_connect_to_none() {
    let folder = scratch();
    fs::write(folder.path().join("index.html"), PAGE).unwrap();
    let gateway = TestGateway::start([
        ("SERVICE_METRICS__UI__DIR", path(&folder)),
        ("SERVICE_METRICS__UI__SIMULATOR_URL", String::new()),
    ]);
    let (_, told) = gateway.get("/api/ui/settings").await;
    assert_eq!(told["simulator_url"], serde_json::Value::Null);
    let page = http::get(gateway.addr, "/").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("connect-src 'self'; "), "{policy}");
}

#[actix_web::test]
async fn without_a_ui_the_routes_are_named_and_its_files_are_nowhere() {
    let gateway = TestGateway::start([]);
    let answer = http::get(gateway.addr, "/").await;
    let content_type = answer.header("content-type");
    assert_eq!(
        (answer.status, content_type),
        (200, Some("text/plain; charset=utf-8"))
    );
    for words in ["GET /api/ui/settings", "/ws/instant", "ui.dir"] {
        assert!(answer.body.contains(words), "{words}");
    }
    for path in ["/index.html", "/assets/app-1a2b.js"] {
        let (status, answer) = gateway.get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(answer["error"].as_str().unwrap().contains("GET / lists"));
    }
    let (status, told) = gateway.get("/api/ui/settings").await;
    assert_eq!(
        (status, &told["simulator_url"]),
        (200, &"http://localhost:8082".into())
    );
}
