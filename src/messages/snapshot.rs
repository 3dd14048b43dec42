//! What one beat brought: an answer, or a reason, per query.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_kit::envelope::write_json;
use prometheus_api::{alertmanager::view::AlertmanagerView, error::QueryError};

/// The answers of one beat.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// When the last of them was in.
    pub taken_at: DateTime<Utc>,
    /// One per query, in the order of the settings.
    pub answers: Vec<Answer>,
    /// Of alerts, what Alertmanager does with them, if it is known.
    pub alertmanager: Option<Arc<AlertmanagerView>>,
}

/// The answer to one query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The query's name.
    pub name: Arc<str>,
    /// The `data` of Prometheus' answer, byte for byte, or why there is none.
    pub outcome: Result<Bytes, QueryError>,
    /// What Prometheus said besides.
    pub warnings: Vec<String>,
}

impl Snapshot {
    /// True when there were queries and none succeeded.
    pub fn is_stale(&self) -> bool {
        !self.answers.is_empty() && self.answers.iter().all(|answer| answer.outcome.is_err())
    }

    /// The snapshot with those answers alone whose name passes.
    pub fn only(&self, passes: impl Fn(&str) -> bool) -> Self {
        let answers = self
            .answers
            .iter()
            .filter(|answer| passes(&answer.name))
            .cloned()
            .collect();
        Self {
            taken_at: self.taken_at,
            answers,
            alertmanager: self.alertmanager.clone(),
        }
    }

    /// How many bytes the answers have in all.
    pub fn raw_len(&self) -> usize {
        self.answers
            .iter()
            .map(|answer| answer.outcome.as_ref().map_or(128, Bytes::len))
            .sum()
    }

    /// Appends `{"<query name>":<the bytes of its answer>, …}`.
    pub fn write_raw(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (index, answer) in self.answers.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_json(&*answer.name, out);
            out.push(b':');
            answer.write(out);
        }
        out.push(b'}');
    }

    /// Appends `,"warnings":{"<query name>":["…"], …}`, or nothing where there are none.
    pub fn write_warnings(&self, out: &mut Vec<u8>) {
        let mut open = false;
        for Answer { name, warnings, .. } in &self.answers {
            if !warnings.is_empty() {
                out.extend_from_slice(if open { b"," } else { b",\"warnings\":{" });
                open = true;
                write_json(&**name, out);
                out.push(b':');
                write_json(warnings, out);
            }
        }
        if open {
            out.push(b'}');
        }
    }

    /// Appends `,"alertmanager":{…}`, what becomes of the alerts in the one answer that there is, if both are known.
    pub fn write_alertmanager(&self, out: &mut Vec<u8>) {
        let answer = self.answers.first().map(|answer| &answer.outcome);
        if let (Some(Ok(data)), Some(view)) = (answer, &self.alertmanager) {
            out.extend_from_slice(b",\"alertmanager\":");
            view.write(data, out);
        }
    }

    /// Appends the bytes of the one answer that there is, without a name around it; `{}` if nothing was asked.
    pub fn write_sole(&self, out: &mut Vec<u8>) {
        match self.answers.first() {
            Some(answer) => answer.write(out),
            None => out.extend_from_slice(b"{}"),
        }
    }
}

impl Answer {
    fn write(&self, out: &mut Vec<u8>) {
        match &self.outcome {
            Ok(raw) => out.extend_from_slice(raw),
            Err(fault) => write_json(fault, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(answers: Vec<(&str, Result<Bytes, QueryError>)>) -> Snapshot {
        let answers = answers
            .into_iter()
            .map(|(name, outcome)| Answer {
                name: name.into(),
                outcome,
                warnings: vec![],
            })
            .collect();
        Snapshot {
            taken_at: Utc::now(),
            answers,
            alertmanager: None,
        }
    }

    fn fault() -> QueryError {
        QueryError {
            error: "Prometheus refused".into(),
            error_type: "unavailable".into(),
        }
    }

    #[test]
    fn bytes_stay_as_they_came_and_a_fault_stands_in_its_place() {
        let raw = r#"{ "resultType" : "vector", "result":[1.0e3,"\u00e9"]}"#;
        let mut out = Vec::new();
        snapshot(vec![("a\"b", Ok(raw.into())), ("c", Err(fault()))]).write_raw(&mut out);
        let expected = format!(
            r#"{{"a\"b":{raw},"c":{{"error":"Prometheus refused","errorType":"unavailable"}}}}"#
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_sole_answer_has_no_name_around_it() {
        let sole = |answers| {
            let mut out = Vec::new();
            snapshot(answers).write_sole(&mut out);
            String::from_utf8(out).unwrap()
        };
        let raw = r#"{ "alerts" : [ {"value":"1e+00"} ]}"#;
        assert_eq!(sole(vec![("alerts", Ok(raw.into()))]), raw);
        let expected = r#"{"error":"Prometheus refused","errorType":"unavailable"}"#;
        assert_eq!(sole(vec![("alerts", Err(fault()))]), expected);
        assert_eq!(sole(vec![]), "{}");
    }

    #[test]
    fn a_snapshot_is_stale_when_nothing_succeeded() {
        assert!(snapshot(vec![("a", Err(fault())), ("b", Err(fault()))]).is_stale());
        assert!(!snapshot(vec![("a", Err(fault())), ("b", Ok("{}".into()))]).is_stale());
        assert!(!snapshot(vec![]).is_stale());
    }

    #[test]
    fn warnings_stand_by_query_and_only_where_there_are_any() {
        let mut snapshot = snapshot(vec![
            ("a", Ok("{}".into())),
            ("b\"", Ok("{}".into())),
            ("c", Ok("{}".into())),
        ]);
        let written = |snapshot: &Snapshot| {
            let mut out = Vec::new();
            snapshot.write_warnings(&mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(&snapshot), "");
        snapshot.answers[1].warnings = vec!["x".into(), "y\n".into()];
        snapshot.answers[2].warnings = vec!["z".into()];
        assert_eq!(
            written(&snapshot),
            r#","warnings":{"b\"":["x","y\n"],"c":["z"]}"#
        );
    }
}
