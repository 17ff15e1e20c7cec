-- Exports that somebody asked for: queued, worked by any worker under a lease, and kept as a
-- record of who took which part of the books out. What was written so far is in the manifest in
-- the object store; `reached`, `rows` and `parts` are copies of it for whoever waits.
CREATE TABLE exports (
    number       bigint GENERATED ALWAYS AS IDENTITY,
    id           text        PRIMARY KEY,
    format       text        NOT NULL CHECK (format IN ('beancount', 'hledger', 'csv', 'parquet')),
    head         bigint      NOT NULL CHECK (head >= 0),
    since        timestamptz,
    until        timestamptz,
    requested_by text        NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    status       text        NOT NULL DEFAULT 'waiting'
                 CHECK (status IN ('waiting', 'completed', 'failed')),
    claims       integer     NOT NULL DEFAULT 0, -- the last of them holds the lease
    failures     integer     NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    reached      bigint      NOT NULL DEFAULT 0,
    rows         bigint      NOT NULL DEFAULT 0,
    parts        integer     NOT NULL DEFAULT 0,
    sha256       text        NOT NULL DEFAULT '', -- of the finished manifest
    note         text        NOT NULL DEFAULT '',
    finished_at  timestamptz,
    CHECK (since < until)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX exports_number ON exports (number);
CREATE INDEX exports_waiting ON exports (due_at) WHERE status = 'waiting';

GRANT SELECT, INSERT, UPDATE ON exports TO mywork_app;
GRANT SELECT ON exports TO mywork_auditor;
