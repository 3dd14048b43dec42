//! The client of a request, by its peer and its headers.

use actix_web::http::header::HeaderValue;

use super::*;

/// The client of a request from `peer`, where `10.0.0.0/8` and `2001:db8:ff::/48` are proxies.
fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
    let networks = ["::ffff:10.0.0.0/104", "2001:db8:ff::/48"].map(|net| net.parse().unwrap());
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        map.append(HeaderName::from_static(name), value);
    }
    let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
    TrustedProxies::new(&networks)
        .client(Some(peer), &map)
        .to_string()
}

fn x_forwarded_for(value: &str) -> String {
    client("10.0.0.1", &[("x-forwarded-for", value)])
}

fn forwarded(value: &str) -> String {
    client("10.0.0.1", &[("forwarded", value)])
}

#[test]
fn who_is_no_proxy_is_the_client_whatever_it_says() {
    for name in ["x-forwarded-for", "forwarded"] {
        for value in ["192.0.2.1", "for=192.0.2.1", ""] {
            assert_eq!(client("198.51.100.7", &[(name, value)]), "198.51.100.7");
        }
    }
    assert_eq!(client("::ffff:198.51.100.7", &[]), "198.51.100.7");
}

#[test]
fn the_right_most_hop_that_is_no_proxy_counts() {
    for (value, expected) in [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:5678", "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1", "192.0.2.1"),
        (
            "203.0.113.9, 192.0.2.1, 10.9.9.9 ,2001:db8:ff::1",
            "192.0.2.1",
        ),
        ("anything \"at all, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.9, 10.0.0.2", "10.0.0.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ] {
        assert_eq!(x_forwarded_for(value), expected, "{value}");
    }
    for (value, expected) in [
        ("for=192.0.2.1", "192.0.2.1"),
        ("For=192.0.2.1;proto=https;by=10.0.0.1", "192.0.2.1"),
        ("by=\"a,b\";for=\"[2001:db8::1]:4711\"", "2001:db8::1"),
        ("for=203.0.113.9, for=192.0.2.1, for=10.0.0.2", "192.0.2.1"),
        ("for=\"203.0.113.9, for=192.0.2.1", "192.0.2.1"),
    ] {
        assert_eq!(forwarded(value), expected, "{value}");
    }
}

#[test]
fn several_lines_are_one_list() {
    let name = "x-forwarded-for";
    let lines = [
        (name, "203.0.113.9"),
        (name, "192.0.2.1"),
        (name, "10.0.0.2"),
    ];
    assert_eq!(client("10.0.0.1", &lines), "192.0.2.1");
}

#[test]
fn what_is_no_address_yields_the_proxy() {
    for value in [
        "",
        "unknown",
        "192.0.2.1,",
        "192.0.2.1, 10.0.0.2x",
        "192.0.2.256",
        "fe80::1%eth0",
        "192.0.2.1:99999",
        "\u{fc}",
    ] {
        assert_eq!(x_forwarded_for(value), "10.0.0.1", "{value}");
    }
    for value in [
        "192.0.2.1",
        "for=_hidden",
        "for=unknown",
        "proto=https",
        "for=192.0.2.1;for=192.0.2.2",
        "for=\"192.0.2.1",
        "for=\"192.0.2.\\1\"",
    ] {
        assert_eq!(forwarded(value), "10.0.0.1", "{value}");
    }
}

#[test]
fn headers_that_disagree_yield_the_proxy() {
    let both = |claimed| {
        let headers = [("x-forwarded-for", "192.0.2.1"), ("forwarded", claimed)];
        client("10.0.0.1", &headers)
    };
    assert_eq!(both("for=192.0.2.1"), "192.0.2.1");
    for claimed in ["for=203.0.113.9", "for=unknown", ""] {
        assert_eq!(both(claimed), "10.0.0.1", "{claimed}");
    }
}

#[test]
fn an_ipv6_host_is_one_client_whichever_of_its_addresses_it_uses() {
    let network = |ip: &str| ClientAddress::of_peer(ip.parse().unwrap()).network();
    assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::2"));
    assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
}
