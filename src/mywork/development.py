"""`mywork dev`: the whole system on one machine, from an empty folder to a balanced book.

An empty data folder first plays the demo days. What dies while serving is started again; Ctrl-C
stops everything, and the next start resumes with the same data.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mywork.application.commands import envelope
from mywork.bootstrap import build, migrate
from mywork.bootstrap.core import Core
from mywork.documents.balance import SellerStanding, standing_of
from mywork.documents.ledger import trial_balance_of
from mywork.domain.accounts import SELLERS
from mywork.domain.identifiers import UserId
from mywork.domain.user import GrantRole
from mywork.ledger.trial_balance import trial_balance
from mywork.projections.install import projection_statuses
from mywork.projections.rebuild import rebuild_changed
from mywork.rendering import ledger, payouts
from mywork.rendering.terminal import console
from mywork.sandbox.demo import BUYER, SELLER, TERMS, Demo
from mywork.sandbox.world import World
from mywork.settings import from_environment
from mywork.settling import at_rest, settle

STAFF = {"admin": "user_admin", "finance": "user_finance", "auditor": "user_auditor"}
WATCH_SECONDS = 0.5
_PAID_OUT = """
SELECT seller_id, currency, sum(amount_minor)::bigint FROM read.payouts
 WHERE status IN ('processing', 'completed') GROUP BY seller_id, currency
"""


def run(data: Path, port: int, *, once: bool) -> int:
    """Exit code 0; with `once`, only if the books balance and every projection caught up."""
    with _told_to_stop() as stop, World(data, port) as world:
        migrate(world.environment["DATABASE_URL"])
        with closing(build(from_environment())) as core:
            rebuild_changed(core.store)
            with _terms_of_the_demo(fresh=core.store.head() <= len(STAFF)) as fresh:
                world.start_services()
            tokens = _tokens(world, core)
            world.write_runtime(tokens)
            if fresh:
                _play_demo(world, core)
            settle(core, world.sandbox_url)
            good = _show(core)
            if once:
                return 0 if good else 1
            if fresh:
                world.restart("api")  # from now on by the environment's own terms
                world.write_runtime(tokens)
        _greet(world, tokens)
        while not stop.wait(WATCH_SECONDS):
            if world.revive():
                world.write_runtime(tokens)
    return 0


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """SIGTERM is Ctrl-C; while a long step runs, either ends it at once."""
    stop = threading.Event()

    def on_signal(*_: object) -> None:
        stop.set()
        raise KeyboardInterrupt

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, on_signal)
    try:
        yield stop
    except KeyboardInterrupt:
        console().print("\nstopped; the data is kept")


@contextmanager
def _terms_of_the_demo(*, fresh: bool) -> Iterator[bool]:
    """Whether the demo is to be played; what starts meanwhile has its terms, unless others are
    set."""
    added = [name for name in TERMS if fresh and name not in os.environ]
    os.environ.update({name: TERMS[name] for name in added})
    try:
        yield fresh
    finally:
        for name in added:
            del os.environ[name]


def _play_demo(world: World, core: Core) -> None:
    key = core.settings.stripe_secret_key.reveal()
    Demo(world, key, settle=lambda: settle(core, world.sandbox_url)).play()


def _tokens(world: World, core: Core) -> dict[str, str]:
    for role, user_id in STAFF.items():
        command = GrantRole(UserId(user_id), role, core.outside.clock.now())  # type: ignore[arg-type]
        core.handler.handle(
            envelope(command, actor="mywork dev", command_id=f"dev:{role}", reason="development")
        )
    users = STAFF | {"seller": SELLER, "buyer": BUYER}
    return {name: world.token(user_id) for name, user_id in users.items()}


def _show(core: Core) -> bool:
    """Print the books; whether they balance, agree with Stripe, and everything caught up."""
    found = trial_balance(core.store)
    payouts.seller_balances(_standings(core))
    ledger.trial_balance(trial_balance_of(found))
    agrees = _agrees_with_stripe(core, {row.currency for row in found.rows})
    caught_up = all(status.lag == 0 for status in projection_statuses(core.store))
    quiet = at_rest(core)
    terminal = console()
    terminal.print(f"books balance: {_yes(found.balanced)}")
    terminal.print(f"ledger equals Stripe's balance: {_yes(agrees)}")
    terminal.print(f"every projection caught up: {_yes(caught_up)}")
    terminal.print(f"nothing left to do: {_yes(quiet)}")
    return found.balanced and agrees and caught_up and quiet


def _standings(core: Core) -> list[SellerStanding]:
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for row in trial_balance(core.store, prefix=SELLERS).rows:
        _, seller_id, stage = row.account.split(":")
        rows.setdefault((seller_id, row.currency), {})[stage] = -row.balance_minor
    with core.store.connection() as connection:
        for seller_id, currency, paid_out in connection.execute(_PAID_OUT):
            rows[seller_id, currency]["paid_out"] = paid_out
    return [standing_of(*key, stages) for key, stages in rows.items()]


def _agrees_with_stripe(core: Core, currencies: set[str]) -> bool:
    """`stripe:pending` and `stripe:available` against Stripe's own balance, to the cent."""
    stripe = core.outside.payments.balance()
    for currency in currencies:
        keys = [("stripe:pending", currency), ("stripe:available", currency)]
        ours = tuple(core.book.balances(keys)[key] for key in keys)
        theirs = stripe.get(currency)
        if ours != ((theirs.pending_minor, theirs.available_minor) if theirs else (0, 0)):
            return False
    return True


def _greet(world: World, tokens: dict[str, str]) -> None:
    terminal = console()
    terminal.print(f"\nAPI       {world.api_url}/docs")
    terminal.print(f"sandbox   {world.sandbox_url}")
    terminal.print(f"settings  {world.runtime_file}")
    terminal.print(f"letters   {world.environment['MYWORK_MAIL']}\n")
    for name, token in tokens.items():
        print(f"{name:<8}  {token}")
    print(f'\ntry       curl -H "Authorization: Bearer $TOKEN" {world.api_url}/api/seller/balance')
    print(f"ready {world.api_url}", flush=True)


def _yes(value: bool) -> str:
    return "[green]yes[/]" if value else "[red]NO[/]"
