-- Accounting periods: which month is the first open one, from each closing or reopening on. The
-- book writes a row in the transaction of the event, under the append lock, between the entries
-- before it and those after it. So the last row counts for whatever is written next, and PostgreSQL
-- itself refuses an entry into a closed period.

CREATE TABLE closings (
    position         bigint NOT NULL,
    first_open       text   NOT NULL CHECK (first_open ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    checked_position bigint CHECK (checked_position < position),
    CONSTRAINT closings_position PRIMARY KEY (position)
);

-- The month of its effective date, or the first open month where that is later.
DROP FUNCTION period_of(timestamptz);
CREATE FUNCTION period_of(effective_at timestamptz, first_open text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN greatest(to_char(effective_at AT TIME ZONE 'UTC', 'YYYY-MM'), first_open);

CREATE FUNCTION check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
    bad  record;
BEGIN
    SELECT position, first_open INTO last FROM ledger.closings ORDER BY position DESC LIMIT 1;
    -- Later dates have no earlier period, so a period's first and last entry speak for all of it.
    SELECT w.position, w.period INTO bad
      FROM (SELECT period, min(position) AS position, min(effective_at) AS since,
                   max(effective_at) AS until FROM written GROUP BY period) w
     WHERE w.period <> ledger.period_of(w.since, last.first_open)
        OR w.period <> ledger.period_of(w.until, last.first_open)
        OR w.position < last.position LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % may not be of the period %', bad.position, bad.period
            USING ERRCODE = 'MW005', CONSTRAINT = 'entries_period';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER check_entries AFTER INSERT ON entries
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION check_entries();

-- A close moves the first open month on by one, a reopening back by one. A close stands on a
-- checklist, so no entry of the months it closes may have come since that was made.
CREATE FUNCTION check_closing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before record;
    months integer := CASE WHEN NEW.checked_position IS NULL THEN -1 ELSE 1 END;
BEGIN
    SELECT position, first_open INTO before FROM ledger.closings
     WHERE position <> NEW.position ORDER BY position DESC LIMIT 1;
    IF before.position > NEW.position OR NEW.first_open <>
       to_char(to_date(before.first_open, 'YYYY-MM') + make_interval(months => months), 'YYYY-MM')
    THEN
        RAISE EXCEPTION '% cannot be the first open period after %', NEW.first_open, before.first_open
            USING ERRCODE = 'MW006', CONSTRAINT = 'closings_in_order';
    END IF;
    PERFORM FROM ledger.entries
      WHERE position > NEW.checked_position AND period < NEW.first_open LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'an entry came after the checklist of position %', NEW.checked_position
            USING ERRCODE = 'MW007', CONSTRAINT = 'closings_checked';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER check_closing AFTER INSERT ON closings
    FOR EACH ROW EXECUTE FUNCTION check_closing();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON closings
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();

GRANT SELECT, INSERT ON closings TO mywork_app;
GRANT SELECT ON closings TO mywork_auditor;
