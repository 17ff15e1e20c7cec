CREATE TABLE debts (
    debt_id           text PRIMARY KEY,
    seller_id         text          NOT NULL,
    currency          text          NOT NULL,
    parts_since       timestamptz[] NOT NULL,
    parts_minor       bigint[]      NOT NULL,
    owed_minor        bigint        NOT NULL,
    written_off_minor bigint        NOT NULL,
    proposed_minor    bigint        NOT NULL,
    proposed_by       text          NOT NULL,
    reason            text          NOT NULL,
    changed_at        timestamptz   NOT NULL,
    document          text          NOT NULL,
    position          bigint        NOT NULL
) WITH (fillfactor = 70);

ALTER TABLE debts ENABLE ROW LEVEL SECURITY;
CREATE POLICY seller ON debts FOR SELECT TO mywork_reader
    USING (seller_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON debts FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON debts TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON debts TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON debts TO mywork_app;
