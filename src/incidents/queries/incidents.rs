//! The incidents one by one. Plain SQL through Diesel: the types of the columns, and so the comparisons that an index can
//! serve, are known only at run time.

use diesel::{
    QueryResult, QueryableByName,
    pg::data_types::PgTimestamp,
    sql_types::{Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    columns::Columns,
    question::Parameters,
    values::{AnyText, Time, pg_time, time},
};
use crate::incidents::{
    cursor::Cursor,
    model::{Found, Incident, IncidentFilter, Oddity, Page, Status, UNKNOWN_SERVICE},
    seconds::Seconds,
};

/// Where the rows come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows {
    /// All of them.
    All,
    /// Any one, to see whether a question can be asked.
    Sample,
}

impl Rows {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::All => "incidents",
            Self::Sample => {
                "(SELECT id, title, severity, source, status, created_at, acknowledged_at, resolved_at \
                  FROM incidents LIMIT 1) AS incidents"
            }
        }
    }
}

/// Characters of a title that are read; nobody reads more of a line, and a row may hold a gigabyte.
const MOST_OF_A_TITLE: u32 = 4096;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    id: Option<AnyText>,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<AnyText>,
    #[diesel(sql_type = Nullable<Text>)]
    severity: Option<AnyText>,
    #[diesel(sql_type = Nullable<Text>)]
    source: Option<AnyText>,
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<AnyText>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    created_at: Option<PgTimestamp>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    acknowledged_at: Option<PgTimestamp>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    resolved_at: Option<PgTimestamp>,
}

/// One page of incidents, newest first.
///
/// # Errors
/// Those of the database, and [`diesel::result::Error::NotFound`] when the cursor's id cannot be one of this table.
pub(super) async fn list(
    connection: &mut &AsyncPgConnection,
    columns: &Columns,
    filter: &IncidentFilter,
) -> QueryResult<Page> {
    list_of(connection, columns, filter, Rows::All).await
}

pub(super) async fn list_of(
    connection: &mut &AsyncPgConnection,
    columns: &Columns,
    filter: &IncidentFilter,
    rows: Rows,
) -> QueryResult<Page> {
    let mut parameters = Parameters::default();
    let sql = select(columns, filter, rows, &mut parameters)?;
    let limit = usize::from(filter.limit);
    let mut rows: Vec<Row> = parameters.ask(sql).load(connection).await?;
    // One more than asked for was fetched: it says whether there is a next page.
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.iter().rev().find_map(cursor_after).filter(|_| more);
    let mut page = Page {
        incidents: Vec::with_capacity(rows.len()),
        oddities: Vec::new(),
        next,
    };
    for row in rows {
        read(row, &mut page);
    }
    Ok(page)
}

fn cursor_after(row: &Row) -> Option<Cursor> {
    Some(Cursor {
        created_at: row.created_at.map(|time| time.0),
        id: row.id.as_ref()?.0.clone(),
    })
}

/// The columns are named in full: a bare `id` in ORDER BY would be the text that is answered.
fn select(
    columns: &Columns,
    filter: &IncidentFilter,
    rows: Rows,
    parameters: &mut Parameters,
) -> QueryResult<String> {
    const NEWEST_FIRST: &str = "ORDER BY incidents.created_at DESC, incidents.id DESC";
    let Columns {
        id,
        title,
        severity,
        source,
        status,
        ..
    } = columns;
    let answered = format!(
        "{} AS id, {} AS title, {} AS severity, {} AS source, {} AS status, \
         created_at::timestamptz AS created_at, acknowledged_at::timestamptz AS acknowledged_at, \
         resolved_at::timestamptz AS resolved_at",
        columns.text(id),
        columns.beginning(title, MOST_OF_A_TITLE),
        columns.text(severity),
        columns.text(source),
        columns.text(status),
    );
    let limit = u32::from(filter.limit) + 1;
    let narrowed = conditions(columns, filter, parameters)?;
    let from = rows.sql();
    // One part for each condition on the status, since an index serves each, and neither serves both.
    let parts: Vec<_> = by_status(columns, filter.status)
        .iter()
        .map(|status| {
            format!(
                "(SELECT id, title, severity, source, status, created_at, acknowledged_at, resolved_at \
                 FROM {from} WHERE {status}{narrowed} {NEWEST_FIRST} LIMIT {limit})"
            )
        })
        .collect();
    Ok(format!(
        "SELECT {answered} FROM ({}) AS incidents {NEWEST_FIRST} LIMIT {limit}",
        parts.join(" UNION ALL ")
    ))
}

