//! How many incidents each service has.

use std::collections::HashMap;

use diesel::{
    QueryResult, QueryableByName,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{columns::Columns, incidents::Rows, question::Parameters, values::AnyText};
use crate::incidents::model::{ServiceCount, Status, UNKNOWN_SERVICE};

#[derive(QueryableByName)]
struct Counts {
    #[diesel(sql_type = Nullable<Text>)]
    source: Option<AnyText>,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    open: i64,
    #[diesel(sql_type = BigInt)]
    acknowledged: i64,
    #[diesel(sql_type = BigInt)]
    resolved: i64,
}

/// How many incidents each service has, most open first, then by name.
///
/// # Errors
/// Those of the database.
pub(super) async fn count(
    connection: &mut &AsyncPgConnection,
    columns: &Columns,
) -> QueryResult<Vec<ServiceCount>> {
    count_in(connection, columns, Rows::All).await
}

pub(super) async fn count_in(
    connection: &mut &AsyncPgConnection,
    columns: &Columns,
    rows: Rows,
) -> QueryResult<Vec<ServiceCount>> {
    let counts = [Status::Open, Status::Acknowledged, Status::Resolved].map(|status| {
        let status = status.as_str();
        if columns.status.can_be(status) {
            format!("count(*) FILTER (WHERE status = '{status}') AS {status}")
        } else {
            format!("0::bigint AS {status}")
        }
    });
    // In a subquery, so that `source` is grouped as it stands: an index serves that.
    let sql = format!(
        "SELECT {source} AS source, total, open, acknowledged, resolved \
         FROM (SELECT source, count(*) AS total, {counts} FROM {from} GROUP BY source) AS incidents",
        source = columns.text(&columns.source),
        counts = counts.join(", "),
        from = rows.sql(),
    );
    let rows: Vec<Counts> = Parameters::default().ask(sql).load(connection).await?;
    Ok(merge_unknown(rows))
}

/// Names what has no source, and adds it to a source that happens to have that name.
fn merge_unknown(rows: Vec<Counts>) -> Vec<ServiceCount> {
    let mut services = HashMap::new();
    for row in rows {
        let service = row
            .source
            .map_or_else(|| UNKNOWN_SERVICE.to_owned(), |source| source.0);
        let counts = services.entry(service).or_insert([0; 4]);
        let more = [row.total, row.open, row.acknowledged, row.resolved];
        for (count, more) in counts.iter_mut().zip(more) {
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
        let row = |source: Option<&str>, total, acknowledged| Counts {
            source: source.map(|source| AnyText(source.to_owned())),
            total,
            open: 1,
            acknowledged,
            resolved: 0,
        };
        let counts = merge_unknown(vec![
            row(Some("b"), 5, 0),
            row(Some("unknown"), 1, 0),
            row(Some("a"), 1, 0),
            row(None, 2, 1),
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
}
