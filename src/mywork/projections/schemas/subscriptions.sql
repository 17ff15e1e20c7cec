CREATE TABLE subscriptions (
    user_id         text PRIMARY KEY,
    status          text        NOT NULL,
    tier            text        NOT NULL,
    currency        text        NOT NULL,
    price_minor     bigint      NOT NULL,
    credit_minor    bigint      NOT NULL,
    awaits          text,
    refused         text        NOT NULL,
    requested_at    timestamptz NOT NULL,
    period_start    timestamptz,
    period_end      timestamptz,
    ends_at         timestamptz,
    ended_at        timestamptz,
    next_attempt_at timestamptz,
    document        text        NOT NULL,
    position        bigint      NOT NULL
) WITH (fillfactor = 70);

ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON subscriptions FOR SELECT TO mywork_reader
    USING (user_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON subscriptions FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON subscriptions TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON subscriptions TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON subscriptions TO mywork_app;
