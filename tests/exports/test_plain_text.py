"""beancount and hledger read the books without complaint, and their balances equal ours."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import gettempdir

import pytest
from beancount import loader
from beancount.core import data, realization
from marketplace import START, Marketplace
from waiting import GUARD_SECONDS

from mywork.adapters.folder import FolderObjects
from mywork.documents.exports import Format
from mywork.domain.identifiers import OrderId, ProductId, SellerId, UserId
from mywork.domain.money import EXPONENTS
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.exports import beancount, hledger, plain_text
from mywork.exports.books import Account, BookEntry, Line
from mywork.exports.local import export_to_path
from mywork.exports.names import code_of
from mywork.exports.scope import scope_of
from mywork.ledger.trial_balance import trial_balance

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
Balances = dict[tuple[str, str], Decimal]


def written(marketplace: Marketplace, path: Path, form: Format, **times: datetime) -> Path:
    store = marketplace.core.store
    scope = scope_of(form, head=store.head(), **times)  # type: ignore[arg-type]
    export_to_path(
        store, scope, path, folder_of=FolderObjects, resume=False, report=lambda *_: None
    )
    return path


def ours(marketplace: Marketplace, at: datetime | None = None) -> Balances:
    found = trial_balance(marketplace.core.store, at=at)
    assert found.balanced
    return {
        (row.account, row.currency): Decimal(row.balance_minor).scaleb(-EXPONENTS[row.currency])
        for row in found.rows
        if row.balance_minor
    }


def beancounts(path: Path) -> Balances:
    entries, errors, _ = loader.load_file(str(path))
    assert errors == []
    found: Balances = {}
    for account in realization.iter_children(realization.realize(entries)):
        for position in account.balance:
            assert position.units.number is not None
            found[code_of(account.account), position.units.currency] = position.units.number
    return found


@pytest.fixture(scope="session")
def program() -> str:
    """hledger's path; it is installed where that is possible, else the test says why it is not."""
    with (Path(gettempdir()) / "mywork-hledger.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one worker installs, the others find it done
        if shutil.which("hledger") is None and os.geteuid() == 0 and shutil.which("apt-get"):
            true_time = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
            for command in (["update"], ["install", "-y", "--no-install-recommends", "hledger"]):
                subprocess.run(
                    ["apt-get", "-qq", *command],
                    check=False,
                    capture_output=True,
                    timeout=GUARD_SECONDS,
                    env=true_time,
                )
    found = shutil.which("hledger")
    if found is None:
        pytest.skip("hledger is not installed here, and apt-get could not install it")
    return found


def run_hledger(program: str, path: Path, *command: str) -> str:
    done = subprocess.run(
        [program, *command, "-f", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def hledgers(program: str, path: Path) -> Balances:
    text = run_hledger(program, path, "balance", "--flat", "-O", "json")
    return {
        (code_of(name), amount["acommodity"]): Decimal(
            amount["aquantity"]["decimalMantissa"]
        ).scaleb(-amount["aquantity"]["decimalPlaces"])
        for name, _, _, amounts in json.loads(text)[0]
        for amount in amounts
        if amount["aquantity"]["decimalMantissa"]
    }


def test_beancount_agrees_with_our_trial_balance(traded: Marketplace, tmp_path: Path) -> None:
    path = written(traded, tmp_path / "books.beancount", "beancount")
    assert beancounts(path) == ours(traded)
    checked = subprocess.run([BEAN_CHECK, str(path)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_hledger_agrees_with_our_trial_balance(
    traded: Marketplace, tmp_path: Path, program: str
) -> None:
    path = written(traded, tmp_path / "books.journal", "hledger")
    run_hledger(program, path, "check", "--strict")
    assert hledgers(program, path) == ours(traded)


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_a_range_opens_where_the_one_before_closed(
    traded: Marketplace, tmp_path: Path, form: Format, request: pytest.FixtureRequest
) -> None:
    middle = START + timedelta(days=4)
    before = written(traded, tmp_path / "before", form, until=middle)
    after = written(traded, tmp_path / "after", form, since=middle)
    at = written(traded, tmp_path / "at", form, at=middle)
    if form == "beancount":
        read = beancounts
    else:
        read = partial(hledgers, request.getfixturevalue("program"))
    assert read(before) == ours(traded, middle - timedelta(microseconds=1))
    assert read(at) == ours(traded, middle)
    assert (read(after), "Opening balances" in after.read_text()) == (ours(traded), True)


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_a_folder_gets_a_main_file_that_includes_its_parts(
    traded: Marketplace,
    tmp_path: Path,
    form: Format,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plain_text, "ENTRIES_A_PART", 7)
    written(traded, tmp_path, form)
    assert len(list((tmp_path / "entries").iterdir())) > 2
    if form == "beancount":
        assert beancounts(tmp_path / "books.beancount") == ours(traded)
    else:
        program = request.getfixturevalue("program")
        run_hledger(program, tmp_path / "books.journal", "check", "--strict")
        assert hledgers(program, tmp_path / "books.journal") == ours(traded)


def test_a_cent_more_or_less_is_noticed(traded: Marketplace, tmp_path: Path, program: str) -> None:
    """What makes the agreement above worth something."""
    for form in ("beancount", "hledger"):
        path = written(traded, tmp_path / form, form)  # type: ignore[arg-type]
        text = path.read_text()
        assert "-29.90 USD" in text
        moved = text.replace("-29.90 USD", "-29.91 USD", 1).replace("-260.13", "-260.12", 1)
        path.write_text(moved)
    _, errors, _ = loader.load_file(str(tmp_path / "beancount"))
    assert {type(error).__name__ for error in errors} == {"BalanceError"}
    wrong = [program, "check", "-f", str(tmp_path / "hledger")]
    done = subprocess.run(wrong, capture_output=True, text=True, check=False)
    assert (done.returncode, "balance assertion" in done.stderr.lower()) == (1, True)


ODD_TITLE = 'A "starter"; with \\ | tags: a, b\n  * and\tmore  é漢'


def odd_entry() -> tuple[BookEntry, list[Account]]:
    placed = OrderPlaced(
        order_id=OrderId("1"),
        order_number="MW-1",
        buyer_id=UserId("b"),
        seller_id=SellerId(UserId("s|;,")),
        product_id=ProductId("p"),
        product_title=ODD_TITLE,
        product_version=1,
        licence="standard",
        currency="USD",
        price_minor=1,
        seller_share_minor=1,
        commission_minor=0,
        processing_fee_minor=0,
        fee_schedule="free",
        expires_at=START,
    )
    lines = [
        Line("seller:s|;,\n:pending", "liability", "USD", -1, 'ch_"1",;'),
        Line("bank", "asset", "USD", 1, None),
    ]
    entry = BookEntry(1, START, START, "2026-11", "order.paid.v1", "order-;1,", 2, placed, lines)
    accounts = [
        Account(line.code, "USD", line.kind, 0, line.amount_minor, START, START) for line in lines
    ]
    return entry, sorted(accounts, key=lambda account: account.code)


@pytest.mark.parametrize("syntax", [beancount, hledger])
def test_whatever_a_title_or_an_id_holds_is_no_grammar(
    tmp_path: Path, syntax: plain_text.Syntax, request: pytest.FixtureRequest
) -> None:
    entry, accounts = odd_entry()
    day = date(2026, 11, 10)
    pieces = [
        *syntax.opening(accounts, day),
        syntax.transaction(entry),
        *syntax.closing(accounts, day + timedelta(days=1)),
    ]
    path = tmp_path / f"odd{syntax.suffix}"
    path.write_text("".join(pieces))
    wanted = {(line.code, "USD"): Decimal(line.amount_minor).scaleb(-2) for line in entry.lines}
    if syntax is beancount:
        assert beancounts(path) == wanted
        entries, _, _ = loader.load_file(str(path))
        (transaction,) = data.filter_txns(entries)
        assert transaction.payee == "s|;,"
        assert 'A "starter"; with \\ | tags' in transaction.narration
        assert transaction.meta["position"] == 1
        assert transaction.postings[0].meta["stripe"] == 'ch_"1",;'
    else:
        program = request.getfixturevalue("program")
        run_hledger(program, path, "check", "--strict")
        assert hledgers(program, path) == wanted


def test_empty_books_are_books(marketplace: Marketplace, tmp_path: Path, program: str) -> None:
    assert beancounts(written(marketplace, tmp_path / "a", "beancount")) == {}
    run_hledger(program, written(marketplace, tmp_path / "b", "hledger"), "check", "--strict")
