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
    placed_at            timestamptz NOT NULL,
    paid_at              timestamptz,
    release_at           timestamptz,
    released_at          timestamptz,
    document             text        NOT NULL,
    position             bigint      NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX ON sales (seller_id, placed_at DESC, order_id DESC);
CREATE INDEX ON sales (seller_id, release_at) WHERE release_at IS NOT NULL AND released_at IS NULL;

ALTER TABLE sales ENABLE ROW LEVEL SECURITY;
CREATE POLICY seller ON sales FOR SELECT TO mywork_reader
    USING (seller_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON sales FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON sales TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON sales TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON sales TO mywork_app;
