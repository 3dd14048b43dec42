//! What is read from PostgreSQL.
