//! What Alertmanager does with the alerts that Prometheus has: tells people, or keeps quiet, by whom and until when.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use chrono::{DateTime, Utc};
use http_kit::envelope::write_json;
use program::timestamp;
use serde::{Deserialize, Serialize};

use super::wire::{AlertStatus, Silence};

/// How often an alert of Prometheus is looked for among all of Alertmanager's, to learn which labels are added on the way
/// (`external_labels`). With these all others are found by a look-up.
const MOST_SEARCHES: usize = 8;

type Labels = BTreeMap<String, String>;

/// What Alertmanager last answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AlertmanagerView {
    alerts: Vec<Known>,
    /// Where in `alerts`, by the fingerprint of the labels.
    places: HashMap<u64, usize>,
}

/// One alert of Alertmanager's.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    labels: Labels,
    handling: Handling,
}

/// What becomes of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Handling {
    /// `active`, `suppressed` or `unprocessed`.
    state: String,
    /// The ids of silences.
    silenced_by: Vec<String>,
    /// The fingerprints of other alerts.
    inhibited_by: Vec<String>,
    /// The names of time intervals (Alertmanager 0.28 and later).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    muted_by: Vec<String>,
    /// When the last of the silences ends.
    #[serde(serialize_with = "timestamp::serialize_option")]
    until: Option<DateTime<Utc>>,
}

/// `gettableAlert` of Alertmanager's API v2, as far as it is read.
#[derive(Deserialize)]
struct AlertWire {
    labels: Labels,
    status: AlertStatus,
}

/// The `data` of Prometheus' answer to the question for alerts.
#[derive(Deserialize)]
struct PrometheusData<'a> {
    #[serde(borrow)]
    alerts: Option<Vec<PrometheusAlert<'a>>>,
}

#[derive(Deserialize)]
struct PrometheusAlert<'a> {
    #[serde(borrow)]
    labels: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

impl AlertmanagerView {
    /// Reads the answer of `/api/v2/alerts`; when silences end is not in it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(alerts: &[u8]) -> Result<Self, String> {
        let alerts = serde_json::from_slice::<Option<Vec<AlertWire>>>(alerts);
        let alerts = alerts.map_err(|error| format!("alerts: {error}"))?;
        let known = |AlertWire { labels, status }| {
            let handling = Handling {
                state: status.state,
                silenced_by: status.silenced_by,
                inhibited_by: status.inhibited_by,
                muted_by: status.muted_by,
                until: None,
            };
            Known { labels, handling }
        };
        let mut alerts: Vec<_> = alerts.into_iter().flatten().map(known).collect();
        // The server's order says nothing; two views of the same are equal.
        alerts.sort_by(|one, other| one.labels.cmp(&other.labels));
        let fingerprints = alerts.iter().map(|known| fingerprint(&known.labels));
        let places = fingerprints.zip(0..).collect();
        Ok(Self { alerts, places })
    }

    /// Whether an alert is kept quiet by silences, of which `/api/v2/silences` tells the ends.
    pub fn names_silences(&self) -> bool {
        let mut alerts = self.alerts.iter();
        alerts.any(|known| !known.handling.silenced_by.is_empty())
    }

    /// The same with when its silences end, by the answer of `/api/v2/silences`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn with_ends(mut self, silences: &[u8]) -> Result<Self, String> {
        let silences = serde_json::from_slice::<Option<Vec<Silence>>>(silences);
        let silences = silences.map_err(|error| format!("silences: {error}"))?;
        let silences = silences.into_iter().flatten();
        let ends: HashMap<_, _> = silences
            .map(|silence| (silence.id, silence.ends_at))
            .collect();
        for Known { handling, .. } in &mut self.alerts {
            let silences = handling.silenced_by.iter();
            handling.until = silences.filter_map(|id| ends.get(id)).max().copied();
        }
        Ok(self)
    }

    /// Appends `{"<fingerprint>":{"state":…,"silencedBy":[…],"inhibitedBy":[…],"until":…}, …}` of the alerts in `data`, the
    /// `data` of Prometheus' answer. The fingerprint is Alertmanager's, of the labels that the alert has in `data`: where
    /// labels are added on the way, that is not the one by which Alertmanager knows it.
    pub fn write(&self, data: &[u8], out: &mut Vec<u8>) {
        let data = serde_json::from_slice::<PrometheusData<'_>>(data);
        let alerts = data.ok().and_then(|data| data.alerts).unwrap_or_default();
        let found = self.find(&alerts);
        // Others are inhibited by an alert as Alertmanager knows it.
        let by_theirs: HashMap<_, _> = found
            .iter()
            .map(|(ours, place)| (hex(fingerprint(&self.alerts[*place].labels)), *ours))
            .collect();
        let said = found.iter().map(|(ours, place)| {
            let mut handling = self.alerts[*place].handling.clone();
            for by in &mut handling.inhibited_by {
                if let Some(ours) = by_theirs.get(by) {
                    *by = hex(*ours);
                }
            }
            (hex(*ours), handling)
        });
        write_json(&said.collect::<BTreeMap<_, _>>(), out);
    }

    /// Which of Prometheus' alerts, by their fingerprints, are which of Alertmanager's.
    fn find(&self, alerts: &[PrometheusAlert<'_>]) -> Vec<(u64, usize)> {
        let mut added: Vec<Labels> = vec![Labels::new()];
        let mut searches = MOST_SEARCHES;
        let mut found = Vec::with_capacity(alerts.len());
        for PrometheusAlert { labels } in alerts {
            let with = |more: &Labels| {
                let own = labels.iter().map(|(name, value)| (&**name, &**value));
                let more = more
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()));
                let all: BTreeMap<_, _> = more.chain(own).collect();
                self.places.get(&fingerprint(&all)).copied()
            };
            let mut place = added.iter().find_map(with);
            if place.is_none() && searches > 0 && !self.alerts.is_empty() {
                searches -= 1;
                place = self.search(labels);
                added.extend(place.map(|place| {
                    let all = self.alerts[place].labels.iter();
                    let more = all.filter(|(name, _)| !labels.contains_key(name.as_str()));
                    more.map(|(name, value)| (name.clone(), value.clone()))
                        .collect()
                }));
            }
            found.extend(place.map(|place| (fingerprint(labels), place)));
        }
        found
    }

    /// The alert of Alertmanager's that has all these labels, and others.
    fn search(&self, labels: &BTreeMap<Cow<'_, str>, Cow<'_, str>>) -> Option<usize> {
        self.alerts.iter().position(|known| {
            labels
                .iter()
                .all(|(name, value)| known.labels.get(&**name).is_some_and(|own| own == value))
        })
    }
}

/// Alertmanager's fingerprint of a set of labels: FNV-1a over names and values in the order of the names, each followed by
/// the byte 255 (prometheus/common, `model.LabelSet.Fingerprint`).
fn fingerprint<S: AsRef<str>>(labels: &BTreeMap<S, S>) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let parts = labels.iter().flat_map(|(name, value)| [name, value]);
    let bytes = parts.flat_map(|part| part.as_ref().bytes().chain([u8::MAX]));
    bytes.fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

fn hex(fingerprint: u64) -> String {
    format!("{fingerprint:016x}")
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
