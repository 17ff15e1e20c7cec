"""The commands of `docs/finance.md`, run one after another as they stand there."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from marketplace import Marketplace

from mywork.application.commands import envelope
from mywork.cli import main
from mywork.domain.identifiers import UserId
from mywork.domain.user import GrantRole

PAGE = Path(__file__).parent.parent / "docs" / "finance.md"


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("mywork ")]


@pytest.fixture
def environment(marketplace: Marketplace, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """A sale of November, paid out; it is the first of December."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    for name, role in (("user_alice", "finance"), ("user_bob", "admin")):
        grant = GrantRole(UserId(name), role, marketplace.clock.now())  # type: ignore[arg-type]
        marketplace.core.handler.handle(envelope(grant, actor="test"))
    marketplace.clock.freeze(datetime(2026, 12, 1, 9, tzinfo=UTC))
    marketplace.settle()
    return {
        "DATABASE_URL": marketplace.core.store.url,
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": "sk_test_finance",
        "CLERK_JWKS_URL": "http://127.0.0.1:9/jwks",
        "MYWORK_CLOCK": str(tmp_path / "clock.json"),
    }


def test_the_commands_of_a_months_end_do_what_the_page_says(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told: dict[str, str] = {}
    for arguments in commands():
        done = CliRunner().invoke(main, arguments, env=environment)
        assert done.exit_code == 0, (arguments, done.output)
        told[" ".join(arguments)] = done.output
    assert len(told) >= 17
    assert "is closed, version 2" in told["period close 2026-11 --as user_alice"]
    assert "is open again" in told["period reopen 2026-11 --reason agreed --as user_bob"]
    assert "260.13" in told["ledger statement user_ada --period 2026-11"]
    assert "35.88" in told["what-if --period 2026-11 --fee-schedule commission=12%"]
    assert (tmp_path / "ada-2026-11.pdf").read_bytes().startswith(b"%PDF-")
    assert "user_ada,2026-11,USD" in (tmp_path / "sellers-2026.csv").read_text()
