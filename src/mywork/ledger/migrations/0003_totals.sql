-- Totals: a balance at any two times without summing the postings. docs/adr/0023 says why so.
-- Booked time never decreases along positions, so it is counted in blocks of positions; effective
-- time is counted by the calendar (UTC). A cell is what an account's postings in one block of
-- positions moved in one stretch of effective time, in three grains:
--   1: a minute, blocks of 2^10 positions    2: a day, 2^15    3: a month, 2^20
-- Only whole blocks are counted, each once and for ever; what lies behind them, and in the minute
-- asked about, is read from the postings. Block k of 2^n positions begins at k * 2^n + 1.
CREATE TABLE totals (
    grain        smallint    NOT NULL CHECK (grain BETWEEN 1 AND 3),
    account_id   integer     NOT NULL,
    starts_at    timestamptz NOT NULL,
    block        integer     NOT NULL CHECK (block >= 0),
    amount_minor bigint      NOT NULL,  -- zero, too: there are postings
    CONSTRAINT totals_cell PRIMARY KEY (grain, account_id, starts_at, block) INCLUDE (amount_minor)
) WITH (autovacuum_vacuum_insert_threshold = 100000);

CREATE UNIQUE INDEX totals_by_block ON totals (grain, block, account_id, starts_at)
    INCLUDE (amount_minor);

-- What an account's postings in whole blocks moved in each accounting period.
CREATE TABLE period_totals (
    account_id   integer NOT NULL,
    period       text    NOT NULL,
    amount_minor bigint  NOT NULL,
    CONSTRAINT period_totals_cell PRIMARY KEY (period, account_id)
) WITH (fillfactor = 50);

