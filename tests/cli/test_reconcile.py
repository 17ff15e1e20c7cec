"""`mywork reconcile`: with a file of Stripe's and with the bank's, and what it refuses.

(With Stripe itself: `tests/planted`, `tests/test_marketplace_month.py`.)
"""

from pathlib import Path
from typing import Any

import orjson
import pytest
from shop import Shop
from terminal import Mywork
from transactions import moved

from eventstore.follow import Runner
from mywork.domain.balance_adjustment import RecordAdjustment
from mywork.projections.catalogue import projection_followers

HEADER = "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id\n"
CHARGE = "txn_1,2026-11-10 12:00:00,usd,299.00,8.97,290.03,charge,ch_1\n"


@pytest.fixture
def settled(shop: Shop) -> Shop:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([shop.moved("txn_1", "ch_1")])
    shop.core.inbox_worker.drain()
    sent: Any = RecordAdjustment(
        "bank", moved("txn_2", "payout", "po_1", -10_000, shop.clock.now())
    )
    shop.handle(sent)
    return shop


def file(folder: Path, text: str) -> str:
    path = folder / "file.csv"
    path.write_text(text)
    return str(path)


def test_a_file_of_stripes_that_agrees(settled: Shop, mywork: Mywork, tmp_path: Path) -> None:
    done = mywork("reconcile", "--import", file(tmp_path, HEADER + CHARGE))
    assert done.exit_code == 0, done.output
    assert "open breaks of this run: 0" in done.output
    assert [part for part in done.output.split() if part.isdigit()] == ["1", "1", "0"]


def test_a_file_of_stripes_that_says_something_else(
    settled: Shop, mywork: Mywork, tmp_path: Path
) -> None:
    dearer = CHARGE.replace("8.97,290.03", "9.97,289.03")
    done = mywork("reconcile", "--import", file(tmp_path, HEADER + dearer), "--json")
    assert done.exit_code == 1
    answer = orjson.loads(done.output)
    counted = [{"kind": "fee_differs", "count": 1}]
    assert (answer["source"], answer["differences"]) == ("stripe_csv", counted)
    (found,) = answer["found"]
    assert (found["id"], found["amount_minor"]) == ("fee_differs-txn_1", 100)
    Runner(settled.core.store, projection_followers()).catch_up()
    again = mywork("reconcile", "--import", file(tmp_path, HEADER + CHARGE))
    assert "ended of earlier runs: 1" in again.output


def test_a_statement_of_the_banks(settled: Shop, mywork: Mywork, tmp_path: Path) -> None:
    lines = "date,amount,currency,reference\n2026-11-11,100.00,USD,po_1\n"
    done = mywork("reconcile", "--bank", file(tmp_path, lines))
    assert (done.exit_code, "bank_line" in done.output) == (0, True), done.output
    done = mywork("reconcile", "--bank", file(tmp_path, lines + "2026-11-12,5.00,USD,gift\n"))
    assert (done.exit_code, "open breaks of this run: 1" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("--import", HEADER + CHARGE.replace("290.03", "290"), "line 2: 290.00 USD is not"),
        ("--import", HEADER + CHARGE.replace("_1", "_8"), "not one transaction of this file is"),
        ("--bank", "date,amount,currency,reference\n2026-11-11,1.00,EUR,x\n", "line 2 is in EUR"),
        ("--bank", "<Document/>", "this is no camt.053"),
    ],
    ids=["malformed", "foreign", "currency", "xml"],
)
def test_a_file_that_is_refused_leaves_nothing(
    settled: Shop, mywork: Mywork, tmp_path: Path, option: str, text: str, says: str
) -> None:
    head = settled.core.store.head()
    done = mywork("reconcile", option, file(tmp_path, text))
    assert (done.exit_code, says in done.output) == (1, True), done.output
    assert settled.core.store.head() == head


def test_wrong_usage(settled: Shop, mywork: Mywork, tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + CHARGE)
    assert mywork("reconcile", "--import", path, "--bank", path).exit_code == 2
    assert mywork("reconcile", "--bank", path, "--from", "2026-11-01").exit_code == 2
    turned = mywork("reconcile", "--from", "2026-11-02", "--to", "2026-11-01")
    assert (turned.exit_code, "must end after it begins" in turned.output) == (1, True)
    done = mywork("reconcile", "--help")
    assert "Example" in done.output
