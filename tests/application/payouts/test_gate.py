"""No transfer to a seller with an open break: asked, by the schedule, by the queue, at the call."""

from typing import Any, get_args

import pytest
from events import EXAMPLES
from shop import ADA, Shop

from eventstore.follow import Runner
from mywork.domain.breaks.difference_messages import DifferenceKind, FindDifference
from mywork.domain.breaks.explanation_messages import ResolveBreak
from mywork.domain.errors import SellerHasOpenBreak
from mywork.domain.identifiers import BreakId
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.state import Payouts
from mywork.domain.payout.transfer_messages import PayoutHeld
from mywork.domain.streams import payouts_stream
from mywork.projections.catalogue import projection_followers

EVIDENCE = EXAMPLES["break.difference_found.v1"].evidence
BREAK = BreakId("amount_differs-txn_1")
SAYS = "we are looking into amount_differs-txn_1; payouts go on when it is explained"


@pytest.fixture
def released(shop: Shop) -> Shop:
    shop.release("1")
    shop.onboard()
    return shop


def follow(shop: Shop) -> None:
    Runner(shop.core.store, [*projection_followers(), shop.core.policies.follower()]).catch_up()


def differ(shop: Shop, kind: Any = "amount_differs", concerns: str = "order-1") -> None:
    found = FindDifference(
        BREAK, kind, "ch_1", "txn_1", "USD", 1, concerns, "it differs", EVIDENCE, shop.clock.now()
    )
    shop.handle(found)
    follow(shop)


def explain(shop: Shop) -> None:
    shop.handle(ResolveBreak(BREAK, "", "Stripe explained it", shop.clock.now()))
    follow(shop)


def stage(shop: Shop) -> str:
    state: Payouts = shop.core.handler.state(PAYOUT, payouts_stream(ADA, "USD"))
    (found,) = state.by_id.values()
    return found.stage


@pytest.mark.parametrize("kind", get_args(DifferenceKind))
@pytest.mark.parametrize("concerns", ["order-1", f"payouts-{ADA}-USD"])
def test_every_difference_of_a_sellers_order_or_payout_stops_them(
    released: Shop, kind: Any, concerns: str
) -> None:
    differ(released, kind, concerns)
    assert released.core.views.open_breaks_by_seller() == {ADA: [BREAK]}
    explain(released)
    assert released.core.views.open_breaks_by_seller() == {}


def test_a_payout_is_refused_in_words_when_asked_for_and_by_the_schedule(released: Shop) -> None:
    differ(released)
    with pytest.raises(SellerHasOpenBreak, match=SAYS):
        released.core.paying_out.request(ADA, "USD", request_id="1")
    (decision,) = released.core.paying_out.run(released.clock.now())
    assert str(decision.refusal) == SAYS
    (dry,) = released.core.paying_out.run(released.clock.now(), dry_run=True)
    assert [part.reason for part in dry.waiting] == ["open_break"]
    explain(released)
    released.core.paying_out.request(ADA, "USD", request_id="1")


def test_a_payout_that_waits_its_turn_is_held_until_the_break_is_explained(
    released: Shop,
) -> None:
    released.core.paying_out.request(ADA, "USD", request_id="1")
    differ(released)
    assert released.core.payout_queue.run() == 1
    assert [event.reason for event in released.events(PayoutHeld)] == [SAYS]
    assert released.core.payout_queue.run() == 0
    explain(released)
    released.core.payout_queue.run()
    assert stage(released) == "dispatched"


def test_a_transfer_is_not_made_once_a_break_is_open(released: Shop) -> None:
    released.core.paying_out.request(ADA, "USD", request_id="1")
    released.core.payout_queue.run()
    differ(released)
    released.core.outbox_dispatcher.drain()
    assert (stage(released), released.payments.transfers) == ("held", {})
    explain(released)
    released.core.payout_queue.run()
    follow(released)
    released.core.outbox_dispatcher.drain()
    assert stage(released) != "held"
    assert len(released.payments.transfers) == 1
