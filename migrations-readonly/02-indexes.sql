-- The indexes that the gateway's queries want. A database owner applies this; it can be applied again at any time.
--
-- CREATE INDEX blocks writes to the table while it builds. On a large live table type each statement by hand as
-- CREATE INDEX CONCURRENTLY IF NOT EXISTS … instead (it cannot run inside a transaction, so not with psql -1), and
-- look for an INVALID index in \d incidents afterwards: a build that failed leaves one behind, to be dropped.

-- details: newest first, by page, what is not closed
CREATE INDEX IF NOT EXISTS incidents_unclosed_newest
    ON incidents (created_at DESC, id DESC) WHERE status <> 'closed';

-- details with a status; status=closed walks this one
CREATE INDEX IF NOT EXISTS incidents_status_newest ON incidents (status, created_at DESC, id DESC);

-- details of one service
CREATE INDEX IF NOT EXISTS incidents_source_newest ON incidents (source, created_at DESC, id DESC);

-- by-service, answered from the index alone while the table is vacuumed
CREATE INDEX IF NOT EXISTS incidents_source_status ON incidents (source, status);
