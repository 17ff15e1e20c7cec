"""A statement as a PDF: everything on it is readable, on every page, and the bytes never differ."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics

from mywork.documents.document import exact
from mywork.documents.statements import Letterhead, statement_of
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.period.months import Period
from mywork.ledger.statements.statement import STAGES, Edition, Line, Statement
from mywork.ledger.statements.words import Words
from mywork.ledger.time_range import TimeRange
from mywork.rendering.statement_pdf import statement_pdf

OCTOBER, NOVEMBER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
# Where what happened stands on a line, in points, and where the amounts' column begins.
FIRST_COLUMN, SECOND_COLUMN = 51 + 58, 51 + 58 + 275
HEAD = Letterhead("MyWork", "ada")
EDITION = Edition(Period("2026-10"), 2, NOVEMBER + timedelta(days=2))
TITLE = "SaaS starter with billing (standard licence): 299.00 USD less 29.90 USD commission"


def stated(count: int, *, edition: Edition | None = EDITION, title: str = TITLE) -> Statement:
    lines, balance_minor = [], 100_000
    for number in range(count):
        payout = number % 10 == 9
        amount_minor = -123_400 if payout else 26_013
        balance_minor += amount_minor
        words = (
            Words("Payout sent to your Stripe account", f"payout-{number}", f"payout-{number}")
            if payout
            else Words(f"Sale of {title}", f"MW-2026-{number:05d}")
        )
        event = "payout.sent.v1" if payout else "order.paid.v1"
        at = OCTOBER + timedelta(minutes=number)
        lines.append(
            Line(at, event, words, {"available": amount_minor}, amount_minor, balance_minor)
        )
    opening = dict.fromkeys(STAGES, 0) | {"available": 100_000}
    return Statement(
        SellerId(UserId("user_ada")), "USD", TimeRange(OCTOBER, NOVEMBER), opening, lines, edition
    )


def pages(found: Statement, head: Letterhead = HEAD) -> list[str]:
    document = PdfReader(io.BytesIO(statement_pdf(statement_of(found), head)))
    return [page.extract_text() for page in document.pages]


def test_it_says_who_when_and_how_much() -> None:
    (page,) = pages(stated(4))
    for said in (
        "MyWork",
        "ada",
        "user_ada",
        "October 2026",
        "2026-10-01 to 2026-10-31",
        "USD",
        "version 2",
        "closed on 2026-11-03",
        "Opening balance",
        "1,000.00",
        "Closing balance",
        "2,040.52",
        "MW-2026-00003",
        "Page 1 of 1",
    ):
        assert said in page, said
    assert "Sealed history" not in page
    assert "Payouts" not in page


@pytest.mark.parametrize(
    ("edition", "said"),
    [
        (Edition(Period("2026-10")), ("October 2026", "provisional", "the month is open")),
        (None, ("2026-10-01 to 2026-10-31", "by date", "as known now")),
    ],
    ids=["open", "by date"],
)
def test_it_says_of_which_kind_it_is(edition: Edition | None, said: tuple[str, ...]) -> None:
    (page,) = pages(stated(1, edition=edition))
    assert all(words in page for words in said)


def test_thousands_of_lines_are_all_there_under_repeated_heads() -> None:
    found = stated(1_000)
    read = pages(found)
    assert len(read) > 40
    text = "\n".join(read)
    numbers = re.findall(r"MW-2026-(\d{5})", text)
    assert numbers == [f"{number:05d}" for number in range(1_000) if number % 10 != 9]
    for number, page in enumerate(read, start=1):
        assert f"Page {number} of {len(read)}" in page
        assert "Balance" in page or "Payout" in page
    assert "Paid out" in read[-1]
    assert "123,400.00" in read[-1]
    balance = exact(found.lines[-1].balance_minor, "USD")
    assert f"{balance:,}" in text


def test_a_text_higher_than_a_page_goes_on_overleaf() -> None:
    read = pages(stated(1, title="word " * 3_000))
    assert sum(page.count("word") for page in read) == 3_000
    assert len(read) > 2


def test_the_same_statement_gives_the_same_bytes() -> None:
    one, again, other = (statement_pdf(statement_of(stated(count)), HEAD) for count in (50, 50, 51))
    assert one == again != other


def test_the_head_of_the_sealed_history_stands_on_every_page() -> None:
    head = Letterhead("MyWork", "ada", sealed="4711 5d41402abc4b2a76")
    read = pages(stated(60), head)
    assert len(read) > 1
    assert all("Sealed history: 4711 5d41402abc4b2a76" in page for page in read)


def test_what_came_late_says_so() -> None:
    found = stated(3)
    early = replace(found.lines[0], effective_at=OCTOBER - timedelta(days=1))
    (page,) = pages(replace(found, lines=[early, *found.lines[1:]]))
    assert page.count("told to us after its own month was closed") == 1
    assert "2026-09-30" in page


def test_other_letters_are_set_too() -> None:
    (page,) = pages(stated(1, title="Čmelák, Größe 25 % <b>&amp;</i>"))
    assert "Cmelák, Größe 25 % <b>&amp;</i>" in page
    assert statement_pdf(statement_of(stated(1, title="日本語 Стартер")), HEAD).startswith(b"%PDF-")


@pytest.mark.parametrize("title", [TITLE * 5, "x" * 500, "日" * 200])
def test_long_texts_are_wrapped_and_endless_words_broken(title: str) -> None:
    said, ends = "", 0.0

    def visit(text: str, matrix: list[float], place: list[float], font: Any, size: float) -> None:
        nonlocal said, ends
        if matrix[4] + place[4] >= FIRST_COLUMN and text.strip() and font:
            said += "".join(text.split())
            name = font["/BaseFont"].removeprefix("/").partition("-UniGB")[0]
            width = pdfmetrics.stringWidth(text.strip(), name, size)
            ends = max(ends, matrix[4] + place[4] + width) if text.strip() in title else ends

    document = PdfReader(io.BytesIO(statement_pdf(statement_of(stated(1, title=title)), HEAD)))
    for page in document.pages:
        page.extract_text(visitor_text=visit)
    assert "".join(title.split()) in said
    assert 0 < ends <= SECOND_COLUMN


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123_450, "USD", "1,234.50"),
        (-5, "USD", "-0.05"),
        (0, "USD", "0.00"),
        (1_234_567, "JPY", "1,234,567"),
        (-1_234_567, "KWD", "-1,234.567"),
    ],
)
def test_amounts_have_their_digits_and_thousands_apart(
    minor: int, currency: str, text: str
) -> None:
    found = stated(0)
    opening = found.opening | {"available": minor}
    (page,) = pages(replace(found, currency=currency, opening=opening))
    assert re.search(rf"Opening balance\s+{re.escape(text)}\s", page)
