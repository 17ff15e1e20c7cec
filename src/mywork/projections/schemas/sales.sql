CREATE TABLE sales (
    order_id             text PRIMARY KEY,
    order_number         text        NOT NULL,
    seller_id            text        NOT NULL,
    product_id           text        NOT NULL,
    product_title        text        NOT NULL,
    licence              text        NOT NULL,
    currency             text        NOT NULL,
    amount_minor         bigint      NOT NULL,
    seller_share_minor   bigint      NOT NULL,
    commission_minor     bigint      NOT NULL,
    processing_fee_minor bigint      NOT NULL,
    status               text        NOT NULL,
    buckets              jsonb       NOT NULL,
    not_yet              boolean     NOT NULL,
    claims               jsonb       NOT NULL,
    fraud_warnings       jsonb       NOT NULL,
    placed_at            timestamptz NOT NULL,
    paid_at              timestamptz,
    document             text        NOT NULL,
    position             bigint      NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX ON sales (seller_id, placed_at DESC, order_id DESC);
CREATE INDEX ON sales (seller_id, paid_at, order_id) WHERE not_yet;

ALTER TABLE sales ENABLE ROW LEVEL SECURITY;
CREATE POLICY seller ON sales FOR SELECT TO mywork_reader
    USING (seller_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON sales FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON sales TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON sales TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON sales TO mywork_app;
