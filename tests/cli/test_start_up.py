"""A command starts quickly, because it imports no more than it needs.

No time is measured: what would take it, the packages of vendors and the classes of all events, is
looked for among the modules that were imported.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from closing import close
from shop import Shop
from terminal import Mywork
from waiting import GUARD_SECONDS

from mywork.domain.catalogue import CONCEPTS

VENDORS = {"apscheduler", "boto3", "botocore", "cryptography", "dramatiq", "duckdb", "fastapi",
           "httpx2", "jwt", "pyarrow", "redis", "reportlab", "requests", "stripe",
           "uvicorn"}  # fmt: skip
DECIDERS = {f"mywork.domain.{place.partition(':')[0]}" for place in CONCEPTS.values()
            if "." in place}  # fmt: skip

# What reads tables alone, and decides nothing: its documents take words of messages, no more.
TABLES = {
    "audit heads": [],
    "audit keys list": [],
    "audit proof": ["1"],
    "breaks list": [],
    "disputes list": [],
    "ledger balance-sheet": [],
    "ledger fees": [],
    "ledger profit-and-loss": [],
    "ledger safeguarding": [],
    "ledger tax-summary": ["--year", "2026"],
    "ledger trial-balance": [],
    "ledger uncleared": [],
    "refunds list": [],
}
_OWING = ("breaks.difference_messages", "debt", "period.messages")
_WORDS = ("debt", "order", "payout.reversal_messages", "payout.transfer_messages",
          "period.messages")  # fmt: skip
_STRIPE = ("balance_adjustment", "breaks", "subscription.settlement_messages")
_SALES = ("order.dispute_messages", "order.refund_messages", "order.sale_messages",
          "order.settlement_messages")  # fmt: skip
# What meets events, and those of whose classes: to make all takes as long as all of the vendors'.
HISTORY = {
    "debts list": ([], _OWING),
    "debts run": (["--dry-run"], _OWING),
    "ledger explain": (["revenue:commission"], (*_WORDS, *_STRIPE)),
    "ledger statement": (["ada"], _WORDS),
    "ledger statement-difference": (["ada", "--period", "2026-11"], _WORDS),
    "payouts run": (["--dry-run"], (*_OWING, *_SALES, "payout", "seller")),
    "period status": ([], (*_OWING, "period")),
    "projections status": ([], ()),
    "what-if": (
        ["--period", "2026-11", "--hold-days", "3"],
        ("order", "period.messages", *_STRIPE),
    ),
}
OTHERS = {
    "audit export", "audit keys new", "audit keys rotate", "audit seal", "audit verify",
    "audit verify-archive", "bench", "breaks assign", "breaks reopen", "breaks resolve",
    "debts approve-write-off", "debts propose-write-off", "dev",
    "ledger count-totals", "ledger export", "migrate", "payouts cancel", "payouts retry",
    "payouts reverse", "period close", "period reopen", "projections rebuild",
    "reconcile", "refunds approve", "refunds decline", "refunds request", "replay drill",
    "role grant", "sellers pause", "sellers release", "sellers verify", "serve", "token",
    "worker",
}  # fmt: skip

_WALK = """
import json, sys
import click
from click.testing import CliRunner
from mywork.cli import main

def commands(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield [*path, name]
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))

def run(*arguments):
    before = set(sys.modules)
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output, sorted(set(sys.modules) - before)
"""
_HELP = """
found = {" ".join(path): run(*path, "--help") for path in [[], *commands(main)]}
print(json.dumps([found, sorted(sys.modules)]))
"""
_READ = """
print(json.dumps({" ".join(asked): run(*asked) for asked in json.loads(sys.argv[1])}))
"""
_COMPLETE = """
from importlib import import_module
from pkgutil import iter_modules
import mywork.cli

before = sorted(commands(main))
for module in iter_modules(mywork.cli.__path__):
    import_module(f"mywork.cli.{module.name}")
print(json.dumps([before, sorted(commands(main))]))
"""
_STAY = """
from mywork.bootstrap.core import Core
from mywork.bootstrap.world import Outside
from mywork.domain.catalogue import concept
from mywork.settings import Secret, Settings

