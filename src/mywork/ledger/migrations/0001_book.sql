-- The book: accounts with their balances, entries, postings.
-- PostgreSQL itself refuses an unbalanced entry, a posting in the wrong currency, an account out
-- of its bound, and any update or delete. Amounts are debit-positive minor units.

CREATE TABLE accounts (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code          text    NOT NULL CHECK (code <> ''),
    currency      text    NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    kind          text    NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense', 'equity')),
    bound_sign    smallint NOT NULL CHECK (bound_sign IN (-1, 0, 1)),
    balance_minor bigint  NOT NULL DEFAULT 0,
    owner         text GENERATED ALWAYS AS
                  (CASE WHEN code LIKE 'seller:%' THEN split_part(code, ':', 2) END) STORED,
    CONSTRAINT accounts_code_currency UNIQUE (code, currency),
    CONSTRAINT accounts_within_bounds CHECK (balance_minor * bound_sign >= 0)
) WITH (fillfactor = 50);

CREATE INDEX accounts_owner ON accounts (owner) WHERE owner IS NOT NULL;

-- An entry belongs to exactly one event: its position is the event's, so posting twice is
-- impossible by construction. Its postings are the lines 1 to `size`, so none can be added later.
CREATE TABLE entries (
    position     bigint      NOT NULL,
    effective_at timestamptz NOT NULL,
    booked_at    timestamptz NOT NULL,
    period       text        NOT NULL,
    size         smallint    NOT NULL CHECK (size >= 2),
    CONSTRAINT entries_position PRIMARY KEY (position)
);

CREATE INDEX entries_effective_at ON entries (effective_at);

CREATE TABLE postings (
    position     bigint   NOT NULL,
    line         smallint NOT NULL CHECK (line > 0),
    account_id   integer  NOT NULL,
    currency     text     NOT NULL,
    amount_minor bigint   NOT NULL CHECK (amount_minor <> 0),
    object_id    text     CHECK (object_id <> ''),
    CONSTRAINT postings_position_line PRIMARY KEY (position, line)
);

CREATE INDEX postings_account ON postings (account_id, position);
CREATE INDEX postings_object ON postings (object_id) WHERE object_id IS NOT NULL;

-- The accounting period of an entry: the month of its effective date, while that is open.
CREATE FUNCTION period_of(effective_at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN to_char(effective_at AT TIME ZONE 'UTC', 'YYYY-MM');

-- Checks a statement's postings as a whole and moves the balances they touch. It runs as the
-- owner: nobody else may write a balance, so balances are the sums of postings by construction.
CREATE FUNCTION apply_postings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = ledger, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    SELECT position, currency, sum(amount_minor) AS difference INTO bad
      FROM written GROUP BY position, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is out of balance by % %', bad.position, bad.difference, bad.currency
            USING ERRCODE = 'MW001', CONSTRAINT = 'entries_balanced';
    END IF;

    SELECT w.position, w.currency, a.code INTO bad
      FROM written w LEFT JOIN accounts a ON a.id = w.account_id
     WHERE a.currency IS DISTINCT FROM w.currency LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry %: % is not the currency of account %', bad.position, bad.currency, bad.code
            USING ERRCODE = 'MW002', CONSTRAINT = 'postings_account_currency';
    END IF;

    SELECT w.position INTO bad
      FROM (SELECT position, count(*) AS size, max(line) AS last FROM written GROUP BY position) w
      LEFT JOIN entries e ON e.position = w.position
     WHERE e.size IS DISTINCT FROM w.size OR w.last <> w.size LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % was announced with other postings', bad.position
            USING ERRCODE = 'MW003', CONSTRAINT = 'entries_complete';
    END IF;

    UPDATE accounts a SET balance_minor = a.balance_minor + d.amount_minor
      FROM (SELECT account_id, sum(amount_minor) AS amount_minor
              FROM written GROUP BY account_id) d
     WHERE a.id = d.account_id AND d.amount_minor <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER apply_postings AFTER INSERT ON postings
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION apply_postings();

-- A payout may only take what is there, though refunds may push the same account below zero.
CREATE FUNCTION require_not_negative(account_ids integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT code, currency, balance_minor INTO bad FROM ledger.accounts
     WHERE id = ANY (account_ids)
       AND balance_minor * (CASE WHEN kind IN ('asset', 'expense') THEN 1 ELSE -1 END) < 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% would stand at % % on the wrong side', bad.code, bad.balance_minor, bad.currency
            USING ERRCODE = 'MW004', CONSTRAINT = 'accounts_not_negative';
    END IF;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON accounts
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();

-- Sellers read their own accounts only; finance and auditors read all.
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_accounts ON accounts FOR SELECT TO mywork_reader
    USING (owner = current_setting('mywork.user_id', true));
CREATE POLICY all_accounts ON accounts FOR SELECT TO mywork_app, mywork_auditor USING (true);
CREATE POLICY open_accounts ON accounts FOR INSERT TO mywork_app WITH CHECK (true);

GRANT USAGE ON SCHEMA ledger TO mywork_app, mywork_auditor, mywork_reader;
GRANT SELECT ON accounts, entries, postings TO mywork_app, mywork_auditor;
GRANT SELECT ON accounts TO mywork_reader;
GRANT INSERT (code, currency, kind, bound_sign) ON accounts TO mywork_app;
GRANT INSERT ON entries, postings TO mywork_app;
REVOKE EXECUTE ON FUNCTION apply_postings() FROM PUBLIC;
