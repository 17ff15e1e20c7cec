"""The four walks of docs/architecture.md, gone with a tracer: no file is passed that they omit."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from marketplace import ADA, Marketplace

from eventstore.follow import Runner
from mywork.application.usecases.refunding import Asked
from mywork.sandbox.stripe.balance import TRANSACTIONS
from mywork.sandbox.stripe.world import PLATFORM

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DOORS = ("api/", "cli/")  # what they do is their tests' to say


def walk(title: str) -> list[str]:
    """The files of a walk, or of the ground that all of them stand on."""
    paragraph = re.search(rf"\*\*{title}\*\*(.*?)(?=\n\n|\n\*\*)", PAGE, re.DOTALL)
    assert paragraph is not None, title
    return re.findall(r"`([a-z_/]+\.py)`", paragraph.group(1))


@contextmanager
def passed() -> Iterator[set[str]]:
    """The files of ours, the stand-in for Stripe apart, of which a function is called."""
    found: set[str] = set()
    source = f"{ROOT / 'src' / 'mywork'}/"

    def called(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_name != "<module>" and code.co_filename.startswith(source):
            found.add(code.co_filename.removeprefix(source))

    sys.setprofile(called)
    try:
        yield found
    finally:
        sys.setprofile(None)
        found -= {name for name in found if name.startswith("sandbox/")}


def follow(marketplace: Marketplace) -> None:
    """What follows from events, and nothing else that reads them."""
    Runner(marketplace.core.store, [marketplace.core.policies.follower()]).catch_up()


def webhook(marketplace: Marketplace, order_id: str) -> None:
    del order_id
    marketplace.carry()
    marketplace.drain()


def refund(marketplace: Marketplace, order_id: Any) -> None:
    asked = Asked("seller", "10.00", "it broke")
    marketplace.core.refunding.request(order_id, ADA, asked, request_id="r")
    follow(marketplace)
    marketplace.perform()


def payout(marketplace: Marketplace, order_id: str) -> None:
    del order_id
    marketplace.core.paying_out.request(ADA, "USD", request_id="r")
    marketplace.core.payout_queue.run()
    follow(marketplace)
    marketplace.perform()
    follow(marketplace)
    marketplace.perform()


def reconciliation(marketplace: Marketplace, order_id: str) -> None:
    del order_id
    marketplace.core.stripe_reconciliation.run_daily()


@pytest.mark.parametrize(
    ("title", "go", "most"),
    [
        ("Webhook to posting", webhook, 20),
        ("Refund", refund, 22),
        ("Payout", payout, 25),
        ("Reconciliation", reconciliation, 17),
    ],
)
def test_a_walk_passes_the_files_that_the_page_names(
    marketplace: Marketplace, title: str, go: Callable[[Marketplace, str], None], most: int
) -> None:
    order_id = _begun(marketplace, go)
    with passed() as found:
        go(marketplace, order_id)
    named, ground = walk(title), set(walk("The ground"))
    assert len(named) == len(set(named)) <= most
    assert all((ROOT / "src" / "mywork" / name).is_file() for name in (*named, *ground))
    assert found - ground - set(named) == set()
    entered = {name for name in named if not name.startswith(DOORS) and "messages" not in name}
    assert entered - found == set()


def _begun(marketplace: Marketplace, go: Callable[[Marketplace, str], None]) -> str:
    """A sale up to where the walk begins."""
    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms)
    if go is webhook:
        return terms.order_id
    marketplace.settle()
    if go is payout:
        marketplace.advance(days=10)
        marketplace.settle()
    if go is reconciliation:  # Stripe says something else from now on
        (charge,) = marketplace.world.all(PLATFORM, TRANSACTIONS)
        charge["fee"], charge["net"] = charge["fee"] + 1, charge["net"] - 1
        marketplace.world.totals.clear()
    return terms.order_id
