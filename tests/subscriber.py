"""A user of the marketplace with a subscription: what they do, and what the books say of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from marketplace import BO, Marketplace

from mywork.application.usecases.subscribing import Standing
from mywork.domain.identifiers import UserId, new_id
from mywork.domain.streams import subscription_stream
from mywork.domain.subscription.decider import SUBSCRIPTION
from mywork.domain.subscription.state import SubscriptionState

ACCOUNTS = ("subscriptions:deferred", "revenue:subscriptions")


@dataclass
class Subscriber:
    marketplace: Marketplace
    user_id: UserId = BO

    def begin(self, tier: str = "pro", currency: str = "USD") -> Standing:
        """Asked for; its first payment is awaited."""
        subscribing = self.marketplace.core.subscribing
        return subscribing.subscribe(self.user_id, tier, currency, request_id=new_id())

    def subscribe(
        self, tier: str = "pro", card: str = "pm_card_visa", currency: str = "USD"
    ) -> None:
        """Asked for, and paid with a test card."""
        self.confirm(self.begin(tier, currency), card)
        self.marketplace.settle()

    def confirm(self, standing: Standing, card: str = "pm_card_visa") -> None:
        intent = standing.client_secret.partition("_secret_")[0]
        self.marketplace.stripe.payment_intents.confirm(intent, {"payment_method": card})

    def use(self, card: str) -> None:
        """The card that pays from now on."""
        stripe = self.marketplace.stripe
        method = stripe.payment_methods.attach(card, {"customer": self.state.customer_id})
        wish = {"default_payment_method": method.id}
        stripe.subscriptions.update(self.running.subscription_id, wish)

    def until(self, year: int, month: int, day: int) -> None:
        """Time passes to a day's noon in steps of five, and the books are checked at each rest."""
        clock, day_of = self.marketplace.clock, datetime(year, month, day, 14, tzinfo=UTC)
        while clock.now() < day_of:
            clock.freeze(min(day_of, clock.now() + timedelta(days=5)))
            self.marketplace.settle()
            self.check()

    @property
    def state(self) -> SubscriptionState:
        found: SubscriptionState = self.marketplace.core.handler.state(
            SUBSCRIPTION, subscription_stream(self.user_id)
        )
        return found

    @property
    def running(self) -> Any:
        return self.state.contract

    def books(self, currency: str = "USD") -> tuple[int, int, int]:
        """Deferred, revenue, and the customer's credit."""
        accounts = (*ACCOUNTS, f"customer:{self.user_id}:credit")
        deferred, revenue, credit = self.marketplace.balances(*accounts, currency=currency)
        return deferred, revenue, credit

    @property
    def ended(self) -> str:
        (found,) = self.state.ended
        return found

    def charges(self) -> list[str]:
        """Of paid invoices, oldest first."""
        found = self.marketplace.world.all("", "charge")
        return [charge["id"] for charge in found if charge["paid"]]

    def paid(self) -> int:
        """What the cards were charged and not given back, in cents."""
        charges = self.marketplace.world.all("", "charge")
        return sum(charge["amount_captured"] - charge["amount_refunded"] for charge in charges)

    def check(self) -> None:
        """At rest we agree with Stripe, on the money and on the customer's credit."""
        self.marketplace.check_at_rest()
        deferred, revenue, credit = self.books()
        assert deferred + revenue + credit == self.paid()
        (customer,) = self.marketplace.world.all("", "customer")
        assert credit == -customer["balance"]
