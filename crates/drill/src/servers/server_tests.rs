//! How a server is addressed, and how its faults are told.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

fn server(address: &str) -> Server {
    let address = Url::parse(address).unwrap();
    Server::new("Prometheus", "--prometheus", address, None)
}

#[test]
fn a_path_prefix_is_kept_credentials_are_not_shown_and_a_name_is_one_segment() {
    let server = server("http://u:hunter2@h:9090/prefix/");
    let url = server.url(&["api", "a/b?c"], &[("q", "x y")]);
    assert_eq!(url.as_str(), "http://h:9090/prefix/api/a%2Fb%3Fc?q=x+y");
    let told = server.told(&Fault::Unreachable("refused".to_owned()));
    assert_eq!(
        told,
        "Prometheus at http://h:9090/prefix (--prometheus) does not answer: refused"
    );
}

#[test]
fn who_answers_as_another_one_would_is_doubted() {
    let server = server("http://h");
    let no = |status| Fault::Status(status, "no".to_owned());
    for (fault, end) in [
        (no(404), "answers 404: no; is it Prometheus?"),
        (no(401), "answers 401: no"),
        (no(503), "answers 503: no"),
        (
            Fault::Malformed("x".to_owned()),
            "understood: x; is it Prometheus?",
        ),
    ] {
        let told = server.doubted(&fault);
        assert!(told.ends_with(end), "{told}");
    }
}

#[test]
fn an_error_answer_is_told_in_its_own_words_on_one_line() {
    let words = |body: &str| words(body.as_bytes(), StatusCode::NOT_FOUND);
    assert_eq!(
        words(r#"{"status":"error","error":"no\nsuch alert"}"#),
        "no such alert"
    );
    assert_eq!(words("<h1>x</h1>\n"), "<h1>x</h1>");
    assert_eq!(words(""), "Not Found");
    assert_eq!(words(&"x".repeat(5_000)).len(), TOLD);
}

/// By how much the clock of a server is ahead that says this `Date`.
async fn ahead(date: &str) -> Option<TimeDelta> {
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
    let (ahead, _socket) = futures_util::join!(server.clock(&["x"]), answered);
    ahead.unwrap()
}

#[actix_rt::test]
async fn how_far_a_clock_is_ahead_or_behind_is_told_by_the_date_of_any_answer() {
    let date = |hours: i64| {
        let date = Utc::now() + TimeDelta::hours(hours);
        format!("Date: {}\r\n", date.format("%a, %d %b %Y %H:%M:%S GMT"))
    };
    for hours in [-100, 100] {
        let ahead = ahead(&date(hours)).await.unwrap();
        // To the hour: how long it takes here is not the question.
        assert_eq!(
            (ahead + TimeDelta::minutes(30 * hours.signum())).num_hours(),
            hours
        );
    }
    assert_eq!(ahead(&date(0)).await, None);
    assert_eq!(ahead("").await, None);
    assert_eq!(ahead("Date: soon\r\n").await, None);
}
