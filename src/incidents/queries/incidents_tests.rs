//! The question as SQL.

use super::*;
use crate::incidents::queries::columns::{Kind, tests::columns};

fn sql(columns: &Columns, filter: &IncidentFilter) -> String {
    select(columns, filter, Rows::All, &mut Parameters::default()).unwrap()
}

#[test]
fn the_secrets_are_in_no_query() {
    let query = sql(&columns(), &IncidentFilter::default());
    assert!(query.contains("id::text AS id"), "{query}");
    assert!(
        !query.contains("token") && !query.contains("FROM incidents *"),
        "{query}"
    );
}

#[test]
fn what_may_have_no_status_is_asked_for_beside_what_is_not_closed() {
    let filter = IncidentFilter::default();
    let required = columns();
    assert!(!sql(&required, &filter).contains("UNION ALL"));
    let mut optional = required;
    optional.status.required = false;
    let both = sql(&optional, &filter);
    assert!(
        both.contains("status <> 'closed'") && both.contains("status IS NULL"),
        "{both}"
    );
}

#[test]
fn an_enum_is_compared_with_its_own_words_only() {
    let mut columns = columns();
    columns.status.kind = Kind::Enum(vec!["open".into()]);
    columns.severity.kind = Kind::Enum(vec!["high".into()]);
    let filter = |status, severity: &str| IncidentFilter {
        status: Some(status),
        severity: Some(severity.to_owned()),
        ..IncidentFilter::default()
    };
    let known = sql(&columns, &filter(Status::Open, "high"));
    assert!(
        known.contains("status = 'open' AND severity = CAST($1"),
        "{known}"
    );
    let unknown = sql(&columns, &filter(Status::Closed, "low"));
    assert!(unknown.contains("WHERE false AND false"), "{unknown}");
    let all = sql(&columns, &IncidentFilter::default());
    assert!(all.contains("WHERE true"), "{all}");
}
