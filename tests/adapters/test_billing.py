"""The Billing port on the real SDK, against the Stripe stand-in."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from marketplace import START

from mywork.adapters.stripe.billing import StripeBilling
from mywork.adapters.stripe.billing_reading import found_invoice, found_subscription
from mywork.application.ports.billing import SubscriptionInstruction
from mywork.application.ports.faults import VendorRefused
from mywork.domain.identifiers import UserId
from mywork.domain.subscription.contract_messages import Snapshot
from mywork.domain.subscription.plans import plan_for
from mywork.sandbox.clock import SandboxClock
from mywork.sandbox.stripe.transport import InProcess
from mywork.sandbox.stripe.world import World

BO = UserId("user_bo")
PRO, TEAM = plan_for("pro", "USD"), plan_for("team", "USD")
MONTH_LATER = START + timedelta(days=30)


class Account:
    """A Stripe account of a test's own, with one subscriber."""

    def __init__(self, folder: Path) -> None:
        self.clock = SandboxClock(folder / "clock.json")
        self.clock.freeze(START)
        self.world = World(self.clock, seed=3)
        self.billing = self.connect()
        self.stripe: Any = self.billing._client
        self.customer = self.billing.create_customer(BO, "bo@example.com", idempotency_key="c")

    def connect(self) -> StripeBilling:
        """Another process, which remembers nothing."""
        return StripeBilling("sk_test_x", http_client=InProcess(self.world))

    def begin(self, request_id: str = "1") -> Snapshot:
        asked = SubscriptionInstruction(BO, request_id, self.customer, PRO)
        return self.billing.create_subscription(asked, idempotency_key=f"bo:{request_id}")

    def pay(self, found: Snapshot, card: str = "pm_card_visa") -> None:
        secret = self.billing.client_secret(found.subscription_id)
        intent = secret.partition("_secret_")[0]
        self.stripe.payment_intents.confirm(intent, {"payment_method": card})

    def paid(self) -> Snapshot:
        self.pay(found := self.begin())
        return found

    def invoices(self) -> list[Any]:
        return self.world.all("", "invoice")


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(tmp_path)


def test_prices_are_made_where_they_are_missing_and_found_again(account: Account) -> None:
    account.begin()
    account.billing = account.connect()
    account.begin("2")
    (price,) = account.world.all("", "price")
    assert (price["lookup_key"], price["unit_amount"]) == ("pro-usd-2026-1", 2_900)
    assert price["metadata"] == {"tier": "pro"}


def test_a_price_that_somebody_else_made_meanwhile_is_theirs(account: Account) -> None:
    account.begin()
    hasty = account.connect()
    seen = iter(["", hasty._known_price(PRO)])
    hasty._known_price = lambda _: next(seen)  # type: ignore[method-assign]
    assert hasty._price(PRO) == account.world.all("", "price")[0]["id"]


def test_a_subscription_begins_with_its_first_payment(account: Account) -> None:
    begun = account.begin()
    assert (begun.status, begun.tier, begun.request_id) == ("incomplete", "pro", "1")
    assert (begun.period_start, begun.period_end) == (START, MONTH_LATER)
    account.pay(begun)
    found = account.billing.subscription(begun.subscription_id)
    assert (found.user_id, found.snapshot.status) == (BO, "active")
    assert account.billing.client_secret(begun.subscription_id) == ""


def test_it_is_found_by_its_request(account: Account) -> None:
    begun, find = account.begin("1"), account.billing.find_subscription
    account.begin("2")
    assert find(account.customer, "1") == begun
    assert find(account.customer, "3") is None


def test_changing_the_plan_charges_the_difference(account: Account) -> None:
    begun = account.paid()
    account.clock.freeze(START + timedelta(days=15))
    changed = account.billing.change_plan(begun.subscription_id, TEAM, idempotency_key="k")
    assert (changed.tier, changed.price_minor) == ("team", 9_900)
    found = account.billing.invoice(account.invoices()[-1]["id"])
    assert [line.amount_minor for line in found.lines] == [-1_450, 4_950]
    assert (found.amount_minor, found.credit_minor) == (3_500, 0)


