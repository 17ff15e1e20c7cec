-- Effects and deadlines carry commands and calls like events: by name, as JSON, with their stream.
-- Until now a deadline's subject, and an effect's payload, was a grammar of its own for each kind;
-- what waits is translated here. A deadline's subject stays: it names the deadline, and with its
-- time the id of the command, so that what was met already is recognised.

ALTER TABLE deadlines RENAME COLUMN kind TO name;
ALTER TABLE deadlines
    ADD COLUMN stream   text,
    ADD COLUMN body     jsonb,
    ADD COLUMN position bigint      NOT NULL DEFAULT 0, -- of the event that asked for it
    ADD COLUMN attempts integer     NOT NULL DEFAULT 0,
    ADD COLUMN retry_at timestamptz NOT NULL DEFAULT '-infinity', -- by the real clock
    ADD COLUMN note     text        NOT NULL DEFAULT '';
ALTER TABLE deadlines ALTER COLUMN position DROP DEFAULT;

WITH parsed AS (
    SELECT name, subject, string_to_array(subject, '/') AS slashed,
           split_part(subject, ':', 1) AS owner, split_part(subject, ':', 2) AS transaction_id,
           regexp_match(subject, '^(payouts-(.+)-([A-Z]{3}))/([^/]+)/(\d+)$') AS payout
      FROM deadlines),
translated AS (
    SELECT name, subject, CASE
        WHEN name IN ('expire_order', 'make_funds_available', 'release_funds', 'release_reserve')
            THEN ARRAY['order-' || subject, jsonb_build_object('order_id', subject)::text]
        WHEN name = 'make_transaction_available' THEN ARRAY['order-' || owner,
            jsonb_build_object('order_id', owner, 'transaction_id', transaction_id)::text]
        WHEN name = 'make_return_available' THEN ARRAY['break-' || owner,
            jsonb_build_object('break_id', owner, 'transaction_id', transaction_id)::text]
        WHEN name = 'make_break_funds_available'
            THEN ARRAY['break-' || subject, jsonb_build_object('break_id', subject)::text]
        WHEN name = 'make_movement_available'
            THEN ARRAY['movement-' || subject, jsonb_build_object('transaction_id', subject)::text]
        WHEN name = 'retry_bank_payout' THEN ARRAY[payout[1], jsonb_build_object(
            'seller_id', payout[2], 'currency', payout[3], 'payout_id', payout[4],
            'attempt', payout[5]::int)::text]
        WHEN name = 'pause_payouts' THEN ARRAY['seller-' || slashed[1], jsonb_build_object(
            'seller_id', slashed[1], 'reason', 'the bank sent a payout back ('
            || array_to_string(slashed[2:], '/')
            || '); check the bank account that Stripe knows')::text]
        WHEN name = 'recognise_revenue' THEN ARRAY['subscription-' || slashed[1],
            jsonb_build_object('user_id', slashed[1], 'invoice_id', slashed[2])::text]
        WHEN name = 'make_subscription_funds_available' THEN ARRAY['subscription-' || slashed[1],
            jsonb_build_object('user_id', slashed[1], 'transaction_id', slashed[2])::text]
        WHEN name = 'end_grace' THEN ARRAY['subscription-' || slashed[1],
            jsonb_build_object('user_id', slashed[1])::text]
        END AS found
      FROM parsed)
UPDATE deadlines d
   SET stream = t.found[1],
       body = t.found[2]::jsonb || jsonb_build_object('at',
           to_char(d.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
  FROM translated t WHERE d.name = t.name AND d.subject = t.subject;
ALTER TABLE deadlines ALTER COLUMN stream SET NOT NULL, ALTER COLUMN body SET NOT NULL;

ALTER TABLE effects RENAME COLUMN kind TO name;
ALTER TABLE effects RENAME COLUMN payload TO body;
ALTER TABLE effects ADD COLUMN stream text;
UPDATE effects SET stream = regexp_replace(key, ':\d+:[a-z_]+$', '');

UPDATE effects SET body = jsonb_build_object('payment_intent_id', body->'id')
 WHERE name = 'cancel_payment_intent';

-- Before payouts took turns they named their owner, and not which turn it was: no turn is theirs.
WITH owners AS (
    SELECT key, regexp_match(coalesce(
        body->>'stream', format('payouts-%s-%s', body->>'seller_id', body->>'currency')),
        '^payouts-(.+)-([A-Z]{3})$') AS owner
      FROM effects WHERE name IN ('create_transfer', 'create_bank_payout', 'reverse_transfer'))
UPDATE effects e
   SET body = jsonb_build_object('number', 0, 'attempt', 1) || (body - 'stream')
           || jsonb_build_object('seller_id', owner[1], 'currency', owner[2])
  FROM owners WHERE e.key = owners.key;

-- An excess takes effect when the event did that found it, not when a worker came by.
WITH causes AS (
    SELECT e.key, convert_from(c.state, 'UTF8')::jsonb #>> '{meta,effective_at}' AS at
      FROM effects e JOIN eventstore.events c
        ON c.originator_id = e.stream
       AND c.originator_version = split_part(substr(e.key, length(e.stream) + 2), ':', 1)::bigint
     WHERE e.name = 'open_break')
UPDATE effects e
   SET stream = 'break-' || (e.body->>'break_id'),
       body = e.body || jsonb_build_object(
           'kind', 'exceeded_payment', 'fee_minor', 0, 'available_on', NULL, 'at', causes.at,
           'detail', 'refunds and disputes took more than was paid; what is beyond lies in suspense')
  FROM causes WHERE e.key = causes.key;
ALTER TABLE effects ALTER COLUMN stream SET NOT NULL;
