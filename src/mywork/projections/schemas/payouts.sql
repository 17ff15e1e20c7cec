CREATE TABLE payouts (
    payout_id      text PRIMARY KEY,
    seller_id      text        NOT NULL,
    currency       text        NOT NULL,
    amount_minor   bigint      NOT NULL,
    reversed_minor bigint      NOT NULL,
    status         text        NOT NULL,
    trigger        text        NOT NULL,
    period_start   timestamptz,
    period_end     timestamptz NOT NULL,
    transfer_id    text        NOT NULL,
    bank_payout_id text        NOT NULL,
    reason         text        NOT NULL,
    requested_at   timestamptz NOT NULL,
    completed_at   timestamptz,
    retry_at       timestamptz,
    reversed_at    timestamptz,
    document       text        NOT NULL,
    position       bigint      NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX ON payouts (seller_id, requested_at DESC, payout_id DESC);
CREATE INDEX ON payouts (seller_id) WHERE transfer_id = '' AND status <> 'cancelled';

ALTER TABLE payouts ENABLE ROW LEVEL SECURITY;
CREATE POLICY seller ON payouts FOR SELECT TO mywork_reader
    USING (seller_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON payouts FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON payouts TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON payouts TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON payouts TO mywork_app;
