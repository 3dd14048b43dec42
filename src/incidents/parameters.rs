//! The parameters of the routes of incidents. What is malformed or out of range is a 400 that names the parameter.

use chrono::{DateTime, Utc};
use http_kit::{api_error::ApiError, query::Parameters};

use super::{
    cursor::Cursor,
    model::{IncidentFilter, Period, Status},
};

/// What a cursor must be.
pub(crate) const CURSOR: &str = "must be a next_cursor from an earlier answer, unchanged";

/// `from` and `to`.
pub(crate) fn period(query: &str) -> Result<Period, ApiError> {
    read_period(&Parameters::read(query, &["from", "to"])?)
}

/// The parameters of `details`.
pub(crate) fn filter(query: &str, severities: &[String]) -> Result<IncidentFilter, ApiError> {
    let known = [
        "service", "status", "severity", "from", "to", "limit", "cursor",
    ];
    let pairs = Parameters::read(query, &known)?;
    Ok(IncidentFilter {
        service: pairs.get("service").map(service).transpose()?,
        status: pairs.get("status").map(status).transpose()?,
        severity: pairs
            .get("severity")
            .map(|word| severity(word, severities))
            .transpose()?,
        period: read_period(&pairs)?,
        limit: pairs
            .get("limit")
            .map_or(Ok(IncidentFilter::DEFAULT_LIMIT), limit)?,
        cursor: pairs.get("cursor").map(cursor).transpose()?,
    })
}

fn read_period(pairs: &Parameters) -> Result<Period, ApiError> {
    let time = |name| pairs.get(name).map(|text| time(name, text)).transpose();
    let period = Period {
        from: time("from")?,
        to: time("to")?,
    };
    match period {
        Period {
            from: Some(from),
            to: Some(to),
        } if from > to => Err(ApiError::parameter("from", "must not be after \"to\"")),
        period => Ok(period),
    }
}

fn time(name: &str, text: &str) -> Result<DateTime<Utc>, ApiError> {
    // In a query string `+` is a space: whoever has not encoded `+01:00` means it all the same.
    let text = match text.rsplit_once(' ') {
        Some((time, offset)) if time.contains('T') => format!("{time}+{offset}"),
        _ => text.to_owned(),
    };
    DateTime::parse_from_rfc3339(&text)
        .map(|time| time.to_utc())
        .map_err(|_| ApiError::parameter(name, "must be RFC 3339, such as 2026-02-10T08:00:00Z"))
}

fn service(name: &str) -> Result<String, ApiError> {
    let fits = (1..=255).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned()).ok_or_else(|| {
        ApiError::parameter(
            "service",
            "must be 1 to 255 characters, none of them control characters",
        )
    })
}

fn status(word: &str) -> Result<Status, ApiError> {
    let status = Status::ALL
        .into_iter()
        .find(|status| status.as_str() == word);
    status.ok_or_else(|| {
        ApiError::parameter(
            "status",
            format!(
                "must be one of {}",
                Status::ALL.map(Status::as_str).join(", ")
            ),
        )
    })
}

fn severity(word: &str, severities: &[String]) -> Result<String, ApiError> {
    let severity = severities.iter().find(|severity| *severity == word);
    severity.cloned().ok_or_else(|| {
        ApiError::parameter(
            "severity",
            format!("must be one of {}", severities.join(", ")),
        )
    })
}

fn limit(digits: &str) -> Result<u16, ApiError> {
    let limit = digits.parse().ok().filter(|limit| {
        (1..=IncidentFilter::MAX_LIMIT).contains(limit) && !digits.starts_with('+')
    });
    limit.ok_or_else(|| ApiError::parameter("limit", "must be a whole number from 1 to 1000"))
}

fn cursor(word: &str) -> Result<Cursor, ApiError> {
    Cursor::decode(word).ok_or_else(|| ApiError::parameter("cursor", CURSOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter_of(query: &str) -> Result<IncidentFilter, ApiError> {
        filter(query, &["critical".to_owned(), "high".to_owned()])
    }

    #[test]
    fn nothing_asked_is_the_default() {
        assert_eq!(filter_of("").unwrap(), IncidentFilter::default());
    }

    #[test]
    fn all_parameters_are_understood_together() {
        let cursor = Cursor {
            created_at: Some(0),
            id: "7".to_owned(),
        };
        let query = format!(
            "service=caf%C3%A9+1&status=closed&severity=high&limit=7&cursor={}&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00.5Z",
            cursor.encode()
        );
        let expected = IncidentFilter {
            service: Some("café 1".into()),
            status: Some(Status::Closed),
            severity: Some("high".into()),
            period: Period {
                from: Some("2026-01-01T00:00:00Z".parse().unwrap()),
                to: Some("2026-01-02T00:00:00.5Z".parse().unwrap()),
            },
            limit: 7,
            cursor: Some(cursor),
        };
        assert_eq!(filter_of(&query).unwrap(), expected);
    }

    #[test]
    fn an_offset_is_understood_with_its_plus_encoded_or_not() {
        for query in [
            "from=2026-01-01T01:00:00+01:00",
            "from=2026-01-01T01:00:00%2B01:00",
            "from=2025-12-31T19:00:00-05:00",
        ] {
            let from = period(query).unwrap().from;
            assert_eq!(
                from,
                Some("2026-01-01T00:00:00Z".parse().unwrap()),
                "{query}"
            );
        }
    }

    #[test]
    fn every_bad_parameter_is_named() {
        let long = format!("service={}", "x".repeat(256));
        let cases = [
            ("colour=red", "colour"),
            ("limit", "limit"),
            ("limit=", "limit"),
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("limit=65537", "limit"),
            ("limit=-1", "limit"),
            ("limit=%2B5", "limit"),
            ("limit=ten", "limit"),
            ("limit=5&limit=5", "limit"),
            ("status=OPEN", "status"),
            ("status=", "status"),
            ("severity=apocalyptic", "severity"),
            ("service=", "service"),
            ("service=a%00b", "service"),
            ("service=a%0Ab", "service"),
            ("service=%FF", "service"),
            ("service=%4", "service"),
            ("service=%zz", "service"),
            ("service=%+1", "service"),
            (&long, "service"),
            ("from=yesterday", "from"),
            ("from=2026-01-01", "from"),
            ("from=2026-13-01T00:00:00Z", "from"),
            ("to=2026-01-01T00:00:00", "to"),
            ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from"),
            ("cursor=abc", "cursor"),
            ("cursor=", "cursor"),
            ("%FF=1", "%FF"),
        ];
        for (query, name) in cases {
            let error = filter_of(query).expect_err(query);
            assert_eq!(error.error_type(), "bad_data");
            let text = error.to_string();
            assert!(
                text.starts_with(&format!("parameter \"{name}\" ")),
                "{query}: {text}"
            );
        }
    }
}