Core(Settings(database_url=Secret(sys.argv[1])), Outside(*[None] * 8)).complete()
print(json.dumps([concept.cache_info().currsize, sorted(sys.modules)]))
"""


def elsewhere(code: str, *arguments: str, **environment: str) -> Any:
    """What code prints in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _WALK + code, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        timeout=GUARD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def helped() -> tuple[dict[str, Any], list[str]]:
    """What each command's help says, and what had been imported when all had been said."""
    found, modules = elsewhere(_HELP)
    return found, modules


def test_every_help_is_said_with_nothing_imported_but_the_command_line(
    helped: tuple[dict[str, Any], list[str]],
) -> None:
    found, modules = helped
    assert all(code == 0 and "Usage:" in output for code, output, _ in found.values())
    ours = [name for name in modules if name.split(".")[0] in {"mywork", "eventstore"}]
    assert [name for name in ours if name != "mywork" and "mywork.cli" not in name] == []
    assert not {name.split(".")[0] for name in modules} & (VENDORS | {"psycopg", "rich"})


def test_a_command_imports_only_its_own_room() -> None:
    code = "print(json.dumps(run('period', 'status', '--help')[2]))"
    ours = [name for name in elsewhere(code) if name.startswith("mywork.")]
    assert ours == ["mywork.cli.common", "mywork.cli.period"]


def test_the_table_of_commands_knows_every_command() -> None:
    named, registered = elsewhere(_COMPLETE)
    assert named == registered


def test_every_command_is_known_to_read_or_not(
    helped: tuple[dict[str, Any], list[str]],
) -> None:
    commands = {name for name in helped[0] if "Commands:" not in helped[0][name][1]}
    assert commands == TABLES.keys() | HISTORY.keys() | OTHERS


@pytest.fixture
def world(
    shop: Shop, mywork: Mywork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The environment of commands that read a shop's books."""
    monkeypatch.chdir(tmp_path)  # where the first seal makes a key
    shop.release("1")
    close(shop)
    assert mywork("audit", "seal").exit_code == 0
    return {"DATABASE_URL": shop.core.store.url, "MYWORK_CLOCK": "clock.json"}


def test_what_only_reads_imports_no_vendor(world: dict[str, str]) -> None:
    reads = TABLES | {name: more for name, (more, _) in HISTORY.items()}
    asked = [[*name.split(), *more, *last] for last in (["--json"], [])
             for name, more in reads.items()]  # fmt: skip
    for command, (code, output, modules) in elsewhere(_READ, json.dumps(asked), **world).items():
        assert code == 0, output
        assert not {name.split(".")[0] for name in modules} & VENDORS, command
        if command.endswith("--json"):
            assert "rich" not in modules, command
        if any(command.startswith(name) for name in TABLES):
            assert not DECIDERS & set(modules), command


@pytest.mark.parametrize("command", HISTORY)
def test_what_meets_events_imports_the_concepts_that_it_needs(
    world: dict[str, str], command: str
) -> None:
    more, needed = HISTORY[command]
    asked = [[*command.split(), *more]]
    ((code, output, modules),) = elsewhere(_READ, json.dumps(asked), **world).values()
    assert code == 0, output
    found = classes(modules)
    assert [name for name in found if not name.startswith(needed)] == []
    assert all(any(name.startswith(start) for name in found) for start in needed)


def test_what_stays_has_imported_everything_that_a_command_puts_off() -> None:
    concepts, modules = elsewhere(_STAY, "postgresql://nobody@127.0.0.1:9/none")
    assert concepts == len(CONCEPTS)
    assert "mywork.ledger.rules.posting" in modules


def classes(modules: list[str]) -> list[str]:
    """Those of concepts among these, below the domain; neither packages nor months."""
    found = [name.removeprefix("mywork.domain.") for name in modules if "mywork.domain." in name]
    packages = {name.rpartition(".")[0] for name in found} | {"period.months"}
    concepts = tuple(place.partition(":")[0].partition(".")[0] for place in CONCEPTS.values())
    return [name for name in found if name.startswith(concepts) and name not in packages]
