-- Optional: takes from metrics_reader the last two ways to write that PostgreSQL leaves to everybody, temporary tables
-- and large objects. Both are rights of PUBLIC in this database, and revoking them takes them from every role. So each
-- role that exists is first given what PUBLIC had: only metrics_reader, and roles made later, are without them then.
--
-- A superuser applies this in the platform's database, after 01-metrics-reader.sql; it can be applied again at any time.
-- A role that is made later and needs temporary tables:  GRANT TEMPORARY ON DATABASE … TO …;
-- Other databases of the same server are left alone: keep metrics_reader out of them in pg_hba.conf.

DO $$
DECLARE
    platform_role name;
    makes_large_objects regprocedure;
BEGIN
    IF has_database_privilege('public', current_database(), 'TEMPORARY') THEN
        FOR platform_role IN
            SELECT rolname FROM pg_roles WHERE rolname <> 'metrics_reader' AND rolname NOT LIKE 'pg\_%'
        LOOP
            EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), platform_role);
        END LOOP;
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM metrics_reader', current_database());

    FOREACH makes_large_objects IN ARRAY
        ARRAY['lo_creat(integer)', 'lo_create(oid)', 'lo_from_bytea(oid, bytea)']::regprocedure[]
    LOOP
        IF has_function_privilege('public', makes_large_objects, 'EXECUTE') THEN
            FOR platform_role IN
                SELECT rolname FROM pg_roles WHERE rolname <> 'metrics_reader' AND rolname NOT LIKE 'pg\_%'
            LOOP
                EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', makes_large_objects, platform_role);
            END LOOP;
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', makes_large_objects);
        END IF;
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM metrics_reader', makes_large_objects);
    END LOOP;
END
$$;
