"""`mywork ledger export`: to a file, a folder or a bucket."""

from pathlib import Path

import pytest
from beancount import loader
from buckets import BUCKET, KEY, SECRET, s3_client, s3_server
from shop import Shop
from terminal import Mywork, answer


def test_books_are_written_to_a_file(shop: Shop, mywork: Mywork, tmp_path: Path) -> None:
    shop.release("1")
    path = tmp_path / "books.beancount"
    done = mywork("ledger", "export", "--format", "beancount", "--output", str(path))
    assert done.exit_code == 0, done.output
    assert "rows up to event" in done.output
    _, errors, _ = loader.load_file(str(path))
    assert errors == []


def test_a_program_reads_what_was_written(shop: Shop, mywork: Mywork, tmp_path: Path) -> None:
    shop.release("1")
    asked = ("ledger", "export", "--format", "csv", "--output", f"{tmp_path}/out", "--json")
    found = answer(mywork(*asked))
    assert (found["complete"], found["head"], found["format"]) == (
        True,
        shop.core.store.head(),
        "csv",
    )
    assert found["rows"] == sum(part["rows"] for part in found["parts"]) > 0
    again = mywork(*asked)
    assert (again.exit_code, "an export lies there already" in again.output) == (1, True)
    assert answer(mywork(*asked, "--resume")) == found


def test_what_makes_no_sense_is_refused(shop: Shop, mywork: Mywork, tmp_path: Path) -> None:
    to_csv = ("ledger", "export", "--output", str(tmp_path / "x"), "--format", "csv")
    turned = mywork(*to_csv, "--from", "2026-12-01", "--to", "2026-11-01")
    assert (turned.exit_code, "must end after it begins" in turned.output) == (1, True)
    both = mywork(*to_csv, "--from", "2026-12-01", "--at", "2026-12-01")
    assert (both.exit_code, "not for both" in both.output) == (1, True)
    assert mywork(*to_csv[:4], "--format", "xls").exit_code == 2
    nowhere = mywork("ledger", "export", "--format", "csv", "--output", "s3:///x")
    assert (nowhere.exit_code, "s3://bucket/prefix" in nowhere.output) == (2, True)
    unknown = mywork("ledger", "export", "--format", "csv", "--output", "s3://bucket/x")
    assert (unknown.exit_code, "R2_ACCESS_KEY_ID" in unknown.output) == (1, True)
    assert not (tmp_path / "x").exists()


def test_books_are_written_to_a_bucket(
    shop: Shop, mywork: Mywork, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.release("1")
    with s3_server() as url:
        monkeypatch.setenv("R2_ENDPOINT", url)
        monkeypatch.setenv("R2_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("R2_SECRET_ACCESS_KEY", SECRET)
        output = f"s3://{BUCKET}/finance/books"
        found = answer(
            mywork("ledger", "export", "--format", "hledger", "--output", output, "--json")
        )
        listed = s3_client(url).list_objects_v2(Bucket=BUCKET, Prefix="finance/books")["Contents"]
    keys = [item["key"] for item in (*found["files"], *found["parts"])] + ["manifest.json"]
    assert sorted(item["Key"] for item in listed) == sorted(f"finance/books/{key}" for key in keys)
