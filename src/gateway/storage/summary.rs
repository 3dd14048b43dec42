//! The summary of incidents. Plain SQL: Diesel knows neither `percentile_cont` nor `GROUPING SETS`.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Double, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::gateway::model::{
    answer::Seconds,
    incident::{Durations, Period, ServiceSummary, Summary, Totals, UNKNOWN_SERVICE},
};

/// One row per service and one for all of them. Aggregates pass over NULL, so a duration that is not known or negative
/// is left out of them.
const SUMMARY: &str = "
SELECT service,
       GROUPING(service) = 1                                  AS overall,
       count(*)                                               AS count,
       count(*) FILTER (WHERE status = 'open')                AS open,
       count(*) FILTER (WHERE status = 'acknowledged')        AS acknowledged,
       count(*) FILTER (WHERE status = 'resolved')            AS resolved,
       count(mtta)                                            AS mtta_count,
       avg(mtta)                                              AS mtta_mean,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY mtta)      AS mtta_p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY mtta)      AS mtta_p90,
       max(mtta)                                              AS mtta_max,
       count(mttr)                                            AS mttr_count,
       avg(mttr)                                              AS mttr_mean,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY mttr)      AS mttr_p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY mttr)      AS mttr_p90,
       max(mttr)                                              AS mttr_max,
       count(*) FILTER (WHERE negative)                       AS excluded
FROM (
    SELECT coalesce(source, $1) AS service,
           status,
           CASE WHEN acknowledged_at >= created_at
                THEN extract(epoch FROM acknowledged_at - created_at)::float8 END AS mtta,
           CASE WHEN resolved_at >= created_at
                THEN extract(epoch FROM resolved_at - created_at)::float8 END AS mttr,
           acknowledged_at < created_at OR resolved_at < created_at AS negative
    FROM incidents
    WHERE ($2 IS NULL OR created_at >= $2) AND ($3 IS NULL OR created_at < $3)
) AS incident
GROUP BY GROUPING SETS ((service), ())
ORDER BY overall DESC, open DESC, service COLLATE \"C\"";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    service: Option<String>,
    #[diesel(sql_type = Bool)]
    overall: bool,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = BigInt)]
    open: i64,
    #[diesel(sql_type = BigInt)]
    acknowledged: i64,
    #[diesel(sql_type = BigInt)]
    resolved: i64,
    #[diesel(sql_type = BigInt)]
    mtta_count: i64,
    #[diesel(sql_type = Nullable<Double>)]
    mtta_mean: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    mtta_p50: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    mtta_p90: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    mtta_max: Option<f64>,
    #[diesel(sql_type = BigInt)]
    mttr_count: i64,
    #[diesel(sql_type = Nullable<Double>)]
    mttr_mean: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    mttr_p50: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    mttr_p90: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    mttr_max: Option<f64>,
    #[diesel(sql_type = BigInt)]
    excluded: i64,
}

/// How fast the incidents created in `period` were answered.
///
/// # Errors
/// Those of the database.
pub async fn summarize(connection: &mut AsyncPgConnection, period: Period) -> QueryResult<Summary> {
    let rows: Vec<Row> = sql_query(SUMMARY)
        .bind::<Text, _>(UNKNOWN_SERVICE)
        .bind::<Nullable<Timestamptz>, Option<DateTime<Utc>>>(period.from)
        .bind::<Nullable<Timestamptz>, Option<DateTime<Utc>>>(period.to)
        .load(connection)
        .await?;
    let mut rows = rows.into_iter();
    // The empty grouping set has a row even where there are no incidents, and is ordered first.
    let overall = rows
        .next()
        .filter(|row| row.overall)
        .ok_or(diesel::NotFound)?;
    let services = rows.map(|mut row| ServiceSummary {
        service: row.service.take().unwrap_or_default(),
        totals: row.into(),
    });
    Ok(Summary {
        services: services.collect(),
        overall: overall.into(),
    })
}

impl From<Row> for Totals {
    fn from(row: Row) -> Self {
        let seconds = |value: Option<f64>| value.and_then(Seconds::from_f64);
        Self {
            count: row.count,
            open: row.open,
            acknowledged: row.acknowledged,
            resolved: row.resolved,
            mtta: Durations {
                count: row.mtta_count,
                mean: seconds(row.mtta_mean),
                p50: seconds(row.mtta_p50),
                p90: seconds(row.mtta_p90),
                max: seconds(row.mtta_max),
            },
            mttr: Durations {
                count: row.mttr_count,
                mean: seconds(row.mttr_mean),
                p50: seconds(row.mttr_p50),
                p90: seconds(row.mttr_p90),
                max: seconds(row.mttr_max),
            },
            excluded: row.excluded,
        }
    }
}
