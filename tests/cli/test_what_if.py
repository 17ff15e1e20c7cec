"""`mywork what-if`: a month under other terms, from an expression or a file."""

from pathlib import Path

from shop import Shop
from terminal import Mywork, answer

ASK = ("what-if", "--period", "2026-11")


def test_another_commission_is_shown_beside_the_actual_one(
    shop: Shop, mywork: Mywork, tmp_path: Path
) -> None:
    shop.release("1")
    shown = mywork(*ASK, "--fee-schedule", "commission=12%").output
    for said in ("29.90", "35.88", "+5.98", "-5.98", "ada"):
        assert said in shown
    file = tmp_path / "fees.json"
    file.write_text('{"commission": "12%"}')
    found = answer(mywork(*ASK, "--fee-schedule", str(file), "--json"))
    assert found["currencies"][0]["hypothetical"]["commission_minor"] == 3_588
    held = answer(mywork(*ASK, "--hold-days", "30", "--json"))["currencies"][0]
    assert held["actual"]["payable_minor"] == 26_013
    assert held["hypothetical"]["payable_minor"] == 0


def test_what_cannot_be_meant_is_refused(shop: Shop, mywork: Mywork, tmp_path: Path) -> None:
    shop.release("1")
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for arguments, saying in (
        ((), "say what would be different"),
        (("--fee-schedule", "commission=a"), "is not a rate"),
        (("--fee-schedule", str(broken)), "is no JSON file"),
        (("--fee-schedule", "nowhere.json"), "is no JSON file"),
    ):
        done = mywork(*ASK, *arguments)
        assert (done.exit_code, saying in done.output) == (1, True), done.output
