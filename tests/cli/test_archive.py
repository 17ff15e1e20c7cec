"""`mywork audit verify-archive`: the database's own root and sums, from the folder alone."""

import json
from pathlib import Path

import pytest
from shop import Shop
from terminal import Mywork, answer

from mywork.ledger.proof.sealing import seal
from mywork.ledger.proof.tiles import StoredTree
from mywork.ledger.proof.tree import root as root_of
from mywork.ledger.trial_balance import trial_balance


def archive_of(mywork: Mywork, tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    asked = ("ledger", "export", "--format", "parquet", "--output", str(folder))
    assert mywork(*asked).exit_code == 0
    return folder


@pytest.mark.parametrize("engine", ["duckdb", "python"])
def test_an_archive_has_the_root_that_is_sealed(
    shop: Shop, mywork: Mywork, tmp_path: Path, engine: str
) -> None:
    shop.release("1")
    folder = archive_of(mywork, tmp_path)
    store = shop.core.store
    size = seal(store)
    with store.transaction() as cursor:
        root = root_of(StoredTree(cursor).nodes, size).hex()
    verify = ("audit", "verify-archive", str(folder), "--engine", engine)
    assert f"root {root}" in mywork(*verify).output.replace("\n", "")
    found = answer(mywork(*verify, "--root", root, "--json"))
    assert (found["passed"], found["size"], found["root"]) == (True, size, root)
    assert [(row["account"], row["balance_minor"]) for row in found["balances"]] == [
        (row.account, row.balance_minor) for row in trial_balance(store).rows
    ]


def test_a_flipped_bit_is_found(shop: Shop, mywork: Mywork, tmp_path: Path) -> None:
    shop.release("1")
    folder = archive_of(mywork, tmp_path)
    part = next(folder.glob("day=*/*.parquet"))
    body = bytearray(part.read_bytes())
    body[len(body) // 2] ^= 1
    part.write_bytes(body)
    done = mywork("audit", "verify-archive", str(folder), "--json")
    found = json.loads(done.output)
    assert (done.exit_code, found["passed"], found["root"]) == (1, False, None)
    assert [item["subject"] for item in found["findings"]] == [
        f"part {part.parent.name}/{part.name}"
    ]
    said = mywork("audit", "verify-archive", str(folder))
    assert (said.exit_code, "findings: 1" in said.output) == (1, True)


def test_what_is_no_archive_is_refused(shop: Shop, mywork: Mywork, tmp_path: Path) -> None:
    done = mywork("audit", "verify-archive", str(tmp_path))
    assert (done.exit_code, "holds no finished archive" in done.output) == (1, True)
    shop.release("1")
    csv = tmp_path / "csv"
    mywork("ledger", "export", "--format", "csv", "--output", str(csv))
    done = mywork("audit", "verify-archive", str(csv))
    assert (done.exit_code, "holds no finished archive" in done.output) == (1, True)
    assert mywork("audit", "verify-archive", str(tmp_path / "absent")).exit_code == 2
