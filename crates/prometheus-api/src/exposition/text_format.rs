//! Which text exposition format a scraper is answered in (Prometheus' "Scrape protocol content negotiation").

use actix_web::http::header::{Accept, Quality};

use super::escaping::Escaping;

/// A version of the text format, and how names are written in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextFormat {
    version: &'static str,
    escaping: Option<Escaping>,
}

impl TextFormat {
    /// What every scraper has always taken.
    pub const OLDEST: Self = Self {
        version: "0.0.4",
        escaping: None,
    };

    /// The one that is liked best, the first of several; the oldest where none is.
    pub fn negotiated(accept: &Accept) -> Self {
        let mut best = (Quality::ZERO, Self::OLDEST);
        for range in accept.iter() {
            let parameter = |name: &str| range.item.get_param(name).map(|value| value.as_str());
            let format = match (range.item.essence_str(), parameter("version")) {
                ("text/plain", Some("1.0.0")) => "1.0.0",
                ("text/plain", None | Some("0.0.4")) | ("text/*" | "*/*", _) => "0.0.4",
                _ => continue,
            };
            let format = Self {
                version: format,
                escaping: parameter("escaping").and_then(Escaping::named),
            };
            if range.quality > best.0 {
                best = (range.quality, format);
            }
        }
        best.1
    }

    /// Names of any characters are not understood by whoever does not ask for them.
    pub fn escaping(self) -> Escaping {
        self.escaping.unwrap_or(Escaping::Underscores)
    }

    /// As a `Content-Type`. Version 1.0.0 always says how names are written.
    pub fn content_type(self) -> String {
        let version = self.version;
        let plain = format!("text/plain; version={version}; charset=utf-8");
        match self.escaping {
            None if self == Self::OLDEST => plain,
            _ => format!("{plain}; escaping={}", self.escaping().name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header::Header, test::TestRequest};

    use super::*;

    fn negotiated(accept: &str) -> String {
        let request = TestRequest::default().insert_header(("accept", accept));
        TextFormat::negotiated(&Accept::parse(&request.to_request()).unwrap()).content_type()
    }

    const OLDEST: &str = "text/plain; version=0.0.4; charset=utf-8";
    const UTF8: &str = "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8";

    #[test]
    fn prometheus_3_gets_names_of_any_characters_and_others_what_they_know() {
        for (accept, expected) in [
            // Prometheus 3, with its default protocols, and with legacy names.
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                UTF8,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,text/plain;version=1.0.0;escaping=underscores;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                "text/plain; version=1.0.0; charset=utf-8; escaping=underscores",
            ),
            // The example of the specification.
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1",
                UTF8,
            ),
            // Prometheus 2.42, vmagent.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                OLDEST,
            ),
            ("text/plain;version=0.0.4;q=1,*/*;q=0.1", OLDEST),
            ("*/*", OLDEST),
            ("text/html, text/*;q=0.5", OLDEST),
            ("application/json", OLDEST),
        ] {
            assert_eq!(negotiated(accept), expected, "{accept}");
        }
    }

    #[test]
    fn what_is_said_of_one_format_is_not_true_of_another() {
        // OpenMetrics, which allows them, is not spoken here.
        let elsewhere =
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8,text/plain;q=0.5";
        assert_eq!(negotiated(elsewhere), OLDEST);
        let least =
            "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.2,text/plain;version=0.0.4;q=0.3";
        assert_eq!(negotiated(least), OLDEST);
        let refused = "text/plain;version=1.0.0;escaping=allow-utf-8;q=0";
        assert_eq!(negotiated(refused), OLDEST);
        let unknown = "text/plain;version=1.0.0;escaping=\"x; y\"";
        let expected = "text/plain; version=1.0.0; charset=utf-8; escaping=underscores";
        assert_eq!(negotiated(unknown), expected);
        let values = "text/plain;version=0.0.4;escaping=values";
        let expected = "text/plain; version=0.0.4; charset=utf-8; escaping=values";
        assert_eq!(negotiated(values), expected);
    }
}
