//! One of `alerts.severities`: how a page shows alerts of that severity.

use serde::Deserialize;

/// The tones that a page has.
const TONES: [&str; 4] = ["critical", "warning", "info", "quiet"];

/// A severity and its tone, `page:critical`; without a tone it is that of its own name, or `info`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AlertSeverity {
    /// The value of the label `severity`.
    pub name: String,
    /// `critical`, `warning`, `info` or `quiet`.
    pub tone: String,
}

impl TryFrom<String> for AlertSeverity {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (name, tone) = match text.rsplit_once(':') {
            Some((name, tone)) => (name, Some(tone)),
            None => (text.as_str(), None),
        };
        let known = |wanted: &str| TONES.into_iter().find(|tone| *tone == wanted);
        let tone = match tone {
            Some(tone) => known(tone).ok_or_else(|| {
                format!(
                    "must be a severity and a tone ({}), such as page:critical, found {text:?}",
                    TONES.join(", ")
                )
            })?,
            None => known(name).unwrap_or("info"),
        };
        if name.is_empty() {
            return Err(format!("must name a severity, found {text:?}"));
        }
        Ok(Self {
            name: name.to_owned(),
            tone: tone.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_has_a_tone_of_its_own_or_that_of_its_name() {
        for (text, name, tone) in [
            ("page:critical", "page", "critical"),
            ("critical", "critical", "critical"),
            ("P1", "P1", "info"),
            ("a:b:quiet", "a:b", "quiet"),
        ] {
            let read = AlertSeverity::try_from(text.to_owned()).unwrap();
            assert_eq!((read.name.as_str(), read.tone.as_str()), (name, tone));
        }
        for text in ["", ":critical", "page:red", "page:"] {
            assert!(
                AlertSeverity::try_from(text.to_owned()).is_err(),
                "{text:?}"
            );
        }
    }
}
