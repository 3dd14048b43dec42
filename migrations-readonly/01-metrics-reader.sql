-- The role as which service-metrics reads incidents: it can read eight columns of one table, and nothing else.
--
-- A database owner applies this in the platform's database, as a superuser or as the tables' owner with CREATEROLE;
-- service-metrics never does. It can be applied again at any time. No password is set here; where connections are
-- not trusted by their address, set one afterwards, outside any file that is checked in:
--
--     psql incident_platform -c '\password metrics_reader'

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'metrics_reader') THEN
        CREATE ROLE metrics_reader;
    END IF;
END
$$;

-- Several replicas of the gateway with a pool of four each, and some left for a person with psql.
ALTER ROLE metrics_reader
    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT CONNECTION LIMIT 50;

-- What a session starts with. A session could change these: the grants below are what it cannot change.
ALTER ROLE metrics_reader SET default_transaction_read_only = on;
ALTER ROLE metrics_reader SET statement_timeout = '10s';
ALTER ROLE metrics_reader SET lock_timeout = '10s';
ALTER ROLE metrics_reader SET idle_in_transaction_session_timeout = '30s';

-- Up to PostgreSQL 14 everybody may create tables in `public`. Platform roles that rely on it, rather than on owning
-- the schema, need `GRANT CREATE ON SCHEMA public TO …` of their own after this.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM metrics_reader;
GRANT USAGE ON SCHEMA public TO metrics_reader;

-- Column by column, so that ack_token and resolve_token cannot be read, not even by mistake.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM metrics_reader;
GRANT SELECT (id, title, severity, source, status, created_at, acknowledged_at, resolved_at)
    ON incidents TO metrics_reader;
