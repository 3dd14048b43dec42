//! The summary of incidents. PostgreSQL reads the table once and hands over each duration; the percentiles are taken
//! here, where that needs no sorting. A summary holds about 16 bytes of memory for each incident with durations, here
//! and, for as long as it runs, in PostgreSQL.

use std::collections::HashMap;

use diesel::{
    QueryResult, QueryableByName,
    dsl::sql,
    sql_types::{Array, BigInt, Bool, Double, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    columns::Columns,
    distribution::Distribution,
    incidents::Rows,
    question::Parameters,
    values::{AnyText, FIRST_TIME, LAST_TIME, pg_time},
};
use crate::incidents::model::{Period, ServiceSummary, Status, Summary, Totals, UNKNOWN_SERVICE};

/// What the incidents of one service in one status say.
#[derive(QueryableByName)]
pub(super) struct Group {
    #[diesel(sql_type = Nullable<Text>)]
    source: Option<AnyText>,
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<AnyText>,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = BigInt)]
    excluded: i64,
    #[diesel(sql_type = Nullable<Array<Double>>)]
    mtta: Option<Vec<f64>>,
    #[diesel(sql_type = Nullable<Array<Double>>)]
    mttr: Option<Vec<f64>>,
}

/// A number identifies an advisory lock: this one is `svcm-sum` in ASCII.
const LOCK: i64 = 0x7376_636d_2d73_756d;

/// Whether no other gateway makes a summary of this database now. If so, none will until our transaction ends.
///
/// # Errors
/// Those of the database.
pub(super) async fn is_the_only_one(connection: &mut &AsyncPgConnection) -> QueryResult<bool> {
    diesel::select(
        sql::<Bool>("pg_try_advisory_xact_lock(")
            .bind::<BigInt, _>(LOCK)
            .sql(")"),
    )
    .get_result(connection)
    .await
}

/// What the incidents created in `period` say; [`summarize`] makes the summary of it.
///
/// # Errors
/// Those of the database.
pub(super) async fn groups(
    connection: &mut &AsyncPgConnection,
    columns: &Columns,
    period: Period,
) -> QueryResult<Vec<Group>> {
    groups_of(connection, columns, period, Rows::All).await
}

pub(super) async fn groups_of(
    connection: &mut &AsyncPgConnection,
    columns: &Columns,
    period: Period,
    rows: Rows,
) -> QueryResult<Vec<Group>> {
    let mut parameters = Parameters::default();
    let mut conditions = vec!["true".to_owned()];
    if let Some(from) = period.from {
        let from = parameters.time(pg_time(from), &columns.created_at);
        conditions.push(format!("created_at >= {from}"));
    }
    if let Some(to) = period.to {
        let to = parameters.time(pg_time(to), &columns.created_at);
        conditions.push(format!("created_at < {to}"));
    }
    // A time that is infinite or out of range is none; subtracting an infinite one would be an error.
    let duration = |end: &str| {
        format!(
            "array_agg(date_part('epoch', {end} - created_at)) FILTER \
             (WHERE {end} >= created_at AND {end} <= {LAST_TIME} AND created_at >= {FIRST_TIME})"
        )
    };
    let negative = |end: &str| format!("{end} < created_at AND {end} >= {FIRST_TIME}");
    let sql = format!(
        "SELECT {source} AS source, {status} AS status, count, excluded, mtta, mttr \
         FROM (SELECT source, status, count(*) AS count, \
                      count(*) FILTER (WHERE created_at <= {LAST_TIME} AND ({} OR {})) AS excluded, \
                      {} AS mtta, {} AS mttr \
               FROM {from} WHERE {conditions} GROUP BY source, status) AS incidents",
        negative("acknowledged_at"),
        negative("resolved_at"),
        duration("acknowledged_at"),
        duration("resolved_at"),
        source = columns.text(&columns.source),
        status = columns.text(&columns.status),
        from = rows.sql(),
        conditions = conditions.join(" AND "),
    );
    parameters.ask(sql).load(connection).await
}

/// Counts and durations so far.
#[derive(Default)]
struct Sums {
    count: i64,
    open: i64,
    acknowledged: i64,
    resolved: i64,
    excluded: i64,
    mtta: Distribution,
    mttr: Distribution,
}

impl Sums {
    fn add(&mut self, group: &Group) {
        let status = group.status.as_ref().map(|status| status.0.as_str());
        let is = |wanted: Status| status == Some(wanted.as_str());
        self.count += group.count;
        self.excluded += group.excluded;
        for (counter, counted) in [
            (&mut self.open, is(Status::Open)),
            (&mut self.acknowledged, is(Status::Acknowledged)),
            (&mut self.resolved, is(Status::Resolved)),
        ] {
            if counted {
                *counter += group.count;
            }
        }
        self.mtta.extend(group.mtta.as_deref().unwrap_or_default());
        self.mttr.extend(group.mttr.as_deref().unwrap_or_default());
    }

    fn totals(self) -> Totals {
        Totals {
            count: self.count,
            open: self.open,
            acknowledged: self.acknowledged,
            resolved: self.resolved,
            mtta: self.mtta.durations(),
            mttr: self.mttr.durations(),
            excluded: self.excluded,
        }
    }
}

/// The summary: how fast incidents were answered, overall and by service. Takes about 20 ms for a million durations.
pub(super) fn summarize(groups: Vec<Group>) -> Summary {
    let mut overall = Sums::default();
    let mut services: HashMap<String, Sums> = HashMap::new();
    for mut group in groups {
        let source = group.source.take();
        let service = source.map_or_else(|| UNKNOWN_SERVICE.to_owned(), |source| source.0);
        overall.add(&group);
        services.entry(service).or_default().add(&group);
    }
    let mut services: Vec<_> = services
        .into_iter()
        .map(|(service, sums)| ServiceSummary {
            service,
            totals: sums.totals(),
        })
        .collect();
    services.sort_by(|a, b| (b.totals.open, &a.service).cmp(&(a.totals.open, &b.service)));
    Summary {
        overall: overall.totals(),
        services,
    }
}
