CREATE TABLE entitlements (
    user_id     text PRIMARY KEY,
    tier        text        NOT NULL,
    status      text        NOT NULL,
    entitled    boolean     NOT NULL,
    period_end  timestamptz NOT NULL,
    ends_at     timestamptz,
    grace_until timestamptz,
    document    text        NOT NULL,
    position    bigint      NOT NULL
) WITH (fillfactor = 70);

ALTER TABLE entitlements ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON entitlements FOR SELECT TO mywork_reader
    USING (user_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON entitlements FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON entitlements TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON entitlements TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON entitlements TO mywork_app;
