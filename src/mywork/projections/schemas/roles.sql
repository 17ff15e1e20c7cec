CREATE TABLE roles (
    user_id  text PRIMARY KEY,
    roles    text[] NOT NULL,
    document text   NOT NULL,
    position bigint NOT NULL
);

ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON roles FOR SELECT TO mywork_reader
    USING (user_id = current_setting('mywork.user_id', true));
CREATE POLICY everybody ON roles FOR SELECT TO mywork_auditor USING (true);
CREATE POLICY writer ON roles TO mywork_app USING (true) WITH CHECK (true);
GRANT SELECT ON roles TO mywork_reader, mywork_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON roles TO mywork_app;
