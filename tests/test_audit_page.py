"""The commands of `docs/audit.md`, run one after another as they stand there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from marketplace import Marketplace

from mywork.cli import main
from mywork.ledger.proof.verify_history import read_record

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "audit.md"


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines]


@pytest.fixture
def environment(marketplace: Marketplace, redis_url: str) -> dict[str, str]:
    """A sale, sealed."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    return {
        "DATABASE_URL": marketplace.core.store.url,
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": "sk_test_audit",
        "CLERK_JWKS_URL": "http://127.0.0.1:9/jwks",
    }


def run(program: str, arguments: list[str], environment: dict[str, str]) -> str:
    if program == "mywork":
        done = CliRunner().invoke(main, arguments, env=environment)
        assert done.exit_code == 0, (arguments, done.output)
        return done.output
    script, *folders = arguments
    verified = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / script, *folders],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return verified.stdout


def test_the_commands_of_an_audit_do_what_the_page_says(
    environment: dict[str, str],
    marketplace: Marketplace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    told: dict[str, str] = {}
    for program, *arguments in commands():
        told[" ".join([program, *arguments])] = run(program, arguments, environment)
        if arguments[-2:] == ["--output", "history"]:
            marketplace.placed_order(marketplace.published_product())
            marketplace.runner.catch_up()
    assert len(told) >= 11
    verifier = "python3 src/mywork/ledger/proof/verify_history.py"
    assert "history is whole" in told[f"{verifier} history"]
    assert "history is whole" in told[f"{verifier} history later"]
    assert "leads to the root" in told["mywork audit proof 1"]
    assert '"passed": true' in told["mywork audit verify --json"]


def test_the_example_of_a_record_has_its_leaf_hash() -> None:
    text = (ROOT / "docs" / "sealed-history.md").read_text(encoding="utf-8")
    [line] = re.findall(r"^```json\n(.*\n)```", text, re.M)
    assert read_record(line.encode())["position"] == 7


@pytest.mark.parametrize("page", ["audit.md", "sealed-history.md"])
def test_what_a_page_points_at_is_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / "docs" / link).exists(), link
