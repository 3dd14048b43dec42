//! What is remembered of refused handshakes, and how lost headers are known.

use actix_web::test::TestRequest;

use super::*;

fn diagnosis() -> Diagnosis {
    Diagnosis::new(AllowedOrigins::new(&[]))
}

fn handshake(origin: &str) -> TestRequest {
    TestRequest::get()
        .insert_header((header::HOST, "gateway:8005"))
        .insert_header((header::ORIGIN, origin))
        .insert_header((header::SEC_WEBSOCKET_KEY, "key"))
        .insert_header((header::CONNECTION, "keep-alive, Upgrade"))
        .insert_header((header::UPGRADE, "WebSocket"))
}

fn head(request: TestRequest) -> RequestHead {
    let mut head = RequestHead::default();
    let request = request.to_srv_request();
    head.headers = request.head().headers.clone();
    head.version = request.head().version;
    head
}

#[test]
fn a_handshake_without_its_hop_by_hop_headers_is_known() {
    let valid = || handshake("http://a.example");
    assert!(!lost_upgrade(&head(valid())));
    let close = (header::CONNECTION, "close");
    assert!(lost_upgrade(&head(valid().insert_header(close))));
    let other = (header::UPGRADE, "h2c");
    assert!(lost_upgrade(&head(valid().insert_header(other))));
    assert!(lost_upgrade(&head(valid().version(Version::HTTP_10))));
    assert!(!lost_upgrade(&head(TestRequest::get())));
}

#[test]
fn the_last_refusals_of_a_few_origins_are_remembered() {
    let diagnosis = diagnosis();
    let full = ApiError::Unavailable("all are taken".to_owned());
    let page = |nth| format!("http://{nth}.example");
    for nth in 0..=MAX_ORIGINS {
        for _ in 0..3 {
            diagnosis.refused(&head(handshake(&page(nth))), &full);
        }
    }
    assert_eq!(diagnosis.lock().len(), MAX_ORIGINS);
    let known = |nth| {
        let origin = Origin::parse(page(nth).as_bytes()).unwrap();
        diagnosis.lock().iter().any(|known| known.origin == origin)
    };
    assert!(!known(0) && known(1) && known(MAX_ORIGINS));
    diagnosis.accepted(&head(handshake(&page(1))));
    assert!(!known(1) && known(2));
}
