"""`mywork audit`: seal, sign, export, prove and verify on the terminal."""

import json
import stat
from pathlib import Path

import psycopg
import pytest
from history import tampering
from lives import after
from marketplace import Marketplace
from terminal import Mywork, answer

from mywork.adapters.signing import NoteSigner
from mywork.ledger.proof.tree import root_by_inclusion
from mywork.ledger.proof.verify_history import leaf_hash, verify


def life(marketplace: Marketplace) -> None:
    """A history with money in it."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()


marketplace = after(life)


@pytest.fixture
def audit(
    marketplace: Marketplace, mywork: Mywork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Mywork:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: mywork("audit", *arguments)


def test_sealing_signs_a_head_over_all_that_happened(
    audit: Mywork, marketplace: Marketplace
) -> None:
    assert "nothing has been signed yet" in audit("heads").output
    found = answer(audit("seal", "--json"))
    [sealed] = found["data"]
    assert sealed["size"] == marketplace.core.store.head()
    assert answer(audit("heads", "--json")) == answer(audit("seal", "--json")) == found
    later = answer(audit("heads", "--after", str(sealed["size"]), "--json"))
    assert later == {"data": [], "next_after": None}
    assert "Heads" in audit("seal").output
    assert Path(".mywork/objects/heads").is_dir()
    assert stat.S_IMODE(Path(".mywork/audit.key").stat().st_mode) == 0o600


def test_everything_agrees(audit: Mywork) -> None:
    audit("seal")
    found = answer(audit("verify", "--json"))
    assert found["passed"]
    names = [check["name"] for check in found["checks"]]
    assert {"leaves", "tree", "heads", "published", "postings", "projections"} <= set(names)
    assert audit("verify").exit_code == 0


def test_an_edited_event_makes_verify_say_no_and_name_it(
    audit: Mywork, marketplace: Marketplace
) -> None:
    audit("seal")
    with tampering(marketplace.core.store.url) as connection:
        connection.execute(
            "UPDATE eventstore.events SET state = convert_to(replace(convert_from(state, 'UTF8'),"
            ' \'"actor":"user_bo"\', \'"actor":"user_xo"\'), \'UTF8\') WHERE notification_id ='
            " (SELECT min(notification_id) FROM eventstore.events WHERE topic = 'order.placed.v1')"
        )
    done = audit("verify", "--json")
    assert done.exit_code == 1
    failed = [check for check in json.loads(done.output)["checks"] if check["findings"]]
    assert [check["name"] for check in failed] == ["leaves"]
    with psycopg.connect(marketplace.core.store.url) as connection:
        query = "SELECT notification_id FROM eventstore.events WHERE topic = 'order.placed.v1'"
        row = connection.execute(query).fetchone()
    assert row is not None
    [finding] = failed[0]["findings"]
    assert finding["subject"] == f"event {row[0]}"
    assert f"leaves: event {row[0]} is not what was sealed" in audit("verify").output


def test_what_is_exported_is_verified_offline(audit: Mywork, tmp_path: Path) -> None:
    done = audit("export", "--output", "out")
    assert done.exit_code == 0, done.output
    assert "events 1 to" in done.output
    assert list(verify([tmp_path / "out"])) == []
    assert "0 are new" in audit("export", "--output", "out").output
    nothing = audit("export", "--output", "more", "--after", "100000")
    assert nothing.exit_code == 1
    assert "no signed head covers an event behind 100000" in nothing.output


def test_an_event_is_proved_on_the_terminal(audit: Mywork) -> None:
    refused = audit("proof", "3")
    assert (refused.exit_code, "no head has been signed yet" in refused.output) == (1, True)
    audit("seal")
    found = answer(audit("proof", "3", "--json"))
    proof = [bytes.fromhex(item) for item in found["proof"]]
    size = found["head"]["size"]
    root = root_by_inclusion(leaf_hash(found["record"]), 2, size, proof)
    assert root is not None
    assert root.hex() == found["head"]["root"]
    assert found["head"]["root"] in audit("proof", "3").output
    assert "there is no event 99999" in audit("proof", "99999").output
    assert "no head covers 1 events" in audit("proof", "1", "--size", "1").output


def test_a_key_is_made_handed_over_to_and_listed(audit: Mywork, tmp_path: Path) -> None:
    made = audit("keys", "new", "pay.example.com/history", "--output", "new.key")
    assert made.exit_code == 0, made.output
    secret = (tmp_path / "new.key").read_text()
    assert stat.S_IMODE((tmp_path / "new.key").stat().st_mode) == 0o600
    assert secret.strip() not in made.output
    assert NoteSigner(secret).verifier_key in made.output.replace("\n", "")
    assert audit("keys", "new", "again", "--output", "new.key").exit_code == 2
    assert "cannot name a key" in audit("keys", "new", "a b", "--output", "x.key").output
    audit("seal")
    rotated = audit("keys", "rotate", "--to", "new.key")
    assert rotated.exit_code == 0, rotated.output
    keys = answer(audit("keys", "list", "--json"))["data"]
    assert [key["number"] for key in keys] == [1, 2]
    assert keys[1]["verifier_key"] == NoteSigner(secret).verifier_key
    assert "Signing keys" in audit("keys", "list").output
    again = audit("keys", "rotate", "--to", "new.key")
    assert (again.exit_code, "is not key 2" in again.output) == (1, True)