-- Count the blocks that are whole at position `after` and were not at `before`.
-- Planned each time: the tables are empty at first, and grow while a rebuild goes on.
CREATE FUNCTION count_totals(before bigint, after bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = ledger, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    first bigint := before >> 10 << 10;  -- not itself
    last  bigint := after >> 10 << 10;
BEGIN
    IF first = last THEN
        RETURN;
    END IF;
    INSERT INTO totals
    SELECT 1, p.account_id, date_trunc('minute', n.effective_at, 'UTC'), (p.position - 1) >> 10,
           sum(p.amount_minor)
      FROM postings p JOIN entries n ON n.position = p.position
     WHERE p.position > first AND p.position <= last
       AND n.position > first AND n.position <= last
     GROUP BY 2, 3, 4;
    INSERT INTO period_totals AS t
    SELECT p.account_id, n.period, sum(p.amount_minor)
      FROM postings p JOIN entries n ON n.position = p.position
     WHERE p.position > first AND p.position <= last
       AND n.position > first AND n.position <= last
     GROUP BY 1, 2 ORDER BY 2, 1
        ON CONFLICT (period, account_id)
        DO UPDATE SET amount_minor = t.amount_minor + excluded.amount_minor;
    INSERT INTO totals
    SELECT 2, account_id, date_trunc('day', starts_at, 'UTC'), block >> 5, sum(amount_minor)
      FROM totals
     WHERE grain = 1 AND block >= before >> 15 << 5 AND block < after >> 15 << 5
     GROUP BY 2, 3, 4;
    INSERT INTO totals
    SELECT 3, account_id, date_trunc('month', starts_at, 'UTC'), block >> 5, sum(amount_minor)
      FROM totals
     WHERE grain = 2 AND block >= before >> 20 << 5 AND block < after >> 20 << 5
     GROUP BY 2, 3, 4;
END $$;

-- The position up to which totals are counted: the follower's, less what makes no whole block.
CREATE FUNCTION counted_position() RETURNS bigint LANGUAGE sql STABLE
    RETURN coalesce((SELECT position >> 10 << 10 FROM eventstore.followers WHERE name = 'totals'), 0);

-- The last position booked by a moment, by halving; the head where the moment is null.
CREATE FUNCTION position_booked_by(as_known_at timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low    bigint := 0;
    high   bigint := coalesce((SELECT max(notification_id) FROM eventstore.events), 0);
    middle bigint;
BEGIN
    WHILE as_known_at IS NOT NULL AND low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT recorded_at FROM eventstore.events WHERE notification_id = middle) <= as_known_at THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN high;
END $$;

-- The balances, debit-positive, of those of some accounts that had postings by an effective time
-- and as known at another (null: now). Exact: one snapshot of totals and of the postings behind
-- them. Each arm is a rectangle of effective time and position; together they cover what was asked.
-- `block + 0` keeps the planner off the index by block where the range of blocks is wide.
CREATE FUNCTION balances_at(account_ids integer[], at timestamptz, as_known_at timestamptz)
    RETURNS TABLE (account_id integer, balance_minor bigint) LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_custom_plan SET jit = off
    SET max_parallel_workers_per_gather = 0 AS $$  -- workers take longer to start than to read
#variable_conflict use_column
DECLARE
    until_at  timestamptz := coalesce(at, 'infinity');
    minute_at timestamptz := date_trunc('minute', until_at, 'UTC');
    day_at    timestamptz := date_trunc('day', until_at, 'UTC');
    month_at  timestamptz := date_trunc('month', until_at, 'UTC');
    known     bigint      := ledger.position_booked_by(as_known_at);
    counted   bigint      := least(known, ledger.counted_position());
    fine      integer     := counted >> 10;  -- whole blocks of each grain
    middle    integer     := counted >> 15;
    coarse    integer     := counted >> 20;
    fine_rest   integer[] := ARRAY(SELECT generate_series(middle << 5, fine - 1));
    middle_rest integer[] := ARRAY(SELECT generate_series(coarse << 5, middle - 1));
BEGIN
    RETURN QUERY
    SELECT moved.account_id, sum(moved.amount_minor)::bigint FROM (
        SELECT t.account_id, t.amount_minor FROM ledger.totals t
         WHERE t.grain = 3 AND t.account_id = ANY (account_ids)
           AND t.starts_at < month_at AND t.block + 0 < coarse
        UNION ALL
        SELECT t.account_id, t.amount_minor FROM ledger.totals t
         WHERE t.grain = 2 AND t.account_id = ANY (account_ids)
           AND t.starts_at < month_at AND t.block = ANY (middle_rest)
        UNION ALL
        SELECT t.account_id, t.amount_minor FROM ledger.totals t
         WHERE t.grain = 2 AND t.account_id = ANY (account_ids)
           AND t.starts_at >= month_at AND t.starts_at < day_at AND t.block + 0 < middle
        UNION ALL
        SELECT t.account_id, t.amount_minor FROM ledger.totals t
         WHERE t.grain = 1 AND t.account_id = ANY (account_ids)
           AND t.starts_at < day_at AND t.block = ANY (fine_rest)
        UNION ALL
        SELECT t.account_id, t.amount_minor FROM ledger.totals t
         WHERE t.grain = 1 AND t.account_id = ANY (account_ids)
           AND t.starts_at >= day_at AND t.starts_at < minute_at AND t.block + 0 < fine
        UNION ALL
        SELECT p.account_id, p.amount_minor  -- within the minute asked about
          FROM ledger.entries n JOIN ledger.postings p ON p.position = n.position
         WHERE p.account_id = ANY (account_ids)
           AND n.effective_at >= minute_at AND n.effective_at <= until_at
           AND n.position <= fine::bigint << 10
        UNION ALL
        SELECT p.account_id, p.amount_minor  -- behind the last whole block
          FROM ledger.postings p JOIN ledger.entries n ON n.position = p.position
         WHERE p.account_id = ANY (account_ids)
           AND p.position > fine::bigint << 10 AND p.position <= known
           AND n.position > fine::bigint << 10 AND n.position <= known
           AND n.effective_at <= until_at
    ) moved GROUP BY moved.account_id;
END $$;

GRANT SELECT ON totals, period_totals TO mywork_app, mywork_auditor;
GRANT INSERT ON totals TO mywork_app;
GRANT INSERT, UPDATE ON period_totals TO mywork_app;
