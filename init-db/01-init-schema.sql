-- The incident platform's own schema, as far as service-metrics meets it. It stands for a database that already
-- exists elsewhere: the environment creates the database `incident_platform`, and these scripts run once in it.

CREATE TABLE alerts (
    id          uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    source      varchar(255) NOT NULL,
    severity    varchar(50)  NOT NULL,
    title       varchar(512) NOT NULL,
    description text,
    labels      jsonb        NOT NULL DEFAULT '{}',
    received_at timestamptz  NOT NULL DEFAULT now()
);

CREATE TABLE incidents (
    id              uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    title           varchar(512) NOT NULL,
    severity        varchar(50)  NOT NULL,
    source          varchar(255),
    description     text,
    status          varchar(50)  NOT NULL DEFAULT 'open', -- open | acknowledged | resolved | closed
    labels          jsonb        NOT NULL DEFAULT '{}',
    assigned_to     varchar(255),
    ack_token       varchar(64)  UNIQUE, -- a secret: whoever has it may acknowledge
    resolve_token   varchar(64)  UNIQUE, -- a secret: whoever has it may resolve
    created_at      timestamptz  NOT NULL DEFAULT now(),
    updated_at      timestamptz  NOT NULL DEFAULT now(),
    acknowledged_at timestamptz,
    resolved_at     timestamptz
);

CREATE TABLE incident_alerts (
    alert_id    uuid        NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    incident_id uuid        NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    linked_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (alert_id, incident_id)
);

CREATE INDEX idx_alerts_source ON alerts (source);
CREATE INDEX idx_alerts_severity ON alerts (severity);
CREATE INDEX idx_alerts_received_at ON alerts (received_at);
CREATE INDEX idx_incidents_status ON incidents (status);
CREATE INDEX idx_incidents_severity ON incidents (severity);
CREATE INDEX idx_incidents_source ON incidents (source);
CREATE INDEX idx_incidents_created_at ON incidents (created_at);
CREATE INDEX idx_incident_alerts_incident_id ON incident_alerts (incident_id);
