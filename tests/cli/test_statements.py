"""Statements of a period, their PDF, their differences, and a year's totals on a terminal."""

from pathlib import Path

from closing import close, reopen
from shop import Shop
from terminal import Mywork, answer

NOVEMBER = ("ada", "--period", "2026-11")


def test_a_periods_statement_is_shown_and_written(
    shop: Shop, mywork: Mywork, tmp_path: Path
) -> None:
    shop.release("1")
    assert "provisional" in mywork("ledger", "statement", *NOVEMBER).output
    close(shop)
    assert "version 1" in mywork("ledger", "statement", *NOVEMBER).output
    found = answer(mywork("ledger", "statement", *NOVEMBER, "--version", "1", "--json"))
    assert found["version"] == 1
    file = tmp_path / "ada.pdf"
    done = mywork("ledger", "statement", *NOVEMBER, "--pdf", str(file))
    assert (done.exit_code, file.read_bytes()[:5]) == (0, b"%PDF-")


def test_what_cannot_be_meant_is_refused(shop: Shop, mywork: Mywork) -> None:
    shop.release("1")
    for arguments, saying in (
        ((*NOVEMBER, "--from", "2026-11-01"), "for a period and its version"),
        (("ada", "--version", "1"), "for a period and its version"),
        (("ada", "--period", "2026-13"), "write a month as 2026-10"),
        ((*NOVEMBER, "--version", "1"), "closed 0 times"),
    ):
        done = mywork("ledger", "statement", *arguments)
        assert (done.exit_code, saying in done.output) == (1, True), done.output


def test_two_versions_are_compared(shop: Shop, mywork: Mywork) -> None:
    shop.release("1")
    shop.place("2")
    late = shop.paying("2")
    close(shop)
    reopen(shop)
    shop.handle(late)
    close(shop)
    shown = mywork("ledger", "statement-difference", *NOVEMBER).output
    for said in ("version 1 against version 2", "MW-2026-2", "260.13"):
        assert said in shown
    found = answer(mywork("ledger", "statement-difference", *NOVEMBER, "--json"))
    assert (len(found["added"]), found["closing"]["change_minor"]) == (1, 26_013)
    same = mywork("ledger", "statement-difference", *NOVEMBER, "--from-version", "2")
    assert "say the same" in same.output


def test_a_years_totals_are_shown_and_written(shop: Shop, mywork: Mywork, tmp_path: Path) -> None:
    year = ("ledger", "tax-summary", "--year", "2026")
    assert "nothing was sold" in mywork(*year).output
    shop.release("1")
    assert "299.00" in mywork(*year).output
    (row,) = answer(mywork(*year, "--by", "quarter", "--json"))["data"]
    assert (row["span"], row["sales_minor"], row["earned_minor"]) == ("2026-Q4", 29_900, 26_013)
    file = tmp_path / "sellers.csv"
    assert mywork(*year, "--by", "month", "--csv", str(file)).exit_code == 0
    head, line = file.read_text().splitlines()
    assert head.startswith("seller,span,currency")
    assert line.startswith("ada,2026-11,USD,1,0,0,0,299.00")
