//! Whether a server has alerting rules: one that has none can never have alerts, which is not the same as calm.

use actix_web::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    envelope::{Opened, checked},
    error::UpstreamError,
};

/// The `data` of an answer to the question for rules ("Rules").
#[derive(Deserialize)]
struct RulesData<'a> {
    #[serde(borrow)]
    groups: &'a RawValue,
}

/// Of a rule, what tells whether it can make alerts.
#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    rules: Option<Vec<serde::de::IgnoredAny>>,
}

/// The answer to the question for rules.
pub(super) fn rules_data(body: &Bytes, status: StatusCode) -> Result<Opened, UpstreamError> {
    checked(body, status, "groups", |data| {
        serde_json::from_slice::<RulesData<'_>>(data).map(|data| data.groups)
    })
}

/// Whether there is no rule, by a good answer's `data` to the question for alerting rules.
pub(super) fn has_no_alerting_rules(data: &[u8]) -> bool {
    let groups = serde_json::from_slice::<RulesData<'_>>(data).map(|data| data.groups);
    let groups = groups.and_then(|groups| serde_json::from_str::<Option<Vec<Group>>>(groups.get()));
    groups.is_ok_and(|groups| {
        let mut groups = groups.into_iter().flatten();
        groups.all(|group| group.rules.is_none_or(|rules| rules.is_empty()))
    })
}
