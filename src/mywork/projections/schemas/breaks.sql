CREATE TABLE breaks (
    break_id     text PRIMARY KEY,
    status       text        NOT NULL,
    kind         text        NOT NULL,
    object_id    text        NOT NULL,
    currency     text        NOT NULL,
    amount_minor bigint      NOT NULL,
    concerns     text        NOT NULL,
    detail       text        NOT NULL,
    account      text        NOT NULL,
    reason       text        NOT NULL,
    opened_at    timestamptz NOT NULL,
    resolved_at  timestamptz,
    owner        text        NOT NULL,
    evidence     jsonb,
    stands       boolean     NOT NULL,
    document     text        NOT NULL,
    position     bigint      NOT NULL
);
CREATE INDEX ON breaks (opened_at, break_id) WHERE status = 'open';
CREATE INDEX ON breaks (opened_at, break_id) WHERE stands;

-- No policy for readers: breaks are finance's.
ALTER TABLE breaks ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON breaks FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON breaks TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON breaks TO mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON breaks TO mywork_app;
