-- The indexes that the gateway's queries want. A database owner applies this; it can be applied again at any time.
--
-- CREATE INDEX blocks writes to the table while it builds. On a large live table type each statement by hand as
-- CREATE INDEX CONCURRENTLY IF NOT EXISTS … instead (it cannot run inside a transaction, so not with psql -1), and
-- look for an INVALID index in \d incidents afterwards: a build that failed leaves one behind, to be dropped.

DO $$
BEGIN
    -- A view has no indexes: make the like of these on the tables that it reads.
    IF (SELECT relkind NOT IN ('r', 'p', 'm') FROM pg_class WHERE oid = 'incidents'::regclass) THEN
        RAISE NOTICE 'incidents is no table: its indexes are to be made on the tables below it';
        RETURN;
    END IF;

    -- details: newest first, by page, what is not closed
    BEGIN
        CREATE INDEX IF NOT EXISTS incidents_unclosed_newest
            ON incidents (created_at DESC, id DESC) WHERE status <> 'closed';
    EXCEPTION WHEN invalid_text_representation THEN -- status is an enum without 'closed'
        CREATE INDEX IF NOT EXISTS incidents_unclosed_newest ON incidents (created_at DESC, id DESC);
    END;

    -- details with a status; status=closed walks this one
    CREATE INDEX IF NOT EXISTS incidents_status_newest ON incidents (status, created_at DESC, id DESC);

    -- details of one service
    CREATE INDEX IF NOT EXISTS incidents_source_newest ON incidents (source, created_at DESC, id DESC);

    -- by-service, answered from the index alone while the table is vacuumed
    CREATE INDEX IF NOT EXISTS incidents_source_status ON incidents (source, status);

    -- summary, likewise: some 65 bytes for each incident, and the whole table need not be read
    CREATE INDEX IF NOT EXISTS incidents_summary
        ON incidents (source, status) INCLUDE (created_at, acknowledged_at, resolved_at);
END
$$;
