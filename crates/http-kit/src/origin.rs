//! Which web pages may use a server. Browsers open a WebSocket across sites without a preflight; the `Origin` header is the
//! only protection (RFC 6455 §10.2).

use std::fmt;

use actix_web::http::header::{self, HeaderMap, HeaderName};

use crate::{
    api_error::ApiError,
    authority::{Authority, Host},
};

/// The origin of a web page (RFC 6454), normalised: `HTTPS://UI.Example.org:443` equals `https://ui.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    https: bool,
    host: Host,
    port: u16,
}

impl Origin {
    /// Parses an `Origin` header; `None` for `null` and for schemes other than http and https.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let scheme_end = text.windows(3).position(|part| part == b"://")?;
        let (scheme, authority) = (&text[..scheme_end], &text[scheme_end + 3..]);
        let https = scheme.eq_ignore_ascii_case(b"https");
        if !https && !scheme.eq_ignore_ascii_case(b"http") {
            return None;
        }
        let Authority { host, port } = Authority::parse(authority)?;
        Some(Self {
            https,
            host,
            port: port.unwrap_or_else(|| default_port(https)),
        })
    }

    /// Whether the page was served from the host and port in the `Host` header of its request. A `Host` without a port means
    /// the default port of the page's scheme, since TLS may end at a proxy.
    fn is_served_from(&self, host: &[u8]) -> bool {
        Authority::parse(host).is_some_and(|at| {
            at.host == self.host && at.port.unwrap_or_else(|| default_port(self.https)) == self.port
        })
    }
}

/// The form that browsers send.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port != default_port(self.https) {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

/// The origins whose pages may use a server.
#[derive(Debug, Clone)]
pub struct AllowedOrigins(Vec<Origin>);

impl AllowedOrigins {
    /// Parses the origins of the settings, whose check has refused what is not an origin.
    pub fn new(origins: &[String]) -> Self {
        let origins = origins.iter();
        Self(
            origins
                .filter_map(|origin| Origin::parse(origin.as_bytes()))
                .collect(),
        )
    }

    /// Whether this origin is on the list.
    pub fn contains(&self, origin: &[u8]) -> bool {
        Origin::parse(origin).is_some_and(|origin| self.0.contains(&origin))
    }

    /// Whether this origin is on the list, or its page was served from `host`, the `Host` header of the request.
    pub fn allow(&self, origin: &[u8], host: Option<&[u8]>) -> bool {
        Origin::parse(origin).is_some_and(|origin| self.allow_origin(&origin, host))
    }

    /// Judges a request by its `Origin` and its `Host`. Clients that are no browsers send no `Origin`, and pass.
    ///
    /// # Errors
    /// 403 for a page of another origin; 400 for more than one of either header.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let Some(origin) = at_most_once(headers, &header::ORIGIN)? else {
            return Ok(());
        };
        if self.allow(origin, at_most_once(headers, &header::HOST)?) {
            return Ok(());
        }
        let shown: String = String::from_utf8_lossy(origin).chars().take(128).collect();
        Err(ApiError::Forbidden(format!(
            "origin {shown:?} is not allowed; CORS_ALLOWED_ORIGINS lists those that are"
        )))
    }

    /// Like [`Self::allow`], for a parsed origin.
    pub fn allow_origin(&self, origin: &Origin, host: Option<&[u8]>) -> bool {
        self.0.contains(origin) || host.is_some_and(|host| origin.is_served_from(host))
    }
}

/// A header that may come at most once.
///
/// # Errors
/// 400 when it came twice.
pub fn at_most_once<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'h [u8]>, ApiError> {
    let mut values = headers.get_all(name);
    let first = values.next();
    if values.next().is_some() {
        return Err(ApiError::BadData(format!("more than one {name} header")));
    }
    Ok(first.map(|value| value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> AllowedOrigins {
        AllowedOrigins::new(&[
            "https://ui.example.org".to_owned(),
            "http://localhost:3000".to_owned(),
            "http://Desk.example.org:80".to_owned(),
        ])
    }

    #[test]
    fn the_same_origin_passes_in_every_spelling() {
        for origin in [
            "https://ui.example.org",
            "https://ui.example.org:443",
            "HTTPS://UI.example.org",
            "http://localhost:3000",
            "http://desk.example.org",
            "http://gw.example.org:8005",
            "https://gw.example.org:8005",
        ] {
            let host: &[u8] = b"gw.example.org:8005";
            assert!(allowed().allow(origin.as_bytes(), Some(host)), "{origin}");
        }
    }

    #[test]
    fn an_origin_is_shown_as_browsers_write_it() {
        for (origin, shown) in [
            ("HTTPS://UI.example.org:443", "https://ui.example.org"),
            ("http://ui.example.org:443", "http://ui.example.org:443"),
            ("http://[0::1]:3000", "http://[::1]:3000"),
            ("http://127.0.0.1", "http://127.0.0.1"),
        ] {
            assert_eq!(Origin::parse(origin.as_bytes()).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn any_other_origin_does_not() {
        for origin in [
            "",
            "null",
            "http://",
            "http://ui.example.org",
            "https://ui.example.org:80",
            "https://ui.example.org:8443",
            "https://ui.example.org.evil.example",
            "https://evil.example/https://ui.example.org",
            "https://eviui.example.org",
            "https://ui.example.org/",
            "https://user@ui.example.org",
            "https://ui.example.org https://evil.example",
            "http://localhost",
            "http://localhost:30000",
            "http://gw.example.org",
            "gw.example.org:8005",
            "ftp://gw.example.org:8005",
        ] {
            let host: &[u8] = b"gw.example.org:8005";
            assert!(!allowed().allow(origin.as_bytes(), Some(host)), "{origin}");
        }
        assert!(!allowed().allow(b"http://gw:8005", None));
        assert!(!allowed().allow(b"http://", Some(b"")));
        assert!(!allowed().contains(b"http://gw.example.org:8005"));
    }

    #[test]
    fn a_page_is_served_from_its_host_whether_or_not_the_default_port_is_named() {
        for (origin, host, own) in [
            ("https://dash.example.org", "dash.example.org", true),
            ("https://dash.example.org", "dash.example.org:443", true),
            ("https://dash.example.org", "DASH.example.org.:443", true),
            ("https://dash.example.org:443", "dash.example.org", true),
            ("http://dash.example.org", "dash.example.org:80", true),
            ("http://[::1]", "[0:0:0:0:0:0:0:1]:80", true),
            ("https://dash.example.org", "dash.example.org:80", false),
            ("http://dash.example.org", "dash.example.org:443", false),
            ("https://dash.example.org:8443", "dash.example.org", false),
            ("https://dash.example.org", "dash.example.org:8443", false),
        ] {
            let allowed = AllowedOrigins::new(&[]);
            let passes = allowed.allow(origin.as_bytes(), Some(host.as_bytes()));
            assert_eq!(passes, own, "{origin} at {host}");
        }
    }
}
