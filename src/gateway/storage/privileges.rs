//! Whether incidents can be read, and whether more could be done than that.

use diesel::{QueryableByName, prelude::*, sql_query, sql_types::Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::incidents;

/// Asks for one incident, no matter which: PostgreSQL answers, the table is there and may be read.
///
/// # Errors
/// Those of the database.
pub async fn probe(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    let _: Option<uuid::Uuid> = incidents::table
        .select(incidents::id)
        .first(connection)
        .await
        .optional()?;
    Ok(())
}

/// Whether our role could change incidents, if the session were not read only.
///
/// # Errors
/// Those of the database.
pub async fn could_write(connection: &mut AsyncPgConnection) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        could_write: bool,
    }
    let row: Row = sql_query(
        "SELECT has_any_column_privilege('incidents', 'INSERT, UPDATE') \
             OR has_table_privilege('incidents', 'DELETE, TRUNCATE, TRIGGER') AS could_write",
    )
    .get_result(connection)
    .await?;
    Ok(row.could_write)
}
