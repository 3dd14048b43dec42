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

/// Whether our role could change anything in the schema `public`, or add to it, if the session were not read only.
///
/// # Errors
/// Those of the database.
pub async fn could_write(connection: &mut AsyncPgConnection) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        could_write: bool,
    }
    // Tables of either kind, views and foreign tables: whatever rows can be written through.
    let row: Row = sql_query(
        "SELECT has_schema_privilege(current_user, 'public', 'CREATE') \
             OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \
             OR EXISTS (SELECT FROM pg_class \
                 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'f') \
                     AND (has_any_column_privilege(oid, 'INSERT, UPDATE') \
                         OR has_table_privilege(oid, 'DELETE, TRUNCATE, TRIGGER'))) AS could_write",
    )
    .get_result(connection)
    .await?;
    Ok(row.could_write)
}
