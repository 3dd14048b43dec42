//! Which web pages may open a WebSocket. Browsers do not ask before they connect across sites; the Origin header is all
//! there is (RFC 6455 §10.2).

/// True when the page may connect: it is on the list, or was served from the very host and port that it connects to.
/// Matches are exact; browsers write origins in one form only (RFC 6454 §6.2).
pub fn is_allowed(origin: &[u8], host: Option<&[u8]>, allowed: &[String]) -> bool {
    allowed.iter().any(|known| known.as_bytes() == origin)
        || host.is_some_and(|host| is_own(origin, host))
}

fn is_own(origin: &[u8], host: &[u8]) -> bool {
    let at = origin
        .strip_prefix(b"http://")
        .or_else(|| origin.strip_prefix(b"https://"));
    at.is_some_and(|at| !at.is_empty() && at == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_matches_pass() {
        let allowed = [
            "https://ui.example.org".to_owned(),
            "http://localhost:3000".to_owned(),
        ];
        let check =
            |origin: &str| is_allowed(origin.as_bytes(), Some(b"gw.example.org:8005"), &allowed);
        for origin in [
            "https://ui.example.org",
            "http://localhost:3000",
            "http://gw.example.org:8005",
        ] {
            assert!(check(origin), "{origin}");
        }
        for origin in [
            "",
            "null",
            "http://ui.example.org",
            "https://ui.example.org:443",
            "https://ui.example.org:8443",
            "https://ui.example.org.evil.example",
            "https://evil.example/https://ui.example.org",
            "https://eviui.example.org",
            "HTTPS://ui.example.org",
            "https://UI.example.org",
            "https://ui.example.org/",
            "https://ui.example.org https://evil.example",
            "http://localhost",
            "http://localhost:30000",
            "http://gw.example.org",
            "gw.example.org:8005",
            "ftp://gw.example.org:8005",
        ] {
            assert!(!check(origin), "{origin}");
        }
        assert!(!is_allowed(b"http://", Some(b""), &allowed));
        assert!(!is_allowed(b"http://gw:8005", None, &allowed));
    }
}
