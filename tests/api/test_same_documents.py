"""A command's `--json` is the document that HTTP answers for the same thing, digit for digit."""

import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from http_client import Client
from lives import after
from marketplace import ADA, Marketplace
from posting_table import overdrawn
from test_api import grant

from mywork.application.commands import envelope
from mywork.cli import main
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.identifiers import BreakId, UserId
from mywork.domain.period.months import Period
from mywork.sandbox.clock import SandboxClock

AUDITOR, FIN = "user_aud", "user_fin"
AT = "2026-11-30T23:59:59Z"
ALIKE = {
    f"ledger trial-balance --at {AT}": f"/ledger/trial-balance?at={AT}",
    "ledger fees --from 2026-11-01 --to 2026-12-01 --group order": "/finance/fees"
    "?from=2026-11-01&to=2026-12-01&group=order",
    f"ledger explain revenue:commission --at {AT}": "/ledger/explain"
    f"?account=revenue:commission&at={AT}",
    "ledger explain {paid}": "/ledger/entries/{paid}",
    "ledger profit-and-loss --period 2026-11": "/finance/profit-and-loss?period=2026-11",
    "ledger profit-and-loss --from 2026-11-01 --to 2026-12-01": "/finance/profit-and-loss"
    "?from=2026-11-01&to=2026-12-01",
    f"ledger balance-sheet --at {AT}": f"/finance/balance-sheet?at={AT}",
    f"ledger safeguarding --at {AT}": f"/finance/safeguarding?at={AT}",
    f"ledger statement {ADA} --period 2026-11": f"/finance/sellers/{ADA}/statement?period=2026-11",
    f"ledger statement-difference {ADA} --period 2026-11": f"/finance/sellers/{ADA}"
    "/statement/difference?period=2026-11",
    f"ledger tax-summary {ADA} --year 2026": f"/finance/sellers/{ADA}/tax-summary?year=2026",
    "ledger tax-summary --year 2026 --by month": "/finance/tax-summary?year=2026",
    "period status": "/finance/periods",
    "period status 2026-11": "/finance/periods/2026-11",
    "breaks list": "/finance/breaks",
    "audit heads": "/audit/heads",
    "audit keys list": "/audit/keys",
    "audit proof {paid}": "/audit/proof?position={paid}",
}


def life(marketplace: Marketplace) -> None:
    """A sale, paid out; November is over, and was closed twice. Then a fact that never fitted."""
    grant(marketplace, AUDITOR, "auditor")
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()
    marketplace.core.paying_out.request(ADA, "USD", request_id="r")
    marketplace.settle()
    marketplace.clock.freeze(datetime(2026, 12, 1, 9, tzinfo=UTC))
    marketplace.settle()
    closing, month = marketplace.core.closing_periods, Period("2026-11")
    closing.close(month, by=UserId(FIN))
    for who in (FIN, "user_boss"):
        closing.reopen(month, reason="an invoice was missing", by=UserId(who))
    marketplace.runner.catch_up()
    closing.close(month, by=UserId(FIN))
    never_fitted = OpenBreak(
        BreakId("evt_1"), "undeliverable_fact", "evt_1", "", 0, 0, None, "", "it never fitted",
        marketplace.clock.now(),
    )  # fmt: skip
    marketplace.core.handler.handle(envelope(never_fitted, actor="test"))
    marketplace.runner.catch_up()
    marketplace.core.sealing.sign()


marketplace = after(life)


@pytest.fixture
def printed(marketplace: Marketplace, redis_url: str, tmp_path: Path) -> Callable[[str], bytes]:
    """What a command prints, without the spaces that are for people."""
    clock = tmp_path / "clock.json"
    SandboxClock(clock).freeze(marketplace.clock.now())
    environment = {
        "DATABASE_URL": marketplace.core.store.url,
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": "sk_test_same",
        "CLERK_JWKS_URL": "http://127.0.0.1:9/jwks",
        "MYWORK_CLOCK": str(clock),
    }

    def run(command: str) -> bytes:
        done = CliRunner().invoke(main, [*shlex.split(command), "--json"], env=environment)
        assert done.exit_code == 0, (command, done.output)
        return msgspec.json.format(done.output, indent=-1).encode()

    return run


def test_a_command_prints_what_http_answers(
    client: Client, marketplace: Marketplace, printed: Callable[[str], bytes]
) -> None:
    with marketplace.core.store.connection() as connection:
        query = "SELECT min(position) FROM ledger.entries"
        ((paid,),) = connection.execute(query).fetchall()
    for command, path in ALIKE.items():
        answer = client.get(path.format(paid=paid), AUDITOR)
        assert answer.status_code == 200, path
        assert printed(command.format(paid=paid)) == answer.content, command


def test_what_sellers_owe_and_what_is_disputed_is_the_same(
    client: Client, marketplace: Marketplace, printed: Callable[[str], bytes]
) -> None:
    overdrawn(marketplace)
    disputed = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(disputed, card="pm_card_createDispute")
    marketplace.settle()
    same = {"debts list": "/finance/receivables", "disputes list": "/finance/disputes"}
    for command, path in same.items():
        answer = client.get(path, AUDITOR)
        assert answer.json()["data"], path
        assert printed(command) == answer.content, command


def test_what_was_asked_and_decided_is_the_same_too(
    client: Client, printed: Callable[[str], bytes]
) -> None:
    asked = {"period": "2026-11", "fee_schedule": {"commission": "12%"}}
    answer = client.post("/finance/what-if", AUDITOR, asked)
    said = printed("what-if --period 2026-11 --fee-schedule commission=12%")
    assert said == answer.content


def test_a_drill_is_printed_as_it_is_answered_from_then_on(
    client: Client, printed: Callable[[str], bytes]
) -> None:
    said = printed("replay drill")
    drill = msgspec.json.decode(said)["id"]
    assert said == client.get(f"/audit/drills/{drill}", AUDITOR).content
