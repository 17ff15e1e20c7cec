-- Which code posted an entry. A version is what decides and places money: the package's version
-- with the digest of the sources of the domain, the chart and the posting rules.
-- It is no part of the sealed history: a replay has its own version, and the same postings.
CREATE TABLE code_versions (
    id              smallint    GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    package_version text        NOT NULL CHECK (package_version <> ''),
    sources_sha256  text        NOT NULL CHECK (sources_sha256 ~ '^[0-9a-f]{64}$'),
    first_used_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT code_versions_sources UNIQUE (package_version, sources_sha256)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON code_versions
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change();

-- Null for what was posted before versions were kept. No foreign key: a probe for each entry.
ALTER TABLE entries ADD COLUMN code_version smallint;

GRANT SELECT ON code_versions TO mywork_app, mywork_auditor;
GRANT INSERT (package_version, sources_sha256) ON code_versions TO mywork_app;
