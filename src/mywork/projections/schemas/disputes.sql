CREATE TABLE disputes (
    dispute_id text PRIMARY KEY,
    order_id   text        NOT NULL,
    charge_id  text        NOT NULL,
    buyer_id   text        NOT NULL,
    seller_id  text        NOT NULL,
    status     text        NOT NULL,
    dispute    jsonb       NOT NULL,
    opened_at  timestamptz NOT NULL,
    document   text        NOT NULL,
    position   bigint      NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX ON disputes (opened_at DESC, dispute_id DESC);
CREATE INDEX ON disputes (seller_id, opened_at DESC, dispute_id DESC);

ALTER TABLE disputes ENABLE ROW LEVEL SECURITY;
CREATE POLICY seller ON disputes FOR SELECT TO mywork_reader
    USING (seller_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON disputes FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON disputes TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON disputes TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON disputes TO mywork_app;
