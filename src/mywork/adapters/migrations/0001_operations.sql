-- Operational tables: state, not facts. They may be changed and cleaned; history may not.

-- Receipts: what vendors told us, stored once and never changed. Raw bodies lie apart, because
-- they hold personal data and can be erased without touching the record that they came.
CREATE TABLE inbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      text        NOT NULL,
    external_id text        NOT NULL,
    kind        text        NOT NULL,
    object_key  text        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT inbox_source_external_id UNIQUE (source, external_id)
);

-- What is left to do with them: small, hot, and emptied by the transaction that does it. A lease
-- is a later due_at, so a claim is one cheap update in place, seen by every worker.
CREATE TABLE inbox_work (
    id       bigint PRIMARY KEY,
    status   text        NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'dead')),
    attempts integer     NOT NULL DEFAULT 0,
    due_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    note     text        NOT NULL DEFAULT ''
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);

CREATE TABLE inbox_bodies (
    id   bigint PRIMARY KEY REFERENCES inbox ON DELETE CASCADE,
    body bytea  NOT NULL
);
-- JSON of some kilobytes: out of line and uncompressed, since it is read once and soon.
ALTER TABLE inbox_bodies ALTER COLUMN body SET STORAGE EXTERNAL;

-- Vendor calls that events ask for. The key is the idempotency key sent to the vendor.
CREATE TABLE effects (
    key        text        PRIMARY KEY,
    kind       text        NOT NULL,
    payload    jsonb       NOT NULL,
    status     text        NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'done')),
    attempts   integer     NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    note       text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX effects_waiting ON effects (due_at) WHERE status = 'waiting';

-- What the clock brings, in business time. Removed once it has happened.
CREATE TABLE deadlines (
    kind    text        NOT NULL,
    subject text        NOT NULL,
    due_at  timestamptz NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX deadlines_due_at ON deadlines (due_at);

CREATE TABLE cursors (
    name  text PRIMARY KEY,
    value text NOT NULL
);

-- Erasable personal data; events hold only the opaque user id.
CREATE TABLE people (
    user_id  text PRIMARY KEY,
    username text NOT NULL CONSTRAINT people_username UNIQUE,
    email    text NOT NULL DEFAULT ''
);
CREATE VIEW public_people AS SELECT user_id, username FROM people;

CREATE TABLE idempotency (
    user_id    text        NOT NULL,
    key        text        NOT NULL,
    body_hash  text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    status     integer,
    headers    jsonb,
    body       bytea,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_created_at ON idempotency (created_at);

-- Order numbers, a sequence per year; a number drawn and not used leaves a gap, which is allowed.
CREATE TABLE order_numbers (
    year integer PRIMARY KEY,
    last bigint  NOT NULL
);

GRANT USAGE ON SCHEMA operations TO mywork_app, mywork_auditor, mywork_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA operations TO mywork_app;
GRANT SELECT ON inbox, inbox_work, effects, deadlines, cursors, public_people TO mywork_auditor;
GRANT SELECT ON public_people TO mywork_reader;
