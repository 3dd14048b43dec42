//! As `diesel print-schema` would generate it from `init-db/01-init-schema.sql`, less the columns that the gateway may
//! not read: above all `ack_token` and `resolve_token`, which are secrets. What is not here cannot be selected.

diesel::table! {
    incidents (id) {
        id -> Uuid,
        title -> Varchar,
        severity -> Varchar,
        source -> Nullable<Varchar>,
        status -> Varchar,
        created_at -> Timestamptz,
        acknowledged_at -> Nullable<Timestamptz>,
        resolved_at -> Nullable<Timestamptz>,
    }
}
