"""What a webhook says too little of is asked for again, and everything else is left alone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from events import AT, EXAMPLES

from mywork.application.inbox.refetch import Refetching
from mywork.application.ports.billing import FoundInvoice, FoundSubscription
from mywork.application.ports.meaning import (
    Commands,
    Ignored,
    PaidInvoice,
    Refetch,
    StaleSubscription,
    UnnamedPayment,
)
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.errors import PredecessorMissing
from mywork.domain.identifiers import UserId
from mywork.domain.subscription.contract_messages import EndGrace, FollowSubscription, Snapshot
from mywork.domain.subscription.invoice_messages import RecordInvoice

LINES = EXAMPLES["subscription.invoice_paid.v1"].lines
SNAPSHOT: Any = Snapshot(
    "sub_1", "cus_1", "1", "pro", "USD", 2_900, "active", AT, AT, None, None, ""
)


@dataclass
class FakeBilling:
    """Knows one subscription and one invoice, `in_1`, which `pi_1` has paid."""

    user_id: str = "bo"
    paid_at: datetime | None = AT
    amount_minor: int = 2_900
    snapshot: Any = SNAPSHOT
    asked: list[str] = field(default_factory=list)

    def subscription(self, subscription_id: str) -> FoundSubscription:
        self.asked.append(subscription_id)
        return FoundSubscription(UserId(self.user_id), self.snapshot)

    def invoice(self, invoice_id: str) -> FoundInvoice:
        self.asked.append(invoice_id)
        return FoundInvoice(
            invoice_id=invoice_id,
            user_id=UserId(self.user_id),
            subscription_id="sub_1",
            charge_id="ch_2" if self.amount_minor else "",
            currency="USD",
            amount_minor=self.amount_minor,
            credit_minor=0,
            lines=LINES,
            paid_at=self.paid_at,
        )

    def invoice_of_payment(self, payment_intent_id: str) -> str:
        return "in_1" if payment_intent_id == "pi_1" else ""


NOBODYS: Any = Commands((EndGrace(UserId("nobody"), AT),))


def fetched(meaning: Refetch, **known: Any) -> Any:
    """The one command that is known now, or why there is none."""
    absent: Any = None
    billing: Any = FakeBilling(**known)
    found = Refetching(absent, billing)(meaning)
    if not isinstance(found, Commands):
        return found
    (command,) = found.commands
    return command


def test_a_subscription_is_fetched_and_ends_when_stripe_ended_it() -> None:
    stale = StaleSubscription("sub_1", AT)
    assert fetched(stale) == FollowSubscription(UserId("bo"), SNAPSHOT, AT)
    ended_at = LINES[0].period_end
    ended = Snapshot(
        "sub_1", "cus_1", "1", "pro", "USD", 2_900, "canceled", AT, AT, None, ended_at, ""
    )
    assert fetched(stale, snapshot=ended).at == ended_at
    assert isinstance(fetched(stale, user_id=""), Ignored)


def test_a_paid_invoice_is_fetched_with_its_charge() -> None:
    recorded = fetched(PaidInvoice("in_1", AT))
    assert (recorded.user_id, recorded.charge_id, recorded.lines) == ("bo", "ch_2", LINES)
    assert recorded.at == AT
    with pytest.raises(PredecessorMissing, match="not paid yet"):
        fetched(PaidInvoice("in_1", AT), paid_at=None)


def test_money_of_an_invoice_that_names_nobody_is_kept_in_a_break() -> None:
    opened = fetched(PaidInvoice("in_1", AT), user_id="")
    assert isinstance(opened, OpenBreak)
    assert (opened.kind, opened.object_id) == ("unexpected_payment", "ch_2")
    assert fetched(PaidInvoice("in_1", AT), user_id="", amount_minor=0) == Ignored(
        "the invoice names no user of ours and moved no money"
    )


def test_a_payment_without_an_order_is_an_invoices_or_nobodys() -> None:
    of_invoice = fetched(UnnamedPayment("pi_1", NOBODYS, AT))
    assert isinstance(of_invoice, RecordInvoice)
    assert (fetched(UnnamedPayment("pi_2", NOBODYS, AT)),) == NOBODYS.commands
