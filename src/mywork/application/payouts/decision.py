"""What was decided about paying a balance, and what is shown of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mywork.documents.document import moment, money
from mywork.documents.payouts import PlannedPayout, WaitingMoney, WaitingReason
from mywork.domain.errors import MyWorkError, NothingToPayOut
from mywork.domain.identifiers import SellerId
from mywork.domain.money import Money
from mywork.domain.payout.state import Payout
from mywork.domain.payout.transfer_messages import PayoutRequested


@dataclass(frozen=True, slots=True)
class Waiting:
    """A part of what a seller is owed; `until` is None where no clock ends the waiting.

    `reason` is a life stage of the money (pending, reserve, refunding, disputed), where its payout
    is (requested, queued, held, dispatched), what takes it (negative, owed), or what keeps it back
    (paused, not_onboarded, open_break, below_minimum, on_request, in_flight, after_cutoff).
    """

    reason: WaitingReason
    amount_minor: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PayoutDecision:
    """What was decided for one balance: the payout asked for, or why not; and what else waits.

    `known` is the payout as it stands where the same was asked before.
    """

    seller_id: SellerId
    balance: Money
    requested: PayoutRequested | None
    refusal: MyWorkError | None
    position: int = 0
    waiting: Sequence[Waiting] = ()
    known: Payout | None = None

    @property
    def payout(self) -> Payout:
        """What was asked for, as it stands; raises the refusal."""
        if self.known is not None:
            return self.known
        if self.requested is not None:
            return Payout(self.requested)
        raise self.refusal or NothingToPayOut("nothing was asked for")

    def document(self) -> PlannedPayout:
        currency = self.balance.currency
        payout_minor = self.requested.amount_minor if self.requested is not None else 0
        return PlannedPayout(
            seller_id=self.seller_id,
            currency=currency,
            **money("available", self.balance.amount_minor, currency),
            **money("payout", payout_minor, currency),
            why_not=str(self.refusal) if self.refusal is not None else None,
            waiting=tuple(
                WaitingMoney(
                    reason=part.reason,
                    **money("amount", part.amount_minor, currency),
                    until=moment(part.until),
                )
                for part in self.waiting
            ),
        )
