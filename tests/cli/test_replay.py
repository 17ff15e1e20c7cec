"""`mywork replay drill`: a table for people, JSON for programs, exit 1 where anything differs."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from audited import lived
from marketplace import Marketplace
from terminal import Mywork, answer


@pytest.fixture
def url(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MYWORK_OBJECTS", str(tmp_path / "objects"))
    with closing(Marketplace(database_url, tmp_path)) as marketplace:
        lived(marketplace)
    return database_url


def test_a_drill_that_passes_shows_every_table(url: str, mywork: Mywork) -> None:
    done = mywork("replay", "drill")
    assert done.exit_code == 0, done.output
    assert "replaying" in done.output
    for table in ("ledger.accounts", "ledger.entries", "ledger.postings", "read.sales"):
        assert table in done.output
    assert "0 differ" in done.output
    found = answer(mywork("replay", "drill", "--json"))
    assert (found["status"], found["differing"], found["asked_by"]) == ("passed", 0, "command line")


def test_a_difference_is_named_and_ends_with_1(url: str, mywork: Mywork) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE read.roles SET roles = '{admin}'")
    done = mywork("replay", "drill")
    assert done.exit_code == 1
    assert "roles is ['admin'], replayed ['auditor']" in " ".join(done.output.split())
    assert "1 differ" in done.output
