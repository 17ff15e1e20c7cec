-- The sealed history: a Merkle tree (RFC 6962) over the leaves of migration 0006, the heads that were
-- signed over it, and the keys that signed. Nothing here is ever changed; each table only grows.

-- Tiles of 256 hashes: level 0 has the leaves, level n + 1 the roots of full tiles of level n. A tile
-- that history is still filling lies in several rows: each has the hashes from index `first` on.
CREATE TABLE tiles (
    level  smallint NOT NULL CHECK (level >= 0),
    first  bigint   NOT NULL CHECK (first >= 0),
    hashes bytea    NOT NULL CHECK (octet_length(hashes) > 0 AND octet_length(hashes) % 32 = 0),
    CONSTRAINT tiles_level_first PRIMARY KEY (level, first),
    CONSTRAINT tiles_within_one CHECK (first % 256 + octet_length(hashes) / 32 <= 256)
);
ALTER TABLE tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;  -- hashes cannot be compressed

-- A head says: the first `size` events have this root. `note` is the signed text, byte for byte.
CREATE TABLE heads (
    size       bigint      NOT NULL CHECK (size > 0),
    root       bytea       NOT NULL CHECK (octet_length(root) = 32),
    signed_at  timestamptz NOT NULL,
    key_number integer     NOT NULL,
    note       text        NOT NULL,
    CONSTRAINT heads_size PRIMARY KEY (size)
);

-- Each key is announced by a note that it signs itself, and the key before it too. It signs heads
-- larger than `from_size`, the last head of the key before.
CREATE TABLE signing_keys (
    number       integer     NOT NULL CHECK (number > 0),
    verifier_key text        NOT NULL,
    from_size    bigint      NOT NULL CHECK (from_size >= 0),
    since        timestamptz NOT NULL,
    note         text        NOT NULL,
    CONSTRAINT signing_keys_number PRIMARY KEY (number),
    CONSTRAINT signing_keys_once UNIQUE (verifier_key)
);
ALTER TABLE heads ADD CONSTRAINT heads_key FOREIGN KEY (key_number) REFERENCES signing_keys;

-- What was put where we cannot change it, and until when the store has promised to keep it.
CREATE TABLE published_notes (
    object_key   text        NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    locked_until timestamptz,
    CONSTRAINT published_notes_key PRIMARY KEY (object_key)
);

-- The number of hashes of a level.
CREATE FUNCTION sealed_size(of_level smallint DEFAULT 0::smallint) RETURNS bigint
    LANGUAGE sql STABLE AS $$
SELECT coalesce((SELECT first + octet_length(hashes) / 32 FROM ledger.tiles
                  WHERE level = of_level ORDER BY first DESC LIMIT 1), 0)
$$;

-- Hashes follow each other without a gap, whoever inserts.
CREATE FUNCTION check_tiles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT s.level, s.first INTO bad
      FROM sealed s
      LEFT JOIN LATERAL (SELECT t.first + octet_length(t.hashes) / 32 AS size FROM ledger.tiles t
                          WHERE t.level = s.level AND t.first < s.first
                          ORDER BY t.first DESC LIMIT 1) before ON true
     WHERE s.first <> coalesce(before.size, 0) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'hash % of level % does not continue the tree', bad.first, bad.level
            USING ERRCODE = 'MW021', CONSTRAINT = 'tiles_continue';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER check_tiles AFTER INSERT ON tiles
    REFERENCING NEW TABLE AS sealed FOR EACH STATEMENT EXECUTE FUNCTION check_tiles();

-- A head is larger than those before it and covers what is sealed, no more.
CREATE FUNCTION check_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size > ledger.sealed_size()
       OR EXISTS (SELECT FROM ledger.heads WHERE size > NEW.size) THEN
        RAISE EXCEPTION 'a head of size % does not continue the heads', NEW.size
            USING ERRCODE = 'MW022', CONSTRAINT = 'heads_continue';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_head BEFORE INSERT ON heads FOR EACH ROW EXECUTE FUNCTION check_head();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tiles
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON heads
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signing_keys
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON published_notes
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();

-- An entry belongs to an event that is there, is booked at that event's time, and is not added
-- to an event that is sealed already. A foreign key would ask row by row for the first of these.
CREATE FUNCTION check_entries_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad    record;
    sealed bigint := ledger.sealed_size();
BEGIN
    SELECT w.position INTO bad
      FROM written w LEFT JOIN eventstore.events e ON e.notification_id = w.position
     WHERE e.recorded_at IS DISTINCT FROM w.booked_at OR w.position <= sealed LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not belong to an event that may still be booked', bad.position
            USING ERRCODE = 'MW023', CONSTRAINT = 'entries_event';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER check_entries_event AFTER INSERT ON entries
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION check_entries_event();

GRANT SELECT, INSERT ON tiles, heads, signing_keys, published_notes TO mywork_app;
GRANT SELECT ON tiles, heads, signing_keys, published_notes TO mywork_auditor;
