-- Who looked at whose data, and when: a look that cannot be recorded is refused. Only ever added to.
CREATE TABLE looks (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    text        NOT NULL CHECK (user_id <> ''),
    roles      text        NOT NULL,             -- held at that moment, by name
    asked      text        NOT NULL,             -- the request: method, path and query
    whom       text        NOT NULL,             -- whose data; empty where it is many people's
    request_id text        NOT NULL,
    looked_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX looks_user ON looks (user_id, id);
CREATE INDEX looks_whom ON looks (whom, id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON looks
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();

GRANT SELECT, INSERT ON looks TO mywork_app;
GRANT SELECT ON looks TO mywork_auditor;
