"""Subscribing: a request that is kept first, a customer and a subscription at Stripe.

As with an order: append, call with the stream as idempotency key, append the outcome. A crash in
between resumes with the same request, so a user ends with one subscription; the client secret is
fetched from Stripe each time and never stored. What is asked later (another plan, an end, going on
after all) is kept and brought to Stripe by the worker.
"""

from dataclasses import dataclass

from mywork.application.commands import envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports.billing import Billing, SubscriptionInstruction
from mywork.application.ports.clock import Clock
from mywork.application.ports.faults import VendorRefused
from mywork.application.ports.tables import PeopleTable
from mywork.domain.decider import Command
from mywork.domain.errors import SubscriptionNotFound
from mywork.domain.identifiers import UserId, derived_id
from mywork.domain.streams import subscription_stream
from mywork.domain.subscription.contract_decisions import PAID_FOR
from mywork.domain.subscription.contract_messages import (
    CancelSubscription,
    ChangePlan,
    FollowSubscription,
    OpenCustomer,
    RefuseSubscription,
    ResumeSubscription,
    Snapshot,
    Subscribe,
    SubscriptionRequested,
    plan_of,
)
from mywork.domain.subscription.decider import SUBSCRIPTION
from mywork.domain.subscription.plans import plan_for
from mywork.domain.subscription.state import Requested, Running, SubscriptionState


@dataclass(frozen=True, slots=True)
class Standing:
    """A user's subscription after a request; `client_secret` is of the payment it waits for."""

    contract: Running
    position: int
    client_secret: str = ""


class Subscribing:
    def __init__(
        self, handler: Handler, billing: Billing, people: PeopleTable, clock: Clock
    ) -> None:
        self._handler = handler
        self._billing = billing
        self._people = people
        self._clock = clock

    # Beginning ----------------------------------------------------------------------------

    def subscribe(self, user_id: UserId, tier: str, currency: str, *, request_id: str) -> Standing:
        """Begin a subscription, or find the one that still waits for its first payment.

        The same user and request id always mean the same subscription.
        """
        plan, request = plan_for(tier, currency), derived_id("subscription", user_id, request_id)
        outcome = self._handle(Subscribe(user_id, request, plan, self._clock.now()), user_id)
        state = self._state(user_id)
        position = outcome.position
        if isinstance(state.contract, Requested):
            first = bool(outcome.events)
            position = self._begin(user_id, state, state.contract.terms, first=first)
        return self._standing(user_id, position, secret=True)

    def _begin(
        self,
        user_id: UserId,
        state: SubscriptionState,
        terms: SubscriptionRequested,
        *,
        first: bool,
    ) -> int:
        customer_id = state.customer_id or self._open_customer(user_id)
        instruction = SubscriptionInstruction(
            user_id, terms.request_id, customer_id, plan_of(terms)
        )
        try:
            snapshot = self._made(instruction, first=first)
        except VendorRefused as error:
            at = self._clock.now()
            self._handle(RefuseSubscription(user_id, terms.request_id, error.code, at), user_id)
            raise
        now = self._clock.now()
        return self._handle(FollowSubscription(user_id, snapshot, now), user_id).position

    def _open_customer(self, user_id: UserId) -> str:
        person = self._people.find(user_id)
        key = f"customer:{user_id}"
        email = person.email if person else ""
        customer_id = self._billing.create_customer(user_id, email, idempotency_key=key)
        self._handle(OpenCustomer(user_id, customer_id, self._clock.now()), user_id)
        return customer_id

    def _made(self, instruction: SubscriptionInstruction, *, first: bool) -> Snapshot:
        """Looked up before it is asked for again: Stripe may have forgotten the key."""
        found = None
        if not first:
            found = self._billing.find_subscription(instruction.customer_id, instruction.request_id)
        stream = subscription_stream(instruction.user_id)
        return found or self._billing.create_subscription(
            instruction, idempotency_key=f"{stream}:{instruction.request_id}"
        )

    # Changing -----------------------------------------------------------------------------

    def change_plan(self, user_id: UserId, tier: str) -> Standing:
        """Ask for another tier in the subscription's own currency."""
        contract = self._state(user_id).contract
        currency = contract.currency if isinstance(contract, Running) else "USD"
        command = ChangePlan(user_id, plan_for(tier, currency), self._clock.now())
        return self._standing(user_id, self._handle(command, user_id).position)

    def cancel(self, user_id: UserId) -> Standing:
        command = CancelSubscription(user_id, self._clock.now())
        return self._standing(user_id, self._handle(command, user_id).position)

    def resume(self, user_id: UserId) -> Standing:
        command = ResumeSubscription(user_id, self._clock.now())
        return self._standing(user_id, self._handle(command, user_id).position)

    def payment(self, user_id: UserId) -> Standing:
        """The payment that the subscription waits for, with its client secret."""
        return self._standing(user_id, 0, secret=True)

    # Where it stands ----------------------------------------------------------------------

    def _standing(self, user_id: UserId, position: int, *, secret: bool = False) -> Standing:
        contract = self._state(user_id).contract
        if not isinstance(contract, Running):
            raise SubscriptionNotFound(
                "there is no subscription (any more); ask for one with a new Idempotency-Key"
            )
        client_secret = ""
        if secret and contract.status not in PAID_FOR:
            client_secret = self._billing.client_secret(contract.subscription_id)
        return Standing(contract, position, client_secret)

    def _state(self, user_id: UserId) -> SubscriptionState:
        state: SubscriptionState = self._handler.state(SUBSCRIPTION, subscription_stream(user_id))
        return state

    def _handle(self, command: Command, by: UserId) -> Outcome:
        return self._handler.handle(envelope(command, actor=by))
