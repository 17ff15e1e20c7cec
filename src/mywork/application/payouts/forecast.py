"""Why not yet: for everything that a seller is owed and is not paid now, what it waits for."""

from collections.abc import Mapping
from datetime import datetime

from mywork.application.handle import Handler
from mywork.application.payouts.decision import Waiting
from mywork.application.ports.release_schedule import ReleaseScheduleTable
from mywork.documents.payouts import WaitingReason
from mywork.domain.accounts import seller_account
from mywork.domain.debt import DEBT, Debt
from mywork.domain.errors import (
    MyWorkError,
    PaidOnRequest,
    PayoutBelowMinimum,
    PayoutInFlight,
    SellerHasOpenBreak,
    SellerNotOnboarded,
    SellerPaused,
)
from mywork.domain.identifiers import SellerId
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.state import Payouts
from mywork.domain.streams import debt_stream, payouts_stream
from mywork.ledger.book import Book

OWED = ("pending", "reserve", "refunding", "disputed", "available", "in_payout")
_SET_ASIDE: tuple[WaitingReason, ...] = ("refunding", "disputed")
# What keeps released money back, as one word, by the refusal that says it in a sentence.
REASONS: Mapping[type[MyWorkError], WaitingReason] = {
    SellerPaused: "paused",
    SellerNotOnboarded: "not_onboarded",
    SellerHasOpenBreak: "open_break",
    PayoutBelowMinimum: "below_minimum",
    PaidOnRequest: "on_request",
    PayoutInFlight: "in_flight",
}


class PayoutForecast:
    def __init__(self, handler: Handler, book: Book, schedule: ReleaseScheduleTable) -> None:
        self._handler = handler
        self._book = book
        self._schedule = schedule

    def owners(self) -> list[tuple[SellerId, str]]:
        """Sellers and currencies in which anything at all is owed, or overdrawn."""
        return self._book.owners_with_balance(*OWED)

    def waiting(
        self,
        seller_id: SellerId,
        currency: str,
        *,
        paid_minor: int,
        refusal: MyWorkError | None,
        next_run: datetime | None,
    ) -> list[Waiting]:
        """What is not paid now; together with `paid_minor` it sums to all that is owed."""
        accounts = [(seller_account(seller_id, stage), currency) for stage in OWED]
        balances = self._book.balances(accounts)
        minor = {stage: balances[key] for stage, key in zip(OWED, accounts, strict=True)}
        debts: Debt = self._handler.state(DEBT, debt_stream(seller_id, currency))
        left_minor = minor["available"] - paid_minor
        held = self._schedule.of(seller_id, currency)
        return [
            *self._available(left_minor, debts.claimed_minor, refusal, next_run),
            *(Waiting(part.stage, part.amount_minor, part.until) for part in held),
            *(Waiting(stage, minor[stage]) for stage in _SET_ASIDE if minor[stage]),
            *self._in_payout(seller_id, currency),
        ]

    def _available(
        self,
        left_minor: int,
        claimed_minor: int,
        refusal: MyWorkError | None,
        next_run: datetime | None,
    ) -> list[Waiting]:
        if left_minor <= 0:
            return [Waiting("negative", left_minor)] if left_minor else []
        owed_minor = min(claimed_minor, left_minor)
        kept_minor = left_minor - owed_minor
        owed = [Waiting("owed", owed_minor)] if owed_minor else []
        if not kept_minor:
            return owed
        if refusal is not None and type(refusal) in REASONS:
            return [*owed, Waiting(REASONS[type(refusal)], kept_minor)]
        return [*owed, Waiting("after_cutoff", kept_minor, next_run)]

    def _in_payout(self, seller_id: SellerId, currency: str) -> list[Waiting]:
        """Payouts whose transfer is not made, by where they are."""
        stream = payouts_stream(seller_id, currency)
        state: Payouts = self._handler.state(PAYOUT, stream)
        return [
            Waiting(payout.stage, payout.requested.amount_minor)
            for payout in state.by_id.values()
            if payout.stage in ("requested", "queued", "held", "dispatched")
        ]
