//! What a drill asks Alertmanager.

use serde::Deserialize;

use super::{
    seen::{Held, braces},
    server::{Fault, Server},
};

/// Alertmanager's HTTP API, as far as a drill needs it.
#[derive(Clone)]
pub(crate) struct Alertmanager(pub(crate) Server);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Silence {
    id: String,
    #[serde(default)]
    created_by: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    ends_at: String,
}

#[derive(Deserialize)]
struct Status {
    config: Configuration,
}

#[derive(Deserialize)]
struct Configuration {
    original: String,
}

impl Alertmanager {
    /// Its configuration, YAML, without secrets.
    ///
    /// # Errors
    /// Why it is not known.
    pub(crate) async fn configuration(&self) -> Result<String, Fault> {
        let status: Status = self.0.read(&["api", "v2", "status"], &[]).await?;
        Ok(status.config.original)
    }

    /// The alerts that it holds and that are not resolved, whatever it does with them.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn alerts(&self) -> Result<Vec<Held>, Fault> {
        self.0.read(&["api", "v2", "alerts"], &[]).await
    }

    /// By whom an alert is kept quiet, in words: alerts by their labels, silences by their comments.
    pub(crate) async fn quieted_by(&self, held: &Held, all: &[Held]) -> String {
        let inhibitor = |fingerprint: &String| {
            let by = all.iter().find(|other| other.fingerprint == *fingerprint);
            by.map_or_else(|| format!("the alert {fingerprint}"), told)
        };
        let mut by: Vec<_> = held.status.inhibited_by.iter().map(inhibitor).collect();
        let silences = if held.status.silenced_by.is_empty() {
            Vec::new()
        } else {
            self.silences().await
        };
        by.extend(
            held.status
                .silenced_by
                .iter()
                .map(|id| silence(id, &silences)),
        );
        by.join(" and by ")
    }

    /// None where they cannot be read: they only explain.
    async fn silences(&self) -> Vec<Silence> {
        let read = self.0.read(&["api", "v2", "silences"], &[]).await;
        read.unwrap_or_default()
    }
}

fn told(held: &Held) -> String {
    let mut labels = held.labels.clone();
    let name = labels.remove("alertname").unwrap_or_default();
    for common in ["severity", "family", "job", "drill"] {
        labels.remove(common);
    }
    format!("{name}{}", braces(&labels))
}

fn silence(id: &str, silences: &[Silence]) -> String {
    let Some(silence) = silences.iter().find(|silence| silence.id == id) else {
        return format!("the silence {id}");
    };
    format!(
        "the silence {:?} of {}, until {} ({id})",
        silence.comment, silence.created_by, silence.ends_at
    )
}

#[cfg(test)]
mod tests {
    use super::super::seen::labels;
    use super::*;

    #[test]
    fn who_keeps_quiet_is_told_by_name() {
        let held: Held = serde_json::from_str(
            r#"{"labels":{"alertname":"DiskFull","device":"sda","severity":"critical"},"fingerprint":"f",
                "status":{"state":"active","inhibitedBy":[],"silencedBy":[],"mutedBy":[]},"startsAt":""}"#,
        )
        .unwrap();
        assert_eq!(told(&held), r#"DiskFull{device="sda"}"#);
        assert_eq!(held.annotations, labels(&[]));
        let known = [Silence {
            id: "1".to_owned(),
            created_by: "ann".to_owned(),
            comment: "night".to_owned(),
            ends_at: "2026-01-01T00:00:00Z".to_owned(),
        }];
        assert_eq!(
            silence("1", &known),
            r#"the silence "night" of ann, until 2026-01-01T00:00:00Z (1)"#
        );
        assert_eq!(silence("2", &known), "the silence 2");
    }
}
