-- The history: one append-only table. Column names are those of the eventsourcing library.
-- Run inside schema eventstore, by the migrating login, which owns everything.

CREATE TABLE events (
    originator_id      text        NOT NULL CHECK (originator_id <> ''),
    originator_version bigint      NOT NULL CHECK (originator_version > 0),
    topic              text        NOT NULL,
    state              bytea       NOT NULL,
    notification_id    bigint      NOT NULL CHECK (notification_id > 0),
    recorded_at        timestamptz NOT NULL,
    CONSTRAINT events_stream_version PRIMARY KEY (originator_id, originator_version)
) WITH (autovacuum_vacuum_insert_threshold = 100000, autovacuum_analyze_threshold = 1000);

-- States are small JSON: inline, never compressed, so reading them costs nothing extra.
ALTER TABLE events ALTER COLUMN state SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX events_position ON events (notification_id);

-- Whoever inserts holds the append lock (see recorder.py), so positions have no gaps and
-- recorded_at never decreases. The database checks both, once per statement.
CREATE FUNCTION check_append() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch  record;
    before record;
BEGIN
    SELECT min(notification_id) AS first, max(notification_id) AS last, count(*) AS size,
           min(recorded_at) AS earliest
      INTO batch FROM appended;
    IF batch.size = 0 THEN
        RETURN NULL;
    END IF;
    SELECT notification_id, recorded_at INTO before FROM eventstore.events
     WHERE notification_id < batch.first ORDER BY notification_id DESC LIMIT 1;
    IF batch.first <> coalesce(before.notification_id, 0) + 1
       OR batch.last - batch.first + 1 <> batch.size
       OR batch.earliest < before.recorded_at THEN
        RAISE EXCEPTION 'events % to % do not continue the history', batch.first, batch.last
            USING ERRCODE = 'ES001', CONSTRAINT = 'events_dense_positions';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER check_append AFTER INSERT ON events
    REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION check_append();

-- Append-only by trigger, for every role, the owner included; by privilege for all others.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'ES002', CONSTRAINT = TG_TABLE_NAME || '_append_only',
              HINT = 'Correct a mistake by appending a new event.';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Where each follower of the history stands.
CREATE TABLE followers (
    name       text        PRIMARY KEY,
    position   bigint      NOT NULL CHECK (position >= 0),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- The history as people and auditors read it.
CREATE VIEW history AS
SELECT notification_id AS position, originator_id AS stream, originator_version AS version,
       topic AS name, recorded_at,
       (convert_from(state, 'UTF8')::jsonb #>> '{meta,effective_at}')::timestamptz AS effective_at,
       convert_from(state, 'UTF8')::jsonb -> 'data' AS data,
       convert_from(state, 'UTF8')::jsonb -> 'meta' AS metadata
  FROM events;

GRANT USAGE ON SCHEMA eventstore TO mywork_app, mywork_auditor, mywork_reader;
GRANT SELECT, INSERT ON events TO mywork_app;
GRANT SELECT, INSERT, UPDATE ON followers TO mywork_app;
GRANT SELECT ON history TO mywork_app;
GRANT SELECT ON events, followers, history TO mywork_auditor;
GRANT SELECT ON followers TO mywork_reader;
