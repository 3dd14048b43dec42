//! How a server is addressed, and how its faults are told.

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
