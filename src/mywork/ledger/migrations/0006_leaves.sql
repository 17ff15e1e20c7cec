-- What is sealed of each event: its leaf, the SHA-256 of canonical bytes. docs/sealed-history.md
-- describes them, proof/verify_history.py defines them a second time, a property compares the two.

-- A text that cannot be mistaken for another, whatever is in it: its length in bytes, itself, a comma.
CREATE FUNCTION netstring(content text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN octet_length(content) || ':' || content || ',';

-- A time as records and leaves write it: UTC, always six digits of a second.
CREATE FUNCTION utc_text(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- The records of the events from one position to another, with their leaf hashes (RFC 6962: zero
-- byte first). `entry` is null for an event that posted nothing. Columns that a query does not
-- name are not computed. A state that is no JSON, which nobody can append, raises an error.
CREATE FUNCTION records(first_position bigint, last_position bigint)
    RETURNS TABLE ("position" bigint, name text, stream text, version bigint, recorded_at text,
                   effective_at text, state text, entry json, leaf bytea)
    LANGUAGE sql STABLE AS $$
SELECT e.notification_id, e.topic, e.originator_id, e.originator_version,
       t.recorded_at, t.effective_at, convert_from(e.state, 'UTF8'), b.document,
       sha256('\x00'::bytea || convert_to(
           ledger.netstring('mywork.event.v1') || ledger.netstring(e.notification_id::text)
           || ledger.netstring(e.topic) || ledger.netstring(e.originator_id)
           || ledger.netstring(e.originator_version::text)
           || ledger.netstring(t.recorded_at) || ledger.netstring(t.effective_at)
           || ledger.netstring(encode(sha256(e.state), 'hex')) || coalesce(b.canonical, ''),
           'UTF8'))
  FROM eventstore.events e
 CROSS JOIN LATERAL (
       SELECT ledger.utc_text(e.recorded_at) AS recorded_at,
              ledger.utc_text(
                  (convert_from(e.state, 'UTF8')::json #>> '{meta,effective_at}')::timestamptz)
                  AS effective_at
       OFFSET 0) t  -- computed once, not once for each use
  LEFT JOIN (
       SELECT n.position,
              json_build_object(
                  'effective_at', ledger.utc_text(n.effective_at),
                  'booked_at', ledger.utc_text(n.booked_at), 'period', n.period,
                  'postings', coalesce(l.documents, '[]'::json)) AS document,
              ledger.netstring(ledger.utc_text(n.effective_at))
              || ledger.netstring(ledger.utc_text(n.booked_at)) || ledger.netstring(n.period)
              || coalesce(l.canonical, '') AS canonical
         FROM ledger.entries n
         LEFT JOIN (
              SELECT p.position,
                     json_agg(json_build_object(
                         'account', a.code, 'currency', p.currency, 'amount_minor', p.amount_minor,
                         'object_id', coalesce(p.object_id, '')) ORDER BY p.line) AS documents,
                     string_agg(
                         ledger.netstring(a.code) || ledger.netstring(p.currency)
                         || ledger.netstring(p.amount_minor::text)
                         || ledger.netstring(coalesce(p.object_id, '')), '' ORDER BY p.line)
                         AS canonical
                FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
               WHERE p.position BETWEEN first_position AND last_position
               GROUP BY p.position) l ON l.position = n.position
        WHERE n.position BETWEEN first_position AND last_position
       ) b ON b.position = e.notification_id
 WHERE e.notification_id BETWEEN first_position AND last_position
 ORDER BY e.notification_id
$$;
