//! The questions about incidents, in Diesel; in plain SQL only what Diesel cannot say.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count, count_star, sql},
    pg::Pg,
    prelude::*,
    sql_types::{Bool, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::incidents;
use crate::gateway::model::{
    answer::Seconds,
    cursor::Cursor,
    incident::{Incident, IncidentFilter, Page, ServiceCount, Status, UNKNOWN_SERVICE},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = incidents, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    title: String,
    severity: String,
    source: Option<String>,
    status: String,
    created_at: DateTime<Utc>,
    acknowledged_at: Option<DateTime<Utc>>,
    resolved_at: Option<DateTime<Utc>>,
}

/// One page of incidents, newest first.
///
/// # Errors
/// Those of the database.
pub async fn list(connection: &mut AsyncPgConnection, filter: IncidentFilter) -> QueryResult<Page> {
    let limit = usize::from(filter.limit);
    let mut rows: Vec<Row> = select(filter).load(connection).await?;
    // One more than asked for was fetched: it says whether there is a next page.
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| Cursor {
        created_at: row.created_at,
        id: row.id,
    });
    Ok(Page {
        incidents: rows.into_iter().map(Incident::from).collect(),
        next,
    })
}

#[diesel::dsl::auto_type(no_type_alias)]
fn newest_first() -> _ {
    incidents::table.order((incidents::created_at.desc(), incidents::id.desc()))
}

fn select(
    filter: IncidentFilter,
) -> incidents::BoxedQuery<'static, Pg, diesel::dsl::SqlTypeOf<diesel::dsl::AsSelect<Row, Pg>>> {
    let mut query = newest_first()
        .select(Row::as_select())
        .limit(i64::from(filter.limit) + 1)
        .into_boxed();
    query = match filter.status {
        Some(status) => query.filter(incidents::status.eq(status.as_str())),
        None => query.filter(incidents::status.ne(Status::Closed.as_str())),
    };
    if let Some(service) = filter.service {
        query = if service == UNKNOWN_SERVICE {
            query.filter(
                incidents::source
                    .is_null()
                    .or(incidents::source.eq(service)),
            )
        } else {
            query.filter(incidents::source.eq(service))
        };
    }
    if let Some(severity) = filter.severity {
        query = query.filter(incidents::severity.eq(severity));
    }
    if let Some(from) = filter.period.from {
        query = query.filter(incidents::created_at.ge(from));
    }
    if let Some(to) = filter.period.to {
        query = query.filter(incidents::created_at.lt(to));
    }
    if let Some(Cursor { created_at, id }) = filter.cursor {
        // As a row: written with AND and OR, PostgreSQL would walk all incidents of the same instant on every page.
        query = query.filter(
            sql::<Bool>("(created_at, id) < (")
                .bind::<Timestamptz, _>(created_at)
                .sql(", ")
                .bind::<SqlUuid, _>(id)
                .sql(")"),
        );
    }
    query
}

impl From<Row> for Incident {
    fn from(row: Row) -> Self {
        let since_created = |end| Seconds::between(row.created_at, end);
        Self {
            id: row.id,
            title: row.title,
            severity: row.severity,
            service: row
                .source
                .clone()
                .unwrap_or_else(|| UNKNOWN_SERVICE.to_owned()),
            source: row.source,
            status: row.status,
            created_at: row.created_at,
            acknowledged_at: row.acknowledged_at,
            resolved_at: row.resolved_at,
            mtta_seconds: row.acknowledged_at.and_then(since_created),
            mttr_seconds: row.resolved_at.and_then(since_created),
        }
    }
}

/// How many incidents each service has, most open first, then by name.
///
/// # Errors
/// Those of the database.
pub async fn count_by_service(
    connection: &mut AsyncPgConnection,
) -> QueryResult<Vec<ServiceCount>> {
    let in_status = |status: Status| {
        count(incidents::status).aggregate_filter(incidents::status.eq(status.as_str()))
    };
    let rows: Vec<(Option<String>, i64, i64, i64, i64)> = incidents::table
        .group_by(incidents::source)
        .select((
            incidents::source,
            count_star(),
            in_status(Status::Open),
            in_status(Status::Acknowledged),
            in_status(Status::Resolved),
        ))
        .load(connection)
        .await?;
    Ok(merge_unknown(rows))
}

/// Names what has no source, and adds it to a source that happens to have that name.
fn merge_unknown(rows: Vec<(Option<String>, i64, i64, i64, i64)>) -> Vec<ServiceCount> {
    let mut services = std::collections::HashMap::new();
    for (source, total, open, acknowledged, resolved) in rows {
        let service = source.unwrap_or_else(|| UNKNOWN_SERVICE.to_owned());
        let counts = services.entry(service).or_insert([0; 4]);
        for (count, more) in counts.iter_mut().zip([total, open, acknowledged, resolved]) {
            *count += more;
        }
    }
    let mut counts: Vec<_> = services
        .into_iter()
        .map(
            |(service, [total, open, acknowledged, resolved])| ServiceCount {
                service,
                total_incidents: total,
                open_count: open,
                ack_count: acknowledged,
                resolved_count: resolved,
            },
        )
        .collect();
    counts.sort_by(|a, b| (b.open_count, &a.service).cmp(&(a.open_count, &b.service)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_source_is_unknown_and_the_most_open_come_first() {
        let counts = merge_unknown(vec![
            (Some("b".into()), 5, 1, 0, 0),
            (Some("unknown".into()), 1, 1, 0, 0),
            (Some("a".into()), 1, 1, 0, 0),
            (None, 2, 1, 1, 0),
        ]);
        let names: Vec<_> = counts.iter().map(|count| count.service.as_str()).collect();
        assert_eq!(names, ["unknown", "a", "b"]);
        assert_eq!(
            (
                counts[0].total_incidents,
                counts[0].open_count,
                counts[0].ack_count
            ),
            (3, 2, 1)
        );
    }

    #[test]
    fn the_secrets_are_in_no_query() {
        let query = diesel::debug_query::<Pg, _>(&select(IncidentFilter::default())).to_string();
        assert!(query.contains("\"id\""), "{query}");
        assert!(!query.contains("token"), "{query}");
    }
}
