CREATE TABLE orders (
    order_id       text PRIMARY KEY,
    order_number   text        NOT NULL,
    buyer_id       text        NOT NULL,
    seller_id      text        NOT NULL,
    product_id     text        NOT NULL,
    product_title  text        NOT NULL,
    licence        text        NOT NULL,
    currency       text        NOT NULL,
    amount_minor   bigint      NOT NULL,
    status         text        NOT NULL,
    payment_status text        NOT NULL,
    failure_code   text        NOT NULL,
    claims         jsonb       NOT NULL,
    placed_at      timestamptz NOT NULL,
    paid_at        timestamptz,
    failed_at      timestamptz,
    document       text        NOT NULL,
    position       bigint      NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX ON orders (buyer_id, placed_at DESC, order_id DESC);
CREATE INDEX ON orders (order_id) WHERE claims -> 'refunds' <> '[]';  -- few are refunded

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY buyer ON orders FOR SELECT TO mywork_reader
    USING (buyer_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON orders FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON orders TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON orders TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO mywork_app;
