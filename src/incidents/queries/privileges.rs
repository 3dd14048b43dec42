//! Whether more could be done with our role than reading incidents.

use diesel::{QueryableByName, prelude::*, sql_query, sql_types::Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// What our role could do if its transactions were not read only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Privileges {
    /// Change anything in the schema `public`, or add to it.
    #[diesel(sql_type = Bool)]
    pub write: bool,
    /// Make temporary tables. Unless it has been revoked, everybody may.
    #[diesel(sql_type = Bool)]
    pub temporary_tables: bool,
    /// Make large objects, which stay. Unless it has been revoked, everybody may.
    #[diesel(sql_type = Bool)]
    pub large_objects: bool,
}

impl Privileges {
    /// What to say of it at the start, if our role could do more than read.
    pub fn warning(self) -> Option<String> {
        const NEVER: &str = "service-metrics only ever reads";
        if self.write {
            return Some(format!(
                "the database role could write to the incident database; {NEVER}: see \
                 migrations-readonly/01-metrics-reader.sql"
            ));
        }
        let more = match (self.temporary_tables, self.large_objects) {
            (false, false) => return None,
            (true, false) => "temporary tables",
            (false, true) => "large objects",
            (true, true) => "temporary tables and large objects",
        };
        Some(format!(
            "the database role could make {more}, as everybody may unless it is revoked; {NEVER}: \
             migrations-readonly/03-strict.sql takes that from it, and from no role of the platform"
        ))
    }
}

/// What our role could do.
///
/// # Errors
/// Those of the database.
pub async fn look_up(connection: &mut &AsyncPgConnection) -> QueryResult<Privileges> {
    // Tables of either kind, views and foreign tables: whatever rows can be written through.
    sql_query(
        "SELECT has_schema_privilege(current_user, 'public', 'CREATE') \
             OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \
             OR EXISTS (SELECT FROM pg_class \
                 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'f') \
                     AND (has_any_column_privilege(oid, 'INSERT, UPDATE') \
                         OR has_table_privilege(oid, 'DELETE, TRUNCATE, TRIGGER'))) AS write, \
             has_database_privilege(current_database(), 'TEMPORARY') AS temporary_tables, \
             EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace \
                 AND proname IN ('lo_creat', 'lo_create', 'lo_from_bytea') \
                 AND has_function_privilege(oid, 'EXECUTE')) AS large_objects",
    )
    .get_result(connection)
    .await
}