def test_a_card_that_declines_the_difference_changes_nothing(account: Account) -> None:
    begun = account.paid()
    method = account.stripe.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": account.customer}
    )
    wish = {"default_payment_method": method.id}
    account.stripe.subscriptions.update(begun.subscription_id, wish)
    account.clock.freeze(START + timedelta(days=15))
    with pytest.raises(VendorRefused) as refused:
        account.billing.change_plan(begun.subscription_id, TEAM, idempotency_key="k")
    assert refused.value.code == "card_declined"
    assert account.billing.subscription(begun.subscription_id).snapshot.tier == "pro"


def test_ending_with_the_period_going_on_and_ending_at_once(account: Account) -> None:
    name, billing = account.paid().subscription_id, account.billing
    ending = billing.set_ending(name, ends=True, idempotency_key="a")
    assert (ending.cancels_at, ending.status) == (MONTH_LATER, "active")
    assert billing.set_ending(name, ends=False, idempotency_key="b").cancels_at is None
    ended = billing.end(name, idempotency_key="c")
    assert (ended.status, ended.ended_at) == ("canceled", START)
    assert ended.end_reason == "cancellation_requested"


def test_a_paid_invoice_names_its_user_charge_and_lines(account: Account) -> None:
    begun = account.paid()
    (charge,) = account.world.all("", "charge")
    found = account.billing.invoice(account.invoices()[0]["id"])
    assert (found.user_id, found.subscription_id) == (BO, begun.subscription_id)
    assert (found.charge_id, found.amount_minor, found.paid_at) == (charge["id"], 2_900, START)
    (line,) = found.lines
    assert (line.amount_minor, line.period_end) == (2_900, MONTH_LATER)
    of_payment = account.billing.invoice_of_payment
    assert of_payment(charge["payment_intent"]) == found.invoice_id
    assert of_payment("pi_other") == ""


def test_credit_is_what_the_balance_gave_or_took(account: Account) -> None:
    begun = account.paid()
    account.clock.freeze(START + timedelta(days=15))
    change = account.billing.change_plan
    change(begun.subscription_id, TEAM, idempotency_key="up")
    change(begun.subscription_id, PRO, idempotency_key="down")
    granted = account.billing.invoice(account.invoices()[-1]["id"])
    assert (granted.amount_minor, granted.credit_minor, granted.charge_id) == (0, -3_500, "")
    account.clock.freeze(MONTH_LATER + timedelta(hours=2))
    account.stripe.balance.retrieve()
    applied = account.billing.invoice(account.invoices()[-1]["id"])
    assert (applied.amount_minor, applied.credit_minor) == (0, 2_900)


# What cannot be read must not get as far as the books ---------------------------------------


def document(account: Account) -> dict[str, Any]:
    account.paid()
    expand = {"expand": ["payments.data.payment.payment_intent"]}
    found = account.stripe.invoices.retrieve(account.invoices()[0]["id"], expand)
    return dict(found.to_dict(for_json=True))


def test_discounts_are_taken_off_their_lines(account: Account) -> None:
    found = document(account)
    line = found["lines"]["data"][0] | {"discount_amounts": [{"amount": 400, "discount": "di"}]}
    (read,) = found_invoice(found, [line]).lines
    assert read.amount_minor == 2_500


def test_an_invoice_of_several_charges_is_not_read(account: Account) -> None:
    found = document(account)
    found["payments"]["data"].append({"status": "paid", "payment": {"charge": "ch_other"}})
    with pytest.raises(ValueError, match="2 charges"):
        found_invoice(found, [])


def test_a_subscription_to_something_else_is_not_read(account: Account) -> None:
    name = account.begin().subscription_id
    found = account.stripe.subscriptions.retrieve(name).to_dict(for_json=True)
    found["items"]["data"][0]["price"]["metadata"] = {}
    with pytest.raises(ValueError, match="no tier of ours"):
        found_subscription(found)
    found["items"]["data"] *= 2
    with pytest.raises(ValueError, match="exactly one item"):
        found_subscription(found)