/// What the status must be: as literals, so that a partial index can be seen to fit.
fn by_status(columns: &Columns, status: Option<Status>) -> Vec<String> {
    let (column, closed) = (&columns.status, Status::Closed.as_str());
    match status {
        Some(status) if column.can_be(status.as_str()) => {
            vec![format!("status = '{}'", status.as_str())]
        }
        Some(_) => vec!["false".to_owned()],
        None if !column.can_be(closed) => vec!["true".to_owned()],
        None if column.required => vec![format!("status <> '{closed}'")],
        None => vec![format!("status <> '{closed}'"), "status IS NULL".to_owned()],
    }
}

/// All other conditions, each after an AND.
fn conditions(
    columns: &Columns,
    filter: &IncidentFilter,
    parameters: &mut Parameters,
) -> QueryResult<String> {
    let mut conditions = Vec::new();
    if let Some(service) = &filter.service {
        let known = columns.source.can_be(service);
        let is_it =
            known.then(|| format!("source = {}", parameters.text(service, &columns.source)));
        conditions.push(match (service == UNKNOWN_SERVICE, is_it) {
            (false, is_it) => is_it.unwrap_or_else(|| "false".to_owned()),
            (true, None) => "source IS NULL".to_owned(),
            (true, Some(is_it)) => format!("(source IS NULL OR {is_it})"),
        });
    }
    if let Some(severity) = &filter.severity {
        conditions.push(if columns.severity.can_be(severity) {
            format!(
                "severity = {}",
                parameters.text(severity, &columns.severity)
            )
        } else {
            "false".to_owned()
        });
    }
    if let Some(from) = filter.period.from {
        let from = parameters.time(pg_time(from), &columns.created_at);
        conditions.push(format!("created_at >= {from}"));
    }
    if let Some(to) = filter.period.to {
        let to = parameters.time(pg_time(to), &columns.created_at);
        conditions.push(format!("created_at < {to}"));
    }
    if let Some(cursor) = &filter.cursor {
        conditions.push(after(cursor, columns, parameters)?);
    }
    Ok(conditions
        .into_iter()
        .map(|condition| format!(" AND {condition}"))
        .collect())
}

fn after(cursor: &Cursor, columns: &Columns, parameters: &mut Parameters) -> QueryResult<String> {
    if !columns.id.takes_id(&cursor.id) {
        return Err(diesel::result::Error::NotFound);
    }
    let id = parameters.text(&cursor.id, &columns.id);
    Ok(match cursor.created_at {
        // As a row: written with AND and OR, PostgreSQL would walk all incidents of the same instant on every page.
        Some(micros) => {
            let created_at = parameters.time(PgTimestamp(micros), &columns.created_at);
            format!("(created_at, id) < ({created_at}, {id})")
        }
        None => format!("(created_at IS NOT NULL OR id < {id})"),
    })
}

/// Takes a row in. One that no id tells from others is left out.
fn read(row: Row, page: &mut Page) {
    let text = |text: Option<AnyText>| text.map(|text| text.0);
    let id = text(row.id);
    let mut odd = |column, found| {
        page.oddities.push(Oddity {
            column,
            found,
            incident: id.clone().unwrap_or_default(),
        });
    };
    for (column, is_null) in [
        ("id", id.is_none()),
        ("title", row.title.is_none()),
        ("severity", row.severity.is_none()),
        ("status", row.status.is_none()),
        ("created_at", row.created_at.is_none()),
    ] {
        if is_null {
            odd(column, Found::Null);
        }
    }
    let mut at = |column, value: Option<PgTimestamp>| match time(value?) {
        Time::At(time) => Some(time),
        // What ends in infinity has not ended yet.
        Time::Never if column != "created_at" => None,
        Time::Never | Time::Always => {
            odd(column, Found::Infinity);
            None
        }
        Time::OutOfRange => {
            odd(column, Found::OutOfRange);
            None
        }
    };
    let created_at = at("created_at", row.created_at);
    let acknowledged_at = at("acknowledged_at", row.acknowledged_at);
    let resolved_at = at("resolved_at", row.resolved_at);
    let Some(id) = id else {
        return;
    };
    let source = text(row.source);
    page.incidents.push(Incident {
        id,
        title: text(row.title),
        severity: text(row.severity),
        service: source.clone().unwrap_or_else(|| UNKNOWN_SERVICE.to_owned()),
        source,
        status: text(row.status),
        created_at,
        acknowledged_at,
        resolved_at,
        mtta_seconds: Seconds::between(created_at, acknowledged_at),
        mttr_seconds: Seconds::between(created_at, resolved_at),
    });
}

#[cfg(test)]
#[path = "incidents_tests.rs"]
mod tests;
