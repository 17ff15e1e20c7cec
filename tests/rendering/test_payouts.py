"""Tables of sellers: which stages are shown, and what stands in them."""

import pytest

from mywork.documents.balance import standing_of
from mywork.rendering.payouts import seller_balances


def test_stages_that_stand_empty_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    paid = standing_of("user_ada", "USD", {"available": 1_050, "paid_out": 26_013})
    seller_balances([paid, standing_of("user_cy", "JPY", {"pending": 700})])
    text = capsys.readouterr().out
    words = text.split()
    assert words[1:7] == ["seller", "currency", "pending", "available", "paid", "out"]
    assert " ".join(words).endswith("user_ada USD 0.00 10.50 260.13 user_cy JPY 700 0 0")


def test_what_a_seller_owes_us_is_negative(capsys: pytest.CaptureFixture[str]) -> None:
    seller_balances([standing_of("user_ada", "USD", {"receivable": -26_910})])
    text = " ".join(capsys.readouterr().out.split())
    assert "receivable" in text
    assert text.endswith("user_ada USD 0.00 0.00 -269.10 0.00")
