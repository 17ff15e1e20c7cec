CREATE TABLE products (
    product_id    text PRIMARY KEY,
    seller_id     text        NOT NULL,
    slug          text        NOT NULL UNIQUE,
    status        text        NOT NULL,
    title         text        NOT NULL,
    description   text        NOT NULL,
    category      text        NOT NULL,
    tech_stack    text[]      NOT NULL,
    tags          text[]      NOT NULL,
    currency      text        NOT NULL,
    price_minor   bigint      NOT NULL,
    prices_minor  jsonb       NOT NULL,
    sales         bigint      NOT NULL,
    revenue_minor jsonb       NOT NULL,
    drafted_at    timestamptz NOT NULL,
    published_at  timestamptz,
    document      text        NOT NULL,
    position      bigint      NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX ON products (published_at DESC, product_id DESC) WHERE status = 'active';
CREATE INDEX ON products (category, published_at DESC, product_id DESC) WHERE status = 'active';
CREATE INDEX ON products (seller_id, drafted_at DESC, product_id DESC);

ALTER TABLE products ENABLE ROW LEVEL SECURITY;
CREATE POLICY public_or_own ON products FOR SELECT TO mywork_reader
    USING (status = 'active' OR seller_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON products FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON products TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON products TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON products TO mywork_app;
