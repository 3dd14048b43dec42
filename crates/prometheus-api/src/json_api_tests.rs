//! How a server is addressed, and what its errors and its clock are taken for.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

fn server(address: &str) -> JsonApi {
    JsonApi::new(Url::parse(address).unwrap(), None)
}

#[test]
fn a_path_prefix_is_kept_credentials_leave_the_address_and_a_name_is_one_segment() {
    let server = server("http://u:hunter2@h:9090/prefix/");
    let url = server.url(&["api", "a/b?c"], &[("q", "x y")]);
    assert_eq!(url.as_str(), "http://h:9090/prefix/api/a%2Fb%3Fc?q=x+y");
}

#[test]
fn the_text_of_an_error_answer_is_one_line() {
    let text = |body: &str| error_text(body.as_bytes(), StatusCode::NOT_FOUND);
    assert_eq!(
        text(r#"{"status":"error","error":"no\nsuch alert"}"#),
        "no such alert"
    );
    assert_eq!(text("<h1>x</h1>\n"), "<h1>x</h1>");
    assert_eq!(text(""), "Not Found");
    assert_eq!(text(&"x".repeat(5_000)).len(), MAX_ERROR_CHARS);
}

/// The skew that is found in an answer with this `Date`.
async fn skew(date: &str) -> Option<TimeDelta> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!("HTTP/1.1 404 Not Found\r\n{date}Content-Length: 0\r\n\r\n");
    let answered = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        assert_ne!(socket.read(&mut [0; 4096]).await.unwrap(), 0);
        socket.write_all(answer.as_bytes()).await.unwrap();
        socket
    };
    let server = server(&address);
    let (skew, _socket) = tokio::join!(server.clock_skew(&["x"]), answered);
    skew.unwrap()
}

#[actix_web::test]
async fn the_clock_skew_is_taken_from_the_date_of_any_answer() {
    let date = |hours: i64| {
        let date = Utc::now() + TimeDelta::hours(hours);
        format!("Date: {}\r\n", date.format("%a, %d %b %Y %H:%M:%S GMT"))
    };
    for hours in [-100, 100] {
        let skew = skew(&date(hours)).await.unwrap();
        // To the hour: the time that the round trip takes does not matter.
        assert_eq!(
            (skew + TimeDelta::minutes(30 * hours.signum())).num_hours(),
            hours
        );
    }
    assert_eq!(skew(&date(0)).await, None);
    assert_eq!(skew("").await, None);
    assert_eq!(skew("Date: soon\r\n").await, None);
}
