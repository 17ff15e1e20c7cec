-- Replay drills: who asked for each, how it went, and what it found. A drill that has ended is never
-- changed, but for the note where it was published.
CREATE TABLE drills (
    id           text        PRIMARY KEY,
    asked_by     text        NOT NULL,
    asked_at     timestamptz NOT NULL,
    week         timestamptz CONSTRAINT drills_once_a_week UNIQUE,  -- of those by the schedule
    status       text        NOT NULL DEFAULT 'waiting'
                 CHECK (status IN ('waiting', 'running', 'passed', 'differs', 'failed')),
    started_at   timestamptz,
    finished_at  timestamptz,
    report       jsonb,
    note         text        NOT NULL DEFAULT '',
    published_at timestamptz,
    CONSTRAINT drills_finished CHECK (
        (status IN ('passed', 'differs', 'failed')) = (finished_at IS NOT NULL)
        AND (status IN ('passed', 'differs')) = (report IS NOT NULL))
);
CREATE INDEX drills_asked_at ON drills (asked_at DESC, id DESC);
CREATE UNIQUE INDEX drills_one_at_a_time ON drills ((true)) WHERE status IN ('waiting', 'running');

CREATE FUNCTION keep_drill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'drill % has ended and is kept as it is', OLD.id
        USING ERRCODE = 'ES002', CONSTRAINT = 'drills_kept';
END $$;
CREATE TRIGGER keep_drill BEFORE UPDATE ON drills FOR EACH ROW
    WHEN (OLD.finished_at IS NOT NULL AND (
          OLD.published_at IS NOT NULL OR NEW.published_at IS NULL
          OR (OLD.id, OLD.asked_by, OLD.asked_at, OLD.week, OLD.status, OLD.started_at,
              OLD.finished_at, OLD.report, OLD.note)
             IS DISTINCT FROM
             (NEW.id, NEW.asked_by, NEW.asked_at, NEW.week, NEW.status, NEW.started_at,
              NEW.finished_at, NEW.report, NEW.note)))
    EXECUTE FUNCTION keep_drill();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON drills
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();

GRANT SELECT, INSERT, UPDATE ON drills TO mywork_app;
GRANT SELECT ON drills TO mywork_auditor;
